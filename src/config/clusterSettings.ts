import * as z from 'zod';
import { publicField, secretField } from './field.ts';
import { networkSchema } from './network.ts';
import { gitUrl } from './values/host.ts';
import { duration, labelName, objectName, version } from './values/kubernetes.ts';

/** How pods may mount a volume, as Kubernetes names it. */
export const accessModes = ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany'] as const;
export type AccessMode = (typeof accessModes)[number];

/** What a storage class can do. Git cannot show it: `kubectl get storageclass,volumesnapshotclass` does. */
const storageClass = z.strictObject({
  accessModes: publicField(
    'How pods may mount its volumes.',
    z.array(z.enum(accessModes)).min(1).default(['ReadWriteOnce']),
  ),
  snapshotClass: publicField(
    'The VolumeSnapshotClass of its driver. Without one no snapshot of its volumes can be taken.',
    objectName.optional(),
    { example: 'ceph-block' },
  ),
  clone: publicField('Whether its driver can clone a volume.', z.boolean().default(false)),
});

/** What is known of a node beside its name. */
const node = z.strictObject({});

/** What every component builds on: the cluster itself, its repository, and how secrets reach it. */
export const clusterSettingsSchema = z.strictObject({
  cluster: z
    .strictObject({
      name: publicField('The name of the cluster, and of its folder below clusters/.', labelName, {
        example: 'home',
      }),
      distribution: publicField('What runs the cluster.', z.enum(['k3s', 'talos']), { example: 'k3s' }),
      talos: publicField('The version of Talos that the nodes run. Only on Talos.', version.optional(), {
        example: '1.13.0',
      }),
      kubernetes: publicField(
        'The version of Kubernetes that the cluster runs. What Gatehouse writes is checked against 1.36.',
        version.default('1.36.0'),
      ),
      nodes: z.record(objectName, node).meta({
        description: 'The nodes, by name as "kubectl get nodes" prints it.',
        visibility: 'public',
        examples: [{ alpha: {} }],
      }),
      network: networkSchema.meta({
        description: 'The addresses of the cluster, and of the network around it.',
      }),
      storageClasses: z
        .record(objectName, storageClass)
        .default({})
        .meta({
          description: 'The storage classes whose volumes are backed up, by name, with what each can do.',
          visibility: 'public',
          examples: [{ 'ceph-block': { snapshotClass: 'ceph-block', clone: true } }],
        }),
    })
    .meta({ description: 'The cluster that everything runs on.' }),
  monitoring: z
    .strictObject({
      enabled: publicField(
        'Whether the cluster has the definitions of the Prometheus operator. Without them an alert could not be applied.',
        z.boolean().default(false),
      ),
      namespace: publicField('Where Prometheus runs.', labelName.default('monitoring')),
    })
    .meta({ description: 'What watches the cluster. It is not part of what Gatehouse writes.' })
    .prefault({}),
  repository: z
    .strictObject({
      url: publicField('Where Flux fetches the repository from.', gitUrl, {
        example: 'ssh://git@github.com/you/home-ops',
      }),
      branch: publicField(
        'The branch that Flux follows.',
        z
          .string()
          .regex(/^[A-Za-z0-9._/-]+$/)
          .default('main'),
      ),
      interval: publicField('How often Flux looks for new commits.', duration.default('10m')),
    })
    .meta({ description: 'The Git repository that Gatehouse writes and Flux reads.' }),
  secrets: z
    .strictObject({
      recipients: publicField(
        'The age recipients that can read the encrypted files: yours and the cluster’s.',
        z
          .array(
            z.string().regex(/^age1(pq1)?[02-9ac-hj-np-z]+$/, 'an age recipient, which starts with age1'),
          )
          .default([]),
        { example: ['age1…'] },
      ),
      hashKey: secretField(
        'The key of the hashes that tell Kubernetes to restart a pod when its configuration changes. Without a key, a hash of a host name could be guessed.',
        z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
        { source: '"gatehouse init" makes it; by hand: openssl rand -hex 32' },
      ),
    })
    .meta({ description: 'How private values and secrets reach the cluster.' }),
});

export type ClusterSettings = z.output<typeof clusterSettingsSchema>;
