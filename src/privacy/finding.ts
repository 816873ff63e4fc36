import type { FormKind, NotSearched } from './forms.ts';
import type { RuleId } from './rules/rule.ts';

/** The place of a text. Names are masked: a private value in a path or a branch name is not repeated. */
export type Place =
  | { kind: 'file'; path: string /** The commit that introduced it, in a history. */; commit?: string }
  | { kind: 'path'; path: string }
  | { kind: 'commit'; commit: string; part: 'message' | 'author' | 'committer' | 'header' }
  | { kind: 'tag'; name: string; part: 'message' | 'tagger' | 'name' }
  | { kind: 'branch'; name: string };

/** A private value or secret in a text. The finding never holds the value. */
export interface Finding {
  rule: RuleId;
  /** The reason for users, a sentence without a full stop. */
  reason: string;
  place: Place;
  /** Counted from 1; the column and the length in UTF-16 code units. */
  line: number;
  column: number;
  length: number;
  /** The name of the private value, or the key of the secret; empty if there is none. */
  field: string;
  /** The form in which a private value is written. */
  form?: FormKind;
  /** Four characters of a keyed hash of the value: equal marks are most likely one value. */
  mark: string;
  /** The whole keyed hash, by which users accept a finding; absent when the key lasts for one run only. */
  content?: string;
  /** The number of texts with the same finding under the same name. */
  occurrences: number;
  /** Why users accept it, by an acceptance that the same change adds and that does not count yet. */
  acceptedInChange?: string;
}

/** A text that was not searched completely. */
interface Skipped {
  path: string;
  reason: string;
}

/** The result of a scan. */
export interface ScanReport {
  findings: Finding[];
  /** Findings that users have accepted, with the reason. */
  accepted: {
    finding: Finding;
    reason: string /** The same change adds the acceptance. */;
    inChange?: true;
  }[];
  /** Acceptances that no finding matches any more. */
  stale: { rule: string; content?: string; path?: string; reason: string }[];
  /** The number of acceptances that cannot be checked without the key of the repository. */
  unjudged: number;
  skipped: Skipped[];
  notSearched: ({ name: string } & NotSearched)[];
  /** Files whose MAC could not be checked because no key opens them. */
  macUnchecked: string[];
  texts: number;
  bytes: number;
}
