import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../kubernetes/defined.ts';
import { acceptedFindingsPath } from '../../privacy/accepted.ts';
import type { ScanReport } from '../../privacy/finding.ts';
import { scanHistory } from '../../privacy/history.ts';
import type { CheckMac, ScanOptions, ScanResult } from '../../privacy/options.ts';
import { findingsToSarif } from '../../privacy/sarif.ts';
import { scanStaged } from '../../privacy/staged.ts';
import { scanTree } from '../../privacy/tree.ts';
import { plainPrivateFile, readPrivateValuesFile } from '../../private-values/privateValuesFile.ts';
import { readSource } from '../../private-values/readSource.ts';
import { type SearchedValues, searchedValuesOf } from '../../private-values/searchedValues.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { trackedByGit } from '../../repository/git.ts';
import { interrupted } from '../../repository/interrupted.ts';
import type { AgeIdentity } from '../../secrets/age/identity.ts';
import { loadIdentities } from '../../secrets/age/keyFile.ts';
import { decryptDocument } from '../../secrets/sops/decrypt.ts';
import type { Environment } from '../../system/environment.ts';

/** What is searched: the work tree, the staged files, or the whole Git history. */
export type ScanSource = 'tree' | 'staged' | 'history';

/** The result of a scan. */
export interface Scanned {
  report: ScanReport;
  /** Invalid entries of the accepted findings, and an unreadable private values file. */
  problems: Problem[];
  /** The number of private values that were searched for. */
  values: number;
  /** There is a private values file that could not be read: whether its values leak is unknown. */
  unknown: boolean;
}

/**
 * Searches a directory for private values and secrets. The private values are those of the private values file, if a
 * local key decrypts it. Tokens and keys are always found by their form. A directory with an interrupted write is
 * refused. Changes nothing.
 */
export async function scan(
  directory: string,
  environment: Environment,
  source: ScanSource,
  onProgress: (texts: number) => void = () => {},
): Promise<Outcome<Scanned>> {
  const interruption = await interrupted(directory);
  if (interruption) return err(interruption);
  const { identities, problems: keyProblems } = await loadIdentities(environment);
  const privateFile = await readPrivateValuesFile(directory, identities);
  const found: SearchedValues = privateFile.source
    ? searchedValuesOf(privateFile.source)
    : { values: [], problems: [] };
  const unknown = privateFile.unreadable === true || found.problems.length > 0;
  const acceptedFile = await readSource(directory, acceptedFindingsPath);
  const isRead = acceptedFile !== undefined && 'bytes' in acceptedFile;
  const options = defined({
    directory,
    values: found.values,
    key: found.key,
    accepted: isRead ? Buffer.from(acceptedFile.bytes).toString('utf8') : undefined,
    except: source === 'history' ? [] : await ignoredFiles(directory),
    checkMac: identities.length > 0 ? macCheck(identities) : undefined,
    onProgress,
  });
  const result = await scanOf(source, options);
  if (result.report === undefined) return err(...result.problems);
  return ok({
    report: result.report,
    problems: [
      ...(unknown ? keyProblems : []),
      ...privateFile.problems,
      ...found.problems,
      ...(acceptedFile !== undefined && !isRead ? [acceptedFile.problem] : []),
      ...result.problems,
    ],
    values: found.values.length,
    unknown,
  });
}

function scanOf(source: ScanSource, options: ScanOptions): Promise<ScanResult> {
  switch (source) {
    case 'tree':
      return scanTree(options);
    case 'staged':
      return scanStaged(options);
    case 'history':
      return scanHistory(options);
  }
}

/** The plain private values file unless Git tracks it; without Git also the copies that `.gitignore` excludes. */
async function ignoredFiles(directory: string): Promise<string[]> {
  const tracking = await trackedByGit(directory, plainPrivateFile);
  if (tracking === 'tracked') return [];
  const copies = ['docs/local', 'local'].flatMap((copy) => filesBelow(directory, copy));
  return [plainPrivateFile, ...(tracking === 'no-repository' || tracking === 'no-git' ? copies : [])];
}

function filesBelow(root: string, directory: string): string[] {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(root, `${directory}/${entry.name}`) : [`${directory}/${entry.name}`],
  );
}

function macCheck(identities: readonly AgeIdentity[]): CheckMac {
  return async (content, file) => {
    const opened = await decryptDocument({ file, content, identities });
    if (opened.ok) return 'valid';
    const closed = opened.problems.every(
      ({ code }) => code === 'sops-no-identity' || code === 'sops-foreign-keys',
    );
    return closed ? 'no-key' : 'invalid';
  };
}

/**
 * Writes a report as SARIF 2.1.0, for GitHub and editors.
 *
 * @param version - the version of Gatehouse, for the report
 */
export async function writeSarif(
  file: string,
  report: ScanReport,
  version: string,
): Promise<Outcome<undefined>> {
  try {
    await writeFile(file, `${JSON.stringify(findingsToSarif(report, version), null, 2)}\n`);
    return ok(undefined);
  } catch (error) {
    return err({
      code: 'report-not-written',
      file,
      message: `the report could not be written (${(error as NodeJS.ErrnoException).code})`,
      expected: 'a file in a directory that you may write to',
      remedy: 'choose another file',
    });
  }
}
