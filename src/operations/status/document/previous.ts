import { createHash } from 'node:crypto';
import * as z from 'zod';

/** The lines between which text is the user's. */
export const notesBegin = '<!-- your notes: begin -->';
export const notesEnd = '<!-- your notes: end -->';

export const logHeading = '## Document Update Log';
const logDelimiter = '| ---- | ------- | ------- |';

/** What the document remembers of itself in its last line, to tell what changed and whether it was edited. */
export interface Mark {
  /** The components that were on. */
  on: readonly string[];
  /** Each component with something left, and its state. */
  items: Readonly<Record<string, string>>;
  /** The ids of what only the user can supply. */
  left: readonly string[];
}

const markSchema = z.strictObject({
  format: z.literal(1),
  on: z.array(z.string()),
  items: z.record(z.string(), z.string()),
  left: z.array(z.string()),
  hash: z.string(),
});

const markLine = /\n<!-- gatehouse: (\{.*\}) -->\n*$/;

/** A document as it is on the disk, in parts. */
export interface Previous {
  text: string;
  version: string;
  date: string;
  /** The text of the user, without the lines around it; empty where there is none. */
  notes: string;
  /** The rows of the log, as they are. */
  log: readonly string[];
  /** Undefined where Gatehouse did not write it, or where something outside of the notes and the log was changed. */
  mark: Mark | undefined;
}

/** Takes a document apart. Any text can be read: what it does not have is empty. */
export function readPrevious(text: string): Previous {
  const lines = text.replaceAll('\r\n', '\n');
  const log = logRows(lines);
  return {
    text: lines,
    version: highest([/\*\*Document Version:\*\* (\d+\.\d+\.\d+)/.exec(lines)?.[1], ...log.map(versionOf)]),
    date: /\*\*Assessment Date:\*\* (.*)/.exec(lines)?.[1]?.trim() ?? '',
    notes: notesOf(lines),
    log,
    mark: markOf(lines),
  };
}

/** The document with its mark as the last line. */
export function withMark(text: string, mark: Mark): string {
  const body = `${text.trimEnd()}\n`;
  const line = JSON.stringify({ format: 1, ...mark, hash: hashOf(body) });
  return `${body}\n<!-- gatehouse: ${line} -->\n`;
}

function markOf(text: string): Mark | undefined {
  const found = markLine.exec(text);
  if (found === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(found[1] ?? '');
  } catch {
    return undefined;
  }
  const mark = markSchema.safeParse(value).data;
  return mark?.hash === hashOf(text.slice(0, found.index)) ? mark : undefined;
}

/** A hash of what is Gatehouse's alone: all but the notes and the rows of the log. It tells an edit, and guards nothing. */
function hashOf(text: string): string {
  const rows = new Set(logRows(text));
  const [before = '', after = ''] = aroundNotes(text) ?? [text];
  const ours = `${before}${after}`
    .split('\n')
    .filter((line) => !rows.has(line))
    .join('\n')
    .trim();
  return createHash('sha256').update(ours).digest('hex').slice(0, 16);
}

function aroundNotes(text: string): [string, string] | undefined {
  const begin = text.indexOf(`${notesBegin}\n`);
  const end = text.lastIndexOf(`\n${notesEnd}`);
  return begin === -1 || end < begin ? undefined : [text.slice(0, begin), text.slice(end)];
}

function notesOf(text: string): string {
  const begin = text.indexOf(`${notesBegin}\n`);
  const end = text.lastIndexOf(`\n${notesEnd}`);
  const from = begin + notesBegin.length + 1;
  return begin === -1 || end < from ? '' : text.slice(from, end);
}

function logRows(text: string): string[] {
  const [, log = ''] = text.split(`\n${logHeading}\n`).slice(-2);
  const [, rows] = log.split(`${logDelimiter}\n`);
  return (rows ?? '').split('\n').filter((line) => line.startsWith('|'));
}

function versionOf(row: string): string | undefined {
  return row.split('|')[2]?.trim();
}

function highest(versions: readonly (string | undefined)[]): string {
  const parts = versions.flatMap((version) => {
    const found = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(version ?? '');
    return found === null ? [] : [found.slice(1).map(Number)];
  });
  const [last] = parts.sort((one, other) => {
    const at = one.findIndex((part, index) => part !== other[index]);
    return at === -1 ? 0 : (other[at] ?? 0) - (one[at] ?? 0);
  });
  return (last ?? [0, 0, 0]).join('.');
}
