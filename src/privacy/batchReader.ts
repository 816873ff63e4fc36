import type { Batch, BatchItem, ObjectKind } from './batch.ts';

/** The format to ask `git cat-file` for. */
export const batchFormat = '%(objectname) %(objecttype) %(objectsize) %(rest)';

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
  freeBuffer(): ArrayBuffer | undefined;
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

interface ReaderState {
  bytes: Buffer;
  filled: number;
  /** Where the line of the next object begins, or of the one that is under way. */
  next: number;
  current: BatchItem | undefined;
  isWanted: boolean;
  /** How many bytes of the object under way are beyond the limit. */
  excess: number;
  /** How many of the bytes to come belong to nothing that is kept. */
  toDrop: number;
  items: BatchItem[];
  count: number;
}

/** Sends the complete objects, and goes on in another buffer with room for the one under way. */
function send(reading: ReaderState, sink: BatchSink): void {
  const { bytes, filled, next, current, items, count } = reading;
  const needed = current ? current.end - next : 2 * (filled - next);
  const idle = needed <= batchSize ? sink.freeBuffer() : undefined;
  reading.bytes = Buffer.from(idle ?? new ArrayBuffer(Math.max(batchSize, needed)));
  reading.filled = bytes.copy(reading.bytes, 0, next, filled);
  reading.next = 0;
  if (current) {
    const { kind, name, content, end } = current;
    reading.current = { kind, at: 0, name: name - next, content: content - next, end: end - next };
  }
  if (items.length === 0) return;
  reading.items = [];
  reading.count += items.length;
  sink.send({ buffer: bytes.buffer as ArrayBuffer, items, first: count });
}

/** Reads the lines up to that of an object; false where one is not complete. */
function begin(reading: ReaderState, sink: BatchSink, limit: number): boolean {
  const { bytes, filled } = reading;
  while (reading.next < filled) {
    const end = bytes.indexOf(newline, reading.next);
    if (end < 0 || end >= filled) return false;
    const item = itemAt(bytes, reading.next, end);
    if (item) {
      reading.isWanted = sink.wants(item, bytes);
      reading.excess = Math.max(0, item.end - item.content - (reading.isWanted ? limit : 0));
      reading.current = { ...item, end: item.end - reading.excess };
      return true;
    }
    sink.missing();
    reading.next = end + 1;
  }
  return false;
}

function complete(reading: ReaderState, item: BatchItem): void {
  if (reading.isWanted) reading.items.push(item);
  // A newline follows the content.
  const after = item.end + reading.excess + 1;
  reading.toDrop = Math.max(0, after - reading.filled);
  reading.next = Math.min(after, reading.filled);
  reading.current = undefined;
}

/**
 * Puts the answer of `git cat-file --batch` together to batches of whole objects. What of an object is beyond the
 * limit is dropped as it comes, which bounds the memory.
 */
export function batchReader(limit: number, sink: BatchSink): BatchReader {
  const reading: ReaderState = {
    bytes: Buffer.from(new ArrayBuffer(batchSize)),
    filled: 0,
    next: 0,
    current: undefined,
    isWanted: false,
    excess: 0,
    toDrop: 0,
    items: [],
    count: 0,
  };
  return {
    take(chunk) {
      for (let from = 0; from < chunk.length; ) {
        if (reading.toDrop > 0) {
          const dropped = Math.min(reading.toDrop, chunk.length - from);
          reading.toDrop -= dropped;
          from += dropped;
          continue;
        }
        if (reading.filled === reading.bytes.length) send(reading, sink);
        const taken = chunk.copy(reading.bytes, reading.filled, from);
        reading.filled += taken;
        from += taken;
        while (reading.current || begin(reading, sink, limit)) {
          const { current } = reading;
          if (!current || current.end > reading.filled) break;
          complete(reading, current);
        }
      }
    },
    finish: () => send(reading, sink),
  };
}
