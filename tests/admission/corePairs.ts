import type { KubernetesObject } from '../../src/kubernetes/object.ts';

/** A rule with an object that holds to it, and one that does not. They differ in one place. */
export interface AdmissionPair {
  rule: string;
  valid: KubernetesObject;
  invalid: KubernetesObject;
}

type Step = string | number;

/** A copy with a value in one place; undefined removes what is there. */
export function changed(value: unknown, [step, ...rest]: readonly Step[], to: unknown): unknown {
  if (step === undefined) return to;
  if (Array.isArray(value)) {
    const copy: unknown[] = [...value];
    copy[Number(step)] = changed(copy[Number(step)], rest, to);
    return copy;
  }
  const fields: Record<string, unknown> = { ...Object(value) };
  fields[String(step)] = changed(
    fields[String(step)] ?? (typeof rest[0] === 'number' ? [] : undefined),
    rest,
    to,
  );
  return fields;
}

const namespace = 'default';
const metadata = { name: 'a', namespace };
const labels = { app: 'a' };
const container = { name: 'c', image: 'example.org/a:1' };
const template = { metadata: { labels }, spec: { containers: [container] } };

const bases: Record<string, KubernetesObject> = {
  Namespace: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } },
  ConfigMap: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' } },
  Secret: { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { a: 'b' } },
  Service: { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
  Pod: { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] } },
  Deployment: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { selector: { matchLabels: labels }, template },
  },
  DaemonSet: {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata,
    spec: { selector: { matchLabels: labels }, template },
  },
  StatefulSet: {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: { serviceName: 'a', selector: { matchLabels: labels }, template },
  },
  Job: {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
  },
  CronJob: {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } },
    },
  },
  NetworkPolicy: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 80, protocol: 'TCP' }] }],
      egress: [{ to: [{ podSelector: {} }] }],
    },
  },
  Ingress: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata,
    spec: {
      rules: [
        {
          host: 'a.example.org',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } },
            ],
          },
        },
      ],
      tls: [{ hosts: ['a.example.org'], secretName: 'a' }],
    },
  },
  IngressClass: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'a' },
    spec: { controller: 'example.org/a' },
  },
  Role: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  ClusterRole: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'a' },
    rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
  },
  RoleBinding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
    subjects: [{ kind: 'ServiceAccount', name: 'a', namespace }],
  },
  ClusterRoleBinding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'a' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' },
    subjects: [{ kind: 'ServiceAccount', name: 'a', namespace }],
  },
  PersistentVolumeClaim: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  PersistentVolume: {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'a' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      nfs: { server: 'nas.example.org', path: '/a' },
    },
  },
  StorageClass: {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'a' },
    provisioner: 'example.org/a',
  },
  PodDisruptionBudget: {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  },
  HorizontalPodAutoscaler: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      minReplicas: 1,
      maxReplicas: 2,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
    },
  },
  PriorityClass: {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'a' },
    value: 1,
  },
};

const pod = ['spec', 'template', 'spec'];
const c = [...pod, 'containers', 0];
const long = (length: number): string => 'a'.repeat(length);
const ipBlock = ['spec', 'ingress', 0, 'from', 0, 'ipBlock'];
const port = ['spec', 'ingress', 0, 'ports', 0];
const path = ['spec', 'rules', 0, 'http', 'paths', 0];
const mounted = {
  volumes: [{ name: 'v', emptyDir: {} }],
  containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
};
const two = [
  { name: 'a', port: 80 },
  { name: 'b', port: 81 },
];

