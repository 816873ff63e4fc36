import type { FieldPath } from './fieldPaths.ts';

/** A kind, and the fields of other kinds that refer to it by name. */
export interface ReferenceTarget {
  kind: string;
  group?: string;
  version?: string;
  from: readonly FieldPath[];
}

/*
 * The fields that kustomize 5.8 updates when a referenced object gets another name: its built-in configuration
 * `nameReference`.
 */

const podSpecs: Readonly<Record<string, FieldPath>> = {
  Pod: { kind: 'Pod', path: 'spec' },
  PodTemplate: { kind: 'PodTemplate', path: 'template/spec' },
  Deployment: { kind: 'Deployment', path: 'spec/template/spec' },
  ReplicaSet: { kind: 'ReplicaSet', path: 'spec/template/spec' },
  ReplicationController: { kind: 'ReplicationController', path: 'spec/template/spec' },
  DaemonSet: { kind: 'DaemonSet', path: 'spec/template/spec' },
  StatefulSet: { kind: 'StatefulSet', path: 'spec/template/spec' },
  Job: { kind: 'Job', path: 'spec/template/spec' },
  CronJob: { kind: 'CronJob', path: 'spec/jobTemplate/spec/template/spec' },
};

function inPods(kinds: readonly string[], fields: readonly string[], version?: string): FieldPath[] {
  return kinds.flatMap((kind) => {
    const spec = podSpecs[kind];
    if (spec === undefined) return [];
    const only = kind === 'Pod' && version !== undefined ? { version } : {};
    return fields.map((field) => ({ ...spec, ...only, path: `${spec.path}/${field}` }));
  });
}

/** Kinds whose pods may refer to a ConfigMap or a Secret. The list for other references is `others`. */
const contents = [
  'Pod',
  'PodTemplate',
  'Deployment',
  'ReplicaSet',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
];
const others = ['Pod', 'StatefulSet', 'Deployment', 'ReplicationController', 'CronJob', 'Job', 'DaemonSet'];

const resourceNames = (kind: string): FieldPath => ({ kind, path: 'rules/resourceNames' });
const rbac = 'rbac.authorization.k8s.io';
const annotation = (kind: string, name: string): FieldPath => ({
  kind,
  path: `metadata/annotations/${name.replaceAll('/', '\\/')}`,
});

export const referenceTargets: readonly ReferenceTarget[] = [
  ...['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) => ({
    kind,
    from: [{ kind: 'HorizontalPodAutoscaler', path: 'spec/scaleTargetRef/name' }],
  })),
  {
    kind: 'ConfigMap',
    version: 'v1',
    from: [
      ...inPods(
        contents,
        [
          'volumes/configMap/name',
          'containers/env/valueFrom/configMapKeyRef/name',
          'initContainers/env/valueFrom/configMapKeyRef/name',
          'containers/envFrom/configMapRef/name',
          'initContainers/envFrom/configMapRef/name',
          'volumes/projected/sources/configMap/name',
        ],
        'v1',
      ),
      { kind: 'Node', path: 'spec/configSource/configMap' },
      resourceNames('Role'),
      resourceNames('ClusterRole'),
      annotation('Ingress', 'nginx.ingress.kubernetes.io/fastcgi-params-configmap'),
    ],
  },
  {
    kind: 'Secret',
    version: 'v1',
    from: [
      ...inPods(
        contents,
        [
          'volumes/secret/secretName',
          'containers/env/valueFrom/secretKeyRef/name',
          'initContainers/env/valueFrom/secretKeyRef/name',
          'containers/envFrom/secretRef/name',
          'initContainers/envFrom/secretRef/name',
          'imagePullSecrets/name',
          'volumes/projected/sources/secret/name',
        ],
        'v1',
      ),
      { kind: 'Ingress', path: 'spec/tls/secretName' },
      annotation('Ingress', 'ingress.kubernetes.io/auth-secret'),
      annotation('Ingress', 'nginx.ingress.kubernetes.io/auth-secret'),
      annotation('Ingress', 'nginx.ingress.kubernetes.io/auth-tls-secret'),
      { kind: 'ServiceAccount', path: 'imagePullSecrets/name' },
      ...['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].map((name) => ({
        kind: 'StorageClass',
        path: `parameters/${name}`,
      })),
      resourceNames('Role'),
      resourceNames('ClusterRole'),
      {
        kind: 'Service',
        group: 'serving.knative.dev',
        version: 'v1',
        path: 'spec/template/spec/containers/env/valueFrom/secretKeyRef/name',
      },
      { kind: 'PersistentVolume', path: 'spec/azureFile/secretName' },
    ],
  },
  {
    kind: 'Service',
    version: 'v1',
    from: [
      { kind: 'StatefulSet', group: 'apps', path: 'spec/serviceName' },
      { kind: 'Ingress', path: 'spec/rules/http/paths/backend/serviceName' },
      { kind: 'Ingress', path: 'spec/backend/serviceName' },
      { kind: 'Ingress', path: 'spec/rules/http/paths/backend/service/name' },
      { kind: 'Ingress', path: 'spec/defaultBackend/service/name' },
      { kind: 'APIService', group: 'apiregistration.k8s.io', path: 'spec/service/name' },
      ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) => ({
        kind,
        group: 'admissionregistration.k8s.io',
        path: 'webhooks/clientConfig/service',
      })),
    ],
  },
  { kind: 'Role', group: rbac, from: [{ kind: 'RoleBinding', group: rbac, path: 'roleRef/name' }] },
  {
    kind: 'ClusterRole',
    group: rbac,
    from: [
      { kind: 'RoleBinding', group: rbac, path: 'roleRef/name' },
      { kind: 'ClusterRoleBinding', group: rbac, path: 'roleRef/name' },
    ],
  },
  {
    kind: 'ServiceAccount',
    version: 'v1',
    from: [
      { kind: 'RoleBinding', group: rbac, path: 'subjects' },
      { kind: 'ClusterRoleBinding', group: rbac, path: 'subjects' },
      ...inPods(others, ['serviceAccountName']),
    ],
  },
  {
    kind: 'PersistentVolumeClaim',
    version: 'v1',
    from: inPods(others, ['volumes/persistentVolumeClaim/claimName']),
  },
  {
    kind: 'PersistentVolume',
    version: 'v1',
    from: [{ kind: 'PersistentVolumeClaim', path: 'spec/volumeName' }, resourceNames('ClusterRole')],
  },
  {
    kind: 'StorageClass',
    group: 'storage.k8s.io',
    version: 'v1',
    from: [
      { kind: 'PersistentVolume', path: 'spec/storageClassName' },
      { kind: 'PersistentVolumeClaim', path: 'spec/storageClassName' },
      { kind: 'StatefulSet', path: 'spec/volumeClaimTemplates/spec/storageClassName' },
    ],
  },
  {
    kind: 'PriorityClass',
    group: 'scheduling.k8s.io',
    version: 'v1',
    from: inPods(others, ['priorityClassName']),
  },
  {
    kind: 'ValidatingAdmissionPolicy',
    group: 'admissionregistration.k8s.io',
    from: [
      {
        kind: 'ValidatingAdmissionPolicyBinding',
        group: 'admissionregistration.k8s.io',
        path: 'spec/policyName',
      },
    ],
  },
];
