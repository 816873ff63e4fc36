import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleProgram } from './bundleProgram.ts';
import { interrupted } from './interrupted.ts';
import { acquireLock } from './lock.ts';
import {
  formatIdentity,
  hasEnded,
  ownIdentity,
  type ProcessIdentity,
  parseIdentity,
} from './processIdentity.ts';
import { recover } from './recover.ts';
import { codesOf, compareAndWrite, expectValue, quickDisk, snapshot, visible, withTree } from './testTree.ts';
import { openTree } from './tree.ts';

let scratch: string;
let program: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
  program = join(scratch, 'program.mjs');
  const source = `
    import { rmSync, writeFileSync } from 'node:fs';
    import { acquireLock } from './lock.ts';
    import { openTree } from './tree.ts';
    const [directory, times] = process.argv.slice(2);
    const tree = openTree(directory).value;
    let taken = 0;
    for (let turn = 0; turn < Number(times); turn += 1) {
      const lock = await acquireLock(tree);
      if (!lock.ok) continue;
      taken += 1;
      // Fails if another process holds the lock too.
      writeFileSync(directory + '/inside', '', { flag: 'wx' });
      if (times === '1') {
        process.stdout.write('taken');
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      }
      rmSync(directory + '/inside');
      lock.value.release();
    }
    process.stdout.write(String(taken));
  `;
  await bundleProgram(source, program);
});

afterAll(() => rmSync(scratch, { recursive: true }));

const start = (directory: string, times: number) =>
  spawn(process.execPath, [program, directory, String(times)], { stdio: ['ignore', 'pipe', 'inherit'] });

/** A file in the lock directory, as left by a process that differs from this one. */
function leftover(difference: Partial<ProcessIdentity>) {
  return { [`.gatehouse/lock/${formatIdentity({ ...ownIdentity(), ...difference })}`]: '' };
}

const plan = [{ path: 'a', content: 'a\n' }];

test('is never held by two processes', async () => {
  await withTree({}, async (directory) => {
    const runs = [1, 2, 3].map(async () => {
      const child = start(directory, 60);
      let output = '';
      child.stdout.on('data', (data) => {
        output += data;
      });
      const [code] = await once(child, 'close');
      expect(code).toBe(0);
      return Number(output);
    });
    const taken = await Promise.all(runs);
    expect(taken.every((times) => times > 0)).toBe(true);
    expect(snapshot(directory)).toEqual({});
  });
}, 300_000);

test('is held by a running process, and not by a killed one', async () => {
  await withTree({}, async (directory) => {
    const child = start(directory, 1);
    await once(child.stdout, 'data');
    const before = snapshot(directory);
    const written = await compareAndWrite(directory, plan);
    expect(written).toMatchObject({ ok: false, problems: [{ code: 'tree-locked' }] });
    expect(expectValue(await recover(directory))).toBe('nothing');
    expect(snapshot(directory)).toEqual(before);
    child.kill('SIGKILL');
    await once(child, 'close');
    rmSync(join(directory, 'inside'));
    expectValue(await compareAndWrite(directory, plan));
    expect(visible(directory)).toEqual({ a: 'a\n' });
    expect(readdirSync(join(directory, '.gatehouse'))).toEqual(['.gitignore', 'manifest.json']);
  });
}, 300_000);

test('serialises two writes of one process, or refuses one', async () => {
  await withTree({}, async (directory) => {
    const outcomes = await Promise.all([compareAndWrite(directory, plan), compareAndWrite(directory, plan)]);
    const codes = outcomes.flatMap(codesOf);
    expect(outcomes.some(({ ok }) => ok)).toBe(true);
    expect(['tree-locked', 'tree-changed-meanwhile', undefined]).toContain(codes[0]);
    expect(visible(directory)).toEqual({ a: 'a\n' });
  });
});

test.each([
  ['whose id another process has now', { start: '1' }],
  ['from before the machine started anew', { boot: '0-0' }],
])('clears the lock of a process %s', async (_, difference) => {
  await withTree(leftover(difference), async (directory) => {
    expect(expectValue(await recover(directory, quickDisk))).toBe('cleared');
    expect(snapshot(directory)).toEqual({});
  });
});

test.each([
  ['on another machine', { host: '0123456789abcdef', pid: 2_147_483_647 }],
  ['in another container', { namespace: '1', pid: 2_147_483_647 }],
  ['that still runs', {}],
])('respects the lock of a process %s, and the remedy names what to delete', async (_, difference) => {
  await withTree({ ...leftover(difference), '.gatehouse/journal.json': '' }, async (directory) => {
    const before = snapshot(directory);
    const recovery = await recover(directory, quickDisk);
    expect(recovery).toMatchObject({
      problems: [{ code: 'tree-locked', remedy: expect.stringContaining('.gatehouse/lock') }],
    });
    expect(await interrupted(directory)).toMatchObject({ code: 'tree-locked' });
    expect(snapshot(directory)).toEqual(before);
  });
});

test('ignores other files in the lock directory', async () => {
  await withTree({ '.gatehouse/lock/.DS_Store': '' }, async (directory) => {
    expectValue(await compareAndWrite(directory, plan));
    expect(visible(directory)).toEqual({ a: 'a\n' });
  });
});

test('reports anything but a directory in its place', async () => {
  await withTree({}, async (directory) => {
    writeFileSync(join(directory, '.gatehouse'), '');
    const lock = await acquireLock(expectValue(openTree(directory)));
    expect(codesOf(lock)).toEqual(['path-blocked']);
  });
});

test('parses an identity from its name, and from no other name', () => {
  const own = ownIdentity();
  expect(parseIdentity(formatIdentity(own))).toEqual(own);
  const bare = { ...own, start: '-', boot: '-', namespace: '-' };
  expect(parseIdentity(formatIdentity(bare))).toEqual(bare);
  for (const name of ['', '.DS_Store', `${formatIdentity(own)}x`, 'x'.repeat(200)]) {
    expect(parseIdentity(name)).toBeUndefined();
  }
});

test('without /proc, treats a process as ended when no signal reaches it', () => {
  const here = { ...ownIdentity(), start: '-', boot: '-', namespace: '-' };
  expect(hasEnded(here, here)).toBe(false);
  expect(hasEnded({ ...here, pid: 1 }, here)).toBe(false);
  expect(hasEnded({ ...here, pid: 2_147_483_647 }, here)).toBe(true);
});
