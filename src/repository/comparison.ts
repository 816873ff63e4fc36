import { defined } from '../kubernetes/defined.ts';
import type { Problem } from '../problems/problem.ts';
import type { Change, Conflict } from './change.ts';
import { hashBytes } from './hash.ts';
import type { FileRecord } from './manifest.ts';
import type { PathState } from './tree.ts';

/** What the comparison found out about one path. Without a record, the path is not remembered. */
export type Comparison =
  | { kind: 'unchanged' | 'kept'; record?: FileRecord | undefined }
  | { kind: 'change'; change: Change; record?: FileRecord | undefined }
  | { kind: 'conflict'; conflict: Conflict }
  | { kind: 'problem'; problems: Problem[] };

/** A file on the disk, or nothing; every other sight is a problem before it comes here. */
export type Present = Extract<PathState, { kind: 'file' }> | undefined;

/** The text of these bytes, with its byte order mark, or nothing when they are not UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The change from what is present to a text, or to nothing. */
export function changeOf(path: string, present: Present, after: string | undefined, local: boolean): Change {
  const before = present === undefined ? undefined : decode(present.bytes);
  const kind: Change['kind'] =
    present === undefined ? 'created' : after === undefined ? 'removed' : 'changed';
  return defined({
    kind,
    path,
    before,
    after,
    sha256Before: present === undefined ? undefined : hashBytes(present.bytes),
    binary: present !== undefined && before === undefined ? true : undefined,
    local: local || undefined,
  });
}
