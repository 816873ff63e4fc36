import * as z from 'zod';
import { raise } from '../finding.ts';

/**
 * The name of an S3 bucket (Amazon S3, "General purpose bucket naming rules"): 3 to 63 of small letters, digits and
 * hyphens. Dots are left out, because no certificate covers a host name with more of them, as are `--` and the
 * prefixes and suffixes that S3 keeps for itself.
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
    expected: '3 to 63 small letters, digits and single hyphens, such as etcd-backups',
    ...(suggestion !== value && bucketProblem(suggestion) === undefined ? { suggestion } : {}),
  });
});

/** What S3 has against a name, or nothing. */
export function bucketProblem(name: string): string | undefined {
  if (name.length < 3 || name.length > 63)
    return `S3 takes names of 3 to 63 characters, and this has ${name.length}`;
  if (name.includes('.')) return 'a bucket with a dot in its name has no valid certificate';
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return 'S3 would refuse this name';
  if (/^(xn|sthree|amzn-s3-demo)-/.test(name) || /-(s3alias|x-s3)$/.test(name))
    return 'S3 keeps names of this form for itself';
  return undefined;
}

/** The address of an S3 server: scheme, host and port, without a bucket or path. */
export const s3Endpoint = z.string().superRefine((value, context) => {
  if (/^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(value)) return;
  raise(context, {
    code: 'not-an-endpoint',
    message: value.startsWith('http://')
      ? 'over http everybody on the way reads the access key’s signatures and the data'
      : 'this is not the address of an S3 server',
    expected: 'https and a host without a bucket, such as https://0123456789abcdef.r2.cloudflarestorage.com',
  });
});
