import { reference } from '../../config/private.ts';
import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  Container,
  DaemonSet,
  Deployment,
  DNSEndpoint,
  PodDisruptionBudget,
  Service,
} from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import { type DnsRecord, endpointsOf } from '../shared/dnsNames.ts';
import { apiAccess, readLabel } from '../shared/externalDns.ts';
import { objectLabels } from '../shared/labels.ts';
import { addressAnnotations, needsEveryNode, withOwnAddress } from '../shared/loadBalancerAddress.ts';
import { nameServer as self } from './names.ts';
import type { HomeDnsSection, NameServerSection } from './section.ts';

type Context = BuildContext<HomeDnsSection>;

/** Where the container listens: names, and what CoreDNS tells of itself (plugins `health`, `ready` and `prometheus`). */
export const nameServerPorts = { names: 1053, health: 8080, ready: 8181, metrics: 9153 } as const;

const { name, namespace } = self;
const metadata = { name, namespace, labels: objectLabels(self) };

/**
 * The names, an object for each: k8s_gateway answers a name with every address of the object that it is in (1.8.2,
 * `dnsendpoint.go`, `lookupDNSEndpoint`). It compares names with those of a request in lower case.
 */
export function answeredNames(context: Context, records: readonly DnsRecord[]): DNSEndpoint[] {
  const byHost: DnsRecord[][] = [];
  for (const record of records) {
    const same = byHost.find((group) => group.some(({ host }) => context.isSameHost(host, record.host)));
    if (same === undefined) byHost.push([record]);
    else same.push(record);
  }
  return byHost.map((group, index) => ({
    apiVersion: 'externaldns.k8s.io/v1alpha1',
    kind: 'DNSEndpoint',
    metadata: {
      name: `home-name-${index + 1}`,
      namespace,
      labels: { ...objectLabels(self), ...readLabel },
    },
    spec: { endpoints: endpointsOf(group) },
  }));
}

/**
 * It lists the objects of every namespace, and asks first whether their definition is there (1.8.2, `kubernetes.go`,
 * `crdExists`). It writes nothing.
 */
export const nameServerRights: (ClusterRole | ClusterRoleBinding)[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels: objectLabels(self) },
    rules: [
      { apiGroups: ['externaldns.k8s.io'], resources: ['dnsendpoints'], verbs: ['list', 'watch'] },
      {
        apiGroups: ['apiextensions.k8s.io'],
        resources: ['customresourcedefinitions'],
        resourceNames: ['dnsendpoints.externaldns.k8s.io'],
        verbs: ['get'],
      },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: objectLabels(self) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  },
];

/**
 * It answers for the zone alone: CoreDNS refuses names for which it has no server block, and nothing is forwarded. The apex
 * has two labels, as it must (1.8.2, `apex.go`), so that it is no name of a route.
 */
export function corefile({ settings }: Context, { zone }: NameServerSection): ConfigMap {
  const { names, health, ready, metrics } = nameServerPorts;
  const lines = [
    `${reference(zone)}:${names} {`,
    '    errors',
    `    health :${health} {`,
    '        lameduck 5s',
    '    }',
    `    ready :${ready}`,
    ...(settings.monitoring.enabled ? [`    prometheus :${metrics}`] : []),
    `    k8s_gateway ${reference(zone)} {`,
    '        resources DNSEndpoint',
    '        ttl 60',
    `        apex ${name}.${namespace}`,
    '    }',
    '}',
    '',
  ];
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: lines.join('\n') } };
}

/** The way of the home network to it: the network policies admit nobody else. */
export function nameServerService({ settings }: Context, { address }: NameServerSection): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...metadata,
      annotations: addressAnnotations(settings.cluster.network.loadBalancer, address),
    },
    spec: {
      ...withOwnAddress,
      selector: self.labels,
      ports: [
        { name: 'dns-udp', port: 53, protocol: 'UDP', targetPort: 'dns-udp' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 'dns-tcp' },
      ],
    },
  };
}

/** The pods, and what keeps one of them while nodes are drained. */
export function nameServerPods(
  context: Context,
  section: NameServerSection,
): (Deployment | DaemonSet | PodDisruptionBudget)[] {
  const { settings } = context;
  const template = podTemplate(context, section);
  const selector = { matchLabels: self.labels };
  if (needsEveryNode(settings))
    return [{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector, template } }];
  const several = Object.keys(settings.cluster.nodes).length > 1;
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: several ? 2 : 1, selector, template },
    },
    ...(several
      ? [
          {
            apiVersion: 'policy/v1' as const,
            kind: 'PodDisruptionBudget' as const,
            metadata,
            spec: { minAvailable: 1, selector },
          },
        ]
      : []),
  ];
}

/** How `kubectl` names the pods. */
export function podsOf({ settings }: Pick<Context, 'settings'>): string {
  return `${needsEveryNode(settings) ? 'daemonset' : 'deployment'}/${name}`;
}

/** The image has no user of its own (1.8.2, `Dockerfile`), and needs none: it listens above port 1024, and writes nothing. */
function podTemplate(context: Context, section: NameServerSection): Deployment['spec']['template'] {
  const several = Object.keys(context.settings.cluster.nodes).length > 1;
  return {
    metadata: {
      labels: self.labels,
      annotations: { 'checksum/config': context.configHash(corefile(context, section)) },
    },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { ...restrictedPod, runAsUser: 65_534, runAsGroup: 65_534, fsGroup: 65_534 },
      ...(several && !needsEveryNode(context.settings)
        ? {
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'ScheduleAnyway' as const,
                labelSelector: { matchLabels: self.labels },
              },
            ],
          }
        : {}),
      containers: [container(context, section)],
      volumes: [{ name: 'config', configMap: { name } }, apiAccess.volume],
    },
  };
}

/** It calls the API server by the address that Kubernetes gives it, and asks no name server itself. */
function container({ settings }: Context, { images }: NameServerSection): Container {
  const probe = { timeoutSeconds: 5, periodSeconds: 10 };
  const { names, health, ready, metrics } = nameServerPorts;
  return {
    name: 'k8s-gateway',
    image: images.k8sGateway,
    args: ['-conf', '/etc/coredns/Corefile'],
    ports: [
      { name: 'dns-udp', containerPort: names, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: names, protocol: 'TCP' },
      { name: 'health', containerPort: health },
      { name: 'ready', containerPort: ready },
      ...(settings.monitoring.enabled ? [{ name: 'metrics', containerPort: metrics }] : []),
    ],
    livenessProbe: { ...probe, httpGet: { path: '/health', port: 'health' }, failureThreshold: 5 },
    readinessProbe: { ...probe, httpGet: { path: '/ready', port: 'ready' }, failureThreshold: 3 },
    resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '128Mi' } },
    securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }, apiAccess.mount],
  };
}
