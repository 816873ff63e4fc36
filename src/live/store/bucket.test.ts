import { describe, expect, it } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { fakeBucket } from '../../../tests/live/fakeStore.ts';
import { newestInBucket } from './bucket.ts';
import { newestBelow } from './listing.ts';

/** A repository of restic with so many files of data, and a snapshot a day. */
const repository = (claim: string, data: number, snapshots = ['2026-11-30T03:17:00.000Z']) =>
  Object.fromEntries([
    [`${claim}/config`, '2026-01-01T00:00:00.000Z'],
    ...Array.from({ length: data }, (_, index) => [
      `${claim}/data/${String(index).padStart(6, '0')}`,
      '2026-11-30T04:00:00.000Z',
    ]),
    ...snapshots.map((time, index) => [`${claim}/snapshots/${index}`, time]),
  ]);
const prefixes = ['a', 'b', 'c', 'd'].map((claim) => `${claim}/snapshots/`);

describe('the newest object below several prefixes', () => {
  it('is found with one page where the bucket fits into it', async () => {
    const { ask, asked } = fakeBucket({
      ...repository('a', 3),
      ...repository('b', 3, ['2026-11-29T03:17:00.000Z', '2026-11-28T03:17:00.000Z']),
    });
    const found = await newestInBucket(prefixes, ask);
    expect(asked).toEqual([{ 'list-type': '2', 'encoding-type': 'url', 'start-after': 'a/snapshots/' }]);
    expect(found).toEqual(
      new Map([
        [
          'a/snapshots/',
          {
            newest: { key: 'a/snapshots/0', modified: new Date('2026-11-30T03:17:00Z') },
            ...{ count: 1, complete: true, date: undefined },
          },
        ],
        [
          'b/snapshots/',
          {
            newest: { key: 'b/snapshots/0', modified: new Date('2026-11-29T03:17:00Z') },
            ...{ count: 2, complete: true, date: undefined },
          },
        ],
        ['c/snapshots/', { newest: undefined, count: 0, complete: true, date: undefined }],
        ['d/snapshots/', { newest: undefined, count: 0, complete: true, date: undefined }],
      ]),
    );
  });

  it('skips the data between two prefixes, whatever is there', async () => {
    const { ask, asked } = fakeBucket(
      { ...repository('a', 50), ...repository('b', 50), ...repository('c', 2), ...repository('d', 2) },
      { pageSize: 10 },
    );
    const found = await newestInBucket(prefixes, ask);
    expect(asked.map((query) => query['start-after'])).toEqual(['a/snapshots/', 'b/snapshots/']);
    expect([...(found as ReadonlyMap<string, unknown>).keys()]).toEqual(prefixes);
  });

  it('is not told where a page ends within the prefix', async () => {
    const many = Array.from({ length: 12 }, () => '2026-11-30T03:17:00.000Z');
    const { ask, asked } = fakeBucket(
      { ...repository('a', 1, many), ...repository('b', 1) },
      { pageSize: 10 },
    );
    const found = await newestInBucket(['a/snapshots/', 'b/snapshots/'], ask);
    expect([...(found as ReadonlyMap<string, unknown>).keys()]).toEqual(['b/snapshots/']);
    expect(asked).toHaveLength(2);
  });

  it('is not told where the end of a page could belong to it', async () => {
    // The page ends with the last object below the prefix, and nobody knows that it is the last.
    const { ask } = fakeBucket({ ...repository('a', 1), ...repository('b', 1) }, { pageSize: 1 });
    const found = await newestInBucket(['a/snapshots/', 'b/snapshots/'], ask);
    expect([...(found as ReadonlyMap<string, unknown>).keys()]).toEqual(['b/snapshots/']);
  });

  it('is not told by a store without an order', async () => {
    const { ask } = fakeBucket(
      { ...repository('b', 1), ...repository('a', 1) },
      { ordered: false, startsAfter: false },
    );
    expect(await newestInBucket(['a/snapshots/', 'b/snapshots/'], ask)).toEqual(new Map());
  });

  it('ends with a refusal', async () => {
    const refusal = { status: 403, body: '<Error><Code>AccessDenied</Code></Error>', date: undefined };
    expect(await newestInBucket(prefixes, async () => refusal)).toMatchObject({ code: 'AccessDenied' });
  });
});

it('finds what a listing of each prefix finds, in buckets of any form, with no more requests', async () => {
  const claim = fc.constantFrom('a', 'a-b', 'a/b', 'ä', '\u{ff5e}', '\u{1f600}');
  const file = fc.constantFrom(
    'config',
    'data/0',
    'data/1',
    'snapshots/0',
    'snapshots/1',
    'snapshotsX',
    'tmp/0',
  );
  const time = fc.integer({ min: 0, max: 99 }).map((day) => new Date(day * 86_400_000).toISOString());
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(claim, file, time), { maxLength: 20 }),
      fc.uniqueArray(claim, { minLength: 1 }),
      fc.integer({ min: 1, max: 6 }),
      fc.boolean(),
      async (files, claims, pageSize, startsAfter) => {
        const objects = Object.fromEntries(files.map(([of, name, at]) => [`${of}/${name}`, at]));
        const { ask, asked } = fakeBucket(objects, { pageSize, startsAfter });
        const wanted = claims.map((each) => `${each}/snapshots/`);
        const found = await newestInBucket(wanted, ask);
        expect(found).toBeInstanceOf(Map);
        expect(asked.length).toBeLessThanOrEqual(wanted.length);
        for (const [prefix, one] of found as ReadonlyMap<string, unknown>)
          expect(one).toEqual(await newestBelow(prefix, ask));
      },
    ),
  );
});
