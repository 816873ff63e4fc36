import { expect, it } from 'vitest';
import { fakeCluster, servedKind } from '../../../tests/live/fakeCluster.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { askCondition, askExpression, askValue } from './objects.ts';

const served = [servedKind('v1', 'Pod'), servedKind('v1', 'Node', false)];
const pod = (name: string, app: string, ready: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'storage', name, labels: { app } },
  status: { conditions: [{ type: 'Ready', status: ready, reason: 'Why' }] },
});
const cluster = (...objects: KubernetesObject[]) => fakeCluster(objects, { served }).cluster;
const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'storage' };
const ready = { kind: 'condition', type: 'Ready', status: 'True' } as const;

it('looks at the objects with all labels, and at no others', async () => {
  const objects = cluster(pod('a', 'x', 'True'), pod('b', 'y', 'False'));
  const labelled = { ...ready, of: { ...pods, labels: { app: 'x' } } };
  expect(await askCondition(labelled, objects)).toEqual({
    verdict: 'kept',
    evidence: ['Pod storage/a: Ready is True (Why)'],
  });
  expect((await askCondition({ ...ready, of: pods }, objects)).evidence).toEqual([
    'Pod storage/b: Ready is False (Why)',
  ]);
});

it('is broken where no object has the labels', async () => {
  const none = { ...ready, of: { ...pods, labels: { app: 'z' } } };
  expect(await askCondition(none, cluster(pod('a', 'x', 'True')))).toEqual({
    verdict: 'broken',
    evidence: ['No Pod with app=z in storage is in the cluster'],
  });
});

const expression = {
  kind: 'expression',
  of: pods,
  expr: 'status.conditions.exists(c, c.status == "True")',
} as const;

it('takes that there is no object for consent only where the question says so', async () => {
  expect((await askExpression(expression, cluster())).verdict).toBe('broken');
  expect((await askExpression({ ...expression, none: 'kept' }, cluster())).verdict).toBe('kept');
});

it('takes a kind that is not there for no consent', async () => {
  const of = { apiVersion: 'ceph.rook.io/v1', kind: 'CephCluster' };
  expect(await askExpression({ ...expression, of, none: 'kept' }, cluster())).toEqual({
    verdict: 'broken',
    evidence: ['The cluster does not know the kind CephCluster (ceph.rook.io/v1)'],
  });
});

it('keeps what may be false, and shows that it is; an expression that fails is not checked', async () => {
  const objects = cluster(pod('a', 'x', 'False'));
  expect((await askExpression(expression, objects)).verdict).toBe('broken');
  const passing = await askExpression({ ...expression, isFalse: 'kept' }, objects);
  expect(passing).toEqual({
    verdict: 'kept',
    evidence: [`Pod storage/a: ${expression.expr} is false`],
  });
  const failing = { ...expression, expr: 'status.nothing.there == 1', isFalse: 'kept' } as const;
  expect((await askExpression(failing, objects)).verdict).toBe('not checked');
});

const upgrade = (status: object | undefined): KubernetesObject => ({
  apiVersion: 'tuppr.home-operations.com/v1alpha1',
  kind: 'TalosUpgrade',
  metadata: { name: 'talos' },
  ...(status && { status }),
});
const phase = {
  kind: 'value',
  of: { apiVersion: 'tuppr.home-operations.com/v1alpha1', kind: 'TalosUpgrade', name: 'talos' },
  path: ['status', 'phase'],
  oneOf: ['Pending', 'Completed'],
} as const;

it.each([
  [{ phase: 'Completed' }, 'kept', 'TalosUpgrade talos: status.phase is Completed'],
  [
    { phase: 'Failed', message: 'node alpha: timeout' },
    'broken',
    'TalosUpgrade talos: status.phase is Failed (node alpha: timeout)',
  ],
  [undefined, 'broken', 'TalosUpgrade talos: status.phase is not there'],
])('shows the value of a field: %j', async (status, verdict, sentence) => {
  expect(await askValue(phase, fakeCluster([upgrade(status)]).cluster)).toEqual({
    verdict,
    evidence: [sentence],
  });
});
