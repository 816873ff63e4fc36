import { describe, expect, it } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { parseBlocks } from '../model/addresses.ts';
import type { Reach } from '../model/analysis.ts';
import { knownLabels } from '../model/selector.ts';
import type { Workload } from '../model/workload.ts';
import { createFlowEvaluator } from './flow.ts';
import { type Network, type Party, selectPolicies } from './network.ts';
import type { Action, Peer, Policy, Rule } from './policy.ts';
import type { TierOrder } from './tiers.ts';

// A small system of policies, written by hand: the tiers of a cluster with administrators.
const tierOrder: TierOrder = {
  tiers: [
    { name: 'admin', order: 'priority' },
    { name: 'namespaced', order: 'unordered' },
    { name: 'baseline', order: 'priority' },
  ],
  otherwise: 'allowed',
};

function pod(index: number, app: string): Workload {
  return {
    index,
    ref: { kind: 'Pod', name: app, namespace: 'x', file: 'objects.yaml' },
    name: `x/${app}`,
    namespace: 'x',
    labels: knownLabels(new Map([['app', app]])),
    ports: [{ port: 80, protocol: 'TCP' }],
    hostNetwork: false,
    spec: {},
    provenance: 'object',
  };
}

const web = pod(0, 'web');
const client = pod(1, 'client');

const isClient: readonly Peer[] = [podsOf('client')];
const isOther: readonly Peer[] = [podsOf('other')];
const isUnknown: readonly Peer[] = [{ kind: 'unknown' }];

function podsOf(app: string): Peer {
  return { kind: 'pods', pods: { requirements: [{ key: 'app', operator: 'In', values: [app] }] } };
}

function blockOf(block: string): Peer {
  return { kind: 'addresses', set: parseBlocks([block]).set };
}

function rule(action: Action, peers: Rule['peers'] = undefined, ports: Rule['ports'] = undefined): Rule {
  return { name: 'ingress[0]', action, peers, ports };
}

function policy(
  tier: string,
  rules: readonly Rule[],
  more: Partial<Policy> & { isolates?: boolean } = {},
): Policy {
  const { isolates = false, ...rest } = more;
  const ref = { kind: 'Policy', name: tier, file: 'policies.yaml' };
  const ingress = { isolates, rules };
  return { ref, namespace: undefined, subject: {}, tier, ingress, egress: undefined, ...rest };
}

function networkOf(policies: readonly Policy[], order = tierOrder): Network {
  const workloads = [web, client];
  const context = {
    namespaces: new Map([['x', knownLabels(new Map())]]),
    elsewhere: knownLabels(new Map()),
    pods: undefined,
    nodes: undefined,
    blocksMayOmitCluster: false,
  };
  return {
    ...context,
    workloads,
    selected: selectPolicies(context, workloads, policies),
    policies: new Map(policies.map((each, number) => [each, number])),
    tierOrder: order,
    unmodelled: [],
    nodePolicy: undefined,
    enforced: true,
    deviations: [],
  };
}

const theClient: Party = { workload: client };

function verdictOf(policies: readonly Policy[], from = theClient, order = tierOrder): Reach {
  return createFlowEvaluator(networkOf(policies, order))(from, { workload: web }, 'TCP', 80).ingress;
}

const namespaceAllows = policy('namespaced', [rule('allow', isClient)], { isolates: true });
const namespaceIsolates = policy('namespaced', [], { isolates: true });

