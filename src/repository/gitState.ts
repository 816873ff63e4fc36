import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from './git.ts';

/** What Git knows of a clone without asking a remote. */
export interface GitState {
  /** The commit that is checked out; undefined where nothing was committed yet. */
  head: string | undefined;
  /** Files that are not as in that commit: changed, new or removed, and not ignored. */
  uncommitted: readonly string[];
  /** The branches of the remotes as they were fetched or pushed last: `refs/remotes/…` and its commit. */
  remotes: ReadonlyMap<string, string>;
}

/** Why there is none: no repository, no Git, or one that Git refuses to read. */
export type NoGitState = 'no-repository' | 'no-git' | 'failed';

/**
 * Reads what Git knows of the repository of which a directory is the root. A directory that another repository ignores has
 * none. It asks no remote and takes no lock.
 */
export async function readGitState(directory: string): Promise<GitState | NoGitState> {
  if (!existsSync(join(directory, '.git'))) return 'no-repository';
  const [status, remotes] = await Promise.all([
    runGit(directory, [
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--no-renames',
      '--no-ahead-behind',
      '--untracked-files=all',
      '--ignore-submodules=all',
    ]),
    runGit(directory, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/remotes']),
  ]);
  if (status.kind !== 'output') return status.kind;
  if (remotes.kind !== 'output') return remotes.kind;
  const entries = status.output.split('\0');
  const head = entries.flatMap((entry) => /^# branch\.oid ([0-9a-f]+)$/.exec(entry)?.[1] ?? [])[0];
  return {
    head,
    uncommitted: entries.flatMap((entry) => pathOf(entry) ?? []),
    remotes: new Map(
      remotes.output.split('\n').flatMap((line) => {
        const [commit, name] = line.split(' ');
        return commit && name ? [[name, commit] as const] : [];
      }),
    ),
  };
}

/** The fields before the path of a changed file, and of one with conflicts: git-status(1), "Porcelain Format Version 2". */
const fieldsBefore: Readonly<Record<string, number>> = { 1: 8, u: 10, '?': 1 };

function pathOf(entry: string): string | undefined {
  const fields = fieldsBefore[entry.slice(0, entry.indexOf(' '))];
  return fields === undefined ? undefined : entry.split(' ').slice(fields).join(' ');
}

/**
 * The files that differ between two commits.
 *
 * @returns undefined where this clone does not have one of them
 */
export async function filesBetween(
  directory: string,
  from: string,
  to: string,
): Promise<string[] | undefined> {
  if (from === to) return [];
  const answer = await runGit(directory, [
    'diff-tree',
    '-r',
    '-z',
    '--name-only',
    '--no-renames',
    '--no-ext-diff',
    from,
    to,
    '--',
  ]);
  return answer.kind === 'output' ? answer.output.split('\0').filter((path) => path !== '') : undefined;
}

/** How many commits one has and the other does not; undefined where this clone does not have one of them. */
export async function commitsBetween(
  directory: string,
  from: string,
  to: string,
): Promise<number | undefined> {
  if (from === to) return 0;
  const answer = await runGit(directory, ['rev-list', '--count', `${from}..${to}`, '--']);
  return answer.kind === 'output' ? Number(answer.output) : undefined;
}

/** The commit at which two branches parted; undefined where they have none in common. */
export async function commonCommit(
  directory: string,
  one: string,
  other: string,
): Promise<string | undefined> {
  if (one === other) return one;
  const answer = await runGit(directory, ['merge-base', one, other]);
  return answer.kind === 'output' ? answer.output.trim() : undefined;
}

/** The remotes with their address, as Git would fetch from them. */
export async function remoteAddresses(directory: string): Promise<ReadonlyMap<string, string>> {
  const answer = await runGit(directory, ['config', '-z', '--get-regexp', String.raw`^remote\..*\.url$`]);
  if (answer.kind !== 'output') return new Map();
  return new Map(
    answer.output.split('\0').flatMap((entry) => {
      const [key = '', address = ''] = entry.split('\n');
      return key === '' ? [] : [[key.slice('remote.'.length, -'.url'.length), address] as const];
    }),
  );
}
