import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lackingInGit, makeGitRepository } from './gitRepository.ts';

it('makes a Git repository with the remote', async () => {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-git-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  expect(await makeGitRepository(path, 'ssh://git@git.test/me/cottage', 'repository')).toMatchObject({
    ok: true,
  });
  expect(execFileSync('git', ['-C', path, 'remote', 'get-url', 'origin']).toString().trim()).toBe(
    'ssh://git@git.test/me/cottage',
  );
  expect(await makeGitRepository(path, 'ssh://git@git.test/me/cottage', 'repository')).toMatchObject({
    ok: false,
    problems: [{ code: 'git-failed', remedy: expect.stringContaining('git remote add origin') }],
  });
});

it('says what is lacking, and adds only that', async () => {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-git-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const url = 'https://git.test/me/cottage';
  expect(await lackingInGit(path, url)).toBe('repository');
  execFileSync('git', ['-C', path, 'init', '--quiet', '--initial-branch=trunk']);
  expect(await lackingInGit(path, undefined)).toBeUndefined();
  expect(await lackingInGit(path, url)).toBe('remote');
  expect(await makeGitRepository(path, url, 'remote')).toMatchObject({ ok: true });
  expect(execFileSync('git', ['-C', path, 'remote', 'get-url', 'origin']).toString().trim()).toBe(url);
  expect(execFileSync('git', ['-C', path, 'symbolic-ref', '--short', 'HEAD']).toString().trim()).toBe(
    'trunk',
  );
  expect(await lackingInGit(path, url)).toBeUndefined();
});

it.each(['upstream', 'origin'])('lacks nothing where there is a remote of any name: %s', async (name) => {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-git-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  execFileSync('git', ['-C', path, 'init', '--quiet']);
  execFileSync('git', ['-C', path, 'remote', 'add', name, 'https://git.test/other']);
  expect(await lackingInGit(path, 'https://git.test/me/cottage')).toBeUndefined();
});
