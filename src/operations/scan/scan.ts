import { access, constants, stat } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { defined } from '../../kubernetes/defined.ts';
import { acceptedFindingsPath } from '../../privacy/accepted.ts';
import type { ScanReport } from '../../privacy/finding.ts';
import { scanHistory } from '../../privacy/history.ts';
import { scanMessage } from '../../privacy/message.ts';
import type { CheckMac, ScanOptions, ScanResult } from '../../privacy/options.ts';
import { scanPush } from '../../privacy/push.ts';
import { findingsToSarif } from '../../privacy/sarif.ts';
import { scanStaged } from '../../privacy/staged.ts';
import { scanTree } from '../../privacy/tree.ts';
import { readSource } from '../../private-values/readSource.ts';
import { returnedProblems } from '../../private-values/removedRecipients.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { interrupted } from '../../repository/interrupted.ts';
import type { AgeIdentity } from '../../secrets/age/identity.ts';
import { loadIdentities } from '../../secrets/age/keyFile.ts';
import { decryptDocument } from '../../secrets/sops/decrypt.ts';
import type { Environment } from '../../system/environment.ts';
import { gitOutput } from '../../system/git.ts';
import { ignoredFiles } from '../ignoredFiles.ts';
import { writeReport } from '../writeReport.ts';
import { configurationsOf, realPath } from './configurationDirectories.ts';
import { knownValues } from './knownValues.ts';

/** What is searched: the work tree, the staged files, the whole Git history, a commit message, or what a push publishes. */
export type ScanSource = 'tree' | 'staged' | 'history' | 'message' | 'push';

/** What to search, and where. */
export interface ScanRequest {
  directory: string;
  source: ScanSource;
  /** The file of a commit message. */
  message?: string;
  /** The remote of a push, and the references as Git gives them to `pre-push`; without them, those of `HEAD`. */
  push?: { remote: string; references: string };
  /** The environment for Git; that of the process by default. */
  env?: NodeJS.ProcessEnv;
  onProgress?: (texts: number) => void;
}

/** The result of a scan. */
export interface Scanned {
  report: ScanReport;
  /** Invalid entries of the accepted findings, and why private values are not known. */
  problems: Problem[];
  /** The number of private values that were searched for. */
  values: number;
  /** There is a configuration whose private values, or some of them, are not known: whether they leak is unknown. */
  unknown: boolean;
  /** There is no configuration of Gatehouse: only secrets were searched for. */
  secretsOnly: boolean;
}

/**
 * Searches for private values and secrets. The private values are those of the configuration that the directory belongs
 * to, as far as a local key decrypts them. Tokens and keys are always found by their form. A directory with an
 * interrupted write is refused. Changes nothing.
 */
export async function scan(request: ScanRequest, environment: Environment): Promise<Outcome<Scanned>> {
  const { directory, source, env } = request;
  if (!(await isReadableDirectory(directory))) return err(notReadable(directory));
  const found = await configurationsOf(defined({ directory, env }));
  const { directories, top } = found;
  for (const each of directories) {
    const interruption = await interrupted(each);
    if (interruption) return err(interruption);
  }
  const { identities, problems: keyProblems } = await loadIdentities(environment);
  const known = await Promise.all(directories.map((each) => knownValues(each, identities)));
  const unknown = known.some((each) => each.unknown);
  const own = directories.length === 1 ? (directories[0] ?? directory) : directory;
  const base = source === 'tree' || top === undefined ? directory : top;
  const acceptedFile = await readSource(own, acceptedFindingsPath);
  const isRead = acceptedFile !== undefined && 'bytes' in acceptedFile;
  const values = known.flatMap((each) => each.values);
  const result = await searched(
    request,
    defined({
      directory,
      values,
      key: known[0]?.key,
      accepted: isRead ? Buffer.from(acceptedFile.bytes).toString('utf8') : undefined,
      acceptedIn: (commit: string) => acceptedIn(commit, { directory: own, env }),
      fromConfiguration: pathsFrom(realPath(own), realPath(base)),
      ofProgram: known.length === 1 ? known[0]?.ofProgram : undefined,
      except:
        source === 'history' || source === 'push' ? [] : await exceptIn([directory, ...directories], base),
      checkMac: identities.length > 0 ? macCheck(identities) : undefined,
      onProgress: request.onProgress,
      env,
    }),
  );
  if (result.report === undefined) return err(...result.problems);
  return ok({
    report: result.report,
    problems: [
      ...(unknown ? keyProblems : []),
      ...known.flatMap(({ problems }) => problems),
      ...(acceptedFile !== undefined && !isRead ? [acceptedFile.problem] : []),
      ...result.problems,
      ...(await Promise.all(directories.map(returnedProblems))).flat(),
    ],
    values: values.length,
    unknown,
    secretsOnly: directories.length === 0,
  });
}

async function isReadableDirectory(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK | constants.X_OK);
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function notReadable(directory: string): Problem {
  return {
    code: 'folder-not-found',
    message: `there is no directory ${JSON.stringify(directory)} that can be read, so nothing was searched`,
    expected: 'a directory',
    remedy: 'name another directory',
  };
}

function searched({ source, message = '', push }: ScanRequest, options: ScanOptions): Promise<ScanResult> {
  switch (source) {
    case 'tree':
      return scanTree(options);
    case 'staged':
      return scanStaged(options);
    case 'history':
      return scanHistory(options);
    case 'message':
      return scanMessage(message, options);
    case 'push':
      return scanPush(push ?? { remote: '', references: '' }, options);
  }
}

/** Makes paths from one directory into paths from another, as Git writes them. */
function pathsFrom(directory: string, base: string): (path: string) => string {
  return (path) => relative(directory, join(base, path)).replaceAll(sep, '/');
}

/** The file of accepted findings as a commit has it. */
async function acceptedIn(
  commit: string,
  { directory, env }: { directory: string; env: NodeJS.ProcessEnv | undefined },
): Promise<string | undefined> {
  const git = defined({ directory, env });
  const { code, stdout } = await gitOutput(git, ['cat-file', 'blob', `${commit}:./${acceptedFindingsPath}`]);
  return code === 0 ? stdout.toString('utf8') : undefined;
}

/** Files that are not read, by their paths in the report. */
async function exceptIn(directories: readonly string[], base: string): Promise<string[]> {
  const from = realPath(base);
  const all = await Promise.all(
    directories.map(async (directory) => {
      const below = relative(from, realPath(directory));
      return (await ignoredFiles(directory)).map((path) => posix.join(below.replaceAll(sep, '/'), path));
    }),
  );
  return [...new Set(all.flat())];
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
  const text = `${JSON.stringify(findingsToSarif(report, version), null, 2)}\n`;
  return writeReport([{ file, text }]);
}
