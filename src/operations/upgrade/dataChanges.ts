import { type Fields, fieldsAt, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { dataVolumes, heldChanges } from '../configure/heldChanges.ts';
import { postgresChange } from '../configure/postgresVersion.ts';
import { secretLosses } from '../configure/secretLosses.ts';
import type { Effect } from './clusterChange.ts';
import { contentOf } from './configurationChanges.ts';
import { fieldDifferences } from './fieldDifferences.ts';
import { type ImageName, imageOf, isOlder } from './imageNames.ts';
import { containersOf, podSpecOf } from './podTemplate.ts';
import { imagesIn } from './programVersions.ts';
import type { TreeIndex } from './treeIndex.ts';

/** What a change of an object does to data. What the API server refuses is not asked here. */
export function dataChanges(before: KubernetesObject, after: KubernetesObject, index: TreeIndex): Effect[] {
  return [
    ...heldChanges(before, after)
      .filter((sentence) => !sentence.includes('the API server refuses'))
      .map((sentence) => certain(sentence)),
    ...changesOfSecret(before, after, index),
    ...changesOfImages(before, after),
    ...changesOfValues(before, after),
    ...changesOfBackups(before, after),
    ...changesOfDatabase(before, after),
    ...changesOfRetention(before, after),
  ];
}

function certain(sentence: string, fields: readonly string[] = []): Effect {
  return { risk: 'data', certain: true, fields, sentence };
}

function changesOfSecret(before: KubernetesObject, after: KubernetesObject, index: TreeIndex): Effect[] {
  if (before.kind !== 'Secret') return [];
  const change = { object: before, file: '', text: '', before: contentOf(before), after: contentOf(after) };
  return secretLosses(change, index.byNamespace.get(before.metadata.namespace ?? '') ?? []).map((sentence) =>
    certain(sentence, ['data']),
  );
}

/** Programs that change their database when they start, and of which an older version does not read it any more. */
const migrating =
  /^(?:immich-server|keycloak|nextcloud|gitea|forgejo|paperless-ngx|home-assistant|vaultwarden|authentik|grafana)$/;

/** Programs that keep data of their own, of which another major version may not read it. */
const keeping =
  /^(?:mysql|mariadb|percona|mongo|mongodb|influxdb|clickhouse|clickhouse-server|elasticsearch|opensearch|cassandra|couchdb|etcd|redis|valkey|rustfs|minio)$/;

function changesOfImages(before: KubernetesObject, after: KubernetesObject): Effect[] {
  if (after.kind === 'Job' || after.kind === 'CronJob') return [];
  const hasData = dataVolumes(before).size > 0;
  const found = mapsAt(podSpecOf(before), 'containers').flatMap((old): Effect[] => {
    const name = textAt(old, 'name') ?? '';
    const next = sameContainer(old, containersOf(podSpecOf(after)));
    const [from, to] = [old, next].map((container) => imageOf(textAt(container, 'image') ?? ''));
    if (from === undefined || to === undefined || from.tag === to.tag) return [];
    const fields = [`spec.template.spec.containers[${name}].image`];
    return [...migration(from, to, fields), ...(hasData ? otherMajor(from, to, fields) : [])].concat(
      extensionsOf(old, next, fields),
    );
  });
  return found;
}

/** Images in the values of a release: whether its chart keeps data for them only the chart says. */
function changesOfValues(before: KubernetesObject, after: KubernetesObject): Effect[] {
  if (after.kind !== 'HelmRelease') return [];
  const next = new Map(imagesIn(valueAt(after, 'spec', 'values')));
  return imagesIn(valueAt(before, 'spec', 'values')).flatMap(([name, tag]): Effect[] => {
    const [from, to] = [tag, next.get(name) ?? tag].map((each) => imageOf(`${name}:${each}`));
    if (from === undefined || to === undefined || from.tag === to.tag) return [];
    const effects = [...migration(from, to, ['spec.values']), ...otherMajor(from, to, ['spec.values'])];
    return effects.map((effect) => ({ ...effect, certain: false }));
  });
}

/** The container of the same name, or the one that runs the same program under another name. */
function sameContainer(old: Fields, containers: readonly Fields[]): Fields | undefined {
  const program = (container: Fields) => imageOf(textAt(container, 'image') ?? '')?.program;
  return (
    containers.find((container) => container['name'] === old['name']) ??
    containers.find((container) => program(container) === program(old))
  );
}

function migration(from: ImageName, to: ImageName, fields: readonly string[]): Effect[] {
  if (!migrating.test(from.program) || from.program !== to.program) return [];
  const older = isOlder(to.tag, from.tag);
  const [old, next] = [from, to].map(({ tag }) => (tag === '' ? 'without a tag' : tag));
  const sentence = older
    ? `${from.program} ${old} becomes the older ${next}: its database was changed for the newer one, and an older one may not start with it. Restore a backup from before the upgrade with it`
    : `${from.program} ${old} becomes ${next}: it changes its database when it starts, and only forward. Have a backup of the database first: going back means to restore it`;
  return [{ risk: 'data', certain: older !== undefined, fields, sentence }];
}

/** `1.0.0-rc.3`, `v2.0.0-beta1` */
const beforeRelease = /^v?\d+(?:\.\d+)*-(?:alpha|beta|rc|pre)/i;

function otherMajor(from: ImageName, to: ImageName, fields: readonly string[]): Effect[] {
  if (!keeping.test(from.program)) return [];
  if (from.program === to.program && beforeRelease.test(from.tag)) {
    const sentence = `${from.program} ${from.tag} becomes ${to.tag}: nobody promises that another version reads the files of one before its release. Have a copy of them elsewhere first`;
    return [{ risk: 'data', certain: false, fields, sentence }];
  }
  const [old, next] = [from, to].map(({ tag }) => /^v?(\d+)/.exec(tag)?.[1]);
  if (from.program === to.program && old === next && old !== undefined) return [];
  const sentence = `${from.program} ${from.tag} becomes ${to.program} ${to.tag}: another major version may not read the files of the one before, and an older one does not read those of a newer one`;
  return [{ risk: 'data', certain: false, fields, sentence }];
}

/** The extensions that an image of PostgreSQL names in its tag, as those of Immich do. */
function extensionsOf(before: Fields, after: Fields | undefined, fields: readonly string[]): Effect[] {
  const [old, next] = [before, after].map((container) => textAt(container, 'image') ?? '');
  if (old === undefined || next === undefined || !/postgres/.test(old)) return [];
  const [from, to] = [old, next].map(
    (image) =>
      new Map(
        [...image.matchAll(/-(vectorchord|pgvectors|pgvector)([\d.]+)/g)].map(
          ([, name = '', version = '']) => [name, version],
        ),
      ),
  ) as [Map<string, string>, Map<string, string>];
  return [...from].flatMap(([name, version]): Effect[] => {
    const newer = to.get(name);
    if (newer === version) return [];
    const sentence =
      newer === undefined
        ? `the extension ${name} ${version} is no longer in its image: a table or an index that still uses it cannot be read. See that none does before the change`
        : `the extension ${name} ${version} becomes ${newer}: the database has to update it, and may have to build its indexes again`;
    return [{ risk: 'data', certain: newer === undefined, fields, sentence }];
  });
}

/** Where backups go, and which of them stay. */
function changesOfBackups(before: KubernetesObject, after: KubernetesObject): Effect[] {
  if (groupOf(after) !== 'volsync.backube' || after.kind !== 'ReplicationSource') return [];
  const [old, next] = [before, after].map((object) => fieldsAt(object, 'spec'));
  const place = fieldDifferences(
    [old?.['sourcePVC'], textAt(old, 'restic', 'repository')],
    [next?.['sourcePVC'], textAt(next, 'restic', 'repository')],
  );
  const stops = [
    ...(old?.['paused'] !== true && next?.['paused'] === true ? ['spec.paused'] : []),
    ...(textAt(old, 'trigger', 'schedule') !== undefined && textAt(next, 'trigger', 'schedule') === undefined
      ? ['spec.trigger.schedule']
      : []),
  ];
  const retain = fieldDifferences(
    fieldsAt(old, 'restic', 'retain'),
    fieldsAt(next, 'restic', 'retain'),
    'spec.restic.retain',
  );
  return [
    ...(place.length === 0
      ? []
      : [
          certain(
            'it backs up another volume, or to another repository: what was backed up until now stays where it is, and nothing is added to it',
            ['spec.sourcePVC', 'spec.restic.repository'],
          ),
        ]),
    ...(stops.length === 0
      ? []
      : [certain(`its ${stops.join(' and ')} changes: no backup is made on a schedule from then on`, stops)]),
    ...(retain.length === 0
      ? []
      : [
          certain(
            `its ${retain.join(' and ')} changes: the next prune deletes the backups that it no longer keeps`,
            retain,
          ),
        ]),
  ];
}

/** CloudNativePG: the image of the instances, by its name or by a major version of a catalogue, and its backups. */
function changesOfDatabase(before: KubernetesObject, after: KubernetesObject): Effect[] {
  if (groupOf(after) !== 'postgresql.cnpg.io') return [];
  if (after.kind === 'ScheduledBackup') {
    const [old, next] = [before, after].map((object) => valueAt(object, 'spec', 'suspend') === true);
    return !old && next
      ? [certain('its spec.suspend changes: no backup is made on a schedule from then on', ['spec.suspend'])]
      : [];
  }
  if (after.kind !== 'Cluster') return [];
  const [old, next] = [before, after].map(imageOfDatabase);
  if (old === next) return [];
  if (old !== undefined && next !== undefined)
    return postgresChange(old, next).map((sentence) => certain(sentence, ['spec.imageName']));
  const sentence =
    'its image is named in one of both and not in the other: see that both have one major version of PostgreSQL, since a major version does not read the files of another one';
  return [{ risk: 'data', certain: false, fields: ['spec.imageName'], sentence }];
}

/** The image of a database; undefined where the operator chooses it. */
function imageOfDatabase(object: KubernetesObject): string | undefined {
  const major = valueAt(object, 'spec', 'imageCatalogRef', 'major');
  return textAt(object, 'spec', 'imageName') ?? (major === undefined ? undefined : `postgresql:${major}`);
}

/** Whether the claims of a StatefulSet, or the files of a volume, go with it from now on. */
function changesOfRetention(before: KubernetesObject, after: KubernetesObject): Effect[] {
  if (after.kind !== 'StatefulSet') return [];
  return (['whenDeleted', 'whenScaled'] as const).flatMap((when) => {
    const policy = ['spec', 'persistentVolumeClaimRetentionPolicy', when];
    if (textAt(after, ...policy) !== 'Delete' || textAt(before, ...policy) === 'Delete') return [];
    return [
      certain(`its ${policy.join('.')} becomes Delete: its claims go with its pods`, [policy.join('.')]),
    ];
  });
}