describe('tiers', () => {
  it.each<[name: string, verdict: Reach, policies: Policy[]]>([
    ['nothing denies', 'allowed', []],
    ['a namespace allows', 'allowed', [namespaceAllows]],
    [
      'an admin denial beats what a namespace allows',
      'blocked',
      [policy('admin', [rule('deny')]), namespaceAllows],
    ],
    [
      'an admin allow beats the isolation of a namespace',
      'allowed',
      [policy('admin', [rule('allow')]), namespaceIsolates],
    ],
    [
      'a rule that does not match falls through',
      'allowed',
      [policy('admin', [rule('deny', isOther)]), namespaceAllows],
    ],
    [
      'a pass skips the rest of its tier',
      'allowed',
      [policy('admin', [rule('pass', isClient), rule('deny')]), namespaceAllows],
    ],
    [
      'a pass leaves the decision to the isolation of the namespace',
      'blocked',
      [policy('admin', [rule('pass'), rule('allow')]), namespaceIsolates],
    ],
    ['a pass of the last tier falls through', 'allowed', [policy('baseline', [rule('pass'), rule('deny')])]],
    ['the baseline denies where nothing isolates', 'blocked', [policy('baseline', [rule('deny')])]],
    [
      'the baseline is not reached where a namespace allows',
      'allowed',
      [namespaceAllows, policy('baseline', [rule('deny')])],
    ],
    [
      'the baseline is not reached where a namespace isolates',
      'blocked',
      [namespaceIsolates, policy('baseline', [rule('allow')])],
    ],
    [
      'the lowest priority decides, whatever the order of the objects',
      'allowed',
      [policy('admin', [rule('deny')], { priority: 20 }), policy('admin', [rule('allow')], { priority: 10 })],
    ],
    [
      'the first rule of a policy decides',
      'blocked',
      [policy('admin', [rule('deny', isClient), rule('allow')])],
    ],
    [
      'policies of one priority leave unknown what they decide against each other',
      'unknown',
      [policy('admin', [rule('allow')], { priority: 5 }), policy('admin', [rule('deny')], { priority: 5 })],
    ],
    [
      'policies of one priority decide what they agree on',
      'blocked',
      [policy('admin', [rule('deny')], { priority: 5 }), policy('admin', [rule('deny')], { priority: 5 })],
    ],
    [
      'a denial beats an allow in an unordered tier',
      'blocked',
      [policy('namespaced', [rule('allow'), rule('deny')])],
    ],
    [
      'an allow beats a pass in an unordered tier',
      'allowed',
      [policy('namespaced', [rule('pass'), rule('allow')], { isolates: true })],
    ],
    [
      'a tier with priorities may isolate',
      'blocked',
      [policy('admin', [rule('allow', isOther)], { isolates: true }), namespaceAllows],
    ],
  ])('%s: %s', (_name, verdict, policies) => {
    expect(verdictOf(policies)).toBe(verdict);
  });

  it('ends with the default of the tier order', () => {
    const closed: TierOrder = { ...tierOrder, otherwise: 'blocked' };
    expect(verdictOf([], theClient, closed)).toBe('blocked');
    expect(verdictOf([policy('admin', [rule('pass')])], theClient, closed)).toBe('blocked');
    expect(verdictOf([policy('baseline', [rule('allow')])], theClient, closed)).toBe('allowed');
  });

  it('takes the addresses that rules of one tier allow together', () => {
    const halves = [blockOf('192.168.1.0/25'), blockOf('192.168.1.128/25')];
    const range: Party = { addresses: parseBlocks(['192.168.1.0/24']).set };
    const [low = [], high = []] = halves.map((half) => [half]);
    const isolating = (...rules: Rule[]) => [policy('namespaced', rules, { isolates: true })];
    expect(verdictOf(isolating(rule('allow', low), rule('allow', high)), range)).toBe('allowed');
    expect(verdictOf(isolating(rule('allow', low)), range)).toBe('unknown');
    expect(
      verdictOf([policy('admin', [rule('deny', low)]), ...isolating(rule('allow', halves))], range),
    ).toBe('unknown');
    expect(verdictOf([policy('admin', [rule('deny', halves)]), ...isolating(rule('allow'))], range)).toBe(
      'blocked',
    );
  });
});

describe('a rule of an earlier tier that may match', () => {
  const mayDeny = policy('admin', [rule('deny', isUnknown)]);
  const mayAllow = policy('admin', [rule('allow', isUnknown)]);
  const mayPass = policy('admin', [rule('pass', isUnknown), rule('deny')]);
  const uncertain = policy('admin', [rule('deny')], { uncertainty: 'it may select the pod' });

  it.each<[name: string, verdict: Reach, policies: Policy[]]>([
    ['a denial before an allow', 'unknown', [mayDeny, namespaceAllows]],
    ['a denial before isolation, which agrees', 'blocked', [mayDeny, namespaceIsolates]],
    ['an allow before an allow, which agrees', 'allowed', [mayAllow, namespaceAllows]],
    ['an allow before isolation', 'unknown', [mayAllow, namespaceIsolates]],
    ['a pass before a denial, to an allow', 'unknown', [mayPass, namespaceAllows]],
    ['a pass before a denial, to isolation, which agrees', 'blocked', [mayPass, namespaceIsolates]],
    ['a policy that may select the pod, before an allow', 'unknown', [uncertain, namespaceAllows]],
    ['a policy that may select the pod, before isolation', 'blocked', [uncertain, namespaceIsolates]],
    [
      'a tier that may isolate, before an allow',
      'unknown',
      [policy('admin', [], { isolates: true, uncertainty: 'it may select the pod' }), namespaceAllows],
    ],
    [
      'a tier that may isolate, before a denial, which agrees',
      'blocked',
      [
        policy('admin', [], { isolates: true, uncertainty: 'it may select the pod' }),
        policy('baseline', [rule('deny')]),
      ],
    ],
    [
      'layer-7 conditions of a tier with priorities, before an allow',
      'unknown',
      [policy('admin', [{ ...rule('allow'), layer7: 'HTTP rules' }, rule('allow')])],
    ],
    [
      'layer-7 conditions of an unordered tier, beside an allow',
      'allowed',
      [policy('namespaced', [{ ...rule('allow'), layer7: 'HTTP rules' }, rule('allow')])],
    ],
  ])('%s: %s', (_name, verdict, policies) => {
    expect(verdictOf(policies)).toBe(verdict);
  });

  it('names the rule that may match, and the rule that decides otherwise', () => {
    const flow = createFlowEvaluator(networkOf([mayPass, namespaceAllows]));
    const { because } = flow({ workload: client }, { workload: web }, 'TCP', 80);
    expect(because.map(({ object, rule: name }) => `${object.name} ${name}`)).toEqual([
      'client no policy isolates its egress',
      'admin ingress[0], which may pass it on',
      'namespaced ingress[0]',
    ]);
  });
});

