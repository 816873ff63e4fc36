import * as z from 'zod';
import { privateField, publicField, secretField } from '../../config/field.ts';
import { bucketName, s3Endpoint } from '../../config/values/storage.ts';

const source =
  'whoever runs the server gives it out, for one bucket alone; Cloudflare R2: "Manage API tokens", Object Read & Write, one bucket';

const readerSource =
  'whoever runs the server gives it out, for reading all of these buckets; Cloudflare R2: "Manage API tokens", Object Read only';

/** The section `s3` of the configuration. */
export const s3Section = z
  .strictObject({
    enabled: publicField('Whether it is used.', z.boolean().default(true)),
    endpoint: privateField(
      'The URL of the server, without a bucket. The URL of Cloudflare R2 contains your account id.',
      s3Endpoint,
      { substitution: 'S3_ENDPOINT', example: 'https://0123456789abcdef.r2.cloudflarestorage.com' },
    ),
    region: publicField(
      'The region with which requests are signed. For Cloudflare R2 it is auto.',
      z
        .string()
        .regex(/^[a-z0-9-]+$/, 'the name of a region, of lower-case letters, digits and hyphens')
        .default('auto'),
    ),
    keys: z
      .record(
        bucketName,
        z.strictObject({
          accessKey: secretField(
            'The id of the access key.',
            z.string().regex(/^\S{3,128}$/, '3 to 128 characters without blanks'),
            { source },
          ),
          secretKey: secretField(
            'The secret of the access key.',
            z.string().regex(/^\S{8,}$/, 'at least 8 characters without blanks'),
            { source },
          ),
        }),
      )
      .default({})
      .meta({
        description: 'The access keys by bucket. Each is for one bucket only.',
        visibility: 'secret',
      }),
    reader: z
      .strictObject({
        accessKey: secretField(
          'The id of the access key.',
          z.string().regex(/^\S{3,128}$/, '3 to 128 characters without blanks'),
          { source: readerSource },
        ),
        secretKey: secretField(
          'The secret of the access key.',
          z.string().regex(/^\S{8,}$/, 'at least 8 characters without blanks'),
          { source: readerSource },
        ),
      })
      .optional()
      .meta({
        description:
          'The access key with which "gatehouse verify" lists the buckets. It is in no cluster, and should only be able to read.',
        visibility: 'secret',
      }),
  })
  .meta({
    description:
      'Object storage outside of the cluster: Cloudflare R2, Amazon S3, or any server that speaks S3.',
  });

export type S3Section = z.output<typeof s3Section>;
