import * as z from 'zod';
import { publicField } from '../../config/field.ts';
import { x25519Recipient } from '../../config/values/age.ts';
import { schedule } from '../../config/values/host.ts';
import { image } from '../../config/values/kubernetes.ts';
import { bucketName, objectStores } from '../../config/values/storage.ts';
import { images } from './versions.ts';

/** The section `talosBackup` of the configuration. */
export const talosBackupSection = z
  .strictObject({
    enabled: publicField('Whether etcd is backed up.', z.boolean().default(true)),
    store: publicField(
      'The object store for the copies. A store in the cluster is useless here: the copies are needed when the cluster is lost.',
      z.enum(objectStores),
      { example: 's3' },
    ),
    bucket: publicField('The bucket for the copies.', bucketName.default('etcd-backups')),
    recipient: publicField(
      'The age public key for which the copies are encrypted. Keep the private key outside of the cluster and of the bucket.',
      x25519Recipient,
      { example: 'age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvun' },
    ),
    schedule: publicField('When a copy is made, in UTC.', schedule.default('30 2 * * *')),
    images: z
      .strictObject({
        talosBackup: publicField(
          'The program that makes the copies. Its tag decides how the bucket is configured.',
          image.default(images.talosBackup),
        ),
      })
      .meta({ description: 'The container images.' })
      .prefault({}),
  })
  .meta({ description: 'Copies of etcd, encrypted with age, in object storage. On Talos only.' });

export type TalosBackupSection = z.output<typeof talosBackupSection>;
