import { gunzipSync } from 'node:zlib';

/** The files of a chart, by path from its directory. */
export type ChartFiles = ReadonlyMap<string, Uint8Array>;

/** Much more than the unpacked size of the largest public chart. */
const unpackedLimit = 128 * 1024 * 1024;

const block = 512;

/**
 * Reads a packed chart: a gzipped tar archive (POSIX ustar and pax, GNU long names) in which every file is in one
 * directory. Links and devices are ignored, as by helm.
 *
 * @throws Error if it is not such an archive, is too large, or has a path outside of its directory
 */
export function readChartArchive(bytes: Uint8Array): ChartFiles {
  const tar = gunzipSync(bytes, { maxOutputLength: unpackedLimit });
  const files = new Map<string, Uint8Array>();
  let longName: string | undefined;
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + block);
    const size = Number.parseInt(textOf(header, 124, 12).trim() || '0', 8);
    if (!Number.isInteger(size) || size < 0 || at + block + size > tar.length)
      throw new Error('the archive ends in the middle of a file');
    const content = tar.subarray(at + block, at + block + size);
    const type = String.fromCharCode(header[156] ?? 0);
    at += block + Math.ceil(size / block) * block;
    if (type === 'L') longName = textOf(content, 0, content.length);
    else if (type === 'x') longName = paxPath(content) ?? longName;
    else if (type !== 'g') {
      const path = longName ?? headerPath(header);
      longName = undefined;
      if (type === '0' || type === '\0') files.set(pathInChart(path), content);
    }
  }
  if (!files.has('Chart.yaml')) throw new Error('there is no Chart.yaml in the archive');
  return files;
}

function textOf(bytes: Uint8Array, start: number, length: number): string {
  const text = Buffer.from(bytes.subarray(start, start + length)).toString('utf8');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function headerPath(header: Uint8Array): string {
  const prefix = textOf(header, 257, 5) === 'ustar' ? textOf(header, 345, 155) : '';
  const name = textOf(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Reads the record `path` of a pax header: `LENGTH path=VALUE`. */
function paxPath(content: Uint8Array): string | undefined {
  const found = /^\d+ path=(.*)$/m.exec(Buffer.from(content).toString('utf8'));
  return found?.[1];
}

/** Removes the directory of the chart from a path. */
function pathInChart(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || path.startsWith('/') || path.includes('\\'))
    throw new Error('the archive has a path that leads out of its directory');
  return parts.slice(1).join('/');
}
