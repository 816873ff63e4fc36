import { type Fields, fieldsAt, mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { dataVolumes } from './heldChanges.ts';
import { isPostgres } from './postgresVersion.ts';
import type { SecretChange } from './valuesBefore.ts';

/** Keys of a Secret by which restic finds and opens a repository of backups. */
const ofBackups: readonly [key: string, sentence: string][] = [
  [
    'RESTIC_PASSWORD',
    'its RESTIC_PASSWORD changes: the new one opens no backup that was made until now. `restic key passwd` changes that of the repository first',
  ],
  [
    'RESTIC_REPOSITORY',
    'its RESTIC_REPOSITORY changes: backups and restores use another place, where nothing is that was backed up until now. Copy the bucket first, or keep the old address and password to restore from there',
  ],
];

/**
 * What a change of an encrypted Secret does to data that it opens, each as a sentence without a full stop and without a
 * value.
 *
 * @param objects every object before the change
 */
export function secretLosses(
  { object, before, after }: SecretChange,
  objects: readonly KubernetesObject[],
): string[] {
  if (after === undefined) return [];
  const changed = [...before].flatMap(([key, text]) => (after.get(key) === text ? [] : [key]));
  if (changed.length === 0) return [];
  const server = objects.find((each) => readsAsServer(each, object));
  return [
    ...ofBackups.flatMap(([key, sentence]) => (changed.includes(key) ? [sentence] : [])),
    ...(server === undefined
      ? []
      : [
          `its ${changed.join(', ')} changes: PostgreSQL (${server.metadata.name}) keeps the password that it was made with, and lets nobody in with another one. Tell it the new one as soon as Flux has delivered it: psql -c '\\password'`,
        ]),
  ];
}

/** Whether a PostgreSQL with data of its own reads the Secret. */
function readsAsServer(workload: KubernetesObject, secret: KubernetesObject): boolean {
  if (workload.metadata.namespace !== secret.metadata.namespace) return false;
  const pod = fieldsAt(workload, 'spec', 'template', 'spec');
  const containers = mapsAt(pod, 'containers');
  if (dataVolumes(workload).size === 0) return false;
  if (!containers.some((container) => isPostgres(textAt(container, 'image') ?? ''))) return false;
  return secretsOf(pod, containers).includes(secret.metadata.name);
}

function secretsOf(pod: Fields, containers: readonly Fields[]): (string | undefined)[] {
  return [
    ...mapsAt(pod, 'volumes').flatMap((volume) => [
      textAt(volume, 'secret', 'secretName'),
      ...mapsAt(volume, 'projected', 'sources').map((source) => textAt(source, 'secret', 'name')),
    ]),
    ...containers.flatMap((container) => [
      ...mapsAt(container, 'envFrom').map((source) => textAt(source, 'secretRef', 'name')),
      ...mapsAt(container, 'env').map((variable) => textAt(variable, 'valueFrom', 'secretKeyRef', 'name')),
    ]),
  ];
}
