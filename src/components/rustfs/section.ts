import * as z from 'zod';
import { publicField, secretField } from '../../config/field.ts';
import { image, objectName, size } from '../../config/values/kubernetes.ts';
import { bucketName } from '../../config/values/storage.ts';
import { images } from './versions.ts';

/** The least that MinIO's line of servers accepts; generated ones are far longer. */
const key = z.string().regex(/^[A-Za-z0-9/+=_-]{8,}$/, 'at least 8 letters, digits or one of / + = _ -');

const volumes = {
  storageClass: publicField(
    'The storage class of its volumes. A class that replicates data stores each copy twice.',
    objectName,
    { example: 'local-path' },
  ),
  size: publicField('The size of each volume.', size.default('100Gi')),
};

const layout = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: publicField('One server with one volume. It is lost with its node.', z.literal('standalone')),
      ...volumes,
    }),
    z.strictObject({
      kind: publicField(
        'Several servers, each on its own node, with erasure coding across all of their volumes.',
        z.literal('distributed'),
      ),
      servers: publicField('The number of servers. Each runs on its own node.', z.int().min(2).max(16), {
        example: 4,
      }),
      drives: publicField('The number of volumes of each server.', z.int().min(1).max(16).default(2)),
      ...volumes,
    }),
  ])
  .meta({ description: 'The number of servers, and their storage.' });

/** The section `rustfs` of the configuration. */
export const rustfsSection = z
  .strictObject({
    enabled: publicField('Whether it runs.', z.boolean().default(true)),
    layout,
    secretKey: secretField('The password of its administrator.', key, {
      source: 'made by "gatehouse configure" in an encrypted overlay; by hand: openssl rand -hex 20',
    }).optional(),
    readerKey: secretField(
      'The secret key with which "gatehouse verify" lists the buckets. It opens nothing that is in them.',
      key,
      {
        source: 'made by "gatehouse configure" in an encrypted overlay; by hand: openssl rand -hex 20',
      },
    ).optional(),
    keys: z
      .record(
        bucketName,
        secretField('The secret key of a bucket, by the name of the bucket.', key, {
          source: 'made by "gatehouse configure" in an encrypted overlay; by hand: openssl rand -hex 20',
        }),
      )
      .default({})
      .meta({ description: 'The secret keys of the clients, each for one bucket.', visibility: 'secret' }),
    images: z
      .strictObject({
        rustfs: publicField('The image of the server.', image.default(images.rustfs)),
        init: publicField('The image that prepares its volumes.', image.default(images.init)),
        mc: publicField('The image of the client that creates buckets and keys.', image.default(images.mc)),
      })
      .meta({ description: 'Images to use instead of those with which Gatehouse was tested.' })
      .prefault({}),
  })
  .meta({ description: 'Object storage inside the cluster, with the S3 protocol.' });

export type RustfsSection = z.output<typeof rustfsSection>;
