import * as z from 'zod';
import { publicField, secretField } from './field.ts';
import { newestFormat } from './format.ts';
import { networkSchema } from './network.ts';
import { gitUrl } from './values/host.ts';
import { duration, labelName, objectName, version } from './values/kubernetes.ts';

/** The access modes of Kubernetes volumes. */
export const accessModes = ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany'] as const;
export type AccessMode = (typeof accessModes)[number];

/** The capabilities of a storage class. `kubectl get storageclass,volumesnapshotclass` shows them; Git does not. */
const storageClass = z.strictObject({
  accessModes: publicField(
    'The access modes that its volumes support.',
    z.array(z.enum(accessModes)).min(1).default(['ReadWriteOnce']),
  ),
  snapshotClass: publicField(
    'The VolumeSnapshotClass of its driver. Without one, its volumes cannot be snapshotted.',
    objectName.optional(),
    { example: 'ceph-block' },
  ),
  clone: publicField('Whether its driver can clone a volume.', z.boolean().default(false)),
});

/** What the API server gives each object: a UUID. */
const uid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UID, such as kubectl prints it');

/** The settings of a node: none yet. */
const node = z.strictObject({});

/** The settings that every component uses: the cluster, its repository, and the delivery of secrets. */
export const clusterSettingsSchema = z.strictObject({
  formatVersion: publicField(
    'The format of this file. "gatehouse upgrade --write" brings an older one to the newest.',
    z.int().min(1).max(newestFormat).default(1),
    { example: newestFormat },
  ),
  cluster: z
    .strictObject({
      name: publicField('The name of the cluster, and of its directory below clusters/.', labelName, {
        example: 'home',
      }),
      uid: publicField(
        'The UID of the namespace kube-system, by which Gatehouse knows the cluster before it asks it anything. "gatehouse doctor --confirm" writes it.',
        uid.optional(),
        { example: '6f1c1a0e-4c0b-4a39-9d4e-2f6d3c1b7a58' },
      ),
      distribution: publicField('The Kubernetes distribution of the cluster.', z.enum(['k3s', 'talos']), {
        example: 'k3s',
      }),
      talos: publicField('The Talos version of the nodes. Only for Talos clusters.', version.optional(), {
        example: '1.13.0',
      }),
      kubernetes: publicField(
        'The Kubernetes version of the cluster. Gatehouse validates its objects against 1.36.',
        version.default('1.36.0'),
      ),
      nodes: z.record(objectName, node).meta({
        description: 'The nodes, by the names that "kubectl get nodes" prints.',
        visibility: 'public',
        examples: [{ alpha: {} }],
      }),
      network: networkSchema.meta({
        description: 'The address ranges of the cluster and of the home network.',
      }),
      storageClasses: z
        .record(objectName, storageClass)
        .default({})
        .meta({
          description: 'The storage classes whose volumes are backed up, with their capabilities, by name.',
          visibility: 'public',
          examples: [{ 'ceph-block': { snapshotClass: 'ceph-block', clone: true } }],
        }),
    })
    .meta({ description: 'The cluster.' }),
  monitoring: z
    .strictObject({
      enabled: publicField(
        'Whether the cluster has the custom resource definitions of the Prometheus operator. Alerts need them.',
        z.boolean().default(false),
      ),
      namespace: publicField('The namespace of Prometheus.', labelName.default('monitoring')),
    })
    .meta({ description: 'The monitoring of the cluster. Gatehouse does not install it.' })
    .prefault({}),
  repository: z
    .strictObject({
      url: publicField('The URL from which Flux fetches the repository.', gitUrl, {
        example: 'ssh://git@github.com/you/home-ops',
      }),
      branch: publicField(
        'The branch that Flux follows.',
        z
          .string()
          .regex(/^[A-Za-z0-9._/-]+$/, 'the name of a branch, of letters, digits and . _ / -')
          .default('main'),
      ),
      interval: publicField('How often Flux checks for new commits.', duration.default('10m')),
    })
    .meta({ description: 'The Git repository that Gatehouse writes and Flux applies.' }),
  secrets: z
    .strictObject({
      recipients: publicField(
        'The age recipients that can decrypt the encrypted files: yours and the cluster’s.',
        z
          .array(
            z.string().regex(/^age1(pq1)?[02-9ac-hj-np-z]+$/, 'an age recipient, which starts with age1'),
          )
          .default([]),
        { example: ['age1…'] },
      ),
      clusterRecipient: publicField(
        'Which of the recipients is the cluster: that of the key in the Secret sops-age. It cannot be removed before the cluster has another key.',
        z
          .string()
          .regex(/^age1(pq1)?[02-9ac-hj-np-z]+$/, 'an age recipient, which starts with age1')
          .optional(),
        { example: 'age1…' },
      ),
      hashKey: secretField(
        'The key for the configuration hashes that restart pods when their configuration changes. Without a key, an attacker could guess a host name from its hash.',
        z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
        { source: '"gatehouse init" generates it; by hand: openssl rand -hex 32' },
      ),
    })
    .meta({ description: 'How private values and secrets are encrypted.' }),
  calendar: z
    .array(
      z.strictObject({
        what: publicField('What ends, without a private name.', z.string().min(3).max(100), {
          example: 'The token of cert-manager at Cloudflare',
        }),
        ends: publicField('The day on which it ends, as YYYY-MM-DD.', z.iso.date(), {
          example: '2027-11-30',
        }),
        renew: publicField('How it is renewed.', z.string().min(3).max(300).optional(), {
          example: 'gatehouse secrets set certManager.issuer.token',
        }),
      }),
    )
    .default([])
    .meta({
      description:
        'What ends on a day that no program can see, such as tokens and deploy keys. "gatehouse verify" reminds of it 14 days before. What it can see itself, it finds itself.',
      visibility: 'public',
    }),
});

export type ClusterSettings = z.output<typeof clusterSettingsSchema>;
