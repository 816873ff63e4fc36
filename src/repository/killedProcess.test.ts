import { spawn } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleProgram } from './bundleProgram.ts';
import { intercepted, killedAt, systemError } from './faultInjection.ts';
import { interrupted } from './interrupted.ts';
import { recover } from './recover.ts';
import {
  codesOf,
  compareAndWrite,
  difference,
  endOwnLocks,
  expectOneOf,
  expectValue,
  type Files,
  putFiles,
  quickDisk,
  snapshot,
  withTree,
} from './testTree.ts';
import { isChange, makeTwoTrees, manyFiles, newPlan, oldPlan, type TwoTrees, userFiles } from './twoTrees.ts';

const plans = { old: oldPlan, new: newPlan };
let trees: TwoTrees;

beforeAll(async () => {
  trees = await makeTwoTrees();
});

afterAll(() => trees.remove());

test('uses two trees with every kind of change', async () => {
  expect(trees.oldTree['clusters/home/kustomization.yaml']).toBe(
    'resources:\n- ../../own # mine\n- ../../apps/media/immich\n',
  );
  expect(Object.keys(trees.newTree)).toEqual([
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
    program = join(trees.scratch, 'child.mjs');
    const source = `
      import { readFileSync } from 'node:fs';
      import { compareWithTree } from './compare.ts';
      import { intercepted } from './faultInjection.ts';
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
      writeFileSync(join(trees.scratch, `${name}.json`), JSON.stringify(plan));
    }
  });

  function run(directory: string, plan: keyof typeof plans, at: number): Promise<NodeJS.Signals | null> {
    return new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        [program, directory, join(trees.scratch, `${plan}.json`), String(at)],
        {
          stdio: 'inherit',
        },
      );
      child.on('error', reject);
      child.on('exit', (code, signal) => (code === 1 ? reject(new Error('write failed')) : resolve(signal)));
    });
  }

  /** Kills at each change of the disk, two processes at a time, and checks each tree after a recovery. */
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

  test('leaves a tree that recovers to the old or the new state, wherever it is killed', async () => {
    const kills = await killEverywhere(trees.oldDirectory, 'new', [trees.oldTree, trees.newTree]);
    expect(kills).toBe(await trees.countCalls(isChange));
    expect(kills).toBeGreaterThan(100);
  }, 300_000);

  test('leaves nothing when it is killed in its first run', async () => {
    const start = join(trees.scratch, 'people');
    putFiles(start, userFiles);
    const untouched = snapshot(start);
    const kills = await killEverywhere(start, 'old', [untouched, trees.oldTree]);
    expect(kills).toBeGreaterThan(40);
  }, 300_000);
});

test('recovers without hard links too', async () => {
  const writes = (await trees.countCalls(isChange)) * 2;
  for (let at = 0; at < writes; at += 2) {
    await trees.onOldTree(async (directory) => {
      const disk = intercepted((call) => {
        if (call.name === 'link') throw systemError('EPERM', call);
      }, killedAt(at));
      await compareAndWrite(directory, newPlan, { disk }).catch(() => endOwnLocks(directory));
      expectValue(await recover(directory, quickDisk));
      expectOneOf(directory, trees.oldTree, trees.newTree);
    });
  }
}, 300_000);

describe('a recovery', () => {
  test('continues a recovery that was killed, wherever both are killed', async () => {
    const writes = await trees.countCalls(isChange);
    for (let at = 0; at < writes; at += 9) {
      for (let again = 0, isDone = false; !isDone; again += 5) {
        await trees.onOldTree(async (directory) => {
          await expect(compareAndWrite(directory, newPlan, { disk: killedAt(at) })).rejects.toThrow('killed');
          endOwnLocks(directory);
          await recover(directory, killedAt(again)).then(
            () => {
              isDone = true;
            },
            () => endOwnLocks(directory),
          );
          expectValue(await recover(directory, quickDisk));
          expectOneOf(directory, trees.oldTree, trees.newTree);
        });
      }
    }
  }, 300_000);

  test('reports what it did, and other commands refuse the tree before it', async () => {
    const outcomes = new Set<string>();
    const writes = await trees.countCalls(isChange);
    for (let at = 0; at < writes; at += 1) {
      await trees.onOldTree(async (directory) => {
        await expect(compareAndWrite(directory, newPlan, { disk: killedAt(at) })).rejects.toThrow('killed');
        endOwnLocks(directory);
        const isWhole = (await interrupted(directory)) === undefined;
        const before = snapshot(directory);
        if (isWhole) await difference(directory, newPlan);
        else expect(codesOf(await compareAndWrite(directory, newPlan))).toEqual(['write-interrupted']);
        expect(snapshot(directory)).toEqual(before);
        const recovery = expectValue(await recover(directory, quickDisk));
        expect(recovery === 'finished').toBe(!isWhole);
        outcomes.add(recovery);
        expect(expectValue(await recover(directory, quickDisk))).toBe('nothing');
      });
    }
    // At the first change there are no leftovers yet.
    expect([...outcomes].sort()).toEqual(['cleared', 'finished', 'nothing']);
  }, 300_000);

  test('does not overwrite a change of the user in between', async () => {
    const writes = await trees.countCalls(isChange);
    let refusals = 0;
    for (let at = 0; at < writes; at += 1) {
      await trees.onOldTree(async (directory) => {
        await expect(compareAndWrite(directory, newPlan, { disk: killedAt(at) })).rejects.toThrow('killed');
        endOwnLocks(directory);
        putFiles(directory, { 'apps/media/immich/deployment.yaml': 'mine: now\n' });
        const recovery = await recover(directory, quickDisk);
        if (!recovery.ok) refusals += 1;
        expect(recovery.ok || codesOf(recovery)[0] === 'journal-damaged').toBe(true);
        expect(snapshot(directory)['apps/media/immich/deployment.yaml']).toBe('mine: now\n');
      });
    }
    expect(refusals).toBeGreaterThan(10);
  }, 300_000);
});
