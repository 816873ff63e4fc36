import * as z from 'zod';
import { raise } from '../finding.ts';

/**
 * The name of an S3 bucket (Amazon S3, "General purpose bucket naming rules"): 3 to 63 lower-case letters, digits
 * and hyphens. Dots are refused, because wildcard certificates do not cover them, as are `--` and the prefixes and
 * suffixes that S3 reserves.
 */
export const bucketName = z.string().superRefine((value, context) => {
  const problem = bucketProblem(value);
  if (problem === undefined) return;
  const suggestion = value
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  raise(context, {
    code: 'not-a-bucket',
    message: problem,
    shown: `"${value}": ${problem}`,
    expected: '3 to 63 lower-case letters, digits and single hyphens, such as etcd-backups',
    ...(suggestion !== value && bucketProblem(suggestion) === undefined ? { suggestion } : {}),
  });
});

/** The reason why a bucket name is invalid, or undefined. */
export function bucketProblem(name: string): string | undefined {
  if (name.length < 3 || name.length > 63)
    return `S3 bucket names have 3 to 63 characters, and this one has ${name.length}`;
  if (name.includes('.')) return 'TLS certificates do not cover bucket names with dots';
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return 'S3 would reject this bucket name';
  if (/^(xn|sthree|amzn-s3-demo)-/.test(name) || /-(s3alias|x-s3)$/.test(name))
    return 'S3 reserves bucket names of this form';
  return undefined;
}

/** The URL of an S3 server: scheme, host and port, without a bucket or path. */
export const s3Endpoint = z.string().superRefine((value, context) => {
  if (/^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(value)) return;
  raise(context, {
    code: 'not-an-endpoint',
    message: value.startsWith('http://')
      ? 'plain http exposes the data and the signatures of the access key to the network'
      : 'invalid URL of an S3 server',
    expected: 'an https URL without a bucket, such as https://0123456789abcdef.r2.cloudflarestorage.com',
  });
});

/** The object stores that a section may name. */
export const objectStores = ['rustfs', 's3'] as const;
