import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../analyse.ts';
import type { Assumptions } from '../../model/analysis.ts';
import { buildModel } from '../../model/model.ts';
import { answerQueries, readObjects } from '../../queries.ts';

interface Spec {
  podSelector?: object;
  policyTypes?: readonly string[];
  ingress?: readonly object[];
  egress?: readonly object[];
}

const deployment = (namespace: string, name: string, ports: readonly object[]): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image: `${name}:1`, ports }] },
    },
  },
});
const metrics = { name: 'metrics', containerPort: 90 };
const workloads = [
  ...['x', 'y'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  deployment('x', 'a', [{ name: 'web', containerPort: 80 }, metrics]),
  deployment('x', 'b', [{ name: 'web', containerPort: 82 }, metrics]),
  deployment('x', 'c', []),
  deployment('y', 'd', [{ name: 'web', containerPort: 81 }]),
];
const given: Assumptions = { enforcer: 'kube-router', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };

function objectsWith(specs: readonly Spec[]) {
  const policies = specs.map(({ podSelector = {}, ...spec }, at) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `p${at}`, namespace: 'x' },
    spec: { podSelector, ...spec },
  }));
  return readObjects([...workloads, ...policies], 'policies.yaml');
}

function answer(specs: readonly Spec[], from: string, to: string, port: number, enforcer = 'kube-router') {
  const [found] = answerQueries(objectsWith(specs), [{ from, to, protocol: 'TCP', port }], {
    ...given,
    enforcer,
  });
  return found;
}

const both = ['Ingress', 'Egress'];
const app = (name: string) => ({ podSelector: { matchLabels: { app: name } } });
const everyPod = [{ podSelector: {} }];
const block = (cidr: string, ...except: string[]) => ({ ipBlock: { cidr, except } });
const web = [{ port: 'web' }];

describe('a policy with both directions', () => {
  const isUnknown: [string, Spec, string?, string?, number?][] = [
    ['admits by a rule to pods', { policyTypes: both, egress: [{ to: everyPod }] }],
    ['to one of them', { policyTypes: both, egress: [{ to: [app('b')] }] }],
    ['to everyone', { policyTypes: both, egress: [{}] }],
    ['without its types', { egress: [{}], ingress: [] }],
    ['to a block with the pods', { policyTypes: both, egress: [{ to: [block('10.0.0.0/8')] }] }],
    ['to all addresses', { policyTypes: both, egress: [{ to: [block('0.0.0.0/0')] }] }],
    ['to a namespace', { policyTypes: both, egress: [{ to: [{ namespaceSelector: {} }] }] }],
    ['to a port', { policyTypes: both, egress: [{ ports: [{ port: 80, endPort: 90 }] }] }],
    ['beside another peer', { policyTypes: both, ingress: [{ from: [app('c')] }], egress: [{}] }],
    ['and by a rule from pods', { policyTypes: both, ingress: [{ from: [app('a')] }] }],
    [
      'by labels that both have',
      {
        podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] },
        ...{ policyTypes: both, egress: [{}] },
      },
    ],
  ];
  it.each(isUnknown)('%s', (_name, spec) => {
    const [a, b] = ['x/Deployment/a', 'x/Deployment/b'];
    expect(answer([spec], a, b, 82, 'cilium')?.verdict).toBe('blocked');
    const found = answer([spec], a, b, 82);
    expect(found?.verdict).toBe('unknown');
    expect(found?.because.map(({ rule }) => rule).join()).toMatch(
      /in kube-router .*count for the other too\. Write a policy for each direction/,
    );
  });

  const isBlocked: [string, Spec[], string, string][] = [
    [
      'of a direction each',
      [{ policyTypes: ['Ingress'] }, { policyTypes: ['Egress'], egress: [{}] }],
      'x/Deployment/a',
      'x/Deployment/b',
    ],
    [
      'that selects one end',
      [{ ...app('b'), policyTypes: both, egress: [{}] }],
      'x/Deployment/a',
      'x/Deployment/b',
    ],
    ['from another namespace', [{ policyTypes: both, egress: [{}] }], 'y/Deployment/d', 'x/Deployment/b'],
    [
      'to another port',
      [{ policyTypes: both, egress: [{ ports: [{ port: 1 }] }] }],
      'x/Deployment/a',
      'x/Deployment/b',
    ],
    [
      'to another pod',
      [{ policyTypes: both, egress: [{ to: [app('c')] }] }],
      'x/Deployment/a',
      'x/Deployment/b',
    ],
    [
      'to addresses outside',
      [{ policyTypes: both, egress: [{ to: [block('0.0.0.0/0', '10.0.0.0/8')] }] }],
      'x/Deployment/a',
      'x/Deployment/b',
    ],
    ['from outside', [{ policyTypes: both, egress: [{}] }], '203.0.113.1', 'x/Deployment/b'],
  ];
  it.each(isBlocked)('blocks %s', (_name, specs, from, to) => {
    expect(answer(specs, from, to, 82)?.verdict).toBe('blocked');
  });

  it('allows what its own direction allows', () => {
    const spec = { policyTypes: both, ingress: [{ from: everyPod }], egress: [{ to: everyPod }] };
    expect(answer([spec], 'x/Deployment/a', 'x/Deployment/b', 82)?.verdict).toBe('allowed');
  });
});

