import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { asMadeForGateways } from './asMade.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test changes objects in every way
type Live = any;

const group = 'gateway.networking.k8s.io';
const labels = {
  'app.kubernetes.io/component': 'proxy',
  'app.kubernetes.io/managed-by': 'envoy-gateway',
  'app.kubernetes.io/name': 'envoy',
  'gateway.envoyproxy.io/owning-gateway-name': 'outer',
  'gateway.envoyproxy.io/owning-gateway-namespace': 'network',
};

const gateways = (configuration = 'provider: {type: Kubernetes}'): KubernetesObject[] => [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'envoy-gateway-config', namespace: 'network' },
    data: { 'envoy-gateway.yaml': configuration },
  } as KubernetesObject,
  {
    apiVersion: `${group}/v1`,
    kind: 'GatewayClass',
    metadata: { name: 'envoy' },
    spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
  } as KubernetesObject,
  {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'EnvoyProxy',
    metadata: { name: 'outer', namespace: 'network' },
    spec: {
      provider: {
        type: 'Kubernetes',
        kubernetes: {
          envoyDeployment: { name: 'outer' },
          envoyService: {
            name: 'outer',
            type: 'LoadBalancer',
            allocateLoadBalancerNodePorts: false,
            externalTrafficPolicy: 'Local',
          },
        },
      },
    },
  } as KubernetesObject,
  {
    apiVersion: `${group}/v1`,
    kind: 'Gateway',
    metadata: { name: 'outer', namespace: 'network' },
    spec: {
      gatewayClassName: 'envoy',
      infrastructure: {
        parametersRef: { group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', name: 'outer' },
      },
      listeners: [
        { name: 'http', protocol: 'HTTP', port: 80 },
        { name: 'https', protocol: 'HTTPS', port: 443, tls: { certificateRefs: [{ name: 'tls' }] } },
      ],
    },
  } as KubernetesObject,
  {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'ClientTrafficPolicy',
    metadata: { name: 'outer', namespace: 'network' },
    spec: { targetRefs: [{ group, kind: 'Gateway', name: 'outer' }], http3: {} },
  } as KubernetesObject,
];

/** As Envoy Gateway 1.9.1 makes it. */
const service = (): Live => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'outer', namespace: 'network', labels },
  spec: {
    allocateLoadBalancerNodePorts: false,
    clusterIP: '10.43.125.209',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 31931,
    ports: [
      { name: 'http-80', port: 80, protocol: 'TCP', targetPort: 10_080 },
      { name: 'https-443', port: 443, protocol: 'TCP', targetPort: 10_443 },
      { name: 'https-443-h3', port: 443, protocol: 'UDP', targetPort: 10_443 },
    ],
    selector: { ...labels },
    type: 'LoadBalancer',
  },
});
const deployment = (): Live => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'outer', namespace: 'network', labels },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels: { ...labels } },
      spec: {
        containers: [
          { name: 'envoy', image: 'envoy', ports: [{ containerPort: 19_001 }] },
          { name: 'shutdown-manager', image: 'gateway' },
        ],
        volumes: [{ name: 'certs', secret: { secretName: 'envoy' } }],
      },
    },
  },
});

const isMade = (object: Live, among = gateways()): boolean =>
  asMadeForGateways(among.map((each) => ({ object: each, file: 'live' })))(object);

it('tells the Service and the pods that a Gateway and its EnvoyProxy say', () => {
  expect(isMade(service())).toBe(true);
  expect(isMade(deployment())).toBe(true);
});

it.each<[string, (object: Live) => unknown]>([
  ['another name', ({ metadata }) => (metadata.name = 'other')],
  ['another namespace', ({ metadata }) => (metadata.namespace = 'other')],
  ['another type', ({ spec }) => (spec.type = 'NodePort')],
  ['a port of the nodes', ({ spec }) => (spec.ports[0].nodePort = 30_080)],
  ['one more port', ({ spec }) => spec.ports.push({ port: 19_000, protocol: 'TCP', targetPort: 19_000 })],
  ['a port that leads elsewhere', ({ spec }) => (spec.ports[0].targetPort = 19_001)],
  ['a port less', ({ spec }) => spec.ports.pop()],
  ['other pods', ({ spec }) => (spec.selector = { app: 'other' })],
  ['more pods', ({ spec }) => delete spec.selector['gateway.envoyproxy.io/owning-gateway-name']],
  ['an address of its own', ({ spec }) => (spec.externalIPs = ['192.0.2.9'])],
  ['hidden clients', ({ spec }) => (spec.externalTrafficPolicy = 'Cluster')],
  ['other sources', ({ spec }) => (spec.loadBalancerSourceRanges = ['192.0.2.0/24'])],
])('tells no Service with %s', (_, change) => {
  const changed = service();
  change(changed);
  expect(isMade(changed)).toBe(false);
});

it.each<[string, (object: Live, pod: Live) => unknown]>([
  ['another name', ({ metadata }) => (metadata.name = 'other')],
  ['another namespace', ({ metadata }) => (metadata.namespace = 'other')],
  ['other labels', ({ spec }) => (spec.template.metadata.labels.app = 'other')],
  ['labels of another Gateway', ({ spec }) => (spec.template.metadata.labels = { app: 'other' })],
  ['the network of the node', (_, pod) => (pod.hostNetwork = true)],
  ['the processes of the node', (_, pod) => (pod.hostPID = true)],
  ['a directory of the node', (_, pod) => pod.volumes.push({ name: 'a', hostPath: { path: '/' } })],
  ['a port of the node', (_, pod) => (pod.containers[0].ports[0].hostPort = 80)],
])('tells no workload with %s', (_, change) => {
  const changed = deployment();
  change(changed, changed.spec.template.spec);
  expect(isMade(changed)).toBe(false);
});

it('tells nothing where it is not known what is made', () => {
  const withoutName = gateways().map((object: Live) => {
    if (object.kind === 'EnvoyProxy') {
      delete object.spec.provider.kubernetes.envoyService.name;
      delete object.spec.provider.kubernetes.envoyDeployment.name;
    }
    return object;
  });
  const withoutClass = gateways().filter(({ kind }) => kind !== 'GatewayClass');
  const withoutSettings = gateways().filter(({ kind }) => kind !== 'EnvoyProxy');
  const elsewhere = gateways('provider: {kubernetes: {deploy: {type: SomethingElse}}}');
  for (const among of [withoutName, withoutClass, withoutSettings, elsewhere, []]) {
    expect(isMade(service(), among)).toBe(false);
    expect(isMade(deployment(), among)).toBe(false);
  }
});
