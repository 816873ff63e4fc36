import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { killedAt } from './faultInjection.ts';
import { hashText } from './hash.ts';
import { interrupted } from './interrupted.ts';
import { recover } from './recover.ts';
import {
  codesOf,
  compareAndWrite,
  endOwnLocks,
  expectValue,
  quickDisk,
  snapshot,
  visible,
  withTree,
} from './testTree.ts';

/** State of Gatehouse that somebody else put into the repository. */
const staging = '.gatehouse/staging';
const foreign = 'bytes of somebody else\n';
const journalOf = (...steps: object[]) => JSON.stringify({ version: 1, steps });
const put = (path: string, content = foreign, staged = '0.new') => ({
  do: 'put',
  path,
  staged,
  after: hashText(Buffer.from(content)),
});
const remove = (path: string, content: string) => ({
  do: 'remove',
  path,
  before: hashText(Buffer.from(content)),
  backup: '0.old',
});

/** Runs every command that could move something, and expects that nothing moves. */
async function expectRefused(directory: string, code: string): Promise<void> {
  const before = snapshot(join(directory, '..'));
  const recovery = await recover(directory, quickDisk);
  expect(codesOf(recovery)).toEqual([code]);
  if (!recovery.ok) {
    for (const { file, message, expected, remedy } of recovery.problems) {
      expect(file).toContain('.gatehouse');
      expect([message, expected, remedy].every((text) => text !== undefined && text !== '')).toBe(true);
    }
  }
  expect(snapshot(join(directory, '..'))).toEqual(before);
}

describe('a link in the state directory', () => {
  test.each([
    ['the staging directory', 'evil/.gatehouse/staging', '../../other/.gatehouse/staging'],
    ['the state directory', 'evil/.gatehouse', '../other/.gatehouse'],
    ['a staged file', 'evil/.gatehouse/staging/0.new', '../../../other/.gatehouse/staging/0.new'],
    ['the journal', 'evil/.gatehouse/journal.json', '../../other/.gatehouse/journal.json'],
    ['the journal of an undone run', 'evil/.gatehouse/undo.json', '../../other/.gatehouse/journal.json'],
    ['the lock directory', 'evil/.gatehouse/lock', '../../other/.gatehouse/lock'],
  ])('is never followed: %s', async (_, link, target) => {
    const files = {
      'evil/cluster.yaml': 'x\n',
      [`evil/${staging}/0.new`]: foreign,
      'evil/.gatehouse/journal.json': journalOf(put('stolen.txt')),
      [`other/${staging}/0.new`]: foreign,
      [`other/${staging}/0.old`]: 'old bytes\n',
      'other/.gatehouse/journal.json': journalOf(put('stolen.txt')),
      'other/.gatehouse/lock/': '',
    };
    await withTree(files, async (scratch) => {
      rmSync(join(scratch, link), { recursive: true, force: true });
      symlinkSync(target, join(scratch, link));
      await expectRefused(join(scratch, 'evil'), 'path-is-link');
    });
  });

  test('to another repository moves none of its files, whichever the directions are', async () => {
    for (const journal of ['journal.json', 'undo.json']) {
      const files = {
        'evil/kept.txt': foreign,
        [`evil/.gatehouse/${journal}`]: journalOf(
          put('stolen.txt'),
          { do: 'make-folder', path: 'made' },
          { do: 'remove', path: 'gone.txt', before: hashText(Buffer.from('old\n')), backup: '0.old' },
        ),
        [`other/${staging}/0.new`]: foreign,
        [`other/${staging}/0.old`]: 'old\n',
      };
      await withTree(files, async (scratch) => {
        symlinkSync('../../other/.gatehouse/staging', join(scratch, 'evil/.gatehouse/staging'));
        await expectRefused(join(scratch, 'evil'), 'path-is-link');
      });
    }
  });

  test('stops a write too, and stays for the user to look at', async () => {
    await withTree({ 'other/0.new': foreign, 'evil/.gatehouse/': '' }, async (scratch) => {
      symlinkSync('../../other', join(scratch, 'evil/.gatehouse/staging'));
      const before = snapshot(scratch);
      const plan = [{ path: 'a.yaml', content: 'a\n' }];
      expect(codesOf(await compareAndWrite(join(scratch, 'evil'), plan))).toEqual(['path-is-link']);
      expect(snapshot(scratch)).toEqual(before);
    });
  });
});

