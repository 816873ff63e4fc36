import type { Problem } from '../problems/problem.ts';
import { type Git, gitOutput } from '../system/git.ts';
import type { AcceptedBefore } from './accepted.ts';
import type { ScanReport } from './finding.ts';
import type { NamedValue } from './search.ts';

/**
 * Verifies the MAC of a SOPS file: `no-key` when no local key decrypts it. It must not throw.
 *
 * @param text - the whole file
 */
export type CheckMac = (text: string, path: string) => Promise<'valid' | 'invalid' | 'no-key'>;

/** The options of every scan. */
export interface ScanOptions {
  /** The directory of the repository, or one below it. */
  directory: string;
  /** The private values and secrets of the private values file, with their names in reports. */
  values: readonly NamedValue[];
  /** The key of the repository for hashes, at least 16 bytes; without it, marks are valid for one run only. */
  key?: Uint8Array;
  /** The text of the file of accepted findings, if there is one. */
  accepted?: string;
  /** The text of the file of accepted findings in a commit; undefined where it has none. */
  acceptedIn?: (commit: string) => Promise<string | undefined>;
  /** A path in the report as a path from the directory of the accepted findings; the same by default. */
  fromConfiguration?: (path: string) => string;
  /** Paths relative to the directory that are not read: the plain private values file, a key file. */
  except?: readonly string[];
  /** Paths of files that Gatehouse writes: a private value that is a plain word is no finding in them. */
  ofProgram?: ReadonlySet<string>;
  checkMac?: CheckMac;
  /** Larger texts are searched up to this number of bytes, and reported as skipped. */
  limit?: number;
  /** Called from time to time with the number of texts read. */
  onProgress?: (texts: number) => void;
  signal?: AbortSignal;
  /** The environment for Git; that of the process by default. */
  env?: NodeJS.ProcessEnv;
}

/** 16 MiB: texts that users write are smaller. */
export const defaultLimit = 16 * 2 ** 20;

/** The acceptances before the next commit. What it adds counts: its author sees it. */
export async function acceptedInHead({
  accepted,
  acceptedIn,
}: ScanOptions): Promise<AcceptedBefore | undefined> {
  if (accepted === undefined || acceptedIn === undefined) return undefined;
  const text = await acceptedIn('HEAD');
  return { texts: text === undefined ? [] : [text], addedCount: true };
}

/** The report of a scan, and the problems around it. Without a report the scan did not run. */
export interface ScanResult {
  report?: ScanReport;
  problems: Problem[];
}

/** The problem for a scan of Git's data where there is no repository. */
const noRepository: Problem = {
  code: 'no-git-repository',
  message: 'this directory is not in a Git repository, so nothing is staged and there is no history',
  expected: 'the work tree of a Git repository',
  remedy: 'run "git init" first, or search the files with "gatehouse scan"',
};

/** Why Git could not do something: there may be no repository at all. */
export async function gitFailedIn(git: Git, what: string, code: number): Promise<Problem> {
  const shown = await gitOutput(git, ['rev-parse', '--git-dir']);
  const isOutside = shown.code > 0 && shown.stderr.includes('not a git repository');
  return isOutside ? noRepository : gitFailed(what, code);
}

/** The problem for a scan that was not possible because Git failed. */
export function gitFailed(what: string, code: number): Problem {
  return code === -1
    ? { code: 'git-not-found', message: 'Git could not be started', remedy: 'install Git, or add it to PATH' }
    : {
        code: 'git-failed',
        message: `Git could not ${what} (exit code ${code})`,
        remedy: 'run `git fsck` in the repository',
      };
}
