import * as z from 'zod';
import { privateField, publicField, secretField } from '../../config/field.ts';
import { audienceTag, serviceToken } from '../../config/values/cloudflare.ts';
import { absolutePath } from '../../config/values/host.ts';
import { id, image, labelName, objectName, size } from '../../config/values/kubernetes.ts';
import { email, hostname, nodePort, server } from '../../config/values/network.ts';
import { deliveries } from '../contract/secrets.ts';
import { images } from './versions.ts';

const libraryPath = (where: string) =>
  privateField(
    `${where} It must be a folder that exists on the NAS only, below the mount point.`,
    absolutePath,
    {
      substitution: 'NAS_LIBRARY_PATH',
      example: '/mnt/nas/photos/immich',
    },
  );

const guarded = {
  uid: publicField(
    'The user that owns the library on the NAS. NFS maps users by number, and root is squashed.',
    id.default(1000),
  ),
  gid: publicField('The group that owns the library on the NAS.', id.default(1000)),
  sentinel: publicField(
    'The id that the file .gatehouse-library on the NAS holds. Only where it is found does Immich start.',
    z.string().regex(/^[0-9a-f]{16,64}$/, '16 to 64 hexadecimal digits'),
    { example: '6f1c2e9a4b7d8035' },
  ),
  fileSystems: publicField(
    'The types of file system that count as the NAS.',
    z
      .array(z.enum(['nfs', 'nfs4', 'cifs']))
      .min(1)
      .default(['nfs', 'nfs4', 'cifs']),
  ),
  checkSeconds: publicField(
    'How long the NAS may take to answer before it counts as gone.',
    z.int().min(1).max(30).default(5),
  ),
};

const library = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: publicField('A folder of the node on which the NAS is mounted.', z.literal('hostPath')),
      path: libraryPath('The folder of the library on the node.'),
      node: publicField(
        'The node that has the mount. Needed as soon as there is more than one.',
        objectName.optional(),
        { example: 'alpha' },
      ),
      ...guarded,
    }),
    z.strictObject({
      kind: publicField('An NFS share, mounted by Kubernetes on whichever node needs it.', z.literal('nfs')),
      server: privateField('The NAS, by address or name.', server, {
        substitution: 'NAS_SERVER',
        example: '192.168.1.20',
      }),
      path: libraryPath('The folder of the library on the NAS, as it is exported.'),
      size: publicField(
        'The size that the volume is said to have. NFS does not enforce it.',
        size.default('1Ti'),
      ),
      ...guarded,
    }),
  ])
  .meta({ description: 'Where the photos are. Nothing is written until the guard has seen the NAS.' });

const databaseStorage = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: publicField('A folder on an internal disk of the node. It must exist.', z.literal('hostPath')),
      path: publicField(
        'The folder. On Talos it lies below /var/mnt, on a user volume.',
        absolutePath.default('/var/lib/immich-postgres'),
      ),
      node: publicField(
        'The node that has the disk. Needed as soon as there is more than one.',
        objectName.optional(),
      ),
    }),
    z.strictObject({
      kind: publicField('A volume from a storage class.', z.literal('volume')),
      storageClass: publicField(
        'The storage class. Never one on a network share: PostgreSQL loses data there.',
        objectName,
        { example: 'local-path' },
      ),
      size: publicField('The size of the volume.', size.default('20Gi')),
      backup: publicField(
        'Whether the volume is backed up by VolSync, beside the dumps that Immich writes into the library.',
        z.boolean().default(false),
      ),
    }),
  ])
  .meta({ description: 'Where the files of the database are: an internal disk, never a network share.' })
  .prefault({ kind: 'hostPath' });

const administrator = z
  .discriminatedUnion('way', [
    z.strictObject({
      way: publicField(
        'The owner signs in with OpenID Connect; the account is made beforehand and linked by e-mail.',
        z.literal('oidc'),
      ),
      email: privateField('The e-mail address that the identity provider sends.', email, {
        substitution: 'OWNER_EMAIL',
        example: 'owner@example.org',
      }),
      done: publicField(
        'Set this to true when the first administrator has signed in: it closes the sign-up for good.',
        z.boolean().default(false),
      ),
    }),
    z.strictObject({
      way: publicField(
        'An administrator with a password, from the Secret immich-admin.',
        z.literal('bootstrap'),
      ),
      delivery: publicField(
        'How the Secret immich-admin comes into the cluster: sops delivers it encrypted in Git, from the overlay; out-of-band leaves it to you and kubectl.',
        z.enum(deliveries).default('out-of-band'),
      ),
      email: privateField('The e-mail address of the administrator, for delivery by SOPS.', email, {
        substitution: 'OWNER_EMAIL',
        example: 'owner@example.org',
      }).optional(),
      password: secretField(
        'The first password of the administrator, for delivery by SOPS. Change it after the first sign-in.',
        z.string().min(8, 'at least 8 characters, as Immich wants it'),
        { source: 'your password manager' },
      ).optional(),
      done: publicField(
        'Set this to true when the first administrator has signed in: it closes the sign-up for good.',
        z.boolean().default(false),
      ),
    }),
  ])
  .meta({
    description:
      'How the first account comes to be. Until then nobody can reach Immich: the first who did would be administrator.',
  });

