import type { Batch, BatchItem, ObjectKind } from './batch.ts';

export interface BatchSink {
  /**
   * Told of each object before its content, with the bytes in which its line stands.
   *
   * @returns whether it is searched
   */
  wants(item: BatchItem, bytes: Buffer): boolean;
  /** Told of each identifier that the repository does not have. */
  missing(): void;
  /** Given each batch; its buffer belongs to the receiver. */
  send(batch: Batch): void;
  /** A buffer of `batchSize` that came back, if there is one. */
  idle(): ArrayBuffer | undefined;
}

export interface BatchReader {
  /** Takes the next piece of the answer. */
  take(chunk: Buffer): void;
  /** Sends what is left. */
  finish(): void;
}

/** Small enough to stay in the processor's cache from the reading to the search. */
export const batchSize = 2 ** 17;

const newline = 0x0a;
const space = 0x20;

const kinds: Record<string, ObjectKind | undefined> = { b: 'blob', c: 'commit', t: 'tag' };
const lengths: Record<ObjectKind, number> = { blob: 4, commit: 6, tag: 3 };

/** Reads the line of an object; undefined for one that tells of none (`<id> missing`). */
function itemAt(bytes: Buffer, at: number, end: number): BatchItem | undefined {
  const type = bytes.indexOf(space, at) + 1;
  const kind = kinds[String.fromCharCode(bytes[type] ?? 0)];
  if (!kind || type > end || bytes[type + lengths[kind]] !== space) return undefined;
  let digit = type + lengths[kind] + 1;
  let size = 0;
  for (let byte = bytes[digit] ?? 0; byte >= 0x30 && byte <= 0x39; byte = bytes[++digit] ?? 0)
    size = size * 10 + byte - 0x30;
  return { kind, at, name: Math.min(digit + 1, end), content: end + 1, end: end + 1 + size };
}

/**
 * Puts the answer of `git cat-file --batch` together to batches of whole objects. What of an object is beyond the
 * limit is dropped as it comes, which bounds the memory.
 */
export function batchReader(limit: number, sink: BatchSink): BatchReader {
  let bytes = Buffer.from(new ArrayBuffer(batchSize));
  let filled = 0;
  /** Where the line of the next object begins, or of the one that is under way. */
  let next = 0;
  let current: BatchItem | undefined;
  let isWanted = false;
  /** How many bytes of the object under way are beyond the limit. */
  let beyond = 0;
  /** How many of the bytes to come belong to nothing that is kept. */
  let dropping = 0;
  let items: BatchItem[] = [];
  let count = 0;

  /** Sends the complete objects, and goes on in another buffer with room for the one under way. */
  const send = (): void => {
    const needed = current ? current.end - next : 2 * (filled - next);
    const idle = needed <= batchSize ? sink.idle() : undefined;
    const fresh = Buffer.from(idle ?? new ArrayBuffer(Math.max(batchSize, needed)));
    const carried = bytes.copy(fresh, 0, next, filled);
    const { buffer } = bytes;
    if (current) {
      const { kind, name, content, end } = current;
      current = { kind, at: 0, name: name - next, content: content - next, end: end - next };
    }
    bytes = fresh;
    filled = carried;
    next = 0;
    if (items.length === 0) return;
    const batch = { buffer, items, first: count };
    count += items.length;
    items = [];
    sink.send(batch);
  };

  /** Reads the lines up to that of an object; false where one is not complete. */
  const begin = (): boolean => {
    while (next < filled) {
      const end = bytes.indexOf(newline, next);
      if (end < 0 || end >= filled) return false;
      const item = itemAt(bytes, next, end);
      if (item) {
        isWanted = sink.wants(item, bytes);
        beyond = Math.max(0, item.end - item.content - (isWanted ? limit : 0));
        current = { ...item, end: item.end - beyond };
        return true;
      }
      sink.missing();
      next = end + 1;
    }
    return false;
  };

  const complete = (item: BatchItem): void => {
    if (isWanted) items.push(item);
    // A newline follows the content.
    const after = item.end + beyond + 1;
    dropping = Math.max(0, after - filled);
    next = Math.min(after, filled);
    current = undefined;
  };

  return {
    take(chunk) {
      for (let from = 0; from < chunk.length; ) {
        if (dropping > 0) {
          const dropped = Math.min(dropping, chunk.length - from);
          dropping -= dropped;
          from += dropped;
          continue;
        }
        if (filled === bytes.length) send();
        const taken = chunk.copy(bytes, filled, from);
        filled += taken;
        from += taken;
        while ((current || begin()) && current && current.end <= filled) complete(current);
      }
    },
    finish: send,
  };
}
