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
    'Whether its files are of use only together, as those of a database: then they are copied at one moment, or not at all.',
    z.boolean().default(false),
  ),
  usedBy: publicField(
    'What mounts it, as kind/name: it is stopped while the volume is restored.',
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
      'Where the backups go, each volume to each of them. One inside the cluster is lost with it.',
      z
        .array(z.enum(objectStores))
        .min(1)
        .refine((list) => new Set(list).size === list.length, 'each store once'),
      { example: ['rustfs', 's3'] },
    ),
    bucketPrefix: publicField(
      'What the names of the buckets begin with; the namespace of the volumes follows.',
      bucketName.default('volsync'),
    ),
    schedule: publicField(
      'When volumes are backed up, in UTC. Its minute is another one for each volume, so that not all start at once.',
      backupSchedule.default('0 3 * * *'),
    ),
    copyMethod: publicField(
      'How a volume is copied before it is read. auto takes the best that its storage class can do.',
      z.enum(['auto', 'Snapshot', 'Clone', 'Direct']).default('auto'),
    ),
    retain: z
      .strictObject({
        hourly: publicField('How many hours are kept.', count.default(0)),
        daily: publicField('How many days are kept.', count.default(7)),
        weekly: publicField('How many weeks are kept.', count.default(5)),
        monthly: publicField('How many months are kept.', count.default(6)),
        yearly: publicField('How many years are kept.', count.default(0)),
      })
      .meta({ description: 'Which backups are kept: the last of each hour, day, week, month and year.' })
      .prefault({}),
    pruneDays: publicField(
      'After how many days the space of what is no longer kept is freed.',
      z.int().min(1).max(365).default(7),
    ),
    cache: z
      .strictObject({
        size: publicField('Room for what restic remembers of a repository.', size.default('1Gi')),
        storageClass: publicField(
          'The storage class of the caches. By default that of the volume.',
          objectName.optional(),
        ),
      })
      .meta({ description: 'The cache of each mover.' })
      .prefault({}),
    volumes: z.array(volume).default([]).meta({
      description:
        'Volumes of apps that Gatehouse does not write, in namespaces that are there. Those that it writes ask for themselves.',
    }),
    passwords: z
      .record(
        labelName,
        secretField(
          'The password that encrypts the backups of a namespace. Without it they are lost.',
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
