import { expect, it } from 'vitest';
import type { BucketRequirement } from '../contract/requirements.ts';
import { distinctBuckets, sharedBuckets } from './buckets.ts';

const requirement = (component: string, bucket: string, purpose = 'backups'): BucketRequirement => ({
  kind: 'bucket',
  requester: { component, instance: component, field: `${component}.bucket` },
  store: 'rustfs',
  bucket,
  purpose,
  access: 'read-write',
  clients: [],
});

it('two consumers do not share a bucket', () => {
  const [finding, ...others] = sharedBuckets([
    requirement('volsync', 'backups'),
    requirement('talos-backup', 'backups'),
  ]);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ code: 'taken', field: 'talos-backup.bucket' });
  expect(finding?.message).toContain('volsync');
  expect(finding?.message).toContain('talos-backup');
});

it('one consumer may ask for the same bucket again, for the same thing', () => {
  const requirements = [requirement('volsync', 'backups'), requirement('volsync', 'backups')];
  expect(sharedBuckets(requirements)).toEqual([]);
  expect(distinctBuckets(requirements).map(({ bucket }) => bucket)).toEqual(['backups']);
  expect(sharedBuckets([...requirements, requirement('volsync', 'backups', 'something else')]).length).toBe(
    1,
  );
});
