import { type Comparison, changeOf, type Present } from './comparison.ts';
import { hashText } from './hash.ts';
import type { FileRecord } from './manifest.ts';
import { holdsOwnHash } from './ownHash.ts';
import type { OwnedFile } from './plan.ts';

/**
 * Compares a file that Gatehouse owns as a whole. A file is replaced if it is as Gatehouse wrote it. A file that is as
 * planned is adopted, whoever wrote it. A missing file is written, also when the user removed it: that loses nothing.
 *
 * Line endings do not count, so that a checkout with CRLF is not an edit. Written files have the planned line endings.
 */
export function compareOwned(
  file: OwnedFile,
  present: Present,
  record: FileRecord | undefined,
  local: boolean,
): Comparison {
  const planned = hashText(Buffer.from(file.content));
  const written = holdsOwnHash(file.content) ? { ownHash: true as const } : { sha256: planned };
  const ours = file.handOver ? undefined : written;
  const change = changeOf(file.path, present, file.content, local);
  if (present === undefined) return { kind: 'change', change, record: ours };
  const current = hashText(present.bytes);
  if (current === planned) return { kind: 'unchanged', record: ours };
  if (file.handOver) {
    return {
      kind: 'conflict',
      conflict: { path: file.path, reason: 'not-written-by-gatehouse', change, remember: {} },
    };
  }
  if (record !== undefined && 'declined' in record && record.declined === planned)
    return { kind: 'kept', record };
  if (record !== undefined && isAsWritten(present, record)) return { kind: 'change', change, record: ours };
  if (file.yields) return { kind: 'kept', record: { declined: planned } };
  const reason = record === undefined ? 'not-written-by-gatehouse' : 'changed-by-hand';
  const remember = { mine: { declined: planned }, theirs: written };
  return { kind: 'conflict', conflict: { path: file.path, reason, change, remember } };
}

/** Compares an owned file that is no longer planned: it is removed if it is as Gatehouse wrote it. */
export function compareUnplannedOwned(
  path: string,
  present: Present,
  record: FileRecord,
  local: boolean,
): Comparison {
  if (present === undefined || 'declined' in record) return { kind: 'unchanged' };
  const change = changeOf(path, present, undefined, local);
  if (isAsWritten(present, record)) return { kind: 'change', change };
  return {
    kind: 'conflict',
    conflict: { path, reason: 'changed-and-no-longer-planned', change, remember: {} },
  };
}

function isAsWritten({ bytes }: NonNullable<Present>, record: FileRecord): boolean {
  if ('ownHash' in record) return holdsOwnHash(bytes.toString('utf8'));
  return 'sha256' in record && record.sha256 === hashText(bytes);
}
