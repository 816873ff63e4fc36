import type { Problem } from '../problems/problem.ts';
import type { ScanReport } from './finding.ts';
import type { NamedValue } from './search.ts';

/**
 * Answers whether the MAC of a SOPS file holds: `no-key` when no key at hand opens it. It must not throw.
 *
 * @param text - the whole file
 */
export type CheckMac = (text: string, path: string) => Promise<'valid' | 'invalid' | 'no-key'>;

/** What every scan is told. */
export interface ScanOptions {
  /** The directory of the repository, or below it. */
  directory: string;
  /** The private values and secrets of the overlay, by the names under which reports speak of them. */
  values: readonly NamedValue[];
  /** The repository's own key for hashes, at least 16 bytes; without one, marks hold for one run only. */
  key?: Uint8Array;
  /** The text of the file of accepted findings, if there is one. */
  accepted?: string;
  /** Paths, relative to the directory, that are not read: the plain overlay, a key file. */
  except?: readonly string[];
  checkMac?: CheckMac;
  /** Texts above this many bytes are searched up to it only, and reported. */
  limit?: number;
  /** Told from time to time how many texts were read. */
  onProgress?: (texts: number) => void;
  signal?: AbortSignal;
  /** The environment for Git; by default that of the process. */
  env?: NodeJS.ProcessEnv;
}

/** 16 MiB: what a person writes is smaller. */
export const defaultLimit = 16 * 2 ** 20;

/** A scan's report, and what was wrong around it. Without a report the scan did not take place. */
export interface ScanResult {
  report?: ScanReport;
  problems: Problem[];
}

/** The scan was not possible because Git or the disk did not answer. */
export function gitFailed(what: string, code: number): Problem {
  return code === -1
    ? { code: 'git-not-found', message: 'Git could not be started', remedy: 'install Git, or add it to PATH' }
    : {
        code: 'git-failed',
        message: `Git could not ${what} (exit code ${code})`,
        remedy: 'run `git fsck` in the repository',
      };
}