const action = fc.constantFrom<Action>('allow', 'deny', 'pass');
const peers = fc.constantFrom(undefined, isClient, isOther, isOther, isUnknown);
const someRule = fc.tuple(action, peers).map(([what, matched]) => rule(what, matched));
const somePolicy = (mayBeUncertain: boolean) =>
  fc
    .record({
      tier: fc.constantFrom('admin', 'admin', 'namespaced', 'baseline'),
      rules: fc.array(someRule, { maxLength: 3 }),
      isolates: fc.nat(3).map((number) => number === 0),
      priority: fc.nat(2),
      isUncertain: fc.nat(3).map((number) => mayBeUncertain && number === 0),
    })
    .map(({ tier, rules, isolates, priority, isUncertain }) =>
      policy(tier, rules, {
        isolates,
        priority,
        uncertainty: isUncertain ? 'it may select the pod' : undefined,
      }),
    );

/** One possible outcome of everything uncertain. */
interface World {
  /** The policies that select the pod, in an order that their priorities permit. */
  policies: readonly Policy[];
  matches: (each: Rule) => boolean;
}

function worldsOf(policies: readonly Policy[]): readonly World[] {
  const uncertainRules = policies.flatMap(
    ({ ingress }) => ingress?.rules.filter(({ peers }) => peers === isUnknown) ?? [],
  );
  const uncertainPolicies = policies.filter(({ uncertainty }) => uncertainty !== undefined);
  return subsetsOf(uncertainRules).flatMap((matching) =>
    subsetsOf(uncertainPolicies).flatMap((absent) =>
      permutationsOf(policies.filter((each) => !absent.includes(each))).map((order) => ({
        policies: order,
        matches: (each: Rule) =>
          each.peers === undefined || each.peers === isClient || matching.includes(each),
      })),
    ),
  );
}

function subsetsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const [first, ...others] = items;
  if (first === undefined) return [[]];
  return subsetsOf(others).flatMap((set) => [set, [first, ...set]]);
}

function permutationsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutationsOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

/** The tiers as their documentation states them, in a world where everything is known. */
function naive({ policies, matches }: World): 'allowed' | 'blocked' {
  for (const { name, order } of tierOrder.tiers) {
    const own = policies.filter(({ tier }) => tier === name);
    const rules = own
      .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
      .flatMap(({ ingress }) => ingress?.rules.filter(matches) ?? []);
    const found = new Set(rules.map((each) => each.action));
    const decided =
      order === 'priority'
        ? rules[0]?.action
        : (['deny', 'allow', 'pass'] as const).find((each) => found.has(each));
    if (decided === 'allow') return 'allowed';
    if (decided === 'deny') return 'blocked';
    if (decided === undefined && own.some(({ ingress }) => ingress?.isolates)) return 'blocked';
  }
  return 'allowed';
}

function outcomesOf(policies: readonly Policy[]): Reach {
  const outcomes = new Set(worldsOf(policies).map(naive));
  const [only] = outcomes;
  return outcomes.size === 1 && only !== undefined ? only : 'unknown';
}

describe('tiers of generated policies', () => {
  it('are certain exactly if every possible world has the same outcome', () => {
    const seen = { allowed: 0, blocked: 0, unknown: 0 };
    fc.assert(
      fc.property(fc.array(somePolicy(false), { maxLength: 4 }), (policies) => {
        const verdict = verdictOf(policies);
        seen[verdict] += 1;
        expect(verdict).toBe(outcomesOf(policies));
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(seen.allowed, seen.blocked, seen.unknown)).toBeGreaterThan(200);
  });

  it('are certain only if every world with and without the uncertain policies agrees', () => {
    fc.assert(
      fc.property(fc.array(somePolicy(true), { maxLength: 4 }), (policies) => {
        const verdict = verdictOf(policies);
        if (verdict !== 'unknown') expect(verdict).toBe(outcomesOf(policies));
      }),
      { numRuns: 2000 },
    );
  });
});
