import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Component } from '../../components/contract/component.ts';
import type { CheckResult } from '../../live/check.ts';
import { componentStates, type Known, statesWithoutPlan } from './components.ts';
import type { Missing } from './deployment.ts';
import type { StatusItem } from './item.ts';

const app: Component = {
  name: 'app',
  section: 'app',
  summary: 'An app.',
  schema: z.unknown(),
  build: () => ({ manifests: [] }),
};
const other: Component = { ...app, name: 'other', section: 'other' };

const none: Missing = { has: () => false, count: 0 };
const some: Missing = { has: (path) => path === 'app/b.yaml', count: 1 };
const now = new Date('2026-03-02T10:00:00Z');

const kept: CheckResult = {
  id: 'app-answers',
  promise: 'The app answers',
  component: 'app',
  remedy: 'kubectl get pods',
  verdict: 'kept',
  evidence: ['Deployment app/app has 1 ready pod'],
  at: '2026-03-01T10:00:00Z',
};
const broken: CheckResult = { ...kept, id: 'app-closed', promise: 'The door is closed', verdict: 'broken' };
const unasked: CheckResult = {
  ...kept,
  id: 'app-etc',
  verdict: 'not checked',
  evidence: ['the API server refuses it'],
};

const item: StatusItem = {
  id: 'app-token',
  missing: 'a token',
  source: 'somewhere',
  minutes: 3,
  priority: 'medium',
  field: 'app.token',
  component: 'app',
};

function known(
  change: Partial<Known['deployment']> & { results?: readonly CheckResult[]; olderCommit?: string } = {},
): Known {
  const { results, olderCommit, ...deployment } = change;
  return {
    plan: {
      objects: [
        {
          object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app' } },
          file: 'app/b.yaml',
          field: 'app',
          component: 'app',
        },
      ],
      checks: [],
      filesOf: new Map([['app', ['app/a.yaml', 'app/b.yaml']]]),
    },
    deployment: { notWritten: none, notPushed: none, notApplied: none, ...deployment },
    verified:
      results === undefined
        ? undefined
        : {
            at: '2026-03-01T10:00:00Z',
            commit: 'c'.repeat(40),
            results,
            ...(olderCommit === undefined ? {} : { olderCommit }),
          },
    now,
  };
}

const stateOf = (given: Known, items: readonly StatusItem[] = []) => componentStates([app], items, given)[0];

