import type { FileRecord } from './manifest.ts';

/** What would happen, or happened, to one file. */
export interface Change {
  kind: 'created' | 'changed' | 'removed';
  path: string;
  /** The text on the disk; not there for a created file and for bytes that are not UTF-8. */
  before?: string;
  /** The text that is planned; not there for a removed file. */
  after?: string;
  /** SHA-256 of the bytes on the disk, by which a change in the meantime is noticed. */
  sha256Before?: string;
  /** What stands on the disk is not text. */
  binary?: boolean;
  /** The file is ignored by Git and may hold private values: never print its text. */
  local?: boolean;
}

/** A file that a person has made their own, so that only they can say what becomes of it. */
export interface Conflict {
  path: string;
  reason:
    | 'changed-by-hand'
    /** A file that Gatehouse never wrote stands where it wants to write one. */
    | 'not-written-by-gatehouse'
    /** Gatehouse would remove the file, and a person has changed it. */
    | 'changed-and-no-longer-planned';
  /** What becomes of the file if the person accepts `theirs`. */
  change: Change;
  /** What is remembered about the file after either answer. */
  remember: { mine?: FileRecord; theirs?: FileRecord };
}

/**
 * How a person settles conflicts; the words are those of Subversion's `svn resolve --accept`.
 * - `mine`: my file stays as I left it. It is not asked about again until Gatehouse wants to write another
 *   content there than the one declined. A file that is no longer planned is the person's from then on.
 * - `theirs`: the file becomes what Gatehouse would write, and what stands there now is lost.
 */
export type Accept = 'mine' | 'theirs';
