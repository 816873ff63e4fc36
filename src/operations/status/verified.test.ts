import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readGitState } from '../../repository/gitState.ts';
import { putFiles, withTree } from '../../repository/testTree.ts';
import type { VerifyRecord } from '../verify/record.ts';
import { documentFile } from './documentFile.ts';
import { oldBecause, readVerified } from './verified.ts';

const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
const git = (directory: string, ...args: string[]): string =>
  execFileSync('git', ['-C', directory, ...identity, ...args], { encoding: 'utf8' }).trim();

function commit(directory: string, files: Record<string, string>): string {
  putFiles(directory, files);
  git(directory, 'add', '.');
  git(directory, 'commit', '-qm', 'x');
  return git(directory, 'rev-parse', 'HEAD');
}

const recordAt = (sha: string): VerifyRecord => ({
  schemaVersion: 1,
  at: '2026-03-01T10:00:00Z',
  commit: sha,
  context: 'home',
  results: [],
});

describe('a record of verify', () => {
  test('is of the commit that is checked out, or tells how many commits it is behind', async () => {
    await withTree({}, async (directory) => {
      git(directory, 'init', '-q');
      const older = async (sha: string) =>
        (await readVerified(directory, recordAt(sha), await readGitState(directory))).olderCommit;
      const one = commit(directory, { a: '1' });
      expect(await older(one)).toBeUndefined();
      // The list of what is left changes nothing that runs.
      commit(directory, { [documentFile]: '1' });
      expect(await older(one)).toBeUndefined();
      const three = commit(directory, { a: '2' });
      expect(await older(one)).toBe('2 commits ago');
      commit(directory, { a: '3' });
      expect(await older(three)).toBe('1 commit ago');
      expect(await older('a'.repeat(40))).toBe('at a commit that this clone does not have');
      git(directory, 'checkout', '-q', one);
      expect(await older(three)).toBe('at a commit that is not checked out');
    });
  });

  test('says nothing of today where Git does not tell what is checked out', async () => {
    await withTree({}, async (directory) => {
      const { olderCommit } = await readVerified(directory, recordAt('a'.repeat(40)), 'no-git');
      expect(olderCommit).toBe('at a commit that this clone does not have');
    });
  });

  test.each([
    ['2026-03-01T11:00:00Z', undefined],
    ['2026-03-08T10:00:00Z', undefined],
    ['2026-03-08T10:00:01Z', '7 days ago'],
    ['2026-04-01T10:00:00Z', '31 days ago'],
    // The clock of either computer is wrong.
    ['2026-02-28T10:00:00Z', 'at a time that has not come yet'],
    ['2026-03-01T09:55:00Z', undefined],
  ])('at %s is old: %s', (now, old) => {
    expect(oldBecause({ at: '2026-03-01T10:00:00Z' }, [], new Date(now))).toBe(old);
  });

  test('is as old as the oldest result of it', () => {
    const results = [{ at: '2026-02-20T10:00:00Z' }, { at: '2026-03-01T10:00:00Z' }];
    const now = new Date('2026-03-01T11:00:00Z');
    expect(oldBecause({ at: '2026-03-01T10:00:00Z' }, results, now)).toBe('9 days ago');
    expect(oldBecause({ at: '2026-03-01T10:00:00Z', olderCommit: 'x' }, results, now)).toBe('x');
  });
});
