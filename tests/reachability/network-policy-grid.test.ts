// Crosses the model, the policy systems and the flow evaluation of the prover.
import { describe, expect, it } from 'vitest';
import { answerQueries, type Query, readObjects } from '../../src/reachability/queries.ts';
import {
  type NaiveCluster,
  type NaivePeer,
  type NaivePolicy,
  type NaiveRule,
  naive,
  naiveObjects,
} from './naive.ts';

// The complete space of generated conformance cases: three namespaces of three pods, each with six ports, and policies
// with every kind of target, peer and port, alone and in pairs.

const protocols = ['TCP', 'UDP', 'SCTP'] as const;
const ports = [80, 81].flatMap((containerPort) =>
  protocols.map((protocol) => ({
    name: `serve-${containerPort}-${protocol.toLowerCase()}`,
    ...{ containerPort, protocol },
  })),
);
const base: Omit<NaiveCluster, 'policies'> = {
  namespaces: Object.fromEntries(
    ['x', 'y', 'z'].map((ns) => [ns, { ns, 'kubernetes.io/metadata.name': ns }]),
  ),
  pods: ['x', 'y', 'z'].flatMap((namespace, row) =>
    ['a', 'b', 'c'].map((name, at) => ({
      ...{ name, namespace, ports },
      labels: { pod: name },
      ip: `192.168.1.${1 + row * 3 + at}`,
    })),
  ),
};

const peers: readonly NaivePeer[] = [
  { podSelector: {} },
  { podSelector: { matchLabels: { pod: 'c' } } },
  { namespaceSelector: {} },
  { podSelector: {}, namespaceSelector: {} },
  { podSelector: { matchLabels: { pod: 'c' } }, namespaceSelector: {} },
  { namespaceSelector: { matchLabels: { ns: 'x' } } },
  { podSelector: {}, namespaceSelector: { matchLabels: { ns: 'x' } } },
  { podSelector: { matchLabels: { pod: 'c' } }, namespaceSelector: { matchLabels: { ns: 'x' } } },
  { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'z' } } },
  { namespaceSelector: { matchExpressions: [{ key: 'ns', operator: 'NotIn', values: ['x'] }] } },
  { namespaceSelector: { matchExpressions: [{ key: 'gone', operator: 'NotIn', values: ['x'] }] } },
  { podSelector: { matchExpressions: [{ key: 'gone', operator: 'DoesNotExist' }] } },
  { podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['a', 'b'] }] } },
  { namespaceSelector: { matchLabels: { never: 'happens' } } },
  { ipBlock: { cidr: '192.168.1.0/24' } },
  { ipBlock: { cidr: '192.168.1.0/24', except: ['192.168.1.0/28'] } },
  { ipBlock: { cidr: '192.168.1.0/24', except: ['192.168.1.4/30', '192.168.1.9/32'] } },
  { ipBlock: { cidr: '0.0.0.0/0' } },
  { ipBlock: { cidr: '0.0.0.0/31' } },
  { ipBlock: { cidr: '192.168.1.5/32' } },
];
const named = protocols.flatMap((protocol) =>
  ['serve-80-tcp', 'serve-81-udp', 'serve-80-sctp', 'serve-7981-udp'].map((port) => ({ protocol, port })),
);
const numbered = [undefined, ...protocols].flatMap((protocol) =>
  [undefined, 80, 81, 7981].map((port) => ({
    ...(protocol === undefined ? {} : { protocol }),
    ...(port === undefined ? {} : { port }),
  })),
);
const ranges = protocols.flatMap((protocol) =>
  [80, 84, 79].map((endPort) => ({ protocol, port: 53, endPort })),
);
const portLists: readonly NonNullable<NaiveRule['ports']>[] = [
  [],
  ...[...numbered, ...named, ...ranges].map((port) => [port]),
  [{}, { port: 80 }],
  [{}, { protocol: 'UDP' }],
  [{ port: 80 }, { port: 'serve-81-tcp' }],
  [{ port: 80 }, { protocol: 'UDP', port: 'serve-81-udp' }],
  [{ port: 'serve-80-tcp' }, { port: 'serve-81-tcp' }],
];

