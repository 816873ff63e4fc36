import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeGitRepository } from './gitRepository.ts';

it('makes a Git repository with the remote', async () => {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-git-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  expect(await makeGitRepository(path, 'ssh://git@git.test/me/cottage')).toMatchObject({ ok: true });
  expect(execFileSync('git', ['-C', path, 'remote', 'get-url', 'origin']).toString().trim()).toBe(
    'ssh://git@git.test/me/cottage',
  );
  expect(await makeGitRepository(path, 'ssh://git@git.test/me/cottage')).toMatchObject({
    ok: false,
    problems: [{ code: 'git-failed', remedy: expect.stringContaining('git remote add origin') }],
  });
});
