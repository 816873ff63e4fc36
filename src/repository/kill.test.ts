import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codes } from '../problems/codes.ts';
import { bundleProgram } from './bundle-program.ts';
import { type Call, failingAt, intercepted, killedAt } from './fault-injection.ts';
import { interrupted } from './interrupted.ts';
import type { PlannedFile } from './plan.ts';
import { recover } from './recover.ts';
import {
  bring,
  codesOf,
  difference,
  endOwnLocks,
  expectOneOf,
  expectValue,
  type Files,
  putFiles,
  quickDisk,
  snapshot,
  withTree,
} from './test-tree.ts';

/** What stood there before Gatehouse came. */
const people: Files = {
  'README.md': '# Home\n',
  'clusters/home/kustomization.yaml': 'resources:\n- ../../own # mine\n',
  'own/kustomization.yaml': 'resources: []\n',
};

const manyFiles = (content: string) =>
  Array.from({ length: 7 }, (_, index) => ({
    path: `apps/many/${index}.yaml`,
    content: `${content}: ${index}\n`,
  }));

const oldPlan: PlannedFile[] = [
  ...manyFiles('old'),
  { path: 'clusters/home/kustomization.yaml', entries: ['../../apps/media/immich'] },
  { path: '.gitignore', lines: ['/cluster.private.yaml'] },
  { path: 'apps/media/immich/deployment.yaml', content: 'kind: Deployment\n' },
  { path: 'apps/media/immich/service.yaml', content: 'kind: Service\n' },
  { path: 'apps/media/old/one.yaml', content: 'one: 1\n' },
  { path: 'apps/media/old/deep/two.yaml', content: 'two: 2\n' },
  { path: 'docs', content: 'a file that becomes a folder\n' },
  { path: 'talos/patches/machine.yaml', content: 'a folder that becomes a file\n' },
];

const newPlan: PlannedFile[] = [
  ...manyFiles('new'),
  { path: 'clusters/home/kustomization.yaml', entries: ['../../apps/media/proxy'] },
  { path: '.gitignore', lines: ['/docs/local/'] },
  { path: 'apps/media/immich/deployment.yaml', content: 'kind: Deployment\nspec: {}\n' },
  { path: 'apps/media/immich/service.yaml', content: 'kind: Service\n' },
  { path: 'apps/media/immich/policy.yaml', content: 'kind: NetworkPolicy\n' },
  { path: 'apps/media/proxy/deployment.yaml', content: 'kind: Deployment # proxy\n' },
  { path: 'apps/media/proxy/config/nginx.conf', content: 'events {}\n' },
  { path: 'docs/README.md', content: '# Docs\n' },
  { path: 'docs/quickstart.md', content: '# Quickstart\n' },
  { path: 'talos', content: 'no patches\n' },
];

const plans = { old: oldPlan, new: newPlan };
let bench: string;
let template: string;
let oldTree: Files;
let newTree: Files;

/** Runs an action on a fresh copy of the old tree. */
async function onOldTree(action: (directory: string) => Promise<void>): Promise<void> {
  await withTree({}, async (directory) => {
    cpSync(template, directory, { recursive: true });
    await action(directory);
  });
}

const isChange = ({ changes }: Call) => changes;
const isAny = () => true;

async function countCalls(counts: (call: Call) => boolean): Promise<number> {
  let calls = 0;
  const disk = intercepted((call) => {
    if (counts(call)) calls += 1;
  });
  await onOldTree(async (directory) => {
    expectValue(await bring(directory, newPlan, { disk }));
  });
  return calls;
}

beforeAll(async () => {
  bench = mkdtempSync(join(tmpdir(), 'gatehouse-kill-'));
  template = join(bench, 'template');
  putFiles(template, people);
  expectValue(await bring(template, oldPlan));
  oldTree = snapshot(template);
  await onOldTree(async (directory) => {
    expectValue(await bring(directory, newPlan));
    newTree = snapshot(directory);
  });
});

afterAll(() => rmSync(bench, { recursive: true }));

