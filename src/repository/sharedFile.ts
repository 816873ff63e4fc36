import { type Outcome, ok } from '../problems/outcome.ts';
import { type Comparison, changeOf, decode, type Present } from './comparison.ts';
import { hashBytes, hashText } from './hash.ts';
import { editEntries, newKustomization, readEntries, sameEntry } from './kustomization.ts';
import type { FileRecord } from './manifest.ts';
import type { SharedKustomization, SharedLines } from './plan.ts';
import { editLines, readLines } from './textLines.ts';

/** A file format in which some items belong to Gatehouse and the others to the user. */
interface SharedFormat {
  /** The items of a text, with its spelling. */
  read(text: string, file: string): Outcome<string[]>;
  /** A new file with these items. */
  make(items: readonly string[]): string;
  edit(text: string, add: readonly string[], remove: ReadonlySet<string>, file: string): Outcome<string>;
  /** The canonical form of an item, for comparison. */
  same(item: string): string;
  /** Whether the text is an empty file of this format. */
  isEmpty(text: string): boolean;
}

const kustomization: SharedFormat = {
  read: readEntries,
  make: newKustomization,
  edit: editEntries,
  same: sameEntry,
  isEmpty: (text) => text.replaceAll('\r\n', '\n') === newKustomization([]),
};

const textLines: SharedFormat = {
  read: (text) => ok(readLines(text)),
  make: (lines) => lines.map((line) => `${line}\n`).join(''),
  edit: (text, add, remove) => ok(editLines(text, add, remove)),
  same: (line) => line.trimEnd(),
  isEmpty: (text) => text.trim() === '',
};

/**
 * Compares a file of which only some items belong to Gatehouse. Missing items are added, also when the user removed them.
 * Items that Gatehouse added and that are no longer planned are removed. Items that were there before belong to the user
 * and stay.
 */
export function compareShared(
  file: SharedKustomization | SharedLines,
  present: Present,
  record: FileRecord | undefined,
  local: boolean,
): Comparison {
  const sharing = 'entries' in file ? kustomization : textLines;
  const planned = distinct('entries' in file ? file.entries : file.lines, sharing);
  const remember = (ours: readonly string[], created: boolean): FileRecord => {
    const hashes = ours.map((item) => hashItem(item, sharing)).sort();
    return 'entries' in file ? { entries: hashes, created } : { lines: hashes, created };
  };
  const isWhollyOurs =
    present !== undefined &&
    record !== undefined &&
    'sha256' in record &&
    record.sha256 === hashText(present.bytes);
  if (present === undefined || isWhollyOurs) {
    const change = changeOf(file.path, present, sharing.make(planned), local);
    const isSame = present !== undefined && change.before === change.after;
    return { kind: isSame ? 'unchanged' : 'change', change, record: remember(planned, true) };
  }
  const before = addedBefore(record);
  const edit = editShared(file.path, present, sharing, planned, before.items);
  if (!edit.ok) return { kind: 'problem', problems: edit.problems };
  const { text, added } = edit.value;
  const ours = planned.filter((item) => added.includes(item) || before.items.has(hashItem(item, sharing)));
  const nextRecord = remember(ours, before.created);
  const change = changeOf(file.path, present, text, local);
  return change.before === text
    ? { kind: 'unchanged', record: nextRecord }
    : { kind: 'change', change, record: nextRecord };
}

/** Compares a shared file that is no longer planned: removes our items, and the file if Gatehouse created it. */
export function compareUnplannedShared(
  path: string,
  present: Present,
  record: FileRecord,
  local: boolean,
): Comparison {
  if (present === undefined) return { kind: 'unchanged' };
  const sharing = 'entries' in record ? kustomization : textLines;
  const before = addedBefore(record);
  const edit = editShared(path, present, sharing, [], before.items);
  if (!edit.ok) return { kind: 'problem', problems: edit.problems };
  const after = before.created && sharing.isEmpty(edit.value.text) ? undefined : edit.value.text;
  const change = changeOf(path, present, after, local);
  return change.before === after ? { kind: 'unchanged' } : { kind: 'change', change };
}

function editShared(
  path: string,
  present: NonNullable<Present>,
  sharing: SharedFormat,
  planned: readonly string[],
  before: ReadonlySet<string>,
): Outcome<{ text: string; added: string[] }> {
  const text = decode(present.bytes);
  if (text === undefined) {
    const message = 'The file is not UTF-8 text';
    return {
      ok: false,
      problems: [{ code: 'text-not-utf8', file: path, message, remedy: 'Save the file as UTF-8' }],
    };
  }
  const items = sharing.read(text, path);
  if (!items.ok) return items;
  const wanted = new Set(planned.map(sharing.same));
  const current = new Set(items.value.map(sharing.same));
  const added = planned.filter((item) => !current.has(sharing.same(item)));
  const removedPaths = items.value.filter(
    (item) => before.has(hashItem(item, sharing)) && !wanted.has(sharing.same(item)),
  );
  if (added.length === 0 && removedPaths.length === 0) return ok({ text, added });
  const edited = sharing.edit(text, added, new Set(removedPaths), path);
  return edited.ok ? ok({ text: edited.value, added }) : edited;
}

function distinct(items: readonly string[], sharing: SharedFormat): string[] {
  const byKey = new Map(items.map((item) => [sharing.same(item), item]));
  return [...byKey].filter(([key]) => key !== '').map(([, item]) => item);
}

function hashItem(item: string, sharing: SharedFormat): string {
  return hashBytes(sharing.same(item));
}

function addedBefore(record: FileRecord | undefined): { items: ReadonlySet<string>; created: boolean } {
  if (record !== undefined && 'entries' in record) {
    return { items: new Set(record.entries), created: record.created };
  }
  if (record !== undefined && 'lines' in record) {
    return { items: new Set(record.lines), created: record.created };
  }
  return { items: new Set(), created: false };
}
