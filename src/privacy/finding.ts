import type { FormKind, NotSearched } from './forms.ts';
import type { RuleId } from './rules/rule.ts';

/** Where a text was read. Names are masked: a private value in a path or a branch name is not repeated. */
export type Place =
  | { kind: 'file'; path: string /** The commit that brought it, in a history. */; commit?: string }
  | { kind: 'path'; path: string }
  | { kind: 'commit'; commit: string; part: 'message' | 'author' | 'committer' | 'header' }
  | { kind: 'tag'; name: string; part: 'message' | 'tagger' | 'name' }
  | { kind: 'branch'; name: string };

/** Something in a text that must not be there. It never holds the value. */
export interface Finding {
  rule: RuleId;
  /** Why it is one, for a person, as a sentence without a full stop. */
  reason: string;
  place: Place;
  /** Counted from 1; the column and the length in UTF-16 code units. */
  line: number;
  column: number;
  length: number;
  /** The private value's name, or the key under which the secret stands; empty where there is none. */
  field: string;
  /** How a private value is written there. */
  form?: FormKind;
  /** Four characters of a keyed hash of the value: equal ones are most likely one value. */
  mark: string;
  /** The whole keyed hash, by which a finding is accepted; absent without a key that lasts longer than the run. */
  content?: string;
  /** In how many texts the same was found, at the same place's name. */
  occurrences: number;
}

/** A text that was not searched whole. */
interface Skipped {
  path: string;
  reason: string;
}

/** What a scan tells. */
export interface ScanReport {
  findings: Finding[];
  /** Findings that a person has accepted, with the reason. */
  accepted: { finding: Finding; reason: string }[];
  /** Acceptances that no finding matches any more. */
  stale: { rule: string; content?: string; path?: string; reason: string }[];
  /** Acceptances that cannot be judged without the key of the repository. */
  unjudged: number;
  skipped: Skipped[];
  notSearched: ({ name: string } & NotSearched)[];
  /** Files whose MAC could not be checked because no key opens them. */
  macUnchecked: string[];
  texts: number;
  bytes: number;
}
