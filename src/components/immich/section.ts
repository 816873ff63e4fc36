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
    'The id in the file .gatehouse-library on the NAS. Immich starts only if it finds this id.',
    z.string().regex(/^[0-9a-f]{16,64}$/, '16 to 64 hexadecimal digits'),
    { example: '6f1c2e9a4b7d8035' },
  ),
  fileSystems: publicField(
    'The file system types that are accepted as the NAS.',
    z
      .array(z.enum(['nfs', 'nfs4', 'cifs']))
      .min(1)
      .default(['nfs', 'nfs4', 'cifs']),
  ),
  checkSeconds: publicField(
    'The time after which a NAS that does not answer counts as unavailable.',
    z.int().min(1).max(30).default(5),
  ),
};

const library = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: publicField('A directory of the node on which the NAS is mounted.', z.literal('hostPath')),
      path: libraryPath('The directory of the library on the node.'),
      node: publicField(
        'The node that has the mount. Required if the cluster has more than one node.',
        objectName.optional(),
        { example: 'alpha' },
      ),
      ...guarded,
    }),
    z.strictObject({
      kind: publicField('An NFS share, mounted by Kubernetes on whichever node needs it.', z.literal('nfs')),
      server: privateField('The address or host name of the NAS.', server, {
        substitution: 'NAS_SERVER',
        example: '192.168.1.20',
      }),
      path: libraryPath('The directory of the library on the NAS, as it is exported.'),
      size: publicField('The declared size of the volume. NFS does not enforce it.', size.default('1Ti')),
      ...guarded,
    }),
  ])
  .meta({ description: 'Where the photos are. Nothing is written until the guard has found the NAS.' });

const databaseStorage = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: publicField('A directory on an internal disk of the node. It must exist.', z.literal('hostPath')),
      path: publicField(
        'The directory. On Talos it is below /var/mnt, on a user volume.',
        absolutePath.default('/var/lib/immich-postgres'),
      ),
      node: publicField(
        'The node that has the disk. Required if the cluster has more than one node.',
        objectName.optional(),
      ),
    }),
    z.strictObject({
      kind: publicField('A volume from a storage class.', z.literal('volume')),
      storageClass: publicField(
        'The storage class. It must not be on a network share: PostgreSQL loses data there.',
        objectName,
        { example: 'local-path' },
      ),
      size: publicField('The size of the volume.', size.default('20Gi')),
      backup: publicField(
        'Whether VolSync backs up the volume, in addition to the dumps that Immich writes into the library.',
        z.boolean().default(false),
      ),
    }),
  ])
  .meta({ description: 'Where the files of the database are. Use an internal disk, not a network share.' })
  .prefault({ kind: 'hostPath' });

const administrator = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: publicField(
        'The owner signs in with OpenID Connect. The account is created beforehand and linked by e-mail address.',
        z.literal('oidc'),
      ),
      email: privateField('The e-mail address that the identity provider sends.', email, {
        substitution: 'OWNER_EMAIL',
        example: 'owner@example.org',
      }),
      done: publicField(
        'Set this to true after the first administrator has signed in. It closes the sign-up permanently.',
        z.boolean().default(false),
      ),
    }),
    z.strictObject({
      kind: publicField(
        'An administrator with a password, from the Secret immich-admin.',
        z.literal('bootstrap'),
      ),
      delivery: publicField(
        'How the Secret immich-admin is delivered. With sops it is encrypted in Git, from the private values file. With out-of-band you create it with kubectl.',
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
        'Set this to true after the first administrator has signed in. It closes the sign-up permanently.',
        z.boolean().default(false),
      ),
    }),
  ])
  .meta({
    description:
      'How the first account is created. Until then nobody can reach Immich, since the first user who signs up becomes the administrator.',
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
      'The namespace of Immich. It allows hostPath volumes, so nothing else should run in it.',
      labelName
        .refine(
          (name) => !reserved.includes(name),
          'a namespace of its own, not one that Kubernetes or Flux uses',
        )
        .default('media'),
      { example: 'media' },
    ),
    host: privateField('The host name of Immich, at home and from the internet.', hostname, {
      example: 'photos.example.org',
    }),
    nodePort: publicField(
      'The node port on which Immich is reached from the home network.',
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
            source:
              'https://one.dash.cloudflare.com, under Access, Applications: add a self-hosted application for the host name; its overview shows the "Application Audience (AUD) Tag"',
          },
        ),
        emails: z
          .array(privateField('An e-mail address.', email))
          .default([])
          .meta({
            description:
              'The e-mail addresses that the origin proxy allows, in addition to the policy of Access. If neither addresses nor tokens are listed, it allows everybody whom Access allows.',
            visibility: 'private',
            substitution: 'IMMICH_ACCESS_EMAIL',
            examples: [['owner@example.org']],
          }),
        serviceTokens: z
          .array(privateField('The client id of a service token.', serviceToken))
          .default([])
          .meta({
            description: 'The service tokens that the origin proxy allows: one for the app on each phone.',
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
        uid: publicField('The user id of PostgreSQL.', id.default(999)),
        gid: publicField('The group id of PostgreSQL.', id.default(999)),
        disk: publicField(
          'The kind of disk for which PostgreSQL is tuned.',
          z.enum(['ssd', 'hdd']).default('ssd'),
        ),
        delivery: publicField(
          'How the password is delivered. With sops it is generated once, kept in the private values file and encrypted in Git. With out-of-band you create it with kubectl.',
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
        enabled: publicField(
          'Whether faces and objects in photos are recognized.',
          z.boolean().default(true),
        ),
        cache: publicField(
          'The size of the cache for the models, which are downloaded at the first start.',
          size.default('10Gi'),
        ),
      })
      .meta({ description: 'The service that recognizes faces and objects.' })
      .prefault({}),
    administrator,
    oidc: z
      .strictObject({
        enabled: publicField(
          'Whether Immich reads its configuration, with the OAuth client in it, from the Secret immich-config.',
          z.boolean().default(false),
        ),
        delivery: publicField(
          'How the Secret immich-config is delivered. With sops it is encrypted in Git, from the private values file. With out-of-band you create it with kubectl.',
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
          'The image of the machine learning service, of the same release as the server.',
          image.default(images.machineLearning),
        ),
        postgres: publicField(
          'The image of the database, with VectorChord. It keeps its major version of PostgreSQL, which does not start on files of another one.',
          image.default(images.postgres),
        ),
        redis: publicField('The image of the cache.', image.default(images.redis)),
      })
      .meta({ description: 'Images to use instead of those with which Gatehouse was tested.' })
      .prefault({}),
  })
  .meta({ description: 'Immich: photos and videos, backed up from phones.' });

export type ImmichSection = z.output<typeof immichSection>;
