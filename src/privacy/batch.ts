import type { Located, Locator } from './locator.ts';

/** One object of Git inside a batch. */
export interface BatchItem {
  /** The number of the object in the order of the history. */
  id: number;
  kind: 'blob' | 'commit' | 'tag';
  path: string;
  offset: number;
  length: number;
}

/** Objects that travel to a worker together, in one buffer. */
export interface Batch {
  buffer: ArrayBuffer;
  items: BatchItem[];
}

type Part = 'text' | 'message' | 'author' | 'committer' | 'tagger' | 'name' | 'header';

export interface BatchFinding extends Located {
  id: number;
  part: Part;
}

const headers: Record<string, Part> = {
  author: 'author',
  committer: 'committer',
  tagger: 'tagger',
  tag: 'name',
};

/** Says in which part of a commit or tag a finding stands, and counts its line and column within that part. */
function inPart(located: Located, bytes: Uint8Array): Located & { part: Part } {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const blank = lines.indexOf('');
  if (blank >= 0 && located.line > blank)
    return { ...located, line: located.line - blank - 1, part: 'message' };
  const header = /^\S*/.exec(lines[located.line - 1] ?? '')?.[0] ?? '';
  const part = headers[header];
  if (!part) return { ...located, part: 'header' };
  return { ...located, line: 1, column: Math.max(1, located.column - header.length - 1), part };
}

/** Searches every object of a batch. */
export function scanBatch(locator: Locator, { buffer, items }: Batch): BatchFinding[] {
  const findings: BatchFinding[] = [];
  for (const { id, kind, path, offset, length } of items) {
    const bytes = new Uint8Array(buffer, offset, length);
    for (const located of locator.locate(bytes, kind === 'blob' ? path : '.txt')) {
      findings.push(kind === 'blob' ? { ...located, id, part: 'text' } : { ...inPart(located, bytes), id });
    }
  }
  return findings;
}

/** Collects objects into buffers of a fixed size, which are used again when they come back. */
export interface Batcher {
  /** Where the next object's bytes go; `length` is known before. */
  begin(item: Omit<BatchItem, 'offset'>): Uint8Array;
  /** Sends what is left. */
  flush(): void;
  /** Takes a buffer that was sent back. */
  reuse(buffer: ArrayBuffer): void;
}

const batchSize = 2 ** 20;

/** @param send - is given each full batch */
export function batcher(send: (batch: Batch) => void): Batcher {
  const idle: ArrayBuffer[] = [];
  let buffer: ArrayBuffer | undefined;
  let items: BatchItem[] = [];
  let used = 0;
  const flush = () => {
    if (buffer && items.length > 0) send({ buffer, items });
    else if (buffer) idle.push(buffer);
    buffer = undefined;
    items = [];
    used = 0;
  };
  return {
    flush,
    begin(item) {
      if (buffer && used + item.length > buffer.byteLength) flush();
      buffer ??=
        item.length > batchSize ? new ArrayBuffer(item.length) : (idle.pop() ?? new ArrayBuffer(batchSize));
      items.push({ ...item, offset: used });
      used += item.length;
      return new Uint8Array(buffer, used - item.length, item.length);
    },
    reuse(returned) {
      if (returned.byteLength === batchSize && idle.length < 8) idle.push(returned);
    },
  };
}
