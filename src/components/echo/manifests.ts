import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { Container, Deployment, Service } from '../../kubernetes/types.ts';
import { objectLabels } from '../shared/labels.ts';
import { backendOf, ports, workloadOf } from './names.ts';
import type { EchoInstance, EchoSection } from './section.ts';

/** The server of an instance. It keeps nothing, and prints no request: a log with the tokens of all who ask would outlive them. */
export function deployment(section: EchoSection, name: string, instance: EchoInstance): Deployment {
  const self = workloadOf(section, name);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: self.name, namespace: self.namespace, labels: objectLabels(self) },
    spec: {
      replicas: 1,
      selector: { matchLabels: self.labels },
      template: {
        metadata: { labels: self.labels },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { ...restrictedPod, runAsUser: 65_534, runAsGroup: 65_534 },
          containers: [instance.protocol === 'grpc' ? whoami(section) : httpEcho(section, instance)],
        },
      },
    },
  };
}

/**
 * http-https-echo answers with what it got, as JSON. By itself it prints each request with its headers; its two variables
 * for that are about paths (a regular expression) and about the access log (`index.js` of version 41).
 */
function httpEcho({ images }: EchoSection, { protocol }: EchoInstance): Container {
  const port = protocol === 'tls' ? 'https' : 'http';
  const healthy = {
    // To a GET request of any path it answers 200.
    httpGet: { path: '/healthz', port, ...(port === 'https' ? { scheme: 'HTTPS' as const } : {}) },
    timeoutSeconds: 3,
  };
  return {
    name: 'echo',
    image: images.http,
    env: [
      { name: 'HTTP_PORT', value: String(ports.http) },
      { name: 'HTTPS_PORT', value: String(ports.https) },
      { name: 'DISABLE_REQUEST_LOGS', value: 'true' },
      { name: 'LOG_IGNORE_PATH', value: '.*' },
      { name: 'MAX_HEADER_SIZE', value: '65536' },
    ],
    ports: [{ name: port, containerPort: ports[port] }],
    livenessProbe: { ...healthy, periodSeconds: 20, failureThreshold: 3 },
    readinessProbe: { ...healthy, periodSeconds: 5, failureThreshold: 3 },
    resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '128Mi' } },
    securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
  };
}

/** whoami serves gRPC and HTTP at one port, by h2c. What `/health` answers, anybody who reaches it may set: `/bench` stays. */
function whoami({ images }: EchoSection): Container {
  const healthy = { httpGet: { path: '/bench', port: 'grpc' }, timeoutSeconds: 3 };
  return {
    name: 'whoami',
    image: images.grpc,
    args: [`--port=${ports.grpc}`],
    ports: [{ name: 'grpc', containerPort: ports.grpc }],
    livenessProbe: { ...healthy, periodSeconds: 20, failureThreshold: 3 },
    readinessProbe: { ...healthy, periodSeconds: 5, failureThreshold: 3 },
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
  };
}

export function service(section: EchoSection, name: string, instance: EchoInstance): Service {
  const { workload, service: serviceName, port, targetPort } = backendOf(section, name, instance);
  const { protocol } = instance;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: serviceName, namespace: workload.namespace, labels: objectLabels(workload) },
    spec: {
      selector: workload.labels,
      ports: [
        {
          name: protocol === 'tcp' ? 'http' : protocol === 'tls' ? 'https' : protocol,
          port,
          targetPort,
          ...(protocol === 'grpc' ? { appProtocol: 'kubernetes.io/h2c' } : {}),
        },
      ],
    },
  };
}
