import type { Readable } from 'node:stream';

/** The header of an object in the answer of `git cat-file --batch`. */
export interface ObjectHeader {
  id: string;
  type: string;
  size: number;
  /** What stood behind the identifier in the question. */
  rest: string;
}

export interface ObjectSink {
  /**
   * Told of each object before its content.
   *
   * @returns where the content goes; what does not fit is dropped, and undefined drops all
   */
  begin(header: ObjectHeader): Uint8Array | undefined;
  /** Told when the content of the last object is complete. */
  end(): void;
  /** Told of an identifier that the repository does not have. */
  missing(id: string): void;
}

/** The format to ask `git cat-file` for. */
export const batchFormat = '%(objectname) %(objecttype) %(objectsize) %(rest)';

const newline = 0x0a;

function headerOf(line: string): ObjectHeader {
  const type = line.indexOf(' ') + 1;
  const size = line.indexOf(' ', type) + 1;
  const rest = line.indexOf(' ', size) + 1;
  return {
    id: line.slice(0, type - 1),
    type: line.slice(type, size - 1),
    size: Number(line.slice(size, rest - 1)),
    rest: line.slice(rest),
  };
}

const isAscii = /^[\0-\x7f]*$/;
/** What the answer says instead of a type and a size. */
const isNoObject = / (?:missing|ambiguous)$/;

/**
 * Reads the answer of `git cat-file --batch` piece by piece; at no time is more than one piece of the pipe held.
 * Resolves at the end of the stream.
 */
export function readObjects(stream: Readable, sink: ObjectSink): Promise<void> {
  let head = '';
  let target: Uint8Array | undefined;
  let filled = 0;
  /** Bytes of the current object that are still to come; -1 between objects. */
  let left = -1;

  const takeHeader = (chunk: Buffer, at: number): number => {
    const stop = chunk.indexOf(newline, at);
    if (stop < 0) {
      head += chunk.toString('latin1', at);
      return chunk.length;
    }
    const bytes = head + chunk.toString('latin1', at, stop);
    const line = isAscii.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
    head = '';
    if (isNoObject.test(line) && line.indexOf(' ') === line.lastIndexOf(' '))
      sink.missing(line.split(' ')[0] ?? '');
    else {
      const header = headerOf(line);
      target = sink.begin(header);
      filled = 0;
      left = header.size;
    }
    return stop + 1;
  };

  const takeContent = (chunk: Buffer, at: number): number => {
    const taken = Math.min(left, chunk.length - at);
    if (target && filled < target.length) {
      const part = chunk.subarray(at, at + Math.min(taken, target.length - filled));
      target.set(part, filled);
      filled += part.length;
    }
    left -= taken;
    return at + taken;
  };

  stream.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) {
      if (left < 0) at = takeHeader(chunk, at);
      else if (left > 0) at = takeContent(chunk, at);
      else {
        // The newline behind the content.
        at++;
        left = -1;
        sink.end();
      }
    }
  });
  return new Promise((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('error', reject);
  });
}