test('the two trees of these tests are what they are meant to be', async () => {
  expect(oldTree['clusters/home/kustomization.yaml']).toBe(
    'resources:\n- ../../own # mine\n- ../../apps/media/immich\n',
  );
  expect(Object.keys(newTree)).toEqual([
    '.gatehouse/.gitignore',
    '.gatehouse/manifest.json',
    '.gitignore',
    'README.md',
    ...manyFiles('').map(({ path }) => path),
    'apps/media/immich/deployment.yaml',
    'apps/media/immich/policy.yaml',
    'apps/media/immich/service.yaml',
    'apps/media/proxy/config/nginx.conf',
    'apps/media/proxy/deployment.yaml',
    'clusters/home/kustomization.yaml',
    'docs/README.md',
    'docs/quickstart.md',
    'own/kustomization.yaml',
    'talos',
  ]);
});

describe('a process that is killed', () => {
  let program: string;

  beforeAll(async () => {
    program = join(bench, 'child.mjs');
    const source = `
      import { readFileSync } from 'node:fs';
      import { compareWithTree } from './compare.ts';
      import { intercepted } from './fault-injection.ts';
      import { writeChanges } from './write.ts';
      const [directory, planFile, at] = process.argv.slice(2);
      let count = 0;
      const disk = intercepted((call) => {
        if (!call.changes) return;
        if (count === Number(at)) {
          call.leavePart?.();
          process.kill(process.pid, 'SIGKILL');
        }
        count += 1;
      });
      const compared = await compareWithTree(directory, JSON.parse(readFileSync(planFile, 'utf8')), { disk });
      const written = await writeChanges(directory, compared.value, { disk });
      process.exitCode = written.ok ? 0 : 1;
    `;
    await bundleProgram(source, program);
    for (const [name, plan] of Object.entries(plans)) {
      writeFileSync(join(bench, `${name}.json`), JSON.stringify(plan));
    }
  });

  function run(directory: string, plan: keyof typeof plans, at: number): Promise<NodeJS.Signals | null> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, directory, join(bench, `${plan}.json`), String(at)], {
        stdio: 'inherit',
      });
      child.on('error', reject);
      child.on('exit', (code, signal) => (code === 1 ? reject(new Error('write failed')) : resolve(signal)));
    });
  }

  /** Kills at each change of the disk in turn, two processes at a time, and judges each tree after a recovery. */
  async function killEverywhere(
    start: string,
    plan: keyof typeof plans,
    ends: readonly Files[],
  ): Promise<number> {
    let next = 0;
    let last = Number.POSITIVE_INFINITY;
    const work = async () => {
      while (next < last) {
        const at = next;
        next += 1;
        await withTree({}, async (directory) => {
          cpSync(start, directory, { recursive: true });
          const signal = await run(directory, plan, at);
          if (signal === null) last = Math.min(last, at);
          else expectValue(await recover(directory, quickDisk));
          expectOneOf(directory, ...ends);
          expect(await interrupted(directory)).toBeUndefined();
        });
      }
    };
    await Promise.all([work(), work()]);
    return last;
  }

  test('leaves a tree that is brought to the old or the new state, wherever it is killed', async () => {
    const kills = await killEverywhere(template, 'new', [oldTree, newTree]);
    expect(kills).toBe(await countCalls(isChange));
    expect(kills).toBeGreaterThan(100);
  }, 180_000);

  test('leaves nothing behind when it is killed in its first run', async () => {
    const start = join(bench, 'people');
    putFiles(start, people);
    const untouched = snapshot(start);
    const kills = await killEverywhere(start, 'old', [untouched, oldTree]);
    expect(kills).toBeGreaterThan(40);
  }, 180_000);
});

