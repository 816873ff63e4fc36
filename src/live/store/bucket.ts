import { type AskPage, type Found, type ListedPage, type NotListed, newestOf, pageOf } from './listing.ts';

/**
 * Finds the newest object below each of several prefixes of a bucket, with as few pages as possible: a page serves every
 * prefix that lies within it, and the next one begins at the first prefix that it did not reach.
 *
 * @returns what was found, without the prefixes of which no page had everything
 */
export async function newestInBucket(
  prefixes: readonly string[],
  ask: AskPage,
): Promise<ReadonlyMap<string, Found> | NotListed> {
  const found = new Map<string, Found>();
  let left = [...new Set(prefixes)].toSorted(byBytes);
  for (let [first] = left; first !== undefined; [first] = left) {
    const page = await pageOf([['start-after', first]], ask);
    if ('message' in page) return page;
    for (const prefix of reachedBy(page, left)) {
      const below = page.objects.filter(({ key }) => key.startsWith(prefix));
      found.set(prefix, newestOf(below, { newest: undefined, count: 0, complete: true, date: page.date }));
    }
    // A prefix with more than a page of its own is passed over, so that each page gets further.
    left = left.filter((prefix) => prefix !== first && !found.has(prefix));
  }
  return found;
}

/** The prefixes of which a page that begins before them has everything. Stores list in the order of the bytes of keys. */
function reachedBy({ objects, isLast }: ListedPage, prefixes: readonly string[]): readonly string[] {
  const keys = objects.map(({ key }) => key);
  // Directory buckets of Amazon have no order.
  if (keys.some((key, index) => index > 0 && byBytes(keys[index - 1] ?? '', key) >= 0)) return [];
  const last = keys.at(-1);
  return prefixes.filter(
    (prefix) => isLast || (last !== undefined && !last.startsWith(prefix) && byBytes(last, prefix) > 0),
  );
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
