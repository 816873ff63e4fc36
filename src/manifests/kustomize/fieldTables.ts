import type { FieldPath } from './fieldPaths.ts';

/*
 * The fields in which kustomize 5.8 sets labels, annotations, replicas and images: its built-in configuration, see
 * https://kubectl.docs.kubernetes.io/references/kustomize/.
 */

/** Kinds with a pod template at `spec/template`, with the group or version that kustomize restricts them to. */
const templates: readonly (Pick<FieldPath, 'group' | 'version'> & { kind: string })[] = [
  { kind: 'ReplicationController', version: 'v1' },
  { kind: 'Deployment' },
  { kind: 'ReplicaSet' },
  { kind: 'DaemonSet' },
  { kind: 'StatefulSet', group: 'apps' },
  { kind: 'Job', group: 'batch' },
];

const cronJob = { kind: 'CronJob', group: 'batch', create: true };

/** Labels of objects and of their pod templates. */
export const templateLabels: readonly FieldPath[] = [
  { path: 'metadata/labels', create: true },
  ...templates.map((template) => ({ ...template, path: 'spec/template/metadata/labels', create: true })),
  { kind: 'StatefulSet', group: 'apps', path: 'spec/volumeClaimTemplates[]/metadata/labels', create: true },
  { ...cronJob, path: 'spec/jobTemplate/metadata/labels' },
  { ...cronJob, path: 'spec/jobTemplate/spec/template/metadata/labels' },
];

const affinities = ['podAffinity', 'podAntiAffinity'].flatMap((affinity) => [
  `spec/template/spec/affinity/${affinity}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels`,
  `spec/template/spec/affinity/${affinity}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels`,
]);

/** Labels of objects and pod templates, and the selectors that match them. */
export const selectorLabels: readonly FieldPath[] = [
  { kind: 'Service', version: 'v1', path: 'spec/selector', create: true },
  { kind: 'ReplicationController', version: 'v1', path: 'spec/selector', create: true },
  { kind: 'Deployment', path: 'spec/selector/matchLabels', create: true },
  { kind: 'ReplicaSet', path: 'spec/selector/matchLabels', create: true },
  { kind: 'DaemonSet', path: 'spec/selector/matchLabels', create: true },
  { kind: 'StatefulSet', group: 'apps', path: 'spec/selector/matchLabels', create: true },
  ...['Deployment', 'StatefulSet'].flatMap((kind) =>
    [...affinities, 'spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels'].map((path) => ({
      kind,
      group: 'apps',
      path,
    })),
  ),
  { kind: 'Job', group: 'batch', path: 'spec/selector/matchLabels' },
  { kind: 'CronJob', group: 'batch', path: 'spec/jobTemplate/spec/selector/matchLabels' },
  { kind: 'PodDisruptionBudget', group: 'policy', path: 'spec/selector/matchLabels' },
  ...['spec/podSelector', 'spec/ingress/from/podSelector', 'spec/egress/to/podSelector'].map((path) => ({
    kind: 'NetworkPolicy',
    group: 'networking.k8s.io',
    path: `${path}/matchLabels`,
  })),
  ...templateLabels,
];

export const annotations: readonly FieldPath[] = [
  { path: 'metadata/annotations', create: true },
  // For annotations kustomize restricts only Job to a group.
  ...templates.map(({ group, ...template }) => ({
    ...(template.kind === 'Job' ? { ...template, group } : template),
    path: 'spec/template/metadata/annotations',
    create: true,
  })),
  { ...cronJob, path: 'spec/jobTemplate/metadata/annotations' },
  { ...cronJob, path: 'spec/jobTemplate/spec/template/metadata/annotations' },
];

export const replicas: readonly FieldPath[] = [
  'Deployment',
  'ReplicationController',
  'ReplicaSet',
  'StatefulSet',
].map((kind) => ({ kind, path: 'spec/replicas', create: true }));

export const images: readonly FieldPath[] = ['spec', 'spec/template/spec'].flatMap((spec) => [
  { path: `${spec}/containers[]/image` },
  { path: `${spec}/initContainers[]/image` },
  { path: `${spec}/volumes[]/image/reference` },
]);

export const namespaces: readonly FieldPath[] = [
  { kind: 'APIService', group: 'apiregistration.k8s.io', path: 'spec/service/namespace', create: true },
  {
    kind: 'CustomResourceDefinition',
    group: 'apiextensions.k8s.io',
    path: 'spec/conversion/webhook/clientConfig/service/namespace',
  },
];
