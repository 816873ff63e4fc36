import { describe, expect, it } from 'vitest';
import { fakeBucket } from '../../../tests/live/fakeStore.ts';
import { LiveError } from '../cluster.ts';
import type { AskPage, Found, StoreAnswer } from './listing.ts';
import { type StorePlace, storeRun } from './storeRun.ts';

const young = '2026-11-30T03:17:00.000Z';
const place = (store: string, bucket: string, claim: string): StorePlace => ({
  ...{ store, bucket, prefix: `${claim}/snapshots/` },
});
const claims = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
const places = claims.map((claim) => place('s3', 'books', claim));
const holding = (those: readonly string[]) =>
  Object.fromEntries(those.map((claim) => [`${claim}/snapshots/0`, young]));
const hasOne = ({ newest }: Found): boolean => newest !== undefined;
/** All at the same time, as checks do. */
const askAll = (of: readonly StorePlace[], ask: (place: StorePlace) => AskPage, run = storeRun(of)) =>
  Promise.allSettled(of.map((each) => run.newest(each, ask(each), hasOne)));

describe('a bucket with several places', () => {
  it('is listed once for all of them', async () => {
    const { ask, asked } = fakeBucket(holding(claims));
    const all = await askAll(places, () => ask);
    expect(asked).toHaveLength(1);
    expect(all.map((each) => each.status === 'fulfilled' && each.value)).toEqual(
      claims.map((claim) => ({
        newest: { key: `${claim}/snapshots/0`, modified: new Date(young) },
        ...{ count: 1, complete: true, date: undefined },
      })),
    );
  });

  it('is asked again for what a shared listing does not have, so that nothing but a backup rests on it', async () => {
    const { ask, asked } = fakeBucket(holding(claims.slice(1)));
    await askAll(places, () => ask);
    expect(asked.map(({ prefix }) => prefix)).toEqual([undefined, 'a/snapshots/']);
  });

  it('is asked for each place where the store cannot list all of it', async () => {
    const refusal: StoreAnswer = {
      ...{ status: 501, date: undefined },
      body: '<Error><Code>NotImplemented</Code></Error>',
    };
    const { ask } = fakeBucket(holding(claims));
    const all = await askAll(places, () => async (query) => {
      return query.some(([name]) => name === 'start-after') ? refusal : ask(query);
    });
    expect(all.every((each) => each.status === 'fulfilled' && 'newest' in each.value)).toBe(true);
  });

  it.each(['NoSuchBucket', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'RequestTimeTooSkewed'])(
    'is not asked again after %s',
    async (code) => {
      let asked = 0;
      const all = await askAll(places, () => async () => {
        asked++;
        return { status: 403, body: `<Error><Code>${code}</Code></Error>`, date: undefined };
      });
      expect(asked).toBe(1);
      expect(all).toEqual(
        places.map(() => ({ status: 'fulfilled', value: expect.objectContaining({ code }) })),
      );
    },
  );

  it('is listed again in the next run', async () => {
    const { ask, asked } = fakeBucket(holding(claims));
    await askAll(places, () => ask);
    await askAll(places, () => ask);
    expect(asked).toHaveLength(2);
  });
});

describe('a bucket with one place', () => {
  it('is listed below its prefix alone', async () => {
    const { ask, asked } = fakeBucket(holding(['a']));
    await askAll([place('s3', 'books', 'a'), place('rustfs', 'books', 'b')], () => ask);
    expect(asked.map(({ prefix }) => prefix)).toEqual(['a/snapshots/', 'b/snapshots/']);
  });
});

describe('a store that does not answer', () => {
  const everywhere = ['books', 'games', 'music'].flatMap((bucket) =>
    claims.map((claim) => place('s3', bucket, claim)),
  );

  it('is asked once, and every check of it gets to know why', async () => {
    let asked = 0;
    const all = await askAll(everywhere, () => async () => {
      asked++;
      return { failure: 'its name cannot be looked up (ENOTFOUND)' };
    });
    expect(asked).toBe(1);
    expect(all).toEqual(
      everywhere.map(() => ({
        status: 'fulfilled',
        value: expect.objectContaining({
          message: expect.stringMatching(/its name cannot be looked up \(ENOTFOUND\)$/),
        }),
      })),
    );
    expect(JSON.stringify(all)).toMatch(
      /it did not answer before, and is not asked again in this run: its name/,
    );
  });

  it('is asked once through the API server too', async () => {
    let asked = 0;
    const all = await askAll(everywhere, () => () => {
      asked++;
      return Promise.reject(new LiveError('overloaded', 'GET proxy/books was answered with 503', 503));
    });
    expect(asked).toBe(1);
    for (const each of all) {
      expect(each.status === 'rejected' && each.reason).toBeInstanceOf(LiveError);
      expect(each).toMatchObject({ reason: { failure: 'overloaded', status: 503 } });
    }
  });

  it('is given up when it stops to answer', async () => {
    const { ask } = fakeBucket(holding(claims));
    let asked = 0;
    const run = storeRun(everywhere);
    const failing: AskPage = (query) => (++asked === 1 ? ask(query) : Promise.resolve({ failure: 'gone' }));
    for (const each of everywhere) await run.newest(each, failing, hasOne);
    expect(asked).toBe(2);
  });

  it('says nothing of another store', async () => {
    const { ask } = fakeBucket(holding(claims));
    const two = [...places, ...claims.map((claim) => place('rustfs', 'books', claim))];
    const all = await askAll(two, ({ store }) => (store === 's3' ? async () => ({ failure: 'gone' }) : ask));
    const found = all.map((each) => each.status === 'fulfilled' && 'newest' in each.value);
    expect(found).toEqual(two.map(({ store }) => store === 'rustfs'));
  });

  it('hides no mistake of ours', async () => {
    const all = await askAll(places, () => () => Promise.reject(new TypeError('a mistake')));
    expect(all.every((each) => each.status === 'rejected' && each.reason instanceof TypeError)).toBe(true);
  });
});