const target = { matchLabels: { pod: 'a' } };
const directions = ['ingress', 'egress'] as const;
const policy = (
  direction: 'ingress' | 'egress',
  rules: readonly { peers?: readonly NaivePeer[]; ports?: NaiveRule['ports'] }[],
  podSelector: NaivePolicy['spec']['podSelector'] = target,
  name = 'p',
): NaivePolicy => {
  const side = direction === 'ingress' ? 'from' : 'to';
  const written = rules.map((rule) => ({
    ...(rule.peers === undefined ? {} : { [side]: [...rule.peers] }),
    ...(rule.ports === undefined ? {} : { ports: rule.ports }),
  }));
  const policyTypes = [direction === 'ingress' ? 'Ingress' : 'Egress'];
  return { name, namespace: 'x', spec: { podSelector, policyTypes, [direction]: written } };
};

/** Compares every flow between the pods, by port number and name, with the naive reading. Returns their number. */
function agree(policies: readonly NaivePolicy[]): number {
  const cluster: NaiveCluster = { ...base, policies: [...policies] };
  const flows = cluster.pods.flatMap((from) =>
    cluster.pods.flatMap((to) => ports.map((port) => ({ from, to, ...port }))),
  );
  const ask = (port: (flow: (typeof flows)[number]) => number | string): readonly Query[] =>
    flows.map((flow) => ({
      from: `${flow.from.namespace}/${flow.from.name}`,
      to: `${flow.to.namespace}/${flow.to.name}`,
      protocol: flow.protocol,
      port: port(flow),
    }));
  const expected = flows.map(({ from, to, protocol, containerPort }) => {
    const ingress = naive(cluster, 'ingress', from, to, protocol, containerPort);
    const egress = naive(cluster, 'egress', from, to, protocol, containerPort);
    return [ingress, egress, ingress === 'allowed' && egress === 'allowed' ? 'allowed' : 'blocked'];
  });
  const objects = readObjects(naiveObjects(cluster), 'grid');
  for (const queries of [ask(({ containerPort }) => containerPort), ask(({ name }) => name)]) {
    const answers = answerQueries(objects, queries, { enforcer: 'given', lan: [], vpn: [] });
    expect(answers.map(({ ingress, egress, verdict }) => [ingress, egress, verdict])).toEqual(expected);
  }
  return flows.length;
}

describe('the prover agrees with the naive reading on', { timeout: 120_000 }, () => {
  it.each(directions)('every peer, alone and with another one: %s', (direction) => {
    let asked = 0;
    peers.forEach((one, at) => {
      asked += agree([policy(direction, [{ peers: [one] }])]);
      for (const other of peers.slice(at + 1))
        agree([policy(direction, [{ peers: [one, other], ports: [{ port: 80 }] }])]);
    });
    expect(asked).toBe(peers.length * 486);
  });

  it.each(directions)('every list of ports: %s', (direction) => {
    for (const list of portLists) {
      agree([policy(direction, [{ ports: list }])]);
      agree([policy(direction, [{ peers: [{ namespaceSelector: {} }], ports: list }])]);
    }
  });

  it.each(directions)('no rule, an empty rule, and several rules: %s', (direction) => {
    for (const rules of [[], [{}], [{ peers: [] }], [{ ports: [] }], [{ peers: [], ports: [{ port: 80 }] }]])
      agree([policy(direction, rules)]);
    agree([policy(direction, [{ ports: [{ port: 80 }] }, { peers: [{ podSelector: {} }] }])]);
  });

  it.each([
    {},
    { matchLabels: { pod: 'a' } },
    { matchExpressions: [{ key: 'pod', operator: 'In' as const, values: ['a', 'b'] }] },
    { matchExpressions: [{ key: 'pod', operator: 'NotIn' as const, values: ['a'] }] },
    { matchExpressions: [{ key: 'gone', operator: 'DoesNotExist' as const }] },
    { matchLabels: { pod: 'none' } },
  ])('the target %j', (podSelector) => {
    for (const direction of directions) agree([policy(direction, [], podSelector)]);
  });

  it('pairs of different policies', () => {
    const all = [{}];
    const rules = [
      [],
      all,
      [{ peers: [{ namespaceSelector: {} }] }],
      [{ peers: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }],
      [{ peers: [{ ipBlock: { cidr: '0.0.0.0/31' } }] }],
    ];
    for (const one of rules)
      for (const other of rules)
        for (const first of directions)
          for (const second of directions)
            agree([
              policy(first, one, { matchLabels: { pod: 'b' } }, 'one'),
              policy(second, other, target, 'two'),
            ]);
  });
});