describe('something else than a file or directory in the state directory', () => {
  test.each([
    ['the staging directory', staging],
    ['the journal', '.gatehouse/journal.json'],
    ['the journal of an undone run', '.gatehouse/undo.json'],
    ['the lock directory', '.gatehouse/lock'],
    ['the record', '.gatehouse/manifest.json'],
    ['the ignore file', '.gatehouse/.gitignore'],
    ['the state directory', '.gatehouse'],
  ])('a named pipe is refused at once: %s', async (_, path) => {
    await withTree({ '.gatehouse/': '' }, async (directory) => {
      if (path === '.gatehouse') rmSync(join(directory, path), { recursive: true });
      execFileSync('mkfifo', [join(directory, path)]);
      const plan = [{ path: 'a.yaml', content: 'a\n' }];
      const outcomes = [await recover(directory, quickDisk), await compareAndWrite(directory, plan)];
      const codes = outcomes.flatMap(codesOf);
      expect(codes.length).toBeGreaterThan(0);
      expect(new Set(codes)).toEqual(new Set(['path-blocked']));
    });
  });

  test('a directory in place of the journal is refused, by readers as well', async () => {
    await withTree({ '.gatehouse/journal.json/a': '' }, async (directory) => {
      expect(codesOf(await recover(directory, quickDisk))).toEqual(['path-blocked']);
      expect(await interrupted(directory)).toMatchObject({ code: 'path-blocked' });
    });
  });

  test('a staged directory is not moved into the tree', async () => {
    const files = { '.gatehouse/journal.json': journalOf(put('a.txt')), [`${staging}/0.new/x`]: foreign };
    await withTree(files, async (directory) => {
      expect(codesOf(await recover(directory, quickDisk))).toEqual(['path-blocked']);
      expect(visible(directory)).toEqual({});
    });
  });
});

