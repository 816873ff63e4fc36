import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import {
  commitsBetween,
  commonCommit,
  filesBetween,
  type GitState,
  readGitState,
  remoteAddresses,
} from './gitState.ts';
import { putFiles, withTree } from './testTree.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
const git = (directory: string, ...args: string[]): string =>
  execFileSync('git', ['-C', directory, ...identity, ...args], { encoding: 'utf8' }).trim();

function withRepository(action: (directory: string) => Promise<void>): Promise<void> {
  return withTree({ 'a file.yaml': 'a', 'gone.yaml': 'a', 'moved.yaml': 'a b c d e' }, async (directory) => {
    git(directory, 'init', '-q', '-b', 'main');
    git(directory, 'add', '.');
    git(directory, 'commit', '-qm', 'one');
    await action(directory);
  });
}

const stateOf = async (directory: string): Promise<GitState> => {
  const state = await readGitState(directory);
  if (typeof state === 'string') throw new Error(state);
  return state;
};

test('tells what is not committed: changed, staged, removed, moved, new, and not what is ignored', async () => {
  await withRepository(async (directory) => {
    expect(await stateOf(directory)).toEqual({
      head: git(directory, 'rev-parse', 'HEAD'),
      uncommitted: [],
      remotes: new Map(),
    });
    putFiles(directory, {
      'a file.yaml': 'b',
      'new/ü 1.yaml': '',
      'staged.yaml': '',
      ignored: '',
      '.gitignore': 'ignored\n',
    });
    rmSync(join(directory, 'gone.yaml'));
    renameSync(join(directory, 'moved.yaml'), join(directory, 'there.yaml'));
    git(directory, 'add', 'staged.yaml', 'moved.yaml', 'there.yaml');
    expect((await stateOf(directory)).uncommitted.toSorted()).toEqual(
      [
        '.gitignore',
        'a file.yaml',
        'gone.yaml',
        'moved.yaml',
        'new/ü 1.yaml',
        'staged.yaml',
        'there.yaml',
      ].toSorted(),
    );
  });
});

test('tells a file with conflicts', async () => {
  await withRepository(async (directory) => {
    git(directory, 'checkout', '-qb', 'other');
    putFiles(directory, { 'a file.yaml': 'other' });
    git(directory, 'commit', '-qam', 'other');
    git(directory, 'checkout', '-q', 'main');
    putFiles(directory, { 'a file.yaml': 'main' });
    git(directory, 'commit', '-qam', 'main');
    expect(() => git(directory, 'merge', '-q', 'other')).toThrow();
    expect((await stateOf(directory)).uncommitted).toEqual(['a file.yaml']);
  });
});

test('compares commits that it has, and says so of one that it has not', async () => {
  await withRepository(async (directory) => {
    const one = git(directory, 'rev-parse', 'HEAD');
    putFiles(directory, { 'a file.yaml': 'b' });
    git(directory, 'commit', '-qam', 'two');
    const two = git(directory, 'rev-parse', 'HEAD');
    expect(await filesBetween(directory, one, two)).toEqual(['a file.yaml']);
    expect(await filesBetween(directory, two, two)).toEqual([]);
    expect(await commitsBetween(directory, one, two)).toBe(1);
    expect(await commitsBetween(directory, two, one)).toBe(0);
    expect(await commonCommit(directory, one, two)).toBe(one);
    const unknown = 'a'.repeat(40);
    expect(await filesBetween(directory, unknown, two)).toBeUndefined();
    expect(await commitsBetween(directory, unknown, two)).toBeUndefined();
    expect(await commonCommit(directory, unknown, two)).toBeUndefined();
  });
});

test('tells the branches of remotes and their addresses', async () => {
  await withRepository(async (directory) => {
    git(directory, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    git(directory, 'remote', 'add', 'origin', 'ssh://git@example.org/a');
    git(directory, 'remote', 'add', 'of.friends', 'https://example.org/b.git');
    const head = git(directory, 'rev-parse', 'HEAD');
    expect((await stateOf(directory)).remotes).toEqual(new Map([['refs/remotes/origin/main', head]]));
    expect(await remoteAddresses(directory)).toEqual(
      new Map([
        ['origin', 'ssh://git@example.org/a'],
        ['of.friends', 'https://example.org/b.git'],
      ]),
    );
  });
});

test('has no state where nothing is the root of a repository, and none without Git', async () => {
  await withTree({ 'home/file': '', '.gitignore': 'home/\n' }, async (directory) => {
    git(directory, 'init', '-q');
    expect(await stateOf(directory)).toMatchObject({ head: undefined, uncommitted: ['.gitignore'] });
    expect(await readGitState(join(directory, 'home'))).toBe('no-repository');
    vi.stubEnv('PATH', '');
    expect(await readGitState(directory)).toBe('no-git');
    vi.unstubAllEnvs();
  });
  await withTree({ '.git/HEAD': 'nonsense' }, async (directory) => {
    vi.stubEnv('GIT_CEILING_DIRECTORIES', join(directory, '..'));
    expect(await readGitState(directory)).toMatch(/^(?:no-repository|failed)$/);
  });
});

test('starts no program that a repository configures, and changes nothing', async () => {
  await withRepository(async (directory) => {
    git(directory, 'config', 'core.fsmonitor', 'touch ran; false');
    git(directory, 'config', 'diff.external', 'touch ran');
    putFiles(directory, { '.gitattributes': '* diff=x\n', 'a file.yaml': 'b' });
    git(directory, 'config', 'diff.x.textconv', 'touch ran; cat');
    const index = readFileSync(join(directory, '.git/index'));
    await readGitState(directory);
    await filesBetween(directory, git(directory, 'rev-parse', 'HEAD'), `${'a'.repeat(40)}`);
    expect(existsSync(join(directory, 'ran'))).toBe(false);
    expect(readFileSync(join(directory, '.git/index'))).toEqual(index);
  });
});
