// Crosses the model, the policy systems and the flow evaluation of the prover.
import { it } from 'vitest';
import fc from '../fastCheck.ts';
import { cluster, key, namespace, portNumber, value } from './clusters.ts';
import { naiveObjects } from './naive.ts';
import {
  type CiliumCluster,
  type CiliumRule,
  type CiliumSpec,
  ciliumObjects,
  naiveCilium,
} from './naive-cilium.ts';
import { holdTo } from './secondReading.ts';

const source = fc.constantFrom('', 'any:', 'k8s:');
const podKey = fc.tuple(source, key).map(([prefix, name]) => `${prefix}${name}`);
const namespaceKey = source.map((prefix) => `${prefix}io.kubernetes.pod.namespace`);
const accountKey = source.map((prefix) => `${prefix}io.cilium.k8s.policy.serviceaccount`);
const podLabels = fc.dictionary(podKey, value, { maxKeys: 1, noNullPrototype: true });
const expression = fc.oneof(
  fc.record({
    key: podKey,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.array(value, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: podKey, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
);
const inNamespace = fc.oneof(
  fc.record({
    key: namespaceKey,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.array(namespace, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: namespaceKey, operator: fc.constant('Exists' as const) }),
  fc.record({
    key: accountKey,
    operator: fc.constant('In' as const),
    values: fc.constantFrom(['default'], ['other']),
  }),
);
const subject = fc.record(
  { matchLabels: podLabels, matchExpressions: fc.array(expression, { maxLength: 1 }) },
  { requiredKeys: [] },
);
const endpoints = fc.record(
  { matchLabels: podLabels, matchExpressions: fc.array(fc.oneof(expression, inNamespace), { maxLength: 2 }) },
  { requiredKeys: [] },
);
const entity = fc.constantFrom('all', 'cluster', 'world', 'host', 'remote-node', 'none');
const number = fc
  .tuple(fc.oneof(portNumber, fc.constant(0)), fc.nat(3), fc.boolean())
  .map(([first, more, isRange]) => ({
    port: String(first),
    ...(isRange && first > 0 ? { endPort: first + more } : {}),
  }));
const ports = (named: boolean) =>
  fc.array(
    fc.record({
      ports: fc.array(
        fc
          .tuple(
            named ? fc.oneof(number, fc.constantFrom({ port: 'web' }, { port: 'other' })) : number,
            fc.constantFrom({}, { protocol: 'TCP' }, { protocol: 'UDP' }, { protocol: 'ANY' }),
          )
          .map(([one, proto]) => ({ ...one, ...proto })),
        { minLength: 1, maxLength: 2 },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  );

/** A rule has at most one kind of peer. A denial has one, since a denial without peers is not documented. */
function rule(side: 'from' | 'to', denies: boolean): fc.Arbitrary<CiliumRule> {
  const peers = fc.oneof(
    fc.record({ [`${side}Endpoints`]: fc.array(endpoints, { maxLength: 2, minLength: denies ? 1 : 0 }) }),
    fc.record({
      [`${side}Entities`]: fc
        .array(entity, { minLength: 1, maxLength: 2 })
        .filter((list) => !denies || list.some((each) => each !== 'none')),
    }),
    ...(denies ? [] : [fc.constant({})]),
  );
  const toPorts = fc.option(ports(side === 'from'), { nil: undefined });
  return fc
    .tuple(peers, toPorts)
    .map(([who, list]) => ({ ...who, ...(list === undefined ? {} : { toPorts: list }) }));
}

const spec: fc.Arbitrary<CiliumSpec> = fc.record(
  {
    endpointSelector: subject,
    ingress: fc.array(rule('from', false), { maxLength: 2 }),
    ingressDeny: fc.array(rule('from', true), { maxLength: 1 }),
    egress: fc.array(rule('to', false), { maxLength: 2 }),
    egressDeny: fc.array(rule('to', true), { maxLength: 1 }),
    enableDefaultDeny: fc.record({ ingress: fc.boolean(), egress: fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: ['endpointSelector'] },
);
const noBlocks = cluster.map((each) => ({
  ...each,
  policies: each.policies
    .filter(({ spec: { ingress, egress } }) => !JSON.stringify([ingress, egress]).includes('ipBlock'))
    .slice(0, 1),
}));
const ciliumCluster: fc.Arbitrary<CiliumCluster> = fc
  .tuple(
    noBlocks,
    fc.array(
      fc.tuple(
        fc.option(namespace, { nil: undefined, freq: 2 }),
        fc.array(spec, { minLength: 1, maxLength: 2 }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([base, policies]) => ({
    ...base,
    cilium: policies.map(([own, specs], at) => ({ name: `c${at}`, namespace: own, specs })),
  }));

it('the prover agrees with a literal reading of the documentation of Cilium', () => {
  const objectsOf = (each: CiliumCluster) => [...naiveObjects(each), ...ciliumObjects(each)];
  holdTo(ciliumCluster, objectsOf, naiveCilium, { protocols: ['TCP', 'UDP'], enforcer: 'cilium' });
}, 120_000);
