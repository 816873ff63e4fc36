import type { BucketBinding } from '../contract/bindings.ts';
import type { BuildContext, SecretNeed } from '../contract/component.ts';
import type { BackupRequirement, ObjectStore } from '../contract/requirements.ts';
import { volumesOf } from './copy.ts';
import { backupName, mover, resticSecret } from './names.ts';
import type { VolsyncSection } from './section.ts';

/** The bucket that the volumes of a namespace share: whoever reads a Secret of the namespace reads all of them. */
export function bucketOf({ bucketPrefix }: VolsyncSection, namespace: string): string {
  return `${bucketPrefix}-${namespace}`;
}

/** Where a backup is, as restic writes it: the server, the bucket, and a folder for each volume. */
export function repositoryOf({ endpoint, requirement }: BucketBinding, { name }: BackupRequirement): string {
  return `s3:${endpoint}/${requirement.bucket}/${name}`;
}

/** A Secret for each volume and store, in the namespace of the volume, with what restic reads from its environment. */
export function resticSecrets(context: BuildContext<VolsyncSection>): SecretNeed[] {
  const { section, provided } = context;
  return volumesOf(provided).flatMap((volume) =>
    bindingsFor(context, volume).map((grant): SecretNeed => {
      const { store } = grant.requirement;
      const name = resticSecret(volume, store);
      const create = { literal: '"…"' };
      return {
        name,
        namespace: volume.namespace,
        purpose: `where the backups of the volume ${volume.name} are, and what opens them`,
        usedBy: [`replicationsource/${backupName(volume, store)}`],
        field: volume.field,
        step: 'The Secrets of the backups',
        sops: { folder: mover(volume.namespace).directory, file: secretFile(volume, store) },
        keys: [
          {
            key: 'RESTIC_REPOSITORY',
            text: repositoryOf(grant, volume),
            source: 'follows from the store and the name of the volume',
            create,
          },
          {
            key: 'RESTIC_PASSWORD',
            value: section.passwords[volume.namespace],
            field: `volsync.passwords.${volume.namespace}`,
            source: 'made by `gatehouse configure`; keep a copy outside of the cluster',
            generate: 'resticPassword',
            once: true,
            create,
          },
          { key: 'AWS_ACCESS_KEY_ID', ...grant.accessKey, create },
          { key: 'AWS_SECRET_ACCESS_KEY', ...grant.secretKey, create },
          { key: 'AWS_DEFAULT_REGION', text: grant.region, source: 'the region of the store', create },
        ],
        replacing:
          'A new password opens none of the backups that were made with the old one: `restic key passwd` changes that of the repository first.',
      };
    }),
  );
}

/** The file of the Secret, which stands beside what reads it. */
export function secretFile(volume: BackupRequirement, store: ObjectStore): string {
  return `secret-${resticSecret(volume, store)}.sops.yaml`;
}

/** What was granted for the volumes of a namespace, once for each store. */
export function bindingsFor(
  { section, bindings }: BuildContext<VolsyncSection>,
  { namespace }: BackupRequirement,
): BucketBinding[] {
  const bucket = bucketOf(section, namespace);
  return section.stores.flatMap(
    (store) =>
      bindings.find(({ requirement }) => requirement.store === store && requirement.bucket === bucket) ?? [],
  );
}
