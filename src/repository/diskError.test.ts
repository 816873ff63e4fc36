import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codes } from '../problems/codes.ts';
import { failingAt } from './faultInjection.ts';
import { recover } from './recover.ts';
import { codesOf, compareAndWrite, endOwnLocks, expectOneOf, expectValue, quickDisk } from './testTree.ts';
import { isAny, isChange, makeTwoTrees, newPlan, type TwoTrees } from './twoTrees.ts';

let trees: TwoTrees;

beforeAll(async () => {
  trees = await makeTwoTrees();
});

afterAll(() => trees.remove());

describe('an error of the disk', () => {
  test.each([
    { code: 'EACCES', where: 'reads included', counts: isAny },
    { code: 'ENOSPC', where: 'writes', counts: isChange },
    { code: 'EROFS', where: 'writes', counts: isChange },
  ])(
    '$code leaves the old tree, wherever it comes ($where)',
    async ({ code, counts }) => {
      const calls = await trees.countCalls(counts);
      let failures = 0;
      for (let at = 0; at < calls; at += 1) {
        await trees.onOldTree(async (directory) => {
          const written = await compareAndWrite(directory, newPlan, {
            disk: failingAt(at, code, { counts }),
          });
          endOwnLocks(directory);
          if (written.ok) {
            // Only the clean-up failed: the tree is the new one.
            expectValue(await recover(directory, quickDisk));
            expectOneOf(directory, trees.newTree);
            return;
          }
          failures += 1;
          expect(codesOf(written).map((found) => codes[found].exit)).toEqual(codesOf(written).map(() => 3));
          expect(['nothing', 'cleared']).toContain(expectValue(await recover(directory, quickDisk)));
          expectOneOf(directory, trees.oldTree);
        });
      }
      expect(failures).toBeGreaterThan(calls / 2);
    },
    300_000,
  );

  test('that persists leaves a tree that recovers once it is gone', async () => {
    const calls = await trees.countCalls(isChange);
    for (let at = 0; at < calls; at += 1) {
      await trees.onOldTree(async (directory) => {
        const disk = failingAt(at, 'EROFS', { counts: isChange, lasting: true });
        const written = await compareAndWrite(directory, newPlan, { disk });
        endOwnLocks(directory);
        expectValue(await recover(directory, quickDisk));
        expectOneOf(directory, ...(written.ok ? [trees.newTree] : [trees.oldTree, trees.newTree]));
      });
    }
  }, 300_000);

  test('is reported without a path of the machine', async () => {
    await trees.onOldTree(async (directory) => {
      const written = await compareAndWrite(directory, newPlan, { disk: failingAt(200, 'ENOSPC') });
      expect(written).toMatchObject({
        ok: false,
        problems: [{ code: 'write-failed', message: expect.stringContaining('the disk is full') }],
      });
      expect(JSON.stringify(written)).not.toContain(directory);
    });
  });
});
