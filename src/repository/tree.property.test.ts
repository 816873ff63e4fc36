import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { killedAt } from './faultInjection.ts';
import { checkPlan, type PlannedFile } from './plan.ts';
import { recover } from './recover.ts';
import {
  compareAndWrite,
  difference,
  endOwnLocks,
  expectOneOf,
  expectValue,
  type Files,
  putFiles,
  quickDisk,
  snapshot,
  visible,
  withTree,
} from './testTree.ts';

const paths = ['a', 'a/b', 'a/b/c', 'a/d', 'ü x/y', 'ü x/z/w', 'k.yaml', 'lines'];
const someText = fc.constantFrom('', '1\n', '2', '3\r\n', 'é\n');

const plannedFile: fc.Arbitrary<PlannedFile> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ path: fc.constantFrom(...paths), content: someText }) },
  fc.record({
    path: fc.constant('k.yaml'),
    entries: fc.uniqueArray(fc.constantFrom('../a', '../b', './c')),
  }),
  fc.record({ path: fc.constant('lines'), lines: fc.uniqueArray(fc.constantFrom('/x', '/y', '# z')) }),
);

/** Valid plans: of files that clash, the first stays. */
const somePlan = fc.array(plannedFile, { maxLength: 8 }).map((files) => {
  const plan: PlannedFile[] = [];
  for (const file of files) {
    plan.push(file);
    if (checkPlan(plan).length > 0) plan.pop();
  }
  return plan;
});

/** Edits of the user are marked, so that they never equal what Gatehouse would write. */
const someEdit = fc.record({
  path: fc.constantFrom(...paths),
  text: fc.option(fc.constantFrom('# mine 1\n', '# mine 2\r\n', '# mine 3')),
});

interface Edit {
  path: string;
  text: string | null;
}

/** Writes or removes a file, if the tree allows it. */
function applyEdit(directory: string, edit: Edit, mine: Map<string, string>): void {
  try {
    if (edit.text === null) {
      if (statSync(join(directory, edit.path)).isFile()) rmSync(join(directory, edit.path));
      mine.delete(edit.path);
    } else {
      putFiles(directory, { [edit.path]: edit.text });
      mine.set(edit.path, edit.text);
    }
  } catch (error) {
    expect(error).toMatchObject({ syscall: expect.any(String) });
  }
}

test('matches the plan after a write with theirs, or without edits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(somePlan, fc.array(someEdit, { maxLength: 3 })), { maxLength: 5 }),
      async (rounds) => {
        await withTree({}, async (directory) => {
          for (const [plan, edits] of rounds) {
            for (const edit of edits) applyEdit(directory, edit, new Map());
            const written = await compareAndWrite(directory, plan, { accept: 'theirs' });
            // A file or directory of the user may be in place of a planned one.
            if (!written.ok) return;
            expect(await difference(directory, plan)).toMatchObject({ changes: [], conflicts: [] });
            for (const file of plan) {
              if ('content' in file) {
                const text = readFileSync(join(directory, file.path), 'utf8');
                expect(text.replaceAll('\r\n', '\n')).toBe(file.content.replaceAll('\r\n', '\n'));
              }
            }
          }
        });
      },
    ),
    { numRuns: 80 },
  );
});

test('never loses an edit of the user, except with theirs', async () => {
  const someRound = fc.record({
    plan: somePlan,
    edits: fc.array(someEdit, { maxLength: 3 }),
    accept: fc.constantFrom('mine' as const, undefined),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(someRound, { maxLength: 6 }), async (rounds) => {
      await withTree({}, async (directory) => {
        const mine = new Map<string, string>();
        for (const { plan, edits, accept } of rounds) {
          for (const edit of edits) applyEdit(directory, edit, mine);
          const before = snapshot(directory);
          const written = await compareAndWrite(directory, plan, accept === undefined ? {} : { accept });
          if (!written.ok) expect(snapshot(directory)).toEqual(before);
          const after = visible(directory);
          for (const [path, text] of mine) expect(after[path]).toContain(text.trimEnd());
        }
      });
    }),
    { numRuns: 100 },
  );
});

test('recovers one of any two trees after a kill between them', async () => {
  await fc.assert(
    fc.asyncProperty(somePlan, somePlan, fc.nat(90), async (first, second, at) => {
      const inTree = (action: (directory: string) => Promise<Files>) =>
        withTree({ own: 'mine\n' }, async (directory) => {
          expectValue(await compareAndWrite(directory, first));
          return action(directory);
        });
      const oldTree = await inTree(async (directory) => snapshot(directory));
      const newTree = await inTree(async (directory) => {
        expectValue(await compareAndWrite(directory, second));
        return snapshot(directory);
      });
      await inTree(async (directory) => {
        await compareAndWrite(directory, second, { disk: killedAt(at) }).catch(() => endOwnLocks(directory));
        expectValue(await recover(directory, quickDisk));
        expectOneOf(directory, oldTree, newTree);
        return {};
      });
    }),
    { numRuns: 80 },
  );
});
