import { expect, it } from 'vitest';
import type { BucketClaim } from '../contract/requirements.ts';
import { distinctBuckets, sharedBuckets } from './buckets.ts';

const claim = (by: string, bucket: string, purpose = 'backups'): BucketClaim => ({
  kind: 'bucket',
  by,
  field: `${by}.bucket`,
  store: 'rustfs',
  bucket,
  purpose,
  access: 'read-write',
  clients: [],
});

it('two consumers do not share a bucket', () => {
  const [finding, ...others] = sharedBuckets([claim('volsync', 'backups'), claim('talos-backup', 'backups')]);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ code: 'taken', field: 'talos-backup.bucket' });
  expect(finding?.message).toContain('volsync');
  expect(finding?.message).toContain('talos-backup');
});

it('one consumer may ask for the same bucket again, for the same thing', () => {
  const claims = [claim('volsync', 'backups'), claim('volsync', 'backups')];
  expect(sharedBuckets(claims)).toEqual([]);
  expect(distinctBuckets(claims).map(({ bucket }) => bucket)).toEqual(['backups']);
  expect(sharedBuckets([...claims, claim('volsync', 'backups', 'something else')]).length).toBe(1);
});
