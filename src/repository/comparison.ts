import { defined } from '../kubernetes/defined.ts';
import type { Problem } from '../problems/problem.ts';
import type { Change, Conflict } from './change.ts';
import { hashBytes } from './hash.ts';
import type { FileRecord } from './manifest.ts';
import type { PathState } from './tree.ts';

/** The result of the comparison for one path. Without a record, the path is not recorded. */
export type Comparison =
  | { kind: 'unchanged' | 'kept'; record?: FileRecord | undefined }
  | { kind: 'change'; change: Change; record?: FileRecord | undefined }
  | { kind: 'conflict'; conflict: Conflict }
  | { kind: 'problem'; problems: Problem[] };

/** A file on the disk, or nothing. Every other state is reported as a problem before. */
export type Present = Extract<PathState, { kind: 'file' }> | undefined;

/** Decodes UTF-8 and keeps a byte order mark; undefined for other bytes. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The change from the present file to a text, or its removal. */
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