describe('a staged file that is not what the journal says', () => {
  test.each([
    ['a new file', 'journal.json', [put('a.txt', 'what the run wrote\n')], { [`${staging}/0.new`]: foreign }],
    [
      'the second of two new files',
      'journal.json',
      [put('a.txt'), put('b.txt', 'what the run wrote\n', '1.new')],
      { [`${staging}/0.new`]: foreign, [`${staging}/1.new`]: foreign },
    ],
    [
      'a backup of a removed file',
      'undo.json',
      [remove('a.txt', 'what the user had\n')],
      { [`${staging}/0.old`]: foreign },
    ],
    [
      'a backup of a replaced file',
      'undo.json',
      [{ ...put('a.txt'), old: { before: hashText(Buffer.from('what the user had\n')), backup: '0.old' } }],
      { [`${staging}/0.old`]: 'something else\n', 'a.txt': foreign },
    ],
  ])('moves nothing: %s', async (_, journal, steps, files) => {
    await withTree({ ...files, [`.gatehouse/${journal}`]: journalOf(...steps) }, async (directory) => {
      const before = snapshot(directory);
      expect(codesOf(await recover(directory, quickDisk))).toEqual(['journal-damaged']);
      expect(snapshot(directory)).toEqual(before);
    });
  });

  test('is found wherever a run was killed', async () => {
    let found = 0;
    for (let at = 0; at < 40; at += 1) {
      await withTree({ 'b.txt': 'mine\n' }, async (directory) => {
        const plan = ['a.txt', 'c/d.txt'].map((path) => ({ path, content: `${path}\n` }));
        const killed = await compareAndWrite(directory, plan, { disk: killedAt(at) }).then(
          () => false,
          () => true,
        );
        if (!killed) return;
        endOwnLocks(directory);
        const staged = Object.keys(snapshot(directory)).filter((path) => path.endsWith('.new'));
        const isDecided = (await interrupted(directory)) !== undefined;
        for (const path of staged) writeFileSync(join(directory, path), foreign);
        const recovery = await recover(directory, quickDisk);
        expect(Object.values(snapshot(directory))).not.toContain(isDecided ? undefined : foreign);
        expect(Object.values(visible(directory))).not.toContain(foreign);
        if (isDecided && staged.length > 0) {
          expect(codesOf(recovery)).toEqual(['journal-damaged']);
          found += 1;
        }
      });
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe('a journal that came with the repository', () => {
  const git = (directory: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: directory });

  test.each([
    ['the journal is committed', ['.gatehouse/journal.json']],
    ['the staged files are committed', [staging]],
    ['both are committed', ['.gatehouse']],
  ])('is refused, and nothing moves: %s', async (_, added) => {
    const files = { '.gatehouse/journal.json': journalOf(put('a.txt')), [`${staging}/0.new`]: foreign };
    await withTree(files, async (directory) => {
      git(directory, 'init', '-q');
      git(directory, 'add', '-f', ...added);
      git(directory, 'commit', '-qm', 'x');
      const recovery = await recover(directory, quickDisk);
      expect(recovery).toMatchObject({
        ok: false,
        problems: [{ code: 'journal-damaged', message: expect.stringContaining('Git tracks') }],
      });
      expect(visible(directory)['a.txt']).toBeUndefined();
      expect(snapshot(directory)[`${staging}/0.new`]).toBe(foreign);
    });
  });

  test.each(['.gatehouse', staging])('is refused in a submodule: %s', async (module) => {
    const files = { '.gatehouse/journal.json': journalOf(put('a.txt')), [`${staging}/0.new`]: foreign };
    await withTree(files, async (directory) => {
      git(directory, 'init', '-q');
      const at = join(directory, module);
      git(at, 'init', '-q');
      git(at, 'add', '.');
      git(at, 'commit', '-qm', 'x');
      git(directory, 'add', module);
      expect(git(directory, 'ls-files', '--stage', module).toString()).toMatch(/^160000 /);
      expect(await recover(directory, quickDisk)).toMatchObject({
        problems: [{ code: 'journal-damaged', message: expect.stringContaining('Git tracks') }],
      });
      expect(visible(directory)['a.txt']).toBeUndefined();
    });
  });

  test('is one of ours where Git does not track it, also with Git', async () => {
    await withTree({}, async (directory) => {
      git(directory, 'init', '-q');
      await expect(
        compareAndWrite(directory, [{ path: 'a.txt', content: 'a\n' }], { disk: killedAt(10) }),
      ).rejects.toThrow('killed');
      endOwnLocks(directory);
      expect(['finished', 'cleared']).toContain(expectValue(await recover(directory, quickDisk)));
    });
  });

  test.each([
    ['a path outside', [put('../stolen.txt')]],
    ['an absolute path', [put('/tmp/stolen.txt')]],
    ["Git's own directory", [put('.git/hooks/pre-commit')]],
    ['a staged file elsewhere', [put('a.txt', foreign, '../../0.new')]],
    ['an unknown step', [{ do: 'link', path: 'a', to: 'b' }]],
    ['the journal itself', [remove('.gatehouse/journal.json', foreign)]],
  ])('is refused when it names %s', async (_, steps) => {
    const files = { '.gatehouse/journal.json': journalOf(...steps), [`${staging}/0.new`]: foreign };
    await withTree(files, async (directory) => {
      const before = snapshot(directory);
      expect(codesOf(await recover(directory, quickDisk))).toEqual(['journal-damaged']);
      expect(snapshot(directory)).toEqual(before);
    });
  });

  test.each(['', '{', '[]', '{"version":2,"steps":[]}', '\0', '{"version":1}'])(
    'is refused when it is damaged: %j',
    async (text) => {
      await withTree(
        { '.gatehouse/journal.json': text, [`${staging}/0.new`]: foreign },
        async (directory) => {
          expect(codesOf(await recover(directory, quickDisk))).toEqual(['journal-damaged']);
          expect(snapshot(directory)[`${staging}/0.new`]).toBe(foreign);
        },
      );
    },
  );

  test('does not move through a link in the tree', async () => {
    const files = { '.gatehouse/journal.json': journalOf(put('apps/a.txt')), [`${staging}/0.new`]: foreign };
    await withTree({ 'outside/': '', ...prefixed('tree', files) }, async (scratch) => {
      symlinkSync('../outside', join(scratch, 'tree/apps'));
      expect(codesOf(await recover(join(scratch, 'tree'), quickDisk))).toEqual(['path-is-link']);
      expect(snapshot(scratch)['outside/']).toBe('');
    });
  });
});

function prefixed(directory: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${directory}/${path}`, text]));
}
