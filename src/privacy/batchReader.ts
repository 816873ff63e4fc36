import type { Batch, BatchItem, ObjectKind } from './batch.ts';

/** The output format for `git cat-file`. */
export const batchFormat = '%(objectname) %(objecttype) %(objectsize) %(rest)';

export interface BatchSink {
  /**
   * Called for each object before its content, with the bytes that hold its line.
   *
   * @returns whether the object is searched
   */
  wants(item: BatchItem, bytes: Buffer): boolean;
  /** Called for each object that the repository does not have. */
  missing(): void;
  /** Receives each batch and owns its buffer. */
  send(batch: Batch): void;
  /** A buffer of `batchSize` for reuse, if there is one. */
  freeBuffer(): ArrayBuffer | undefined;
}

export interface BatchReader {
  /** Adds the next chunk of the output. */
  take(chunk: Buffer): void;
  /** Sends the remaining objects. */
  finish(): void;
}

/** Small enough to stay in the processor cache between reading and search. */
export const batchSize = 2 ** 17;

const newline = 0x0a;
const space = 0x20;

const kinds: Record<string, ObjectKind | undefined> = { b: 'blob', c: 'commit', t: 'tag' };
const lengths: Record<ObjectKind, number> = { blob: 4, commit: 6, tag: 3 };

/** Parses the line of an object; undefined for a missing one (`<id> missing`). */
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
  /** The start of the line of the current or next object. */
  next: number;
  current: BatchItem | undefined;
  isWanted: boolean;
  /** The number of bytes of the current object beyond the limit. */
  excess: number;
  /** The number of following bytes to drop. */
  toDrop: number;
  items: BatchItem[];
  count: number;
}

/** Sends the complete objects, and continues in another buffer with space for the current one. */
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

/** Reads lines up to that of the next object; false when it is not complete. */
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
 * Splits the output of `git cat-file --batch` into batches of whole objects. Bytes of an object beyond the limit are
 * dropped while reading, which bounds memory.
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
