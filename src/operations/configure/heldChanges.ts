import { isDeepStrictEqual } from 'node:util';
import { type Fields, fieldsAt, isFields, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { compareQuantities, parseQuantity } from '../../kubernetes/quantity.ts';

/**
 * What a change of an object does to the data that it holds now, each as a sentence without a full stop. Empty where
 * the data stays where it is.
 */
export function heldChanges(before: KubernetesObject, after: KubernetesObject): string[] {
  switch (before.kind) {
    case 'PersistentVolumeClaim':
      return changesOfClaim(before, after);
    case 'PersistentVolume':
      return changesOfVolume(before, after);
    case 'HelmRelease':
      return changesOfRelease(before, after);
    default:
      return changesOfPods(before, after);
  }
}

/** The spec of a bound claim cannot change, but for a larger size (`ValidatePersistentVolumeClaimUpdate`, Kubernetes). */
function changesOfClaim(before: KubernetesObject, after: KubernetesObject): string[] {
  const fixed = ['storageClassName', 'volumeName', 'accessModes', 'volumeMode', 'selector', 'dataSource'];
  return [
    ...differing(before, after, fixed).map(
      (field) => `its spec.${field} changes, which the API server refuses for a claim that exists`,
    ),
    ...(shrinks(before, after)
      ? ['its size becomes smaller, which the API server refuses for a claim that exists']
      : []),
  ];
}

function shrinks(before: KubernetesObject, after: KubernetesObject): boolean {
  const [old, next] = [before, after].map((claim) => {
    const size = valueAt(claim, 'spec', 'resources', 'requests', 'storage');
    return typeof size === 'string' || typeof size === 'number' ? parseQuantity(size) : undefined;
  });
  return old !== undefined && next !== undefined && compareQuantities(next, old) < 0;
}

/** The source of a volume cannot change (`ValidatePersistentVolumeUpdate`, Kubernetes). */
function changesOfVolume(before: KubernetesObject, after: KubernetesObject): string[] {
  const sources = ['nfs', 'hostPath', 'local', 'csi', 'iscsi', 'claimRef', 'volumeMode'];
  const policy = ['persistentVolumeReclaimPolicy'];
  return [
    ...differing(before, after, sources).map(
      (field) => `its spec.${field} changes, which the API server refuses for a volume that exists`,
    ),
    ...differing(before, after, policy)
      .map(() => 'its files are no longer retained with the claim gone')
      .filter(() => textAt(after, 'spec', ...policy) !== 'Retain'),
  ];
}

/**
 * helm-controller uninstalls a release and installs another when these change (`ReleaseTargetChanged` in
 * `internal/action/verify.go`, helm-controller 1).
 */
const target = ['releaseName', 'targetNamespace', 'storageNamespace'];

/** Values by which charts decide where data is, by their last names. */
const storageValue =
  /(^|\.)(mode\.[^.]+\.enabled|mode|replicaCount|replicas|drivesPerNode|persistence\..*|[^.]*storage[^.]*(\..*)?|[^.]*StorageSize|volumeClaimTemplates?.*|existingClaim)$/i;

function changesOfRelease(before: KubernetesObject, after: KubernetesObject): string[] {
  const chart = ({ spec }: KubernetesObject): unknown => [
    textAt(spec, 'chart', 'spec', 'chart'),
    valueAt(spec, 'chartRef', 'name'),
  ];
  const [old, next] = [before, after].map((release) => leavesOf(fieldsAt(release, 'spec', 'values')));
  const values = [...new Set([...(old?.keys() ?? []), ...(next?.keys() ?? [])])].filter(
    (path) => storageValue.test(path) && old?.get(path) !== next?.get(path),
  );
  return [
    ...differing(before, after, target).map(
      (field) => `its spec.${field} changes, so that Helm uninstalls the release and installs another`,
    ),
    ...(isDeepStrictEqual(chart(before), chart(after))
      ? []
      : ['its chart is another one, so that Helm uninstalls the release and installs another']),
    ...values.map((path) => `its value ${path} changes: the volumes that the chart made are left or refused`),
  ];
}

function leavesOf(value: Fields, path = ''): Map<string, string> {
  return new Map(
    Object.entries(value).flatMap(([name, child]): [string, string][] => {
      const at = path === '' ? name : `${path}.${name}`;
      return isFields(child) ? [...leavesOf(child, at)] : [[at, JSON.stringify(child)]];
    }),
  );
}

/** A volume with data of its own, as the pods of a workload mount it. */
const ownData = ['hostPath', 'persistentVolumeClaim', 'nfs'];

function changesOfPods(before: KubernetesObject, after: KubernetesObject): string[] {
  const pod = (object: KubernetesObject): Fields => fieldsAt(object, 'spec', 'template', 'spec');
  const volumes = (object: KubernetesObject): ReadonlyMap<string, unknown> =>
    new Map(
      mapsAt(pod(object), 'volumes').flatMap((volume): [string, unknown][] =>
        ownData.some((source) => source in volume) ? [[textAt(volume, 'name') ?? '', volume]] : [],
      ),
    );
  const next = volumes(after);
  const moved = [...volumes(before)].filter(([name, volume]) => !isDeepStrictEqual(volume, next.get(name)));
  const nodes = [before, after].map((object) =>
    textAt(pod(object), 'nodeSelector', 'kubernetes.io/hostname'),
  );
  const onNode = [...volumes(before)].filter(
    ([name, volume]) => isFields(volume) && 'hostPath' in volume && next.has(name),
  );
  return [
    ...moved.map(
      ([name]) => `its volume ${name} is another one, or none: what it holds now is not copied there`,
    ),
    ...(nodes[0] === nodes[1]
      ? []
      : onNode
          .filter(([name]) => !moved.some(([other]) => other === name))
          .map(
            ([name]) => `its volume ${name} is a directory of node ${nodes[0]}, and it moves to ${nodes[1]}`,
          )),
  ];
}

function differing(before: KubernetesObject, after: KubernetesObject, fields: readonly string[]): string[] {
  return fields.filter(
    (field) => !isDeepStrictEqual(valueAt(before, 'spec', field), valueAt(after, 'spec', field)),
  );
}
