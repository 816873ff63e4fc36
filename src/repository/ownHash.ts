import { hashBytes } from './hash.ts';

/** `# gatehouse: <SHA-256 of all that follows, with LF endings>` */
const firstLine = /^# gatehouse: ([0-9a-f]{64})(?=\r?\n)/;
const emptyLine = /^\r?\n/;

/**
 * The text with the hash of itself in a first line, in place of an old one or of an empty line. Such a file says
 * whether a person has changed it, so that the manifest stays as it is when nothing but this file changes.
 */
export function withOwnHash(text: string): string {
  const rest = text.replace(firstLine, '').replace(emptyLine, '');
  return `# gatehouse: ${hashOfLines(rest)}\n${rest}`;
}

/** What stands behind the hash. Of its line the end stays, so that the others keep their numbers. */
export function withoutOwnHash(bytes: Buffer): Buffer {
  const [line = ''] = firstLine.exec(bytes.toString('latin1', 0, 100)) ?? [];
  return bytes.subarray(line.length);
}

/** Whether a text begins with the hash of its rest: it stands as it was written. */
export function holdsOwnHash(text: string): boolean {
  const [line = '', hash] = firstLine.exec(text) ?? [];
  return hash !== undefined && hash === hashOfLines(text.slice(line.length).replace(emptyLine, ''));
}

function hashOfLines(text: string): string {
  return hashBytes(text.replaceAll('\r\n', '\n'));
}