describe('the name of a port', () => {
  const rows: [string, Spec, string, string, number, string, string][] = [
    [
      'that no pod has',
      { ...app('c'), ingress: [{ from: everyPod, ports: web }] },
      'x/Deployment/a',
      'x/Deployment/c',
      5,
      'blocked',
      'unknown',
    ],
    [
      'beside a number',
      { ...app('c'), ingress: [{ from: everyPod, ports: [...web, { port: 1 }] }] },
      'x/Deployment/a',
      'x/Deployment/c',
      5,
      'blocked',
      'blocked',
    ],
    [
      'for everyone',
      { ...app('c'), ingress: [{ ports: web }] },
      'x/Deployment/a',
      'x/Deployment/c',
      5,
      'blocked',
      'blocked',
    ],
    [
      'that the pods have',
      { ...app('a'), ingress: [{ from: everyPod, ports: web }] },
      'x/Deployment/b',
      'x/Deployment/a',
      80,
      'allowed',
      'allowed',
    ],
    [
      'on another port of them',
      { ...app('a'), ingress: [{ from: everyPod, ports: web }] },
      'x/Deployment/b',
      'x/Deployment/a',
      90,
      'blocked',
      'blocked',
    ],
    [
      'with the number of others',
      { ingress: [{ from: everyPod, ports: web }] },
      'x/Deployment/c',
      'x/Deployment/b',
      80,
      'blocked',
      'unknown',
    ],
    [
      'to the internet',
      { policyTypes: ['Egress'], egress: [{ ports: web }] },
      'x/Deployment/a',
      '203.0.113.1',
      80,
      'blocked',
      'unknown',
    ],
    [
      'to the internet on others',
      { policyTypes: ['Egress'], egress: [{ ports: web }] },
      'x/Deployment/a',
      '203.0.113.1',
      81,
      'blocked',
      'blocked',
    ],
    [
      'to another namespace',
      { policyTypes: ['Egress'], egress: [{ ports: web }] },
      'x/Deployment/a',
      'y/Deployment/d',
      81,
      'allowed',
      'unknown',
    ],
    [
      'to the own namespace',
      { policyTypes: ['Egress'], egress: [{ ports: web }] },
      'x/Deployment/a',
      'x/Deployment/b',
      82,
      'allowed',
      'allowed',
    ],
    [
      'to a block',
      { policyTypes: ['Egress'], egress: [{ to: [block('10.42.0.0/16')], ports: web }] },
      'x/Deployment/a',
      'x/Deployment/b',
      82,
      'allowed',
      'unknown',
    ],
    [
      'to a block and pods',
      { policyTypes: ['Egress'], egress: [{ to: [block('10.42.0.0/16'), app('b')], ports: web }] },
      'x/Deployment/a',
      'x/Deployment/b',
      82,
      'allowed',
      'allowed',
    ],
    [
      'from a block',
      { ingress: [{ from: [block('10.42.0.0/16')], ports: web }] },
      'x/Deployment/a',
      'x/Deployment/b',
      82,
      'allowed',
      'allowed',
    ],
  ];
  it.each(rows)('%s', (_name, spec, from, to, port, documented, said) => {
    expect(answer([spec], from, to, port, 'given')?.verdict).toBe(documented);
    const found = answer([spec], from, to, port);
    expect(found?.verdict).toBe(said);
    const isNamed = found?.because.some(({ rule }) => rule.includes('Write the number of the port'));
    expect(isNamed).toBe(documented !== said);
  });
});

