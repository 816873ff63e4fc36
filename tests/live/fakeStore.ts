import type { AskPage, StoreAnswer } from '../../src/live/store/listing.ts';

/** A bucket as a store lists it (ListObjectsV2), and each query that it got. */
export interface FakeBucket {
  readonly ask: AskPage;
  readonly asked: readonly Readonly<Record<string, string>>[];
}

export interface FakeBucketOptions {
  /** How many objects a page has. */
  pageSize?: number;
  /** Some stores ignore `start-after`. */
  startsAfter?: boolean;
  /** Directory buckets of Amazon have no order: the one of the objects stays. */
  ordered?: boolean;
  date?: Date;
}

/** @param objects - when each was written, by its key */
export function fakeBucket(
  objects: Readonly<Record<string, string>>,
  { pageSize = 1_000, startsAfter = true, ordered = true, date }: FakeBucketOptions = {},
): FakeBucket {
  const asked: Record<string, string>[] = [];
  const keys = ordered ? Object.keys(objects).toSorted(byBytes) : Object.keys(objects);
  return {
    asked,
    ask: async (query): Promise<StoreAnswer> => {
      const wanted: Record<string, string> = Object.fromEntries(query);
      asked.push(wanted);
      const { prefix = '', 'continuation-token': token, 'start-after': after = '' } = wanted;
      const below = keys.filter((key) => key.startsWith(prefix) && (!startsAfter || byBytes(key, after) > 0));
      const from = Number(token ?? 0);
      const page = below.slice(from, from + pageSize);
      const next = from + pageSize;
      const isLast = next >= below.length;
      const entries = page.map(
        (key) =>
          `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${objects[key]}</LastModified><Size>1</Size></Contents>`,
      );
      const body = `<ListBucketResult><IsTruncated>${!isLast}</IsTruncated>${
        isLast ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`
      }${entries.join('')}</ListBucketResult>`;
      return { status: 200, body, date };
    },
  };
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
