import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { trackedByGit } from './git.ts';
import { putFiles, withTree } from './testTree.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const git = (directory: string, ...args: string[]) => execFileSync('git', ['-C', directory, ...args]);

async function withRepository(action: (directory: string) => Promise<void>): Promise<void> {
  await withTree({ 'home/tracked [1].yaml': '', 'home/other.yaml': '' }, async (directory) => {
    git(directory, 'init', '-q');
    git(directory, '--literal-pathspecs', 'add', 'home/tracked [1].yaml');
    await action(join(directory, 'home'));
  });
}

test('reports files in the index, also when they are gone from the disk', async () => {
  await withRepository(async (directory) => {
    expect(await trackedByGit(directory, 'tracked [1].yaml')).toBe('tracked');
    expect(await trackedByGit(directory, 'other.yaml')).toBe('untracked');
    expect(await trackedByGit(directory, 'nothing.yaml')).toBe('untracked');
    expect(await trackedByGit(directory, '*.yaml')).toBe('untracked');
  });
});

test('checks the repository of the directory, not that of a running hook', async () => {
  await withRepository(async (directory) => {
    vi.stubEnv('GIT_DIR', '/nowhere');
    vi.stubEnv('GIT_INDEX_FILE', '/nowhere/index');
    expect(await trackedByGit(directory, 'tracked [1].yaml')).toBe('tracked');
  });
});

test('does not start programs that a repository configures', async () => {
  await withRepository(async (directory) => {
    git(directory, 'config', 'core.fsmonitor', 'touch ran; false');
    expect(await trackedByGit(directory, 'tracked [1].yaml')).toBe('tracked');
    expect(readdirSync(directory)).toEqual(['other.yaml', 'tracked [1].yaml']);
    expect(readdirSync(join(directory, '..'))).toEqual(['.git', 'home']);
  });
});

test('reports a missing repository and a missing git', async () => {
  await withTree({ file: '' }, async (directory) => {
    vi.stubEnv('GIT_CEILING_DIRECTORIES', join(directory, '..'));
    expect(await trackedByGit(directory, 'file')).toBe('no-repository');
    vi.stubEnv('PATH', '');
    expect(await trackedByGit(directory, 'file')).toBe('no-git');
  });
});

test('does not treat a failing repository as untracked', async () => {
  await withRepository(async (directory) => {
    writeFileSync(join(directory, '../.git/index'), 'damaged');
    expect(await trackedByGit(directory, 'tracked [1].yaml')).toBe('unknown');
  });
  await withTree({}, async (directory) => {
    putFiles(directory, { '.git': 'gitdir: /nowhere\n' });
    expect(await trackedByGit(directory, 'file')).toBe('unknown');
  });
});
