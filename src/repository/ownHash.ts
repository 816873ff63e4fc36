import { hashBytes } from './hash.ts';

/** `# gatehouse: <SHA-256 of all that follows, with LF endings>` */
const firstLine = /^# gatehouse: ([0-9a-f]{64})(?=\r?\n)/;
const emptyLine = /^\r?\n/;

/**
 * The text with its own hash in the first line, in place of an old hash or an empty line. Such a file shows by itself
 * whether the user changed it, so that the manifest does not change with it.
 */
export function withOwnHash(text: string): string {
  const rest = text.replace(firstLine, '').replace(emptyLine, '');
  return `# gatehouse: ${hashOfLines(rest)}\n${rest}`;
}

/** The text without the hash. The line break stays, so that line numbers do not change. */
export function withoutOwnHash(bytes: Buffer): Buffer {
  const [line = ''] = firstLine.exec(bytes.toString('latin1', 0, 100)) ?? [];
  return bytes.subarray(line.length);
}

/** Whether a text begins with the hash of its rest: it is as it was written. */
export function holdsOwnHash(text: string): boolean {
  const [line = '', hash] = firstLine.exec(text) ?? [];
  return hash !== undefined && hash === hashOfLines(text.slice(line.length).replace(emptyLine, ''));
}

function hashOfLines(text: string): string {
  return hashBytes(text.replaceAll('\r\n', '\n'));
}
