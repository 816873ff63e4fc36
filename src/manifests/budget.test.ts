import { expect, it } from 'vitest';
import { budgetProblem, createBudget } from './budget.ts';
import { buildDirectory } from './kustomize/build.ts';
import { readerOf } from './tree.ts';

const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n';

/** Levels of two directories, each of which includes both of the next level under another name. */
function diamonds(depth: number): Map<string, string> {
  const files = new Map([['end/a.yaml', object]]);
  const level = (at: number): string[] => (at === depth ? ['end'] : [`${at}a`, `${at}b`]);
  files.set('end/kustomization.yaml', 'resources: [a.yaml]\n');
  for (let at = 0; at < depth; at += 1)
    for (const side of ['a', 'b'])
      files.set(
        `${at}${side}/kustomization.yaml`,
        `nameSuffix: -${side}\nresources: [${level(at + 1)
          .map((name) => `../${name}`)
          .join(', ')}]\n`,
      );
  return files;
}

/** The error that work throws. */
function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

it('counts each kind of work by itself, and gives up at the limit', () => {
  const budget = createBudget({ objects: 10 });
  budget.spend('objects', 10);
  budget.spend('yaml', 1000);
  const problem = budgetProblem(thrown(() => budget.spend('objects', 1)));
  expect(problem).toMatchObject({
    code: 'over-budget',
    expected: 'at most 10 objects in all builds together',
  });
});

it('leaves other errors alone', () => {
  expect(budgetProblem(new Error('the disk is full'))).toBeUndefined();
  expect(budgetProblem('text')).toBeUndefined();
});

it('builds what names of their own make different', () => {
  expect(
    buildDirectory(readerOf(diamonds(3)), '0a').objects.map(({ object: { metadata } }) => metadata.name),
  ).toEqual(['a-a-a-a', 'a-b-a-a', 'a-a-b-a', 'a-b-b-a']);
});

it('gives up a build that would make millions of objects', () => {
  expect(budgetProblem(thrown(() => buildDirectory(readerOf(diamonds(22)), '0a')))?.code).toBe('over-budget');
});

it('reports a directory that is included many times, and builds it once', () => {
  const files = new Map([
    ['a.yaml', object],
    ['12/kustomization.yaml', 'resources: [../a.yaml]\n'],
  ]);
  for (let at = 0; at < 12; at += 1)
    files.set(
      `${at}/kustomization.yaml`,
      `resources: [${Array.from({ length: 8 }, (_, times) => `../${at + 1}/${'./'.repeat(times)}`).join(', ')}]\n`,
    );
  const { objects, findings } = buildDirectory(readerOf(files), '0');
  expect(objects).toHaveLength(1);
  expect(findings[0]).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('twice') });
  expect(findings.length).toBeLessThan(12 * 8);
});

it('reports a cycle through a directory that was built before', () => {
  const files = new Map([
    ['top/kustomization.yaml', 'resources: [../one, ../two]\n'],
    ['one/kustomization.yaml', 'resources: [../shared]\n'],
    ['two/kustomization.yaml', 'resources: [../shared]\n'],
    ['shared/kustomization.yaml', 'resources: [../two]\n'],
  ]);
  expect(buildDirectory(readerOf(files), 'top').findings.map(({ kind }) => kind)).toContain('cycle');
});

it('gives up YAML that only takes the library forever', () => {
  const text = `${object}${'---\n{}\n'.repeat(2_000_000)}`;
  expect(budgetProblem(thrown(() => readerOf(new Map([['a.yaml', text]])).documents('a.yaml')))?.code).toBe(
    'over-budget',
  );
});
