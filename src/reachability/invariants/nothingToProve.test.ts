import { expect, it } from 'vitest';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'x' }, data: {} };
const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'x' }, spec: {} };
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'x' }, spec: {} };
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'x' },
  data: {},
};

it.each([
  ['secrets-encrypted', 'no Secret', secret],
  ['node-ports', 'no Service', service],
  ['load-balancers', 'no Service', service],
  ['host-ports', 'no workload', pod],
])('%s says that there is nothing to prove: %s', (invariant, what, some) => {
  const proofOf = (...objects: object[]) =>
    analyse(readObjects(objects, 'list'), { enforcer: 'cilium', lan: [], vpn: [] }).proofs.find(
      (each) => each.invariant === invariant,
    );
  expect(proofOf(map)).toMatchObject({
    verdict: 'proved',
    sentence: `Nothing to prove: ${what} is among the objects`,
  });
  expect(proofOf(map, some)?.verdict).toBe('proved');
  expect(proofOf(map, some)?.sentence).not.toContain('Nothing to prove');
});

it('ingresses says that there is nothing to prove over no object', () => {
  const ofNothing = (objects: object[]) =>
    analyse(readObjects(objects, 'list'), { lan: [], vpn: [] }).proofs.find(
      ({ invariant }) => invariant === 'ingresses',
    );
  expect(ofNothing([])?.sentence).toBe('Nothing to prove: there is no object');
  expect(ofNothing([map])?.sentence).toBe('No object is an Ingress');
});

it('no invariant proves anything of no objects without saying so', () => {
  const { proofs } = analyse(
    [],
    { enforcer: 'cilium', lan: [], vpn: [] },
    {
      structure: { validated: [], pinned: true },
    },
  );
  expect(proofs.length).toBeGreaterThan(4);
  for (const { sentence } of proofs) expect(sentence).toMatch(/^Nothing to prove: /);
});
