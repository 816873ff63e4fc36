import type { FileRecord } from './manifest.ts';

/** A planned or completed change of one file. */
export interface Change {
  kind: 'created' | 'changed' | 'removed';
  path: string;
  /** The text on the disk; undefined for a new file and for bytes that are not UTF-8. */
  before?: string;
  /** The planned text; undefined for a removed file. */
  after?: string;
  /** SHA-256 of the bytes on the disk, which detects a change in the meantime. */
  sha256Before?: string;
  /** The file on the disk is not text. */
  binary?: boolean;
  /** The file is ignored by Git and may hold private values: never print its text. */
  local?: boolean;
}

/** A file with content of the user. Only the user can decide about it. */
export interface Conflict {
  path: string;
  reason:
    | 'changed-by-hand'
    /** Gatehouse wants to write a file, but did not write the existing one. */
    | 'not-written-by-gatehouse'
    /** Gatehouse would remove the file, but the user changed it. */
    | 'changed-and-no-longer-planned';
  /** The change of the file if the user accepts `theirs`. */
  change: Change;
  /** The record of the file after each decision. */
  remember: { mine?: FileRecord; theirs?: FileRecord };
}

/**
 * How the user resolves conflicts, with the words of Subversion's `svn resolve --accept`.
 * - `mine`: keep the file. There is no conflict again until Gatehouse wants to write other content than the declined one.
 *   A file that is no longer planned belongs to the user from then on.
 * - `theirs`: replace the file with Gatehouse's version. The current content is lost.
 */
export type Accept = 'mine' | 'theirs';
