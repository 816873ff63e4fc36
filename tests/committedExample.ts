import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { ConfigData, TestDirectory } from './testDirectory.ts';

/** Runs Git in a directory, and fails the test where Git does. */
export function git({ path }: Pick<TestDirectory, 'path'>, ...args: string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  const { status, stdout, stderr } = spawnSync('git', [...who, ...args], { cwd: path, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** Commits everything. */
export function commit(directory: TestDirectory): void {
  git(directory, 'add', '-A');
  git(directory, 'commit', '-qm', 'Change');
}

/** An example, written and committed. */
export async function committed(
  example = 'home',
  edit?: (value: ConfigData) => void,
): Promise<TestDirectory> {
  const directory = home(example);
  if (edit) directory.edit('cluster.yaml', edit);
  git(directory, 'init', '-q', '-b', 'main');
  expect((await gatehouse(directory, 'configure')).stderr).toBe('');
  commit(directory);
  return directory;
}

/** The names of the losses that `configure` lists, in the order of the lines. */
export const lossesOf = (stderr: string): string[] =>
  [...stderr.matchAll(/^\S+ {2}([a-z]+\/\S+): /gm)].map(([, name = '']) => name);
