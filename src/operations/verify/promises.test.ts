import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Asking } from '../../live/check.ts';
import type { Acceptance } from '../check/acceptances.ts';
import { indexed } from './dump.ts';
import { promiseChecks } from './promises.ts';

const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'media' } };
const balancer: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'films', namespace: 'media' },
  spec: { type: 'LoadBalancer', selector: { app: 'films' }, ports: [{ port: 80 }] },
};
const unread = [{ sentence: 'The Services of a page cannot be read', remedy: 'Ask again' }];
const acceptance: Acceptance = {
  invariant: 'load-balancers',
  object: 'Service media/films',
  reason: 'for the television',
};

async function loadBalancers(acceptances: readonly Acceptance[], missing: typeof unread) {
  const objects = [namespace, balancer];
  const dump = indexed({ objects, listed: [], complete: [], missing: [], unread: missing });
  const checks = promiseChecks(dump, {
    inGit: [{ object: namespace, file: 'media.yaml' }],
    assumptions: { lan: [], vpn: [] },
    acceptances,
    redact: (text) => text,
  });
  const asking: Asking = { cluster: undefined, now: () => new Date() };
  return checks.find(({ id }) => id.startsWith('load-balancers'))?.ask(asking);
}

it('keeps what the user accepts', async () => {
  expect(await loadBalancers([acceptance], [])).toMatchObject({ verdict: 'kept' });
});

it('does not keep what the user accepts where another object may break the promise unseen', async () => {
  expect(await loadBalancers([acceptance], unread)).toMatchObject({
    verdict: 'not checked',
    evidence: [unread[0]?.sentence, expect.stringContaining('films'), expect.anything(), expect.anything()],
    remedy: 'Ask again',
  });
});

it('calls an open port broken, whatever could not be read', async () => {
  expect(await loadBalancers([], unread)).toMatchObject({ verdict: 'broken' });
});
