import { isDeepStrictEqual } from 'node:util';
import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  numberAt,
  textAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { compareQuantities, parseQuantity } from '../../kubernetes/quantity.ts';
import { withServerDefaults } from '../../kubernetes/serverDefaults.ts';
import { immichChange } from './immichVersion.ts';
import { postgresChange } from './postgresVersion.ts';

/**
 * What a change of an object does to the data that it holds now, each as a sentence without a full stop. Empty where
 * the data stays where it is.
 */
export function heldChanges(before: KubernetesObject, after: KubernetesObject): string[] {
  return changesBetween(withServerDefaults(before), withServerDefaults(after));
}

function changesBetween(before: KubernetesObject, after: KubernetesObject): string[] {
  switch (before.kind) {
    case 'PersistentVolumeClaim':
      return changesOfClaim(before, after);
    case 'PersistentVolume':
      return changesOfVolume(before, after);
    case 'StatefulSet':
      return [...changesOfTemplates(before, after), ...changesOfPods(before, after)];
    case 'HelmRelease':
      return changesOfRelease(before, after);
    default:
      return changesOfPods(before, after);
  }
}

/** The spec of a bound claim cannot change, but for a larger size (`ValidatePersistentVolumeClaimUpdate`, Kubernetes). */
function changesOfClaim(before: KubernetesObject, after: KubernetesObject): string[] {
  const fixed = [
    'storageClassName',
    'volumeName',
    'accessModes',
    'volumeMode',
    'selector',
    'dataSource',
    'dataSourceRef',
  ];
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

/** What the API server lets change in a volume, and what does not say where its files are. */
const changeable = [
  'accessModes',
  'capacity',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
];

/** The source of a volume cannot change (`ValidatePersistentVolumeUpdate`, Kubernetes). */
function changesOfVolume(before: KubernetesObject, after: KubernetesObject): string[] {
  const names = new Set([before, after].flatMap((volume) => Object.keys(fieldsAt(volume, 'spec'))));
  const sources = [...names].filter((name) => !changeable.includes(name));
  const policy = ['persistentVolumeReclaimPolicy'];
  return [
    ...differing(before, after, sources).map(
      (field) =>
        `its spec.${field} changes, which the API server refuses for a volume that exists: delete the volume and its claim where the same files are in the new place, and Flux makes both again`,
    ),
    ...differing(before, after, policy)
      .map(() => 'its files are no longer retained with the claim gone')
      .filter(() => textAt(after, 'spec', ...policy) !== 'Retain'),
  ];
}

/** The claims of a StatefulSet cannot change (`ValidateStatefulSetUpdate`, Kubernetes). */
function changesOfTemplates(before: KubernetesObject, after: KubernetesObject): string[] {
  return differing(before, after, ['volumeClaimTemplates']).map(
    (field) => `its spec.${field} changes, which the API server refuses for a StatefulSet that exists`,
  );
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
  const variables = [before, after].map((release) => variablesIn(fieldsAt(release, 'spec', 'values')));
  const moved = [...(variables[0] ?? [])].filter(
    ([name, value]) => copiesGoTo.includes(name) && variables[1]?.get(name) !== value,
  );
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
    ...moved.map(
      ([name]) =>
        `its variable ${name} changes: copies go to another place, and what was copied until now is not there`,
    ),
    ...values.map((path) => `its value ${path} changes: the volumes that the chart made are left or refused`),
  ];
}

/** Variables by which talos-backup finds the place of its copies (`pkg/config/service.go`, talos-backup 0.1). */
const copiesGoTo = ['BUCKET', 'CUSTOM_S3_ENDPOINT', 'S3_PREFIX', 'CLUSTER_NAME'];

