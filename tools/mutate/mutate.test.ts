import { beforeAll, describe, expect, it } from 'vitest';
import type { Operator } from './operator.ts';
import { families } from './registry.ts';
import { everyMutant, runOn } from './runner.ts';
import { tableOf } from './table.ts';
import { changed, type Tree } from './tree.ts';
import { mutatedTrees } from './trees.ts';

const operators = families.flatMap((family) => family.operators);
let trees: readonly Tree[];
let home: Tree;

beforeAll(async () => {
  trees = await mutatedTrees();
  const [first] = trees;
  if (first === undefined) throw new Error('there is no tree');
  home = first;
}, 60_000);

function named(id: string): Operator {
  const found = operators.find((operator) => operator.id === id);
  if (found === undefined) throw new Error(`no operator is called ${id}`);
  return found;
}

describe('the registry of operators', () => {
  it('has at least sixty, each with an id of its own', () => {
    expect(operators.length).toBeGreaterThanOrEqual(60);
    expect(new Set(operators.map(({ id }) => id)).size).toBe(operators.length);
  });

  it('has none that fits nowhere', () => {
    const idle = operators.filter(({ mutations }) => trees.every((tree) => mutations(tree).length === 0));
    expect(idle.map(({ id }) => id)).toEqual([]);
  });

  it('changes something', () => {
    for (const operator of operators)
      for (const { change, where } of operator.mutations(home).slice(0, 1)) {
        const { files, assumptions } = changed(home, change);
        const same =
          assumptions === home.assumptions &&
          [...files].every(([path, text]) => home.files.get(path) === text);
        expect(same, `${operator.id} at ${where}`).toBe(false);
      }
  });
});

describe('a run', () => {
  it('catches what opens an app', async () => {
    const outcomes = await runOn(home, [named('policy-added')], everyMutant);
    expect(outcomes.map(({ result }) => result)).toEqual(['caught', 'caught']);
    expect(outcomes[0]?.caughtBy).toEqual(expect.arrayContaining(['default-deny', 'backend-clients']));
  });

  it('does not count what opens nothing', async () => {
    const outcomes = await runOn(home, [named('external-dns')], everyMutant);
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(['equivalent']));
  });

  it('finds a promise that stays proved although it is false', async () => {
    const harmless: Operator = {
      ...named('external-dns'),
      mutations: (tree) =>
        named('external-dns')
          .mutations(tree)
          .map((mutation) => ({ ...mutation, breaks: [{ invariant: 'load-balancers' }] })),
    };
    const [outcome] = await runOn(home, [harmless], everyMutant);
    expect(outcome).toMatchObject({
      result: 'survived',
      survivors: ['load-balancers No load balancer and no external address leads in'],
    });
  });

  it('does not count a promise that was not proved before', async () => {
    const open = changed(home, (draft) => {
      for (const { change } of named('type-load-balancer').mutations(home).slice(0, 1)) change(draft);
    });
    const [outcome] = await runOn(open, [named('external-ips')], {
      every: 1,
      isMine: (index) => index === 2,
    });
    expect(outcome?.result).toBe('unproved');
  });
});

describe('the table', () => {
  it('has a line for each operator, and says what is counted', () => {
    const text = tableOf(families, [
      {
        ...{ operator: 'external-dns', tree: 'home', where: 'here', result: 'equivalent' },
        ...{ caughtBy: [], survivors: [] },
      },
    ]);
    expect(text.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(
      operators.length + 2 * families.length,
    );
    expect(text).toContain('1: a name in DNS opens nothing by itself');
  });
});
