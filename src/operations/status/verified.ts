import type { CheckResult } from '../../live/check.ts';
import { commitsBetween, filesBetween, type GitState, type NoGitState } from '../../repository/gitState.ts';
import type { VerifyRecord } from '../verify/record.ts';
import { documentFile } from './documentFile.ts';

/** What the last run of `verify` found, and why it may not hold any more. */
export interface Verified {
  at: string;
  commit: string;
  /** Why a later commit may have changed what was found: "3 commits ago". */
  olderCommit?: string;
  results: readonly CheckResult[];
}

/** Compares the record of `verify` with what is checked out. A commit of the list of what is left changes nothing else. */
export async function readVerified(
  directory: string,
  { at, commit, results }: VerifyRecord,
  git: GitState | NoGitState,
): Promise<Verified> {
  const olderCommit = await olderBecause(directory, commit, typeof git === 'string' ? undefined : git.head);
  return olderCommit === undefined ? { at, commit, results } : { at, commit, olderCommit, results };
}

async function olderBecause(
  directory: string,
  commit: string,
  head: string | undefined,
): Promise<string | undefined> {
  if (head === commit) return undefined;
  const unknown = 'at a commit that this clone does not have';
  if (head === undefined) return unknown;
  const [files, ago, ahead] = await Promise.all([
    filesBetween(directory, commit, head),
    commitsBetween(directory, commit, head),
    commitsBetween(directory, head, commit),
  ]);
  if (files === undefined || ago === undefined) return unknown;
  if (files.every((path) => path === documentFile)) return undefined;
  if (ago === 0 || ahead !== 0) return 'at a commit that is not checked out';
  return `${ago} ${ago === 1 ? 'commit' : 'commits'} ago`;
}

const day = 24 * 60 * 60 * 1000;

/** Results older than this say little about today. */
const freshDays = 7;

/** Clocks that are set by hand differ by minutes. */
const clockDifference = 10 * 60 * 1000;

/** Why results are old, by the commit or by the clock; undefined for those that hold. */
export function oldBecause(
  { olderCommit, at }: Pick<Verified, 'olderCommit' | 'at'>,
  results: readonly Pick<CheckResult, 'at'>[],
  now: Date,
): string | undefined {
  if (olderCommit !== undefined) return olderCommit;
  const times = [at, ...results.map((result) => result.at)].map((time) => Date.parse(time));
  if (Math.max(...times) > now.getTime() + clockDifference) return 'at a time that has not come yet';
  const days = (now.getTime() - Math.min(...times)) / day;
  return days > freshDays ? `${Math.floor(days)} days ago` : undefined;
}
