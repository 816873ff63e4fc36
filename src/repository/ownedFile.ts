import { type Comparison, changeOf, type Present } from './comparison.ts';
import { hashText } from './hash.ts';
import type { FileRecord } from './manifest.ts';
import { holdsOwnHash } from './ownHash.ts';
import type { OwnedFile } from './plan.ts';

/**
 * Judges a file that is planned as a whole. It is replaced if it stands as Gatehouse left it. A file that is as
 * planned is taken over, whoever wrote it. A file that is not there is written, also when a person removed it:
 * nothing of theirs is lost by that.
 *
 * Line endings do not count, so that a checkout with CRLF is no edit; what is written ends its lines as planned.
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
  const reason = record === undefined ? 'not-written-by-gatehouse' : 'changed-by-hand';
  const remember = { mine: { declined: planned }, theirs: written };
  return { kind: 'conflict', conflict: { path: file.path, reason, change, remember } };
}

/** Judges a whole file that was written once and is no longer planned: it is removed as Gatehouse left it. */
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
