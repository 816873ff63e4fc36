import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerQueries, type Query, readObjects } from '../../src/exposure/queries.ts';
import { type NaiveCluster, type NaivePolicy, naive, naiveObjects } from './naive.ts';

const key = fc.constantFrom('app', 'tier');
const value = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(key, value, { maxKeys: 2, noNullPrototype: true });
const namespace = fc.constantFrom('x', 'y');
const protocol = fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const);
const portNumber = fc.integer({ min: 80, max: 84 });
const address = fc
  .tuple(fc.constantFrom(10, 11), fc.nat(1), fc.nat(3))
  .map(([a, b, c]) => `10.${a}.${b}.${c}`);
const cidr = fc
  .tuple(address, fc.constantFrom(0, 8, 15, 16, 24, 30, 31, 32))
  .map(([base, length]) => `${base}/${length}`);

const selector = fc.record(
  {
    matchLabels: labels,
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key,
          operator: fc.constantFrom('In' as const, 'NotIn' as const),
          values: fc.array(value, { minLength: 1, maxLength: 2 }),
        }),
        fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc.record({
    ipBlock: fc.record({ cidr, except: fc.array(cidr, { maxLength: 2 }) }, { requiredKeys: ['cidr'] }),
  }),
);
const peers = fc.array(peer, { maxLength: 3 });
const ports = fc.array(
  fc.oneof(
    fc.record(
      { protocol, port: fc.oneof(portNumber, fc.constantFrom('web', 'other')) },
      { requiredKeys: [] },
    ),
    fc
      .tuple(protocol, portNumber, fc.nat(3))
      .map(([proto, first, more]) => ({ protocol: proto, port: first, endPort: first + more })),
  ),
  { maxLength: 2 },
);
const ingress = fc.array(fc.record({ from: peers, ports }, { requiredKeys: [] }), { maxLength: 2 });
const egress = fc.array(fc.record({ to: peers, ports }, { requiredKeys: [] }), { maxLength: 2 });
const policy = fc.record({
  name: fc.constant('p'),
  namespace,
  spec: fc.record(
    {
      podSelector: selector,
      policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
      ingress,
      egress,
    },
    { requiredKeys: ['podSelector'] },
  ),
});
const pod = fc.record({
  namespace,
  labels,
  ip: address,
  ports: fc.array(fc.record({ name: fc.constantFrom('web', 'other'), containerPort: portNumber, protocol }), {
    maxLength: 3,
  }),
});
const cluster: fc.Arbitrary<NaiveCluster> = fc.record({
  namespaces: fc.record({ x: labels, y: labels }),
  pods: fc
    .array(pod, { minLength: 2, maxLength: 5 })
    .map((pods) => pods.map((each, i) => ({ ...each, name: `p${i}` }))),
  policies: fc
    .array(policy, { maxLength: 4 })
    .map((policies): NaivePolicy[] => policies.map((each, i) => ({ ...each, name: `n${i}` }))),
});

it('agrees with a reading of the documentation, word by word', () => {
  const seen = { allowed: 0, blocked: 0 };
  fc.assert(
    fc.property(cluster, (each) => {
      const flows = each.pods.flatMap((from) =>
        each.pods.flatMap((to) =>
          (['TCP', 'UDP', 'SCTP'] as const).flatMap((proto) =>
            [80, 82, 84].map((port) => ({ from, to, proto, port })),
          ),
        ),
      );
      const queries = flows.map(
        ({ from, to, proto, port }): Query => ({
          from: `${from.namespace}/${from.name}`,
          to: `${to.namespace}/${to.name}`,
          protocol: proto,
          port,
        }),
      );
      const answers = answerQueries(readObjects(naiveObjects(each), 'random'), queries, {
        enforcer: 'given',
        lan: [],
        vpn: [],
      });
      flows.forEach(({ from, to, proto, port }, i) => {
        const into = naive(each, 'ingress', from, to, proto, port);
        const out = naive(each, 'egress', from, to, proto, port);
        const verdict = into === 'allowed' && out === 'allowed' ? 'allowed' : 'blocked';
        seen[verdict] += 1;
        const { because: _because, ...answer } = answers[i] ?? { because: [] };
        expect(answer).toEqual({ verdict, ingress: into, egress: out });
      });
    }),
    { numRuns: 2000 },
  );
  // The clusters must try both sides.
  expect(seen.allowed).toBeGreaterThan(1000);
  expect(seen.blocked).toBeGreaterThan(1000);
});
