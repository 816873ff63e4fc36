import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failingAt, killedAt } from '../../repository/faultInjection.ts';
import { writeLocalFile } from '../../repository/localFile.ts';
import { codesOf, expectValue, putFiles, snapshot, withTree } from '../../repository/testTree.ts';
import { readRecord, recordFile, type VerifyRecord, writeRecord } from './record.ts';

const record: VerifyRecord = {
  schemaVersion: 1,
  at: '2026-03-01T10:00:00Z',
  commit: 'a'.repeat(40),
  appliedCommit: 'b'.repeat(40),
  context: 'home',
  results: [
    {
      id: 'immich-ready',
      promise: 'Immich answers',
      component: 'immich',
      remedy: 'kubectl -n media get pods',
      verdict: 'kept',
      evidence: ['Deployment media/immich-server has 1 ready pod'],
      ends: { what: 'The certificate of Immich', at: '2026-05-01T10:00:00Z' },
      at: '2026-03-01T09:59:59.123+01:00',
    },
  ],
};

const git = (directory: string, ...args: string[]): string =>
  execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8' });

/** What is read where the file holds this. */
function readOf(text: string): Promise<Awaited<ReturnType<typeof readRecord>>> {
  return withTree({ [recordFile]: text }, readRecord);
}

describe('the record of verify', () => {
  test('is read as it was written', async () => {
    await withTree({}, async (directory) => {
      expect(expectValue(await readRecord(directory))).toBeUndefined();
      for (const written of [record, { ...record, results: [] }]) {
        expectValue(await writeRecord(directory, written));
        expect(expectValue(await readRecord(directory))).toEqual(written);
      }
      expect(Object.keys(snapshot(directory))).toEqual(['.gatehouse/local/.gitignore', recordFile]);
      expect(lstatSync(join(directory, recordFile)).mode & 0o077).toBe(0);
    });
  });

  test('is ignored by Git, whatever the ignore file said before', async () => {
    await withTree({ '.gatehouse/local/.gitignore': '!*\n' }, async (directory) => {
      git(directory, 'init', '-q');
      expectValue(await writeRecord(directory, record));
      expect(git(directory, 'status', '--porcelain', '--untracked-files=all')).toBe('');
    });
  });

  test('is neither read nor written where Git tracks it', async () => {
    await withTree({}, async (directory) => {
      git(directory, 'init', '-q');
      expectValue(await writeRecord(directory, record));
      git(directory, 'add', '--force', recordFile);
      const before = snapshot(directory)[recordFile];
      const read = await readRecord(directory);
      expect(codesOf(read)).toEqual(['verify-record-unusable']);
      expect(JSON.stringify(read)).toContain('it came with the repository');
      expect(codesOf(await writeRecord(directory, { ...record, context: 'other' }))).toEqual([
        'verify-record-unusable',
      ]);
      expect(snapshot(directory)[recordFile]).toBe(before);
    });
  });

  test.each([
    ['nothing', ''],
    ['half of it', JSON.stringify(record).slice(0, 100)],
    ['no map', '[]'],
    ['deep lists', '['.repeat(200_000)],
    ['no version', JSON.stringify({ ...record, schemaVersion: undefined })],
    ['a version of another kind', JSON.stringify({ ...record, schemaVersion: '1' })],
    ['an unknown field', JSON.stringify({ ...record, '\u001b[2J': 1 })],
    ['a verdict that does not exist', JSON.stringify(withResult({ verdict: 'proved' }))],
    ['no evidence', JSON.stringify(withResult({ evidence: undefined }))],
    ['a text instead of a date', JSON.stringify(withResult({ at: 'yesterday\u001b]0;x\u0007' }))],
    ['a date that does not exist', JSON.stringify({ ...record, at: '2026-02-31T00:00:00Z' })],
    ['an option of Git instead of a commit', JSON.stringify({ ...record, commit: '--output=/tmp/x' })],
    ['a reference instead of a commit', JSON.stringify({ ...record, appliedCommit: 'HEAD' })],
  ])('that holds %s is a problem without control characters', async (_, text) => {
    const read = await readOf(text);
    expect(codesOf(read)).toEqual(['verify-record-unusable']);
    expect(read).toMatchObject({ problems: [{ file: recordFile, remedy: expect.stringMatching(/verify/) }] });
    expect(
      read.ok ? '' : read.problems.map((problem) => Object.values(problem).join('')).join(''),
    ).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('is read without what this version does not know of a result', async () => {
    const read = await readOf(JSON.stringify(withResult({ later: '2027-01-01' })));
    expect(read.ok && read.value).toEqual(record);
  });

  test('of a newer version is named as such', async () => {
    expect(codesOf(await readOf('{"schemaVersion":2,"what":"ever"}'))).toEqual(['newer-format']);
  });

  test('is not read through a link, and not from a directory', async () => {
    await withTree({ 'else/verified.json': JSON.stringify(record) }, async (directory) => {
      mkdirSync(join(directory, '.gatehouse'));
      symlinkSync(join(directory, 'else'), join(directory, '.gatehouse/local'));
      expect(codesOf(await readRecord(directory))).toEqual(['path-is-link']);
      const before = snapshot(directory);
      expect(codesOf(await writeRecord(directory, record))).toEqual(['path-is-link']);
      expect(snapshot(directory)).toEqual(before);
      rmSync(join(directory, '.gatehouse/local'));
      mkdirSync(join(directory, '.gatehouse/local'));
      symlinkSync(join(directory, 'else/verified.json'), join(directory, recordFile));
      expect(codesOf(await readRecord(directory))).toEqual(['path-is-link']);
      expectValue(await writeRecord(directory, { ...record, context: 'other' }));
      expect(snapshot(directory)['else/verified.json']).toBe(JSON.stringify(record));
      expect(expectValue(await readRecord(directory))?.context).toBe('other');
      rmSync(join(directory, recordFile));
      mkdirSync(join(directory, recordFile));
      expect(codesOf(await readRecord(directory))).toEqual(['path-blocked']);
      putFiles(directory, { [`${recordFile}/a`]: '' });
      expect(codesOf(await writeRecord(directory, record))).toEqual(['write-failed']);
    });
  });

  test('is the old one or the new one after every error and every kill', async () => {
    const all = ['makes the ignore file', 'replaces the record'].length * 6;
    let failures = 0;
    for (let at = 0; at < all; at += 1) {
      for (const disk of [failingAt(at, 'ENOSPC', { counts: ({ changes }) => changes }), killedAt(at)]) {
        await withTree({ [recordFile]: 'old' }, async (directory) => {
          const written = await writeLocalFile(directory, 'verified.json', 'new', disk).catch(
            () => undefined,
          );
          if (written?.ok !== true) failures += 1;
          const files = snapshot(directory);
          expect(written?.ok === true ? ['new'] : ['old', 'new']).toContain(files[recordFile]);
        });
      }
    }
    expect(failures).toBeGreaterThan(all / 2);
  });
});

function withResult(change: object): unknown {
  return { ...record, results: record.results.map((result) => ({ ...result, ...change })) };
}