describe('the state of a component', () => {
  test('is the first step that it has not taken', () => {
    const unknown = { unknown: 'who knows' };
    expect(stateOf(known({ notWritten: some, notPushed: some }))).toMatchObject({
      state: 'not written',
      because: '1 file is not as cluster.yaml says',
      command: 'gatehouse configure',
    });
    expect(stateOf(known({ notPushed: some, notApplied: some }))?.state).toBe('written, not pushed');
    expect(stateOf(known({ notApplied: some }))?.state).toBe('pushed, not applied');
    expect(stateOf(known())?.state).toBe('applied, not verified');
    expect(stateOf(known({ notApplied: unknown }))?.state).toBe('pushed, not verified');
    expect(stateOf(known({ results: [kept] }))?.state).toBe('verified');
    expect(stateOf(known({ notWritten: unknown }))).toMatchObject({
      state: 'not known',
      because: 'who knows',
    });
    expect(stateOf(known({ notPushed: unknown }))?.state).toBe('not known');
    expect(stateOf(known({ notPushed: { has: () => true, note: 'no remote' } }))?.because).toBe('no remote');
  });

  test('is of its own files only', () => {
    const elsewhere: Missing = { has: (path) => path === 'else.yaml', count: 1 };
    const given = known({ notWritten: elsewhere, notPushed: elsewhere, notApplied: elsewhere });
    expect(stateOf(given)?.state).toBe('applied, not verified');
  });

  test('is configuration missing before anything of its files, unless the item may stay', () => {
    expect(stateOf(known({ notWritten: some, results: [kept] }), [item])).toMatchObject({
      state: 'configuration missing',
      because: 'app.token',
      fields: ['app.token'],
      minutes: 3,
    });
    expect(stateOf(known({ results: [kept] }), [{ ...item, priority: 'low' }])?.state).toBe('verified');
    expect(stateOf(known(), [{ ...item, component: 'other' }])?.state).toBe('applied, not verified');
  });

  test('waits for a Secret that is made by hand until its promises are kept', () => {
    const secret: StatusItem = { ...item, priority: 'high', place: 'cluster' };
    expect(stateOf(known(), [secret])?.state).toBe('configuration missing');
    expect(stateOf(known({ results: [unasked] }), [secret])?.state).toBe('configuration missing');
    expect(stateOf(known({ results: [kept], olderCommit: '1 commit ago' }), [secret])?.state).toBe(
      'configuration missing',
    );
    expect(stateOf(known({ results: [kept] }), [secret])?.state).toBe('verified');
  });

  test('is broken first, however old and whatever else is missing', () => {
    const given = known({ notWritten: some, results: [kept, broken], olderCommit: '9 commits ago' });
    expect(stateOf(given, [item])).toMatchObject({
      state: 'broken',
      because: 'The door is closed',
      verified: { old: '9 commits ago' },
      promises: [{ id: 'app-answers' }, { id: 'app-closed', evidence: [expect.any(String)] }],
    });
    const both = known({ results: [{ ...broken, component: 'other' }] });
    const filesOf = new Map([...both.plan.filesOf, ['other', ['other.yaml']]]);
    const states = componentStates([app, other], [], { ...both, plan: { ...both.plan, filesOf } });
    expect(states.map(({ name, state }) => [name, state])).toEqual([
      ['other', 'broken'],
      ['app', 'applied, not verified'],
    ]);
  });

  test('is never verified by what was not checked, not asked, of another commit, or old', () => {
    expect(stateOf(known({ results: [kept, unasked] }))).toMatchObject({
      state: 'applied, not verified',
      because: '1 of its promises was not checked: the API server refuses it',
    });
    const asks = known({ results: [kept] });
    const check = { ...kept, field: 'app', question: { kind: 'url' } };
    const withCheck = (id: string) =>
      ({ ...asks, plan: { ...asks.plan, checks: [{ ...check, id }] } }) as unknown as Known;
    expect(stateOf(withCheck('app-answers'))?.state).toBe('verified');
    expect(stateOf(withCheck('app-else'))?.state).toBe('applied, not verified');
    expect(stateOf(known({ results: [] }))).toMatchObject({
      state: 'applied, not verified',
      because: 'the last verify asked nothing of it',
    });
    expect(stateOf(known({ results: [{ ...kept, component: 'other' }] }))?.state).toBe(
      'applied, not verified',
    );
    expect(stateOf(known({ results: [kept], olderCommit: '3 commits ago' }))).toMatchObject({
      state: 'verified before',
      verified: { commit: 'c'.repeat(40), old: '3 commits ago' },
    });
    expect(stateOf({ ...known({ results: [kept] }), now: new Date('2026-03-09T10:00:00Z') })).toMatchObject({
      state: 'verified before',
      verified: { old: '8 days ago' },
    });
  });

  test('is not enabled without files of a plan, and nothing to apply without any of its own', () => {
    const off = known({ results: [broken] });
    expect(stateOf({ ...off, plan: { ...off.plan, filesOf: new Map() } })).toEqual({
      name: 'app',
      state: 'not enabled',
    });
    const empty = known();
    const plan = { ...empty.plan, objects: [], filesOf: new Map([['app', []]]) };
    expect(stateOf({ ...empty, plan })?.state).toBe('nothing to apply');
    const always = { ...app };
    delete always.section;
    expect(componentStates([always], [], { ...empty, plan })[0]?.state).toBe('not enabled');
  });

  test('does not wait for Flux where nothing is for the cluster', () => {
    const given = known({ notApplied: some });
    expect(stateOf({ ...given, plan: { ...given.plan, objects: [] } })?.state).toBe('pushed, not verified');
  });

  test('is not known without a plan, but for what is missing and what is off', () => {
    const states = statesWithoutPlan([app, other, { ...app, name: 'third' }], [item], new Set(['app']));
    expect(states.map(({ state }) => state)).toEqual(['configuration missing', 'not enabled', 'not known']);
  });
});