function variablesIn(container: Fields): ReadonlyMap<string, string> {
  return new Map(
    mapsAt(container, 'env').map((variable) => [textAt(variable, 'name') ?? '', JSON.stringify(variable)]),
  );
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

const podOf = (object: KubernetesObject): Fields => fieldsAt(object, 'spec', 'template', 'spec');

/** The volumes of a workload that hold data of its own, by their names. */
export function dataVolumes(object: KubernetesObject): ReadonlyMap<string, Fields> {
  const volumes = mapsAt(podOf(object), 'volumes').flatMap((volume): [string, Fields][] =>
    ownData.some((source) => source in volume) ? [[textAt(volume, 'name') ?? '', volume]] : [],
  );
  const claims = mapsAt(object, 'spec', 'volumeClaimTemplates').map((claim): [string, Fields] => [
    textAt(claim, 'metadata', 'name') ?? '',
    {},
  ]);
  return new Map([...volumes, ...claims]);
}

function changesOfPods(before: KubernetesObject, after: KubernetesObject): string[] {
  const next = dataVolumes(after);
  const moved = [...dataVolumes(before)].filter(
    ([name, volume]) => !isDeepStrictEqual(volume, next.get(name)),
  );
  const nodes = [before, after].map((object) =>
    textAt(podOf(object), 'nodeSelector', 'kubernetes.io/hostname'),
  );
  const onNode = [...dataVolumes(before)].filter(([name, volume]) => 'hostPath' in volume && next.has(name));
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
    ...readersOfData(before, after),
  ];
}

/** Variables that say where in its volume a program has its data. */
const placeOfData = ['PGDATA', 'POSTGRES_DB', 'IMMICH_MEDIA_LOCATION'];

/** Changes of the containers that read the data of a workload: their program, their user, and where they look. */
function readersOfData(before: KubernetesObject, after: KubernetesObject): string[] {
  const volumes = dataVolumes(before);
  return mapsAt(podOf(before), 'containers').flatMap((old) => {
    const name = textAt(old, 'name') ?? '';
    const next = mapsAt(podOf(after), 'containers').find((container) => textAt(container, 'name') === name);
    const mounts = mountsOf(old, volumes);
    if (next === undefined || mounts.length === 0) return [];
    const changed = placeOfData.filter(
      (variable) => variablesIn(old).get(variable) !== variablesIn(next).get(variable),
    );
    const moves = mounts.filter(
      (mount) =>
        volumes.has(mount.volume) && !mountsOf(next, volumes).some((each) => isDeepStrictEqual(each, mount)),
    );
    const users = [
      [before, old],
      [after, next],
    ].map(([object, container]) => userOf(podOf(object as KubernetesObject), container as Fields));
    const images = [textAt(old, 'image') ?? '', textAt(next, 'image') ?? ''] as const;
    return [
      ...postgresChange(...images),
      ...immichChange(...images),
      ...moves.map(
        ({ volume }) => `its container ${name} mounts the volume ${volume} elsewhere, or another part of it`,
      ),
      ...changed.map(
        (variable) => `its variable ${variable} changes, so that ${name} looks for its data elsewhere`,
      ),
      ...(users[0] === users[1]
        ? []
        : [
            `its container ${name} runs as another user: files of the old one stay as they are, and it may not read them. \`chown\` them while it is stopped`,
          ]),
    ];
  });
}

interface DataMount {
  volume: string;
  path: string;
  part: string;
}

function mountsOf(container: Fields, volumes: ReadonlyMap<string, Fields>): DataMount[] {
  return mapsAt(container, 'volumeMounts').flatMap((mount) => {
    const volume = textAt(mount, 'name') ?? '';
    const part = textAt(mount, 'subPath') ?? textAt(mount, 'subPathExpr') ?? '';
    return volumes.has(volume) ? [{ volume, path: textAt(mount, 'mountPath') ?? '', part }] : [];
  });
}

function userOf(pod: Fields, container: Fields): number | undefined {
  return numberAt(container, 'securityContext', 'runAsUser') ?? numberAt(pod, 'securityContext', 'runAsUser');
}

function differing(before: KubernetesObject, after: KubernetesObject, fields: readonly string[]): string[] {
  return fields.filter(
    (field) => !isDeepStrictEqual(valueAt(before, 'spec', field), valueAt(after, 'spec', field)),
  );
}
