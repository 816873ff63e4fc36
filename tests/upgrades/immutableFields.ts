import { isDeepStrictEqual } from 'node:util';
import { fieldsAt, valueAt } from '../../src/kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../src/kubernetes/object.ts';

/** The fields of a kind that the API server refuses to change, as dotted paths; or all of its spec but some. */
type Immutable = readonly string[] | { readonly allBut: readonly string[] };

/**
 * By kind, what an update may not change (Kubernetes 1.36: `ValidateXUpdate` in `pkg/apis/<group>/validation`). Of a
 * HelmRelease it is what makes helm-controller uninstall the release and install another one.
 */
const kinds: Readonly<Record<string, Immutable>> = {
  'Deployment.apps': ['spec.selector'],
  'ReplicaSet.apps': ['spec.selector'],
  'DaemonSet.apps': ['spec.selector'],
  'StatefulSet.apps': {
    allBut: [
      'replicas',
      'ordinals',
      'template',
      'updateStrategy',
      'revisionHistoryLimit',
      'persistentVolumeClaimRetentionPolicy',
      'minReadySeconds',
    ],
  },
  'Job.batch': ['spec.selector', 'spec.completions', 'spec.completionMode', 'spec.template'],
  PersistentVolumeClaim: { allBut: ['resources', 'volumeAttributesClassName'] },
  PersistentVolume: {
    allBut: [
      'accessModes',
      'capacity',
      'mountOptions',
      'persistentVolumeReclaimPolicy',
      'storageClassName',
      'volumeAttributesClassName',
      'claimRef',
    ],
  },
  Service: ['spec.clusterIP', 'spec.ipFamilies'],
  Secret: ['type'],
  'StorageClass.storage.k8s.io': ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  'RoleBinding.rbac.authorization.k8s.io': ['roleRef'],
  'ClusterRoleBinding.rbac.authorization.k8s.io': ['roleRef'],
  'PriorityClass.scheduling.k8s.io': ['value', 'preemptionPolicy'],
  'CustomResourceDefinition.apiextensions.k8s.io': ['spec.group', 'spec.names.kind', 'spec.scope'],
  'HelmRelease.helm.toolkit.fluxcd.io': ['spec.releaseName', 'spec.targetNamespace', 'spec.storageNamespace'],
};

const force = 'kustomize.toolkit.fluxcd.io/force';

/**
 * The fields of an object that change although its kind does not let them, and that Flux would not get past: with its
 * annotation `force` it deletes the object and makes it again, which is right for a Job and for nothing with data.
 */
export function immutableChanges(before: KubernetesObject, after: KubernetesObject): readonly string[] {
  const isAgain = after.kind === 'Job' && after.metadata.annotations?.[force] === 'enabled';
  if (isAgain) return [];
  const kind = [after.kind, groupOf(after)].filter((part) => part !== '').join('.');
  const frozen = valueAt(before, 'immutable') === true ? ['data', 'binaryData', 'stringData'] : [];
  return [...frozen, ...pathsOf(kinds[kind] ?? [], before, after)].filter((path) => {
    const steps = path.split('.');
    return !isDeepStrictEqual(valueAt(before, ...steps), valueAt(after, ...steps));
  });
}

function pathsOf(immutable: Immutable, ...objects: readonly KubernetesObject[]): readonly string[] {
  if (!('allBut' in immutable)) return immutable;
  const names = new Set(objects.flatMap((object) => Object.keys(fieldsAt(object, 'spec'))));
  return [...names].filter((name) => !immutable.allBut.includes(name)).map((name) => `spec.${name}`);
}
