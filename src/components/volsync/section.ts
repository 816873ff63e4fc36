import * as z from 'zod';
import { accessModes } from '../../config/clusterSettings.ts';
import { publicField, secretField } from '../../config/field.ts';
import { id, labelName, objectName, size } from '../../config/values/kubernetes.ts';
import { bucketName, objectStores } from '../../config/values/storage.ts';
import { backupSchedule } from './schedule.ts';

const count = z.int().min(0).max(1000);

const volume = z.strictObject({
  namespace: publicField('The namespace of the PersistentVolumeClaim.', labelName, {
    example: 'home-automation',
  }),
  name: publicField('The name of the PersistentVolumeClaim.', objectName, { example: 'home-assistant' }),
  storageClass: publicField('Its storage class, one of cluster.storageClasses.', objectName, {
    example: 'ceph-block',
  }),
  accessMode: publicField('How pods mount it.', z.enum(accessModes).default('ReadWriteOnce')),
  uid: publicField('The user that owns its files.', id.default(1000)),
  gid: publicField('The group that owns its files.', id.default(1000)),
  atOnce: publicField(
    'Whether its files must be consistent with one another, as those of a database. Then they are copied at one point in time, or not at all.',
    z.boolean().default(false),
  ),
  usedBy: publicField(
    'The workloads that mount it, as kind/name. They are stopped while the volume is restored.',
    z
      .array(
        z.string().regex(/^(deployment|statefulset)\/[a-z0-9.-]+$/, 'deployment/name or statefulset/name'),
      )
      .min(1),
    { example: ['deployment/home-assistant'] },
  ),
});

/** The section `volsync` of the configuration. */
export const volsyncSection = z
  .strictObject({
    enabled: publicField('Whether volumes are backed up.', z.boolean().default(true)),
    stores: publicField(
      'The object stores for the backups. Each volume is backed up to each of them. A store in the cluster is lost with the cluster.',
      z
        .array(z.enum(objectStores))
        .min(1)
        .refine((list) => new Set(list).size === list.length, 'each store once'),
      { example: ['rustfs', 's3'] },
    ),
    bucketPrefix: publicField(
      'The prefix of the bucket names. The namespace of the volumes follows it.',
      bucketName.default('volsync'),
    ),
    schedule: publicField(
      'When volumes are backed up, in UTC. Each volume gets another minute, so that not all start at once.',
      backupSchedule.default('0 3 * * *'),
    ),
    copyMethod: publicField(
      'How a volume is copied before it is read. auto selects the best method that its storage class supports.',
      z.enum(['auto', 'Snapshot', 'Clone', 'Direct']).default('auto'),
    ),
    retain: z
      .strictObject({
        hourly: publicField('The number of hourly backups to keep.', count.default(0)),
        daily: publicField('The number of daily backups to keep.', count.default(7)),
        weekly: publicField('The number of weekly backups to keep.', count.default(5)),
        monthly: publicField('The number of monthly backups to keep.', count.default(6)),
        yearly: publicField('The number of yearly backups to keep.', count.default(0)),
      })
      .meta({ description: 'Which backups are kept: the last of each hour, day, week, month and year.' })
      .prefault({}),
    pruneDays: publicField(
      'The number of days after which the space of removed backups is freed.',
      z.int().min(1).max(365).default(7),
    ),
    cache: z
      .strictObject({
        size: publicField('The size of the cache that restic keeps of a repository.', size.default('1Gi')),
        storageClass: publicField(
          'The storage class of the caches. The default is the storage class of the volume.',
          objectName.optional(),
        ),
      })
      .meta({ description: 'The cache of each mover.' })
      .prefault({}),
    volumes: z.array(volume).default([]).meta({
      description:
        'Volumes of apps that Gatehouse does not install, in existing namespaces. Apps that it installs request their backups themselves.',
    }),
    passwords: z
      .record(
        labelName,
        secretField(
          'The password that encrypts the backups of a namespace. Without it the backups cannot be restored.',
          z.string().regex(/^\S{16,}$/, 'at least 16 characters without blanks'),
          {
            source:
              'made by "gatehouse configure" in an encrypted overlay; by hand: openssl rand -hex 32. Keep a copy outside of the cluster',
          },
        ),
      )
      .default({})
      .meta({ description: 'The passwords of the backups, by namespace.', visibility: 'secret' }),
  })
  .meta({ description: 'Backups of PersistentVolumeClaims, encrypted, by VolSync and restic.' });

export type VolsyncSection = z.output<typeof volsyncSection>;