describe('a recovery', () => {
  test('that is killed itself is gone on with, wherever both are killed', async () => {
    const writes = await countCalls(isChange);
    for (let at = 0; at < writes; at += 9) {
      for (let again = 0, isDone = false; !isDone; again += 5) {
        await onOldTree(async (directory) => {
          await expect(bring(directory, newPlan, { disk: killedAt(at) })).rejects.toThrow('killed');
          endOwnLocks(directory);
          await recover(directory, killedAt(again)).then(
            () => {
              isDone = true;
            },
            () => endOwnLocks(directory),
          );
          expectValue(await recover(directory, quickDisk));
          expectOneOf(directory, oldTree, newTree);
        });
      }
    }
  }, 60_000);

  test('says what it did, and other commands refuse the tree until then', async () => {
    const outcomes = new Set<string>();
    const writes = await countCalls(isChange);
    for (let at = 0; at < writes; at += 1) {
      await onOldTree(async (directory) => {
        await expect(bring(directory, newPlan, { disk: killedAt(at) })).rejects.toThrow('killed');
        endOwnLocks(directory);
        const isWhole = (await interrupted(directory)) === undefined;
        const before = snapshot(directory);
        if (isWhole) await difference(directory, newPlan);
        else expect(codesOf(await bring(directory, newPlan))).toEqual(['write-interrupted']);
        expect(snapshot(directory)).toEqual(before);
        const recovery = expectValue(await recover(directory, quickDisk));
        expect(recovery === 'finished').toBe(!isWhole);
        outcomes.add(recovery);
        expect(expectValue(await recover(directory, quickDisk))).toBe('nothing');
      });
    }
    // At the first change there is nothing yet to clear away.
    expect([...outcomes].sort()).toEqual(['cleared', 'finished', 'nothing']);
  }, 60_000);

  test('does not overwrite what a person changed in between', async () => {
    const writes = await countCalls(isChange);
    let refusals = 0;
    for (let at = 0; at < writes; at += 1) {
      await onOldTree(async (directory) => {
        await expect(bring(directory, newPlan, { disk: killedAt(at) })).rejects.toThrow('killed');
        endOwnLocks(directory);
        putFiles(directory, { 'apps/media/immich/deployment.yaml': 'mine: now\n' });
        const recovery = await recover(directory, quickDisk);
        if (!recovery.ok) refusals += 1;
        expect(recovery.ok || codesOf(recovery)[0] === 'journal-damaged').toBe(true);
        expect(snapshot(directory)['apps/media/immich/deployment.yaml']).toBe('mine: now\n');
      });
    }
    expect(refusals).toBeGreaterThan(10);
  }, 60_000);
});

describe('an error of the disk', () => {
  test.each([
    { code: 'EACCES', where: 'reads included', counts: isAny },
    { code: 'ENOSPC', where: 'writes', counts: isChange },
    { code: 'EROFS', where: 'writes', counts: isChange },
  ])(
    '$code leaves the old tree, wherever it comes ($where)',
    async ({ code, counts }) => {
      const calls = await countCalls(counts);
      let failures = 0;
      for (let at = 0; at < calls; at += 1) {
        await onOldTree(async (directory) => {
          const written = await bring(directory, newPlan, { disk: failingAt(at, code, { counts }) });
          endOwnLocks(directory);
          if (written.ok) {
            // Only the clearing away met the error: the tree is the new one.
            expectValue(await recover(directory, quickDisk));
            expectOneOf(directory, newTree);
            return;
          }
          failures += 1;
          expect(codesOf(written).map((found) => codes[found].exit)).toEqual(codesOf(written).map(() => 3));
          expect(['nothing', 'cleared']).toContain(expectValue(await recover(directory, quickDisk)));
          expectOneOf(directory, oldTree);
        });
      }
      expect(failures).toBeGreaterThan(calls / 2);
    },
    120_000,
  );

  test('that does not go away leaves a tree that is whole once it is gone', async () => {
    const calls = await countCalls(isChange);
    for (let at = 0; at < calls; at += 1) {
      await onOldTree(async (directory) => {
        const disk = failingAt(at, 'EROFS', { counts: isChange, lasting: true });
        const written = await bring(directory, newPlan, { disk });
        endOwnLocks(directory);
        expectValue(await recover(directory, quickDisk));
        expectOneOf(directory, ...(written.ok ? [newTree] : [oldTree, newTree]));
      });
    }
  }, 60_000);

  test('names what is wrong, and no path of the machine', async () => {
    await onOldTree(async (directory) => {
      const written = await bring(directory, newPlan, { disk: failingAt(200, 'ENOSPC') });
      expect(written).toMatchObject({
        ok: false,
        problems: [{ code: 'write-failed', message: expect.stringContaining('the disk is full') }],
      });
      expect(JSON.stringify(written)).not.toContain(directory);
    });
  });
});
