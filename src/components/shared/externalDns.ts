import { restrictedContainer } from '../../kubernetes/podSecurity.ts';
import type {
  Container,
  PodMonitor,
  Role,
  RoleBinding,
  ServiceAccount,
  Volume,
} from '../../kubernetes/types.ts';
import type { Workload } from '../contract/network.ts';
import { objectLabels } from './labels.ts';

/** The image of external-dns, of which the public zone and a resolver at home each have an instance. */
export const externalDnsImage =
  // renovate: datasource=docker depName=registry.k8s.io/external-dns/external-dns
  'registry.k8s.io/external-dns/external-dns:v0.22.0';

/** Metrics, and `/healthz` (external-dns 0.22, `--metrics-address`). */
export const externalDnsPort = 7979;

/** The label of the objects that an instance reads. Others of the namespace it does not see. */
export const readLabel = { 'app.kubernetes.io/managed-by': 'gatehouse' } as const;

export function serviceAccountOf({ name, namespace, labels }: Workload): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, labels: objectLabels({ labels }) },
    automountServiceAccountToken: false,
  };
}

/**
 * The rights of an instance: names in its own namespace, so that it cannot read those of another instance. It writes their
 * status (external-dns 0.22, `source/crd.go`).
 */
export function rightsOf({ name, namespace, labels }: Workload): (Role | RoleBinding)[] {
  const metadata = { name, namespace, labels: objectLabels({ labels }) };
  const apiGroups = ['externaldns.k8s.io'];
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups, resources: ['dnsendpoints'], verbs: ['get', 'list', 'watch'] },
        { apiGroups, resources: ['dnsendpoints/status'], verbs: ['update'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ];
}

/**
 * What a pod that calls the API server mounts, where Kubernetes looks for it. It is said rather than given to every container
 * of the pod (Kubernetes, "Configure Service Accounts for Pods").
 */
export const apiAccess = {
  volume: {
    name: 'api-access',
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  } satisfies Volume,
  mount: {
    name: 'api-access',
    mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    readOnly: true,
  },
} as const;

/**
 * The container of an instance. It owns the records that it made, by a TXT record beside each, and touches no others; what is
 * no longer asked for it removes.
 *
 * @param owner tells instances apart that write into one zone
 */
export function externalDnsContainer(
  image: string,
  { namespace, owner, args }: { namespace: string; owner: string; args: readonly string[] },
): Container {
  const probe = { httpGet: { path: '/healthz', port: 'metrics' }, timeoutSeconds: 5 };
  const [[label, value]] = Object.entries(readLabel) as [[string, string]];
  return {
    name: 'external-dns',
    image,
    args: [
      '--source=crd',
      `--namespace=${namespace}`,
      `--label-filter=${label}=${value}`,
      '--policy=sync',
      '--registry=txt',
      `--txt-owner-id=${owner}`,
      '--events',
      '--interval=5m',
      ...args,
    ],
    ports: [{ name: 'metrics', containerPort: externalDnsPort }],
    livenessProbe: { ...probe, initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 2 },
    readinessProbe: { ...probe, initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 6 },
    resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '128Mi' } },
    securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
    volumeMounts: [apiAccess.mount],
  };
}

/** Scrapes the pods of a workload at its port of metrics. */
export function metricsMonitor({ name, namespace, labels }: Workload): PodMonitor {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace, labels: objectLabels({ labels }) },
    spec: { selector: { matchLabels: labels }, podMetricsEndpoints: [{ port: 'metrics' }] },
  };
}
