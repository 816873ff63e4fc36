import { fieldsAt, listAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { compareQuantities, parseQuantity } from '../../kubernetes/quantity.ts';
import { fieldDifferences } from './fieldDifferences.ts';

type Refusals = (before: KubernetesObject, after: KubernetesObject) => string[];

/**
 * The fields of each kind that the API server refuses to change, from the validation of updates of Kubernetes 1.36
 * (`pkg/apis/<group>/validation`, functions `Validate<Kind>Update`).
 */
const kinds: ReadonlyMap<string, Refusals> = new Map<string, Refusals>([
  ['apps/Deployment', fixed('spec.selector')],
  ['apps/ReplicaSet', fixed('spec.selector')],
  ['apps/DaemonSet', fixed('spec.selector')],
  ['apps/StatefulSet', changesOfStatefulSet],
  ['batch/Job', changesOfJob],
  ['/Pod', changesOfPod],
  ['/Service', changesOfService],
  ['/PersistentVolumeClaim', changesOfClaim],
  ['/PersistentVolume', changesOfVolume],
  ['/Secret', (before, after) => [...fixed('type')(before, after), ...sealedData(before, after)]],
  ['/ConfigMap', sealedData],
  ['/ResourceQuota', fixed('spec.scopes', 'spec.scopeSelector')],
  ['storage.k8s.io/StorageClass', fixed('provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode')],
  ['rbac.authorization.k8s.io/RoleBinding', fixed('roleRef')],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', fixed('roleRef')],
  ['scheduling.k8s.io/PriorityClass', fixed('value', 'preemptionPolicy')],
  ['node.k8s.io/RuntimeClass', fixed('handler')],
  ['networking.k8s.io/IngressClass', fixed('spec.controller')],
  ['discovery.k8s.io/EndpointSlice', fixed('addressType')],
  [
    'apiextensions.k8s.io/CustomResourceDefinition',
    fixed('spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'),
  ],
  // Rules of their definitions, with `oldSelf`.
  ['snapshot.storage.k8s.io/VolumeSnapshot', fixed('spec.source')],
  ['postgresql.cnpg.io/Database', fixed('spec.name', 'spec.cluster')],
  ['postgresql.cnpg.io/DatabaseRole', fixed('spec.name', 'spec.cluster')],
]);

/** The fields of a change that the API server refuses, as paths; none where it takes the change. */
export function refusedFields(before: KubernetesObject, after: KubernetesObject): string[] {
  return kinds.get(`${groupOf(after)}/${after.kind}`)?.(before, after) ?? [];
}

function fixed(...paths: readonly string[]): Refusals {
  return (before, after) =>
    paths.flatMap((path) => {
      const steps = path.split('.');
      return fieldDifferences(valueAt(before, ...steps), valueAt(after, ...steps), path);
    });
}

/** The fields of a map that change, but for some. */
function othersThan(...mutable: readonly string[]): Refusals {
  return (before, after) => {
    const [old, next] = [fieldsAt(before, 'spec'), fieldsAt(after, 'spec')];
    const names = new Set([...Object.keys(old), ...Object.keys(next)]);
    return [...names]
      .filter((name) => !mutable.includes(name))
      .flatMap((name) => (fieldDifferences(old[name], next[name]).length > 0 ? [`spec.${name}`] : []));
  };
}

function changesOfStatefulSet(before: KubernetesObject, after: KubernetesObject): string[] {
  return othersThan(
    'replicas',
    'ordinals',
    'template',
    'updateStrategy',
    'revisionHistoryLimit',
    'persistentVolumeClaimRetentionPolicy',
    'minReadySeconds',
  )(before, after);
}

/** The template of a Job may change only where it is and was suspended, and then where its pods may run. */
function changesOfJob(before: KubernetesObject, after: KubernetesObject): string[] {
  const names = [
    'selector',
    'completions',
    'completionMode',
    'podFailurePolicy',
    'successPolicy',
    'backoffLimitPerIndex',
    'managedBy',
    'template',
  ];
  return fixed(...names.map((name) => `spec.${name}`))(before, after);
}

/** Of a pod only images, a deadline and more tolerations may change. */
function changesOfPod(before: KubernetesObject, after: KubernetesObject): string[] {
  return fieldDifferences(before['spec'], after['spec'], 'spec').filter(
    (path) =>
      !/^spec\.(?:initContainers|containers)\[[^\]]*\]\.image$/.test(path) &&
      !/^spec\.(?:activeDeadlineSeconds|tolerations)\b/.test(path),
  );
}

/** A Service that has an address keeps it, and the family of its first one. */
function changesOfService(before: KubernetesObject, after: KubernetesObject): string[] {
  if ([before, after].some((service) => textAt(service, 'spec', 'type') === 'ExternalName')) return [];
  const isNew = (field: string): boolean =>
    valueAt(after, 'spec', field) !== undefined &&
    fieldDifferences(valueAt(before, 'spec', field), valueAt(after, 'spec', field)).length > 0;
  const [family, nextFamily] = [before, after].map((service) => listAt(service, 'spec', 'ipFamilies')[0]);
  const loadBalancers = [before, after].every(
    (service) => textAt(service, 'spec', 'type') === 'LoadBalancer',
  );
  return [
    ...(isNew('clusterIP') ? ['spec.clusterIP'] : []),
    ...(family !== undefined && nextFamily !== undefined && family !== nextFamily ? ['spec.ipFamilies'] : []),
    ...(loadBalancers ? fixed('spec.loadBalancerClass')(before, after) : []),
  ];
}

/** A claim may grow, and take another class of attributes. */
function changesOfClaim(before: KubernetesObject, after: KubernetesObject): string[] {
  return [
    ...othersThan('resources', 'volumeAttributesClassName')(before, after),
    ...(shrinks(before, after) ? ['spec.resources.requests.storage'] : []),
  ];
}

function shrinks(before: KubernetesObject, after: KubernetesObject): boolean {
  const [old, next] = [before, after].map((claim) => {
    const size = valueAt(claim, 'spec', 'resources', 'requests', 'storage');
    return typeof size === 'string' || typeof size === 'number' ? parseQuantity(size) : undefined;
  });
  return old !== undefined && next !== undefined && compareQuantities(next, old) < 0;
}

function changesOfVolume(before: KubernetesObject, after: KubernetesObject): string[] {
  const changed = othersThan(
    'accessModes',
    'capacity',
    'claimRef',
    'mountOptions',
    'persistentVolumeReclaimPolicy',
    'storageClassName',
    'volumeAttributesClassName',
  )(before, after);
  // A volume without a node may get one.
  return changed.filter(
    (field) => field !== 'spec.nodeAffinity' || valueAt(before, 'spec', 'nodeAffinity') !== undefined,
  );
}

/** Neither the data of an immutable Secret or ConfigMap changes, nor that it is immutable. */
function sealedData(before: KubernetesObject, after: KubernetesObject): string[] {
  return before['immutable'] === true
    ? fixed('immutable', 'data', 'stringData', 'binaryData')(before, after)
    : [];
}
