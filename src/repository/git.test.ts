import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
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
    // Above the ceiling Git finds none, whatever is there.
    putFiles(directory, { '.git/x': '', 'home/file': '' });
    vi.stubEnv('GIT_CEILING_DIRECTORIES', directory);
    expect(await trackedByGit(join(directory, 'home'), 'file')).toBe('no-repository');
  });
  await withRepository(async (directory) => {
    vi.stubEnv('PATH', '');
    expect(await trackedByGit(directory, 'tracked [1].yaml')).toBe('no-git');
  });
});

test('needs no git where no repository is', async () => {
  await withTree({ file: '' }, async (directory) => {
    vi.stubEnv('PATH', '');
    expect(await trackedByGit(directory, 'file')).toBe('no-repository');
  });
});

test('asks git wherever it may find a repository', async () => {
  await withTree({ 'bare/': '' }, async (directory) => {
    git(join(directory, 'bare'), 'init', '-q', '--bare');
    // It has an index too, and no work tree.
    expect(await trackedByGit(join(directory, 'bare'), 'file')).toBe('untracked');
    expect(await trackedByGit(join(directory, 'bare/hooks'), 'file')).toBe('untracked');
    expect(await trackedByGit(join(directory, 'nowhere'), 'file')).toBe('unknown');
  });
  await withRepository(async (directory) => {
    await withTree({}, async (elsewhere) => {
      symlinkSync(directory, join(elsewhere, 'link'));
      expect(await trackedByGit(join(elsewhere, 'link'), 'tracked [1].yaml')).toBe('tracked');
    });
    git(directory, '-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'all');
    git(directory, 'worktree', 'add', '-q', '../other');
    expect(await trackedByGit(join(directory, '../other/home'), 'tracked [1].yaml')).toBe('tracked');
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
