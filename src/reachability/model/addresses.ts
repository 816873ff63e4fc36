import ipaddr from 'ipaddr.js';

/** An inclusive run of addresses of one family. */
interface Interval {
  family: 4 | 6;
  first: bigint;
  last: bigint;
}

/** A set of IP addresses of both families: sorted, disjoint intervals. */
export interface AddressSet {
  readonly intervals: readonly Interval[];
}

const bits = { 4: 32n, 6: 128n } as const;

export const noAddress: AddressSet = { intervals: [] };
export const everyAddress: AddressSet = {
  intervals: [
    { family: 4, first: 0n, last: (1n << 32n) - 1n },
    { family: 6, first: 0n, last: (1n << 128n) - 1n },
  ],
};

/**
 * Reads an address or a CIDR. Host bits that are set are taken as the block that contains them, as the
 * Kubernetes API does.
 *
 * @returns nothing where the text is neither.
 */
export function parseBlock(text: string): AddressSet | undefined {
  const slash = text.indexOf('/');
  const base = slash < 0 ? text : text.slice(0, slash);
  if (!ipaddr.isValid(base) || (!base.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(base)))
    return undefined;
  const address = ipaddr.parse(base);
  const family = address.kind() === 'ipv4' ? 4 : 6;
  const width = bits[family];
  const prefix = slash < 0 ? width.toString() : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(prefix) || BigInt(prefix) > width) return undefined;
  const size = 1n << (width - BigInt(prefix));
  const value = address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const first = value - (value % size);
  return { intervals: [{ family, first, last: first + size - 1n }] };
}

/** The union of what can be read of the blocks, and the texts that cannot. */
export function parseBlocks(texts: readonly string[]): { set: AddressSet; unreadable: readonly string[] } {
  const unreadable: string[] = [];
  const sets: AddressSet[] = [];
  for (const text of texts) {
    const block = parseBlock(text);
    if (block === undefined) unreadable.push(text);
    else sets.push(block);
  }
  return { set: union(...sets), unreadable };
}

export function union(...sets: readonly AddressSet[]): AddressSet {
  const all = sets.flatMap((set) => set.intervals);
  const sorted = all.toSorted(
    (a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  );
  const merged: Interval[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && last.family === next.family && next.first <= last.last + 1n) {
      merged[merged.length - 1] = { ...last, last: later(last.last, next.last) };
    } else {
      merged.push(next);
    }
  }
  return { intervals: merged };
}

/** Math.max and Math.min take no bigint. */
function later(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function earlier(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

export function intersect(a: AddressSet, b: AddressSet): AddressSet {
  const common: Interval[] = [];
  for (const x of a.intervals) {
    for (const y of b.intervals) {
      if (x.family !== y.family) continue;
      const first = later(x.first, y.first);
      const last = earlier(x.last, y.last);
      if (first <= last) common.push({ family: x.family, first, last });
    }
  }
  return union({ intervals: common });
}

/** What is in `a` and not in `b`. */
export function subtract(a: AddressSet, b: AddressSet): AddressSet {
  let rest = [...a.intervals];
  for (const cut of b.intervals) {
    rest = rest.flatMap((piece) => {
      if (piece.family !== cut.family || cut.last < piece.first || cut.first > piece.last) return [piece];
      const pieces: Interval[] = [];
      if (piece.first < cut.first) pieces.push({ ...piece, last: cut.first - 1n });
      if (piece.last > cut.last) pieces.push({ ...piece, first: cut.last + 1n });
      return pieces;
    });
  }
  return { intervals: rest };
}

export function isEmpty(set: AddressSet): boolean {
  return set.intervals.length === 0;
}

/** True where every address of `part` is in `whole`. */
export function isSubset(part: AddressSet, whole: AddressSet): boolean {
  return isEmpty(subtract(part, whole));
}

/** The first address of the set, as an example for a report. */
export function exampleOf(set: AddressSet): string | undefined {
  const first = set.intervals[0];
  return first === undefined ? undefined : writtenAddress(first.family, first.first);
}

function writtenAddress(family: 4 | 6, value: bigint): string {
  const width = Number(bits[family]) / 8;
  const bytes = Array.from({ length: width }, (_, i) =>
    Number((value >> BigInt(8 * (width - 1 - i))) & 255n),
  );
  return ipaddr.fromByteArray(bytes).toString();
}

/** The ranges of a set: in CIDR notation where a range is a block, else as `first-last`. */
export function writtenRanges({ intervals }: AddressSet): readonly string[] {
  return intervals.map(({ family, first, last }) => {
    const size = last - first + 1n;
    const isBlock = (size & (size - 1n)) === 0n && first % size === 0n;
    const start = writtenAddress(family, first);
    const prefix = bits[family] - BigInt(size.toString(2).length - 1);
    return isBlock ? `${start}/${prefix}` : `${start}-${writtenAddress(family, last)}`;
  });
}

/**
 * The set in pieces, each of which is in or outside of each of the other sets as a whole.
 *
 * @returns nothing where there are more pieces than `most`
 */
export function cutAt(
  set: AddressSet,
  others: readonly AddressSet[],
  most: number,
): readonly AddressSet[] | undefined {
  const starts = { 4: new Set<bigint>(), 6: new Set<bigint>() };
  for (const { intervals } of others)
    for (const { family, first, last } of intervals) {
      for (const own of set.intervals) {
        if (own.family !== family) continue;
        if (own.first < first && first <= own.last) starts[family].add(first);
        if (own.first <= last && last < own.last) starts[family].add(last + 1n);
      }
      if (starts[4].size + starts[6].size > most) return undefined;
    }
  return set.intervals.flatMap(({ family, first, last }) => {
    const inside = [...starts[family]].filter((start) => first < start && start <= last);
    const sorted = inside.toSorted((a, b) => (a < b ? -1 : 1));
    return [first, ...sorted].map((start, at) => ({
      intervals: [{ family, first: start, last: (sorted[at] ?? last + 1n) - 1n }],
    }));
  });
}

/** The part of a set that is of one family. */
export function familyOf(set: AddressSet, family: 4 | 6): AddressSet {
  return { intervals: set.intervals.filter((interval) => interval.family === family) };
}

/**
 * Whether a set contains an address of which only `where` is known: all of `where` in the set is `yes`. What has
 * addresses of both families gets in by either of them.
 */
export function containsOneOf(set: AddressSet, where: AddressSet): 'yes' | 'no' | 'maybe' {
  const [only] = where.intervals;
  if (only !== undefined && where.intervals.length === 1) return containsInterval(set, only);
  const families = ([4, 6] as const)
    .map((family) => familyOf(where, family))
    .filter((part) => !isEmpty(part));
  if (families.some((part) => isSubset(part, set))) return 'yes';
  return families.every((part) => isEmpty(intersect(part, set))) && families.length > 0 ? 'no' : 'maybe';
}

/** A pod has one address mostly, and a large cluster asks for it with every block there is. */
function containsInterval(
  { intervals }: AddressSet,
  { family, first, last }: Interval,
): 'yes' | 'no' | 'maybe' {
  for (const each of intervals) {
    if (each.family !== family || each.last < first || each.first > last) continue;
    // The intervals of a set do not touch, so that no two of them cover it together.
    return each.first <= first && last <= each.last ? 'yes' : 'maybe';
  }
  return 'no';
}
