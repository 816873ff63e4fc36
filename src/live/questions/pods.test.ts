import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../../tests/live/fakeCluster.ts';
import type { LiveQuestion } from '../../components/contract/checks.ts';
import { guardSignals } from '../../components/immich/nasGuard.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer } from '../check.ts';
import { LiveError } from '../cluster.ts';
import { declaredCheck } from './ask.ts';

type Read = (path: string) => string;

const labels = { app: 'a' };
const of = { namespace: 'media', labels };

function pod(name: string, status: object, own: object = labels): KubernetesObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'media', labels: { ...own } } },
    status: { phase: 'Running', ...status },
  };
}
const ready = (status: 'True' | 'False') => ({ conditions: [{ type: 'Ready', status }] });

function ask(question: LiveQuestion, objects: readonly KubernetesObject[], read: Read): Promise<Answer> {
  const { cluster } = fakeCluster(objects, { read });
  const check = { id: 'a', promise: 'b', remedy: 'c', field: 'd', component: 'e', question };
  return declaredCheck(check, new Map()).ask({ cluster, now: () => new Date() });
}
const refusing = (): string => {
  throw new LiveError('forbidden', 'GET proxy: forbidden', 403);
};

describe('connections', () => {
  const question: LiveQuestion = {
    kind: 'connections',
    of,
    port: 2000,
    path: '/ready',
    field: 'readyConnections',
  };
  it.each<[string, readonly KubernetesObject[], Read, string, string]>([
    ['four of them', [pod('a', ready('True'))], () => '{"readyConnections":4}', 'kept', 'has 4 connections'],
    ['none', [pod('a', ready('True'))], () => '{"readyConnections":0}', 'broken', 'has 0 connections'],
    ['a page that may not be read', [pod('a', ready('True'))], refusing, 'kept', 'cannot read how many'],
    ['a page that is none', [pod('a', ready('True'))], () => '<html>', 'kept', 'cannot read how many'],
    [
      'a pod that is not ready',
      [pod('a', ready('False'))],
      () => '{"readyConnections":4}',
      'broken',
      'is not ready',
    ],
    [
      'one of two pods',
      [pod('a', ready('False')), pod('b', ready('True'))],
      () => '{"readyConnections":1}',
      'kept',
      'Pod media/b has 1',
    ],
    [
      'pods of others',
      [pod('a', ready('True'), {})],
      () => '{"readyConnections":1}',
      'broken',
      'No such pod',
    ],
    [
      'a pod that has ended',
      [pod('a', { phase: 'Failed', ...ready('True') })],
      () => '{}',
      'broken',
      'No such pod',
    ],
  ])('with %s', async (_, objects, read, verdict, words) => {
    const answer = await ask(question, objects, read);
    expect(answer.verdict).toBe(verdict);
    expect(answer.evidence.join()).toContain(words);
  });

  it('are asked through the API server', async () => {
    const asked: string[] = [];
    await ask(question, [pod('a', ready('True'))], (path) => {
      asked.push(path);
      return '{}';
    });
    expect(asked).toEqual(['/api/v1/namespaces/media/pods/a:2000/proxy/ready']);
  });
});

describe('a guard', () => {
  const question: LiveQuestion = {
    ...{ kind: 'guard', of, container: 'nas-guard', line: 'NAS_GUARD: ok', prefix: 'NAS_GUARD:' },
    exits: Object.fromEntries(guardSignals.map(({ exit, means }) => [exit, means])),
  };
  const status = (state: object, lastState: object = {}) => ({
    initContainerStatuses: [{ name: 'nas-guard', state, lastState }],
  });
  const ended = (exitCode: number) => ({ terminated: { exitCode } });
  const ok = () => 'something\nNAS_GUARD: ok\n';
  it.each<[string, object, Read, string, string]>([
    [
      'that has ended well',
      { ...status(ended(0)), ...ready('True') },
      ok,
      'kept',
      'the log says NAS_GUARD: ok',
    ],
    ['whose log is gone', { ...status(ended(0)), ...ready('True') }, () => '', 'kept', 'cannot be read'],
    [
      'whose log may not be read',
      { ...status(ended(0)), ...ready('True') },
      refusing,
      'kept',
      'cannot be read',
    ],
    [
      'that the server left behind',
      { ...status(ended(0)), ...ready('False') },
      ok,
      'broken',
      'it is not ready',
    ],
    [
      'that says no',
      { ...status({ waiting: { reason: 'CrashLoopBackOff' } }, ended(11)), ...ready('False') },
      () => 'NAS_GUARD: wrong-filesystem: (ext4)\n',
      'broken',
      'ended with 11 (the library lies on a file system that is not the NAS): NAS_GUARD: wrong-filesystem: (ext4)',
    ],
    [
      'that ended in another way',
      { ...status(ended(137)), ...ready('False') },
      () => '',
      'broken',
      '137 (not one of its codes)',
    ],
    ['that runs', { ...status({ running: {} }), ...ready('False') }, () => '', 'broken', 'has not ended'],
    [
      'that has not begun',
      { ...status({ waiting: { reason: 'PodInitializing' } }), ...ready('False') },
      () => '',
      'broken',
      'PodInitializing',
    ],
    [
      'whose log says something else',
      { ...status(ended(0)), ...ready('True') },
      () => 'NAS_GUARD: timeout\n',
      'broken',
      'the guard says NAS_GUARD: timeout',
    ],
    ['that is not there', ready('True'), ok, 'broken', 'has no container nas-guard'],
  ])('%s', async (_, state, read, verdict, words) => {
    const answer = await ask(question, [pod('a', state)], read);
    expect(answer.verdict).toBe(verdict);
    expect(answer.evidence.join()).toContain(words);
  });

  it('of no pod is broken', async () => {
    expect(await ask(question, [], ok)).toMatchObject({ verdict: 'broken' });
  });
});