describe('an exception from a block', () => {
  const from = (...peers: object[]): Spec[] => [{ ingress: [{ from: peers }] }];
  it.each<[string, Spec[], string]>([
    ['of one block', from(block('192.0.2.0/24', '192.0.2.0/30')), 'blocked'],
    [
      'which another block of the rule has',
      from(block('192.0.2.0/24', '192.0.2.0/30'), block('192.0.2.0/28')),
      'unknown',
    ],
    [
      'which another rule has',
      [...from(block('192.0.2.0/24', '192.0.2.0/30')), ...from(block('192.0.2.0/28'))],
      'allowed',
    ],
    ['beside blocks without exceptions', from(block('192.0.2.0/24'), block('192.0.2.0/28')), 'allowed'],
  ])('%s', (_name, specs, said) => {
    expect(answer(specs, '192.0.2.1', 'x/Deployment/c', 80)?.verdict).toBe(said);
    expect(answer(specs, '192.0.2.8', 'x/Deployment/c', 80)?.verdict).toBe('allowed');
  });
});

describe('proofs', () => {
  const shared: Spec[] = [{ policyTypes: both, egress: [{ to: everyPod }] }];
  const internal = (specs: Spec[], enforcer: string) => {
    const { proofs, assumptions } = analyse(objectsWith(specs), { ...given, enforcer });
    const found = proofs.filter(({ invariant }) => invariant === 'internal-clients');
    return {
      verdicts: found.map(({ verdict }) => verdict).slice(0, 2),
      remedies: new Set(found.slice(0, 2).map(({ remedy }) => remedy)),
      premises: assumptions.filter((sentence) => sentence.includes('as documented but for this')),
    };
  };

  it('are unknown where they rest on what kube-router admits, with what to write instead', () => {
    expect(internal(shared, 'kube-router')).toEqual({
      verdicts: ['unknown', 'unknown'],
      remedies: new Set(['Write a policy for each direction']),
      premises: [
        'kube-router, at least up to 2.11.1, enforces NetworkPolicy x/p0 as documented but for this: between two pods that a policy with both directions selects, the rules of one direction count for the other too. What that decides is unknown here',
      ],
    });
    expect(internal([...shared, ...shared], 'Kube-Router').premises.join()).toContain('x/p0 and 1 more as');
  });

  it.each(['cilium', 'calico', 'kube-network-policies'])('of %s are as before', (enforcer) => {
    expect(internal(shared, enforcer)).toMatchObject({ verdicts: ['proved', 'proved'], premises: [] });
  });

  it('are as before where a policy is of one direction', () => {
    const apart: Spec[] = [
      { policyTypes: ['Ingress'] },
      { policyTypes: ['Egress'], egress: [{ to: everyPod }] },
    ];
    expect(internal(apart, 'kube-router')).toMatchObject({ verdicts: ['proved', 'proved'], premises: [] });
  });
});

it('docs/check.md says what to write instead of each', () => {
  const specs: Spec[] = [
    { policyTypes: both, egress: [{}] },
    { policyTypes: ['Egress'], egress: [{ ports: web }] },
    { ingress: [{ from: [block('192.0.2.0/24', '192.0.2.0/30'), block('192.0.2.0/28')] }] },
  ];
  const { deviations } = buildModel(objectsWith(specs), given).network;
  const document = readFileSync(new URL('../../../../docs/check.md', import.meta.url), 'utf8');
  const cells = deviations.map(({ remedy }) => remedy.replace('Write ', '| ').concat(' '));
  expect(deviations.map(({ policy }) => policy.name)).toEqual(['p0', 'p1', 'p2']);
  expect(cells.filter((cell) => !document.includes(cell))).toEqual([]);
});