const reserved = ['default', 'flux-system', 'kube-node-lease', 'kube-public', 'kube-system'];

function isJsonMap(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The section `immich` of the configuration. */
export const immichSection = z
  .strictObject({
    enabled: publicField('Whether Immich is installed.', z.boolean().default(true)),
    namespace: publicField(
      'The namespace of Immich. It admits hostPath volumes, so nothing else should live in it.',
      labelName
        .refine(
          (name) => !reserved.includes(name),
          'a namespace of its own, not one that Kubernetes or Flux uses',
        )
        .default('media'),
      { example: 'media' },
    ),
    host: privateField('The host name under which people reach Immich, inside and outside.', hostname, {
      example: 'photos.example.org',
    }),
    nodePort: publicField(
      'The port of every node on which people at home reach Immich.',
      nodePort.default(30_082),
    ),
    access: z
      .strictObject({
        audience: privateField(
          'The audience tag of the Access application that covers the host name.',
          audienceTag,
          {
            substitution: 'IMMICH_ACCESS_AUDIENCE',
            example: '0'.repeat(64),
          },
        ),
        emails: z
          .array(privateField('An e-mail address.', email))
          .default([])
          .meta({
            description:
              'Who may pass at the origin, beside Access’s own policy. Neither people nor tokens listed: everybody whom Access lets through.',
            visibility: 'private',
            substitution: 'IMMICH_ACCESS_EMAIL',
            examples: [['owner@example.org']],
          }),
        serviceTokens: z
          .array(privateField('The client id of a service token.', serviceToken))
          .default([])
          .meta({
            description: 'The service tokens that may pass at the origin: one for the app on each phone.',
            visibility: 'private',
            substitution: 'IMMICH_ACCESS_SERVICE_TOKEN',
            examples: [[`${'0'.repeat(32)}.access`]],
          }),
      })
      .meta({ description: 'The Access application in front of Immich.' }),
    library,
    database: z
      .strictObject({
        storage: databaseStorage,
        uid: publicField('The user that PostgreSQL runs as.', id.default(999)),
        gid: publicField('The group that PostgreSQL runs as.', id.default(999)),
        disk: publicField('What PostgreSQL tunes itself for.', z.enum(['ssd', 'hdd']).default('ssd')),
        delivery: publicField(
          'How the password comes into the cluster: sops makes it once, keeps it in the encrypted overlay and delivers it encrypted in Git; out-of-band leaves it to you and kubectl.',
          z.enum(deliveries).default('out-of-band'),
        ),
        password: secretField(
          'The password of the database, for delivery by SOPS.',
          z.string().regex(/^[A-Za-z0-9]{16,128}$/, '16 to 128 letters and digits'),
          {
            source:
              '"gatehouse configure" makes it; a new one: gatehouse secrets rotate --generated immich-database',
          },
        ).optional(),
      })
      .meta({ description: 'PostgreSQL with VectorChord.' })
      .prefault({}),
    machineLearning: z
      .strictObject({
        enabled: publicField('Whether faces and things in photos are recognized.', z.boolean().default(true)),
        cache: publicField(
          'Room for the models, which are downloaded at the first start.',
          size.default('10Gi'),
        ),
      })
      .meta({ description: 'The service that recognizes faces and things.' })
      .prefault({}),
    administrator,
    oidc: z
      .strictObject({
        enabled: publicField(
          'Whether Immich reads its configuration, with the OAuth client in it, from the Secret immich-config.',
          z.boolean().default(false),
        ),
        delivery: publicField(
          'How the Secret immich-config comes into the cluster: sops delivers it encrypted in Git, from the overlay; out-of-band leaves it to you and kubectl.',
          z.enum(deliveries).default('out-of-band'),
        ),
        configuration: secretField(
          'The configuration file of Immich with the OAuth client in it, as JSON, for delivery by SOPS.',
          z.string().refine(isJsonMap, 'a map, as JSON'),
          {
            source:
              'written by hand, see the chapter on sign-in: gatehouse secrets set immich.oidc.configuration < immich.json',
          },
        ).optional(),
      })
      .meta({ description: 'Sign-in with an OpenID Connect provider such as Google.' })
      .prefault({}),
    images: z
      .strictObject({
        server: publicField('The image of the server.', image.default(images.server)),
        machineLearning: publicField(
          'The image of the machine learning service.',
          image.default(images.machineLearning),
        ),
        postgres: publicField('The image of the database.', image.default(images.postgres)),
        redis: publicField('The image of the cache.', image.default(images.redis)),
      })
      .meta({ description: 'Other versions than those that Gatehouse was tested with.' })
      .prefault({}),
  })
  .meta({ description: 'Immich: photos and videos, backed up from phones.' });

export type ImmichSection = z.output<typeof immichSection>;
