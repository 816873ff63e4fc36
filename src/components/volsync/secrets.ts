import type { Bound, BuildContext } from '../contract/component.ts';
import type { BackupRequirement } from '../contract/requirements.ts';
import type { RequiredSecret } from '../contract/secrets.ts';
import { backupName, mover, resticSecret } from './names.ts';
import type { VolsyncSection } from './section.ts';

/** The bucket that the volumes of a namespace share: whoever reads a Secret of the namespace reads all of them. */
export function bucketOf({ bucketPrefix }: VolsyncSection, namespace: string): string {
  return `${bucketPrefix}-${namespace}`;
}

/** Where a backup is, as restic writes it: the server, the bucket, and a directory for each volume. */
export function repositoryOf(
  { binding, requirement }: Bound<'bucket'>,
  { name }: Pick<BackupRequirement, 'name'>,
): string {
  return `s3:${binding.endpoint}/${requirement.bucket}/${name}`;
}

/** A Secret for each volume and store, in the namespace of the volume, with what restic reads from its environment. */
export function resticSecrets(context: BuildContext<VolsyncSection>): RequiredSecret[] {
  const { section, provided } = context;
  return provided('backup').flatMap((volume) =>
    bucketsFor(context, volume).map((bucket): RequiredSecret => {
      const { binding, requirement } = bucket;
      const { store } = requirement;
      const name = resticSecret(volume, store);
      return {
        name,
        namespace: volume.namespace,
        purpose: `where the backups of the volume ${volume.name} are, and what opens them`,
        usedBy: [`replicationsource/${backupName(volume, store)}`],
        field: volume.requester.field,
        step: 'The Secrets of the backups',
        directory: mover(volume.namespace).directory,
        fileSuffix: resticSecret(volume, store),
        keys: [
          {
            key: 'RESTIC_REPOSITORY',
            from: 'text',
            text: repositoryOf(bucket, volume),
            source: 'follows from the store and the name of the volume',
          },
          {
            key: 'RESTIC_PASSWORD',
            from: 'generated',
            field: `volsync.passwords.${volume.namespace}`,
            value: section.passwords[volume.namespace],
            note: 'keep a copy outside of the cluster',
            generate: 'resticPassword',
            once: true,
          },
          { key: 'AWS_ACCESS_KEY_ID', ...binding.accessKey },
          { key: 'AWS_SECRET_ACCESS_KEY', ...binding.secretKey },
          {
            key: 'AWS_DEFAULT_REGION',
            from: 'text',
            text: binding.region,
            source: 'the region of the store',
          },
        ],
        replacing:
          'A new password opens none of the backups that were made with the old one: `restic key passwd` changes that of the repository first.',
      };
    }),
  );
}

/** The file of the Secret, which is beside what reads it. */
export function secretFile(volume: BackupRequirement, store: string): string {
  return `secret-${resticSecret(volume, store)}.sops.yaml`;
}

/** The buckets for the volumes of a namespace, one for each store. */
export function bucketsFor(
  { section, bindings }: BuildContext<VolsyncSection>,
  { namespace }: BackupRequirement,
): Bound<'bucket'>[] {
  const bucket = bucketOf(section, namespace);
  const all = bindings('bucket');
  return section.stores.flatMap(
    (store) =>
      all.find(({ requirement }) => requirement.store === store && requirement.bucket === bucket) ?? [],
  );
}
