import { join } from 'node:path';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import { readIfThere } from '../system/regularFile.ts';
import type { Change } from './change.ts';
import { compareWithTree } from './compare.ts';
import { hashBytes } from './hash.ts';
import { recover } from './recover.ts';
import { writeChanges } from './write.ts';

/** The new content of a file, and the content that it was made from. */
export interface Replacement {
  path: string;
  content: string;
  /** Undefined for a file that did not exist. Nothing is written if the file changed in the meantime. */
  before: Uint8Array | undefined;
}

/** The change of a file that belongs to the user: it is written, but not recorded as written by Gatehouse. */
export function changeOfUserFile({ path, content, before }: Replacement): Change {
  if (before === undefined) return { kind: 'created', path, after: content };
  const text = Buffer.from(before).toString('utf8');
  return { kind: 'changed', path, after: content, before: text, sha256Before: hashBytes(before) };
}

/**
 * Replaces files of a directory, all of them or none. The record keeps those that Gatehouse wrote; the others stay the
 * user's.
 */
export async function replaceFiles(
  directory: string,
  files: readonly Replacement[],
): Promise<Outcome<undefined>> {
  const recovered = await recover(directory);
  if (!recovered.ok) return recovered;
  const nothing = await compareWithTree(directory, [], { partial: true });
  if (!nothing.ok) return nothing;
  const { next } = nothing.value.record;
  const ours = files.filter(({ path }) => next.has(path));
  const moved = await findChangedFile(directory, ours);
  if (moved !== undefined) return err(changedMeanwhile(moved));
  const plan = ours.map(({ path, content }) => ({ path, content }));
  const difference = await compareWithTree(directory, plan, { partial: true });
  if (!difference.ok) return difference;
  const theirs = files.filter(({ path }) => !next.has(path)).map(changeOfUserFile);
  const changes = [...difference.value.changes, ...theirs].sort((one, other) =>
    one.path < other.path ? -1 : 1,
  );
  // The new content was made from the current one, so that no edit of the user is lost.
  const written = await writeChanges(directory, { ...difference.value, changes }, { accept: 'theirs' });
  return written.ok ? ok(undefined) : written;
}

async function findChangedFile(
  directory: string,
  files: readonly Replacement[],
): Promise<string | undefined> {
  for (const { path, before } of files) {
    // A file that cannot be read is not what the new content was made from.
    const bytes = await readIfThere(join(directory, path)).catch(() => 'unreadable');
    if ((bytes && hashBytes(bytes)) !== (before && hashBytes(before))) return path;
  }
  return undefined;
}

function changedMeanwhile(file: string) {
  return {
    code: 'tree-changed-meanwhile' as const,
    file,
    message: 'the file changed while this command ran',
    expected: 'the file as it was read',
    remedy: 'run the command again',
  };
}