/** Rows: rule, kind, place, a value that is allowed there, one that is not. Undefined means that nothing is there. */
const rows: readonly (readonly [string, string, readonly Step[], unknown, unknown])[] = [
  // metadata
  ['namespace name is a label', 'Namespace', ['metadata', 'name'], 'a-b', 'a.b'],
  ['name is a subdomain', 'ConfigMap', ['metadata', 'name'], 'a.b', 'A_b'],
  ['name is not too long', 'ConfigMap', ['metadata', 'name'], long(253), long(254)],
  ['StatefulSet name is a label', 'StatefulSet', ['metadata', 'name'], 'a-b', 'a.b'],
  ['Service name has no dot', 'Service', ['metadata', 'name'], 'a-b', 'a.b'],
  ['CronJob name is short', 'CronJob', ['metadata', 'name'], long(52), long(53)],
  ['Deployment name is a subdomain', 'Deployment', ['metadata', 'name'], 'a.b', 'a_b'],
  ['Role name may have colons and capitals', 'Role', ['metadata', 'name'], 'System:a', 'a/b'],
  ['label key', 'ConfigMap', ['metadata', 'labels'], { 'example.org/a_b': 'x' }, { 'a b': 'x' }],
  ['label key has one slash', 'ConfigMap', ['metadata', 'labels'], { 'a/b': 'x' }, { 'a/b/c': 'x' }],
  ['label value', 'ConfigMap', ['metadata', 'labels', 'a'], 'x_y.z', 'x y'],
  ['label value is short', 'ConfigMap', ['metadata', 'labels', 'a'], long(63), long(64)],
  ['label value ends with a letter', 'ConfigMap', ['metadata', 'labels', 'a'], 'x', 'x-'],
  ['annotation key', 'ConfigMap', ['metadata', 'annotations'], { 'a.b/C': 'any thing' }, { 'a b': 'x' }],
  [
    'annotations are not too large',
    'ConfigMap',
    ['metadata', 'annotations', 'a'],
    long(200_000),
    long(270_000),
  ],
  ['finalizer', 'ConfigMap', ['metadata', 'finalizers'], ['example.org/a'], ['a b']],
  [
    'pod security level',
    'Namespace',
    ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'],
    'baseline',
    'strict',
  ],
  [
    'pod security version',
    'Namespace',
    ['metadata', 'labels', 'pod-security.kubernetes.io/enforce-version'],
    'v1.30',
    '1.30',
  ],
  // NetworkPolicy
  ['peer is not empty', 'NetworkPolicy', ['spec', 'ingress', 0, 'from', 0], { podSelector: {} }, {}],
  [
    'egress peer is not empty',
    'NetworkPolicy',
    ['spec', 'egress', 0, 'to', 0],
    { namespaceSelector: {} },
    {},
  ],
  ['protocol in capitals', 'NetworkPolicy', [...port, 'protocol'], 'UDP', 'tcp'],
  ['policyTypes in capitals', 'NetworkPolicy', ['spec', 'policyTypes'], ['Ingress'], ['ingress']],
  [
    'at most two policyTypes',
    'NetworkPolicy',
    ['spec', 'policyTypes'],
    ['Ingress', 'Egress'],
    ['Ingress', 'Egress', 'Ingress'],
  ],
  ['policy port is a port', 'NetworkPolicy', [...port, 'port'], 65_535, 65_536],
  ['policy port is not zero', 'NetworkPolicy', [...port, 'port'], 1, 0],
  ['policy port name', 'NetworkPolicy', [...port, 'port'], 'http', 'HTTP_PORT'],
  ['policy port name is short', 'NetworkPolicy', [...port, 'port'], long(15), long(16)],
  ['endPort is not below port', 'NetworkPolicy', [...port, 'endPort'], 80, 79],
  [
    'endPort with a number',
    'NetworkPolicy',
    ['spec', 'ingress', 0, 'ports', 0],
    { port: 80, endPort: 90 },
    { port: 'http', endPort: 90 },
  ],
  [
    'endPort with a port',
    'NetworkPolicy',
    ['spec', 'ingress', 0, 'ports', 0],
    { port: 80, endPort: 90 },
    { endPort: 90 },
  ],
  ['endPort is a port', 'NetworkPolicy', [...port, 'endPort'], 65_535, 65_536],
  ['cidr is a CIDR', 'NetworkPolicy', [...ipBlock, 'cidr'], '10.0.0.0/8', '10.0.0.0'],
  ['cidr may be IPv6', 'NetworkPolicy', [...ipBlock, 'cidr'], 'fd00::/8', 'fd00::/129'],
  ['cidr has no bits beyond its prefix', 'NetworkPolicy', [...ipBlock, 'cidr'], '10.0.0.0/8', '10.1.2.3/8'],
  ['cidr has no leading zeros', 'NetworkPolicy', [...ipBlock, 'cidr'], '10.0.0.0/8', '010.0.0.0/8'],
  ['prefix has no leading zeros', 'NetworkPolicy', [...ipBlock, 'cidr'], '10.0.0.0/8', '10.0.0.0/08'],
  ['cidr is not IPv4 in IPv6', 'NetworkPolicy', [...ipBlock, 'cidr'], 'fd00::/104', '::ffff:10.0.0.0/104'],
  ['except is inside', 'NetworkPolicy', [...ipBlock, 'except'], ['10.1.0.0/16'], ['192.168.0.0/16']],
  ['except is smaller', 'NetworkPolicy', [...ipBlock, 'except'], ['10.0.0.0/9'], ['10.0.0.0/8']],
  ['except is a CIDR', 'NetworkPolicy', [...ipBlock, 'except'], ['10.1.1.1/32'], ['10.1.1.1']],
  [
    'ipBlock alone',
    'NetworkPolicy',
    ['spec', 'ingress', 0, 'from', 0],
    { ipBlock: { cidr: '10.0.0.0/8' } },
    { ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} },
  ],
  [
    'selector label value',
    'NetworkPolicy',
    ['spec', 'podSelector'],
    { matchLabels: { a: 'b' } },
    { matchLabels: { a: 'b c' } },
  ],
  [
    'In has values',
    'NetworkPolicy',
    ['spec', 'podSelector'],
    { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
    { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] },
  ],
  [
    'Exists has no values',
    'NetworkPolicy',
    ['spec', 'podSelector'],
    { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
    { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
  ],
  [
    'operator is known',
    'NetworkPolicy',
    ['spec', 'podSelector'],
    { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] },
    { matchExpressions: [{ key: 'a', operator: 'Is', values: ['b'] }] },
  ],
  [
    'selector key',
    'NetworkPolicy',
    ['spec', 'podSelector'],
    { matchExpressions: [{ key: 'a/b', operator: 'Exists' }] },
    { matchExpressions: [{ key: 'a b', operator: 'Exists' }] },
  ],
  [
    'peer selector',
    'NetworkPolicy',
    ['spec', 'ingress', 0, 'from', 0],
    { namespaceSelector: { matchLabels: { a: 'b' } } },
    { namespaceSelector: { matchLabels: { a: '-b' } } },
  ],
  // Service
  ['Service has ports', 'Service', ['spec', 'ports'], [{ port: 80 }], []],
  ['headless Service needs no ports', 'Service', ['spec'], { clusterIP: 'None' }, { clusterIP: '' }],
  ['several ports have names', 'Service', ['spec', 'ports'], two, [{ port: 80 }, { name: 'b', port: 81 }]],
  [
    'names of ports differ',
    'Service',
    ['spec', 'ports'],
    two,
    [
      { name: 'a', port: 80 },
      { name: 'a', port: 81 },
    ],
  ],
  [
    'ports differ',
    'Service',
    ['spec', 'ports'],
    [
      { name: 'a', port: 80 },
      { name: 'b', port: 80, protocol: 'UDP' },
    ],
    [
      { name: 'a', port: 80 },
      { name: 'b', port: 80 },
    ],
  ],
  ['port name is a label', 'Service', ['spec', 'ports', 0, 'name'], 'a-b', 'a_b'],
  ['port is a port', 'Service', ['spec', 'ports', 0, 'port'], 1, 0],
  ['targetPort is a port', 'Service', ['spec', 'ports', 0, 'targetPort'], 8080, 70_000],
  ['targetPort name', 'Service', ['spec', 'ports', 0, 'targetPort'], 'http', 'my_port'],
  ['protocol of a Service', 'Service', ['spec', 'ports', 0, 'protocol'], 'SCTP', 'udp'],
  ['appProtocol', 'Service', ['spec', 'ports', 0, 'appProtocol'], 'kubernetes.io/h2c', 'a b'],
  [
    'nodePort needs a type',
    'Service',
    ['spec'],
    { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] },
    { ports: [{ port: 80, nodePort: 30_080 }] },
  ],
  [
    'nodePorts differ',
    'Service',
    ['spec'],
    {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30_081 },
        { name: 'b', port: 81, nodePort: 30_082 },
      ],
    },
    {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30_081 },
        { name: 'b', port: 81, nodePort: 30_081 },
      ],
    },
  ],
  ['type is known', 'Service', ['spec', 'type'], 'LoadBalancer', 'Loadbalancer'],
  [
    'headless has no node port',
    'Service',
    ['spec'],
    { type: 'ClusterIP', clusterIP: 'None', ports: [{ port: 80 }] },
    { type: 'LoadBalancer', clusterIP: 'None', ports: [{ port: 80 }] },
  ],
  [
    'ExternalName names something',
    'Service',
    ['spec'],
    { type: 'ExternalName', externalName: 'a.example.org' },
    { type: 'ExternalName' },
  ],
  [
    'ExternalName is a DNS name',
    'Service',
    ['spec'],
    { type: 'ExternalName', externalName: 'a.example.org' },
    { type: 'ExternalName', externalName: 'http://a' },
  ],
  [
    'ExternalName has no address',
    'Service',
    ['spec'],
    { type: 'ExternalName', externalName: 'a.example.org' },
    { type: 'ExternalName', externalName: 'a.example.org', clusterIP: 'None' },
  ],
  ['externalIPs are addresses', 'Service', ['spec', 'externalIPs'], ['192.0.2.1'], ['192.0.2.0/24']],
  ['externalIPs are of hosts', 'Service', ['spec', 'externalIPs'], ['192.0.2.1'], ['127.0.0.1']],
  ['externalIPs are not unspecified', 'Service', ['spec', 'externalIPs'], ['2001:db8::1'], ['0.0.0.0']],
  ['externalIPs are not link-local', 'Service', ['spec', 'externalIPs'], ['2001:db8::1'], ['fe80::1']],
  [
    'source ranges are CIDRs',
    'Service',
    ['spec'],
    { type: 'LoadBalancer', ports: [{ port: 80 }], loadBalancerSourceRanges: ['192.0.2.0/24'] },
    { type: 'LoadBalancer', ports: [{ port: 80 }], loadBalancerSourceRanges: ['192.0.2.1'] },
  ],
  [
    'source ranges need a load balancer',
    'Service',
    ['spec'],
    { type: 'LoadBalancer', ports: [{ port: 80 }], loadBalancerSourceRanges: ['192.0.2.0/24'] },
    { type: 'NodePort', ports: [{ port: 80 }], loadBalancerSourceRanges: ['192.0.2.0/24'] },
  ],
  ['sessionAffinity is known', 'Service', ['spec', 'sessionAffinity'], 'ClientIP', 'clientIP'],
  [
    'affinity timeout is in the range',
    'Service',
    ['spec'],
    {
      ports: [{ port: 80 }],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_400 } },
    },
    {
      ports: [{ port: 80 }],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_401 } },
    },
  ],
  [
    'externalTrafficPolicy needs a way in',
    'Service',
    ['spec'],
    { type: 'NodePort', ports: [{ port: 80 }], externalTrafficPolicy: 'Local' },
    { ports: [{ port: 80 }], externalTrafficPolicy: 'Local' },
  ],
  [
    'externalTrafficPolicy is known',
    'Service',
    ['spec'],
    { type: 'NodePort', ports: [{ port: 80 }], externalTrafficPolicy: 'Local' },
    { type: 'NodePort', ports: [{ port: 80 }], externalTrafficPolicy: 'local' },
  ],
  [
    'loadBalancerClass needs a load balancer',
    'Service',
    ['spec'],
    { type: 'LoadBalancer', ports: [{ port: 80 }], loadBalancerClass: 'a/b' },
    { ports: [{ port: 80 }], loadBalancerClass: 'a/b' },
  ],
  [
    'allocateLoadBalancerNodePorts needs a load balancer',
    'Service',
    ['spec'],
    { type: 'LoadBalancer', ports: [{ port: 80 }], allocateLoadBalancerNodePorts: false },
    { ports: [{ port: 80 }], allocateLoadBalancerNodePorts: false },
  ],
  [
    'healthCheckNodePort needs Local',
    'Service',
    ['spec'],
    {
      type: 'LoadBalancer',
      ports: [{ port: 80 }],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30_999,
    },
    { type: 'LoadBalancer', ports: [{ port: 80 }], healthCheckNodePort: 30_999 },
  ],
  ['clusterIP is an address', 'Service', ['spec', 'clusterIP'], 'None', 'none'],
  ['ipFamilies are known', 'Service', ['spec', 'ipFamilies'], ['IPv4'], ['ipv4']],
  ['trafficDistribution is known', 'Service', ['spec', 'trafficDistribution'], 'PreferClose', 'Close'],
  ['selector of a Service', 'Service', ['spec', 'selector'], { app: 'a' }, { app: 'a b' }],
  // Workloads
  [
    'selector matches the template',
    'Deployment',
    ['spec', 'template', 'metadata', 'labels'],
    { app: 'a', more: 'b' },
    { app: 'b' },
  ],
  [
    'selector expressions match the template',
    'Deployment',
    ['spec', 'selector'],
    { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
    { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
  ],
  ['selector is not empty', 'Deployment', ['spec', 'selector'], { matchLabels: labels }, {}],
  [
    'selector of a DaemonSet matches',
    'DaemonSet',
    ['spec', 'template', 'metadata', 'labels'],
    labels,
    { app: 'b' },
  ],
  [
    'selector of a StatefulSet matches',
    'StatefulSet',
    ['spec', 'template', 'metadata', 'labels'],
    labels,
    { app: 'b' },
  ],
  ['restartPolicy of a Deployment', 'Deployment', [...pod, 'restartPolicy'], 'Always', 'OnFailure'],
  ['restartPolicy of a DaemonSet', 'DaemonSet', [...pod, 'restartPolicy'], 'Always', 'Never'],
  ['restartPolicy of a StatefulSet', 'StatefulSet', [...pod, 'restartPolicy'], 'Always', 'Never'],
  ['restartPolicy of a Job', 'Job', [...pod, 'restartPolicy'], 'OnFailure', 'Always'],
  ['a Job needs a restartPolicy', 'Job', [...pod, 'restartPolicy'], 'Never', undefined],
  [
    'restartPolicy of a CronJob',
    'CronJob',
    ['spec', 'jobTemplate', ...pod, 'restartPolicy'],
    'OnFailure',
    undefined,
  ],
  ['a Deployment has no deadline', 'Deployment', [...pod, 'activeDeadlineSeconds'], undefined, 10],
  ['replicas are not negative', 'Deployment', ['spec', 'replicas'], 0, -1],
  ['replicas of a StatefulSet', 'StatefulSet', ['spec', 'replicas'], 0, -1],
  [
    'Recreate does not roll',
    'Deployment',
    ['spec', 'strategy'],
    { type: 'Recreate' },
    { type: 'Recreate', rollingUpdate: { maxSurge: 1 } },
  ],
  [
    'a pod may be replaced',
    'Deployment',
    ['spec', 'strategy'],
    { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
  ],
  [
    'strategy type is known',
    'Deployment',
    ['spec', 'strategy'],
    { type: 'RollingUpdate' },
    { type: 'Rolling' },
  ],
  ['percentage', 'Deployment', ['spec', 'strategy', 'rollingUpdate'], { maxSurge: '25%' }, { maxSurge: 'a' }],
  ['deadline is longer than ready', 'Deployment', ['spec', 'progressDeadlineSeconds'], 600, 0],
  [
    'a DaemonSet may replace',
    'DaemonSet',
    ['spec', 'updateStrategy'],
    { rollingUpdate: { maxUnavailable: 1 } },
    { rollingUpdate: { maxUnavailable: 0 } },
  ],
  [
    'OnDelete does not roll',
    'StatefulSet',
    ['spec', 'updateStrategy'],
    { type: 'OnDelete' },
    { type: 'OnDelete', rollingUpdate: { partition: 1 } },
  ],
  ['backoffLimit is not negative', 'Job', ['spec', 'backoffLimit'], 0, -1],
  ['a Job selects by itself', 'Job', ['spec', 'selector'], undefined, { matchLabels: { a: 'b' } }],
  ['schedule has five fields', 'CronJob', ['spec', 'schedule'], '*/5 0-6,8 ? JAN MON-FRI', '0 3 * *'],
  ['schedule is in the ranges', 'CronJob', ['spec', 'schedule'], '59 23 31 12 6', '60 3 * * *'],
  ['schedule counts days to six', 'CronJob', ['spec', 'schedule'], '0 0 * * 0', '0 0 * * 7'],
  ['schedule word', 'CronJob', ['spec', 'schedule'], '@daily', '@nightly'],
  ['schedule every', 'CronJob', ['spec', 'schedule'], '@every 1h30m', '@every day'],
  ['schedule has no zone', 'CronJob', ['spec', 'schedule'], '0 3 * * *', 'TZ=UTC 0 3 * * *'],
  ['schedule range rises', 'CronJob', ['spec', 'schedule'], '0 3-5 * * *', '0 5-3 * * *'],
  ['time zone', 'CronJob', ['spec', 'timeZone'], 'Europe/Berlin', 'Berlin'],
  ['concurrencyPolicy is known', 'CronJob', ['spec', 'concurrencyPolicy'], 'Forbid', 'forbid'],
  // Pods
  ['a pod has containers', 'Pod', ['spec', 'containers'], [container], []],
  ['a Deployment has containers', 'Deployment', [...pod, 'containers'], [container], []],
  ['a StatefulSet has containers', 'StatefulSet', [...pod, 'containers'], [container], []],
  ['container name', 'Deployment', [...c, 'name'], 'a-b', 'a_b'],
  [
    'container names differ',
    'Deployment',
    [...pod, 'containers'],
    [container, { ...container, name: 'd' }],
    [container, container],
  ],
  [
    'init container names differ',
    'Deployment',
    [...pod, 'initContainers'],
    [{ ...container, name: 'd' }],
    [container],
  ],
  ['image', 'Deployment', [...c, 'image'], 'a', undefined],
  ['image without white space', 'Pod', ['spec', 'containers', 0, 'image'], 'a', ' a'],
  ['imagePullPolicy is known', 'Deployment', [...c, 'imagePullPolicy'], 'Always', 'always'],
  ['container port', 'Deployment', [...c, 'ports'], [{ containerPort: 80 }], [{ containerPort: 0 }]],
  [
    'container port name',
    'Deployment',
    [...c, 'ports'],
    [{ name: 'http', containerPort: 80 }],
    [{ name: 'http_port', containerPort: 80 }],
  ],
  [
    'container port names differ',
    'Deployment',
    [...c, 'ports'],
    [
      { name: 'a', containerPort: 80 },
      { name: 'b', containerPort: 81 },
    ],
    [
      { name: 'a', containerPort: 80 },
      { name: 'a', containerPort: 81 },
    ],
  ],
  [
    'host ports differ',
    'Deployment',
    [...c, 'ports'],
    [
      { containerPort: 80, hostPort: 80 },
      { containerPort: 81, hostPort: 81 },
    ],
    [
      { containerPort: 80, hostPort: 80 },
      { containerPort: 81, hostPort: 80 },
    ],
  ],
  [
    'host port is a port',
    'Deployment',
    [...c, 'ports'],
    [{ containerPort: 80, hostPort: 80 }],
    [{ containerPort: 80, hostPort: 70_000 }],
  ],
  [
    'hostNetwork has equal ports',
    'Deployment',
    pod,
    { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 80 }] }] },
    { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 81 }] }] },
  ],
  [
    'protocol of a container',
    'Deployment',
    [...c, 'ports'],
    [{ containerPort: 80, protocol: 'UDP' }],
    [{ containerPort: 80, protocol: 'udp' }],
  ],
  [
    'environment has one source',
    'Deployment',
    [...c, 'env'],
    [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }],
    [{ name: 'A', value: 'x', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }],
  ],
  [
    'environment name',
    'Deployment',
    [...c, 'env'],
    [{ name: 'a.b-c', value: 'x' }],
    [{ name: 'a=b', value: 'x' }],
  ],
  [
    'environment source is known',
    'Deployment',
    [...c, 'env'],
    [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } }],
    [{ name: 'A', valueFrom: {} }],
  ],
  [
    'secret key',
    'Deployment',
    [...c, 'env'],
    [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'b_c' } } }],
    [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'b c' } } }],
  ],
  [
    'envFrom has one source',
    'Deployment',
    [...c, 'envFrom'],
    [{ secretRef: { name: 'a' } }],
    [{ prefix: 'a' }],
  ],
  [
    'envFrom names something',
    'Deployment',
    [...c, 'envFrom'],
    [{ configMapRef: { name: 'a' } }],
    [{ configMapRef: {} }],
  ],
  ['mount has a volume', 'Deployment', pod, mounted, { ...mounted, volumes: [] }],
  [
    'mounts differ',
    'Deployment',
    pod,
    mounted,
    {
      ...mounted,
      containers: [
        {
          ...container,
          volumeMounts: [
            { name: 'v', mountPath: '/v' },
            { name: 'v', mountPath: '/v' },
          ],
        },
      ],
    },
  ],
  [
    'subPath is relative',
    'Deployment',
    pod,
    {
      ...mounted,
      containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'a' }] }],
    },
    {
      ...mounted,
      containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: '/a' }] }],
    },
  ],
  [
    'subPath does not go up',
    'Deployment',
    pod,
    {
      ...mounted,
      containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'a..b' }] }],
    },
    {
      ...mounted,
      containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: '../a' }] }],
    },
  ],
  [
    'volume names differ',
    'Deployment',
    [...pod, 'volumes'],
    [
      { name: 'a', emptyDir: {} },
      { name: 'b', emptyDir: {} },
    ],
    [
      { name: 'a', emptyDir: {} },
      { name: 'a', emptyDir: {} },
    ],
  ],
  [
    'volume name',
    'Deployment',
    [...pod, 'volumes'],
    [{ name: 'a-b', emptyDir: {} }],
    [{ name: 'a_b', emptyDir: {} }],
  ],
  [
    'volume has one source',
    'Deployment',
    [...pod, 'volumes'],
    [{ name: 'a' }],
    [{ name: 'a', emptyDir: {}, hostPath: { path: '/a' } }],
  ],
  [
    'secret volume names a Secret',
    'Deployment',
    [...pod, 'volumes'],
    [{ name: 'a', secret: { secretName: 'a' } }],
    [{ name: 'a', secret: {} }],
  ],
  [
    'configMap volume names a ConfigMap',
    'Deployment',
    [...pod, 'volumes'],
    [{ name: 'a', configMap: { name: 'a' } }],
    [{ name: 'a', configMap: {} }],
  ],
  [
    'claim volume names a claim',
    'Deployment',
    [...pod, 'volumes'],
    [{ name: 'a', persistentVolumeClaim: { claimName: 'a' } }],
    [{ name: 'a', persistentVolumeClaim: { claimName: '' } }],
  ],
  [
    'hostPath does not go up',
    'Deployment',
    [...pod, 'volumes'],
    [{ name: 'a', hostPath: { path: '/a' } }],
    [{ name: 'a', hostPath: { path: '/a/../b' } }],
  ],
  [
    'nfs path is absolute',
    'Deployment',
    [...pod, 'volumes'],
    [{ name: 'a', nfs: { server: 's', path: '/a' } }],
    [{ name: 'a', nfs: { server: 's', path: 'a' } }],
  ],
  [
    'item path is relative',
    'Deployment',
    [...pod, 'volumes'],
    [{ name: 'a', configMap: { name: 'a', items: [{ key: 'k', path: 'p' }] } }],
    [{ name: 'a', configMap: { name: 'a', items: [{ key: 'k', path: '/p' }] } }],
  ],
  [
    'probe has a handler',
    'Deployment',
    [...c, 'livenessProbe'],
    { httpGet: { path: '/', port: 80 } },
    { periodSeconds: 3 },
  ],
  [
    'probe has one handler',
    'Deployment',
    [...c, 'livenessProbe'],
    { tcpSocket: { port: 80 } },
    { tcpSocket: { port: 80 }, exec: { command: ['a'] } },
  ],
  [
    'probe port',
    'Deployment',
    [...c, 'readinessProbe'],
    { tcpSocket: { port: 'http' } },
    { tcpSocket: { port: 'HTTP' } },
  ],
  [
    'probe port number',
    'Deployment',
    [...c, 'readinessProbe'],
    { tcpSocket: { port: 80 } },
    { tcpSocket: { port: 0 } },
  ],
  [
    'liveness succeeds once',
    'Deployment',
    [...c, 'livenessProbe'],
    { tcpSocket: { port: 80 }, successThreshold: 1 },
    { tcpSocket: { port: 80 }, successThreshold: 2 },
  ],
  [
    'init containers have no probes',
    'Deployment',
    [...pod, 'initContainers'],
    [{ ...container, name: 'i' }],
    [{ ...container, name: 'i', readinessProbe: { tcpSocket: { port: 80 } } }],
  ],
  [
    'sidecars may have probes',
    'Deployment',
    [...pod, 'initContainers'],
    [{ ...container, name: 'i', restartPolicy: 'Always', readinessProbe: { tcpSocket: { port: 80 } } }],
    [{ ...container, name: 'i', restartPolicy: 'always' }],
  ],
  [
    'requests are within limits',
    'Deployment',
    [...c, 'resources'],
    { requests: { memory: '1Gi' }, limits: { memory: '1Gi' } },
    { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } },
  ],
  [
    'privileged may escalate',
    'Deployment',
    [...c, 'securityContext'],
    { privileged: true },
    { privileged: true, allowPrivilegeEscalation: false },
  ],
  ['user is not negative', 'Deployment', [...c, 'securityContext'], { runAsUser: 0 }, { runAsUser: -1 }],
  [
    'toleration without a key',
    'Deployment',
    [...pod, 'tolerations'],
    [{ operator: 'Exists' }],
    [{ operator: 'Equal', value: 'a' }],
  ],
  [
    'toleration Exists has no value',
    'Deployment',
    [...pod, 'tolerations'],
    [{ key: 'a', operator: 'Exists' }],
    [{ key: 'a', operator: 'Exists', value: 'b' }],
  ],
  [
    'toleration effect',
    'Deployment',
    [...pod, 'tolerations'],
    [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
    [{ key: 'a', operator: 'Exists', effect: 'noSchedule' }],
  ],
  [
    'tolerationSeconds needs NoExecute',
    'Deployment',
    [...pod, 'tolerations'],
    [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }],
    [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 1 }],
  ],
  [
    'spread has a skew',
    'Deployment',
    [...pod, 'topologySpreadConstraints'],
    [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }],
    [{ maxSkew: 0, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }],
  ],
  [
    'spread constraints differ',
    'Deployment',
    [...pod, 'topologySpreadConstraints'],
    [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }],
    [
      { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' },
      { maxSkew: 2, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' },
    ],
  ],
  [
    'affinity has a topologyKey',
    'Deployment',
    [...pod, 'affinity'],
    { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] } },
    { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '' }] } },
  ],
  [
    'affinity weight',
    'Deployment',
    [...pod, 'affinity'],
    {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: 'a' } },
        ],
      },
    },
    {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 101, podAffinityTerm: { topologyKey: 'a' } },
        ],
      },
    },
  ],
  [
    'node affinity has terms',
    'Deployment',
    [...pod, 'affinity'],
    {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
        },
      },
    },
    { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
  ],
  [
    'node affinity values',
    'Deployment',
    [...pod, 'affinity'],
    {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
        },
      },
    },
    {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: [] }] }],
        },
      },
    },
  ],
  [
    'dnsPolicy None has servers',
    'Deployment',
    pod,
    { containers: [container], dnsPolicy: 'None', dnsConfig: { nameservers: ['192.0.2.1'] } },
    { containers: [container], dnsPolicy: 'None' },
  ],
  [
    'name servers are addresses',
    'Deployment',
    [...pod, 'dnsConfig'],
    { nameservers: ['192.0.2.1'] },
    { nameservers: ['dns.example.org'] },
  ],
  [
    'host alias address',
    'Deployment',
    [...pod, 'hostAliases'],
    [{ ip: '192.0.2.1', hostnames: ['a.b'] }],
    [{ ip: 'a', hostnames: ['a.b'] }],
  ],
  ['hostname is a label', 'Deployment', [...pod, 'hostname'], 'a', 'a.b'],
  ['service account name', 'Deployment', [...pod, 'serviceAccountName'], 'a', 'A_b'],
  [
    'processes are shared once',
    'Deployment',
    pod,
    { containers: [container], hostPID: true },
    { containers: [container], hostPID: true, shareProcessNamespace: true },
  ],
  ['node selector', 'Deployment', [...pod, 'nodeSelector'], { 'a/b': 'c' }, { 'a/b': 'c d' }],
  // Ingress
  [
    'Ingress leads somewhere',
    'Ingress',
    ['spec'],
    { defaultBackend: { service: { name: 'a', port: { number: 80 } } } },
    {},
  ],
  ['host is no address', 'Ingress', ['spec', 'rules', 0, 'host'], '*.example.org', '192.0.2.1'],
  ['host is a DNS name', 'Ingress', ['spec', 'rules', 0, 'host'], 'a.example.org', 'A.example.org'],
  ['wildcard is first', 'Ingress', ['spec', 'rules', 0, 'host'], '*.example.org', 'a.*.example.org'],
  ['pathType is known', 'Ingress', [...path, 'pathType'], 'Exact', 'exact'],
  ['path is absolute', 'Ingress', [...path, 'path'], '/a', 'a'],
  ['path is plain', 'Ingress', [...path, 'path'], '/a/b', '/a//b'],
  [
    'an own path is absolute',
    'Ingress',
    path,
    {
      path: '/a//b',
      pathType: 'ImplementationSpecific',
      backend: { service: { name: 'a', port: { number: 80 } } },
    },
    {
      path: 'a',
      pathType: 'ImplementationSpecific',
      backend: { service: { name: 'a', port: { number: 80 } } },
    },
  ],
  [
    'backend has one port',
    'Ingress',
    [...path, 'backend'],
    { service: { name: 'a', port: { name: 'http' } } },
    { service: { name: 'a', port: { name: 'http', number: 80 } } },
  ],
  [
    'backend has a port',
    'Ingress',
    [...path, 'backend'],
    { service: { name: 'a', port: { number: 80 } } },
    { service: { name: 'a' } },
  ],
  [
    'backend is one thing',
    'Ingress',
    [...path, 'backend'],
    { service: { name: 'a', port: { number: 80 } } },
    {},
  ],
  [
    'backend port',
    'Ingress',
    [...path, 'backend', 'service', 'port'],
    { number: 65_535 },
    { number: 65_536 },
  ],
  ['backend name', 'Ingress', [...path, 'backend', 'service', 'name'], 'a-b', 'a.b'],
  ['class is a name', 'Ingress', ['spec', 'ingressClassName'], 'a', 'A'],
  ['tls host', 'Ingress', ['spec', 'tls', 0, 'hosts'], ['*.example.org'], ['example org']],
  [
    'paths are there',
    'Ingress',
    ['spec', 'rules', 0, 'http', 'paths'],
    [{ pathType: 'Prefix', path: '/', backend: { service: { name: 'a', port: { number: 80 } } } }],
    [],
  ],
  ['controller has a domain', 'IngressClass', ['spec', 'controller'], 'example.org/a', 'traefik'],
  // Data
  ['key of a ConfigMap', 'ConfigMap', ['data'], { 'a.b_c-D': 'x' }, { 'a b': 'x' }],
  ['key is no path', 'ConfigMap', ['data'], { '.a': 'x' }, { '..a': 'x' }],
  ['keys differ from binary ones', 'ConfigMap', ['binaryData'], { b: 'eA==' }, { a: 'eA==' }],
  ['data is text', 'ConfigMap', ['data'], { a: '1' }, { a: 1 }],
  ['a ConfigMap is not too large', 'ConfigMap', ['data'], { a: long(1_000_000) }, { a: long(1_050_000) }],
  ['key of a Secret', 'Secret', ['stringData'], { 'a.b': 'x' }, { 'a/b': 'x' }],
  ['data of a Secret is base64', 'Secret', ['data'], { b: 'eA==' }, { b: 'x y' }],
  ['base64 may have line breaks', 'Secret', ['data'], { b: 'eHh4\neHh4\n' }, { b: 'eHh4 eHh4' }],
  [
    'tls has its keys',
    'Secret',
    [],
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': 'a', 'tls.key': 'b' },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'a' } },
  ],
  [
    'dockerconfigjson has its key',
    'Secret',
    [],
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': '{}' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { a: '{}' },
    },
  ],
  [
    'dockerconfigjson is JSON',
    'Secret',
    [],
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': '{}' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': '{' },
    },
  ],
  [
    'basic-auth has one of its keys',
    'Secret',
    [],
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/basic-auth',
      stringData: { password: 'a' },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/basic-auth', stringData: { a: 'a' } },
  ],
  [
    'ssh-auth has its key',
    'Secret',
    [],
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/ssh-auth',
      stringData: { 'ssh-privatekey': 'a' },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/ssh-auth', stringData: { a: 'a' } },
  ],
  [
    'a token names its account',
    'Secret',
    [],
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, annotations: { 'kubernetes.io/service-account.name': 'a' } },
      type: 'kubernetes.io/service-account-token',
    },
    { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/service-account-token' },
  ],
  // Access
  ['rule has verbs', 'Role', ['rules', 0, 'verbs'], ['get'], []],
  ['rule has groups', 'Role', ['rules', 0, 'apiGroups'], [''], []],
  ['rule has resources', 'Role', ['rules', 0, 'resources'], ['pods'], []],
  [
    'a Role grants no URLs',
    'Role',
    ['rules', 0],
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    { nonResourceURLs: ['/a'], verbs: ['get'] },
  ],
  [
    'URLs are alone',
    'ClusterRole',
    ['rules', 0],
    { nonResourceURLs: ['/a'], verbs: ['get'] },
    { nonResourceURLs: ['/a'], apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  ],
  ['roleRef has a kind', 'RoleBinding', ['roleRef', 'kind'], 'ClusterRole', 'Roles'],
  [
    'a ClusterRoleBinding binds a ClusterRole',
    'ClusterRoleBinding',
    ['roleRef', 'kind'],
    'ClusterRole',
    'Role',
  ],
  ['roleRef has the group', 'RoleBinding', ['roleRef', 'apiGroup'], 'rbac.authorization.k8s.io', 'v1'],
  ['subject kind', 'RoleBinding', ['subjects', 0, 'kind'], 'ServiceAccount', 'serviceaccount'],
  [
    'subject group',
    'RoleBinding',
    ['subjects', 0],
    { kind: 'Group', name: 'a', apiGroup: 'rbac.authorization.k8s.io' },
    { kind: 'ServiceAccount', name: 'a', namespace, apiGroup: 'rbac.authorization.k8s.io' },
  ],
  [
    'a service account has a namespace',
    'ClusterRoleBinding',
    ['subjects', 0],
    { kind: 'ServiceAccount', name: 'a', namespace },
    { kind: 'ServiceAccount', name: 'a' },
  ],
  // Storage
  ['a claim has an access mode', 'PersistentVolumeClaim', ['spec', 'accessModes'], ['ReadOnlyMany'], []],
  ['an access mode is known', 'PersistentVolumeClaim', ['spec', 'accessModes'], ['ReadWriteMany'], ['RWX']],
  [
    'ReadWriteOncePod is alone',
    'PersistentVolumeClaim',
    ['spec', 'accessModes'],
    ['ReadWriteOncePod'],
    ['ReadWriteOncePod', 'ReadWriteOnce'],
  ],
  ['a claim has a size', 'PersistentVolumeClaim', ['spec', 'resources', 'requests'], { storage: '1Gi' }, {}],
  ['a size is positive', 'PersistentVolumeClaim', ['spec', 'resources', 'requests', 'storage'], '1', '0'],
  [
    'a size is a quantity',
    'PersistentVolumeClaim',
    ['spec', 'resources', 'requests', 'storage'],
    '1G',
    '1GB',
  ],
  ['class of a claim', 'PersistentVolumeClaim', ['spec', 'storageClassName'], 'a.b', 'A b'],
  ['a volume has a size', 'PersistentVolume', ['spec', 'capacity'], { storage: '1Gi' }, {}],
  [
    'a volume has one source',
    'PersistentVolume',
    ['spec'],
    { accessModes: ['ReadWriteOnce'], capacity: { storage: '1' }, hostPath: { path: '/a' } },
    { accessModes: ['ReadWriteOnce'], capacity: { storage: '1' } },
  ],
  ['a volume has an access mode', 'PersistentVolume', ['spec', 'accessModes'], ['ReadWriteOnce'], []],
  [
    'a local volume has a node',
    'PersistentVolume',
    ['spec'],
    {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1' },
      local: { path: '/a' },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] },
      },
    },
    { accessModes: ['ReadWriteOnce'], capacity: { storage: '1' }, local: { path: '/a' } },
  ],
  ['an nfs volume has an absolute path', 'PersistentVolume', ['spec', 'nfs', 'path'], '/a', 'a'],
  [
    'reclaim policy is known',
    'PersistentVolume',
    ['spec', 'persistentVolumeReclaimPolicy'],
    'Retain',
    'retain',
  ],
  ['a class has a provisioner', 'StorageClass', ['provisioner'], 'example.org/a', ''],
  // Others
  ['a budget has one limit', 'PodDisruptionBudget', ['spec', 'maxUnavailable'], undefined, 1],
  ['a budget is not negative', 'PodDisruptionBudget', ['spec', 'minAvailable'], '50%', -1],
  ['an autoscaler grows', 'HorizontalPodAutoscaler', ['spec', 'maxReplicas'], 1, 0],
  ['an autoscaler has a range', 'HorizontalPodAutoscaler', ['spec', 'minReplicas'], 2, 3],
  ['a priority is not that of Kubernetes', 'PriorityClass', ['value'], 1_000_000_000, 1_000_000_001],
  ['a priority name is not of Kubernetes', 'PriorityClass', ['metadata', 'name'], 'a-system', 'system-a'],
];

function objectOf(base: KubernetesObject, place: readonly Step[], value: unknown): KubernetesObject {
  return JSON.parse(JSON.stringify(changed(base, place, value)));
}

export const corePairs: readonly AdmissionPair[] = rows.map(([rule, kind, place, allowed, refused]) => {
  const base = bases[kind];
  if (base === undefined) throw new Error(`no ${kind}`);
  return { rule, valid: objectOf(base, place, allowed), invalid: objectOf(base, place, refused) };
});
