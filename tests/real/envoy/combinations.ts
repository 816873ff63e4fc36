import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import fc from '../../fastCheck.ts';
import type { Bench } from './bench.ts';
import type { FeatureName } from './credentials.ts';
import * as make from './objects.ts';

/**
 * Random routes, listeners and policies. A combination has a hostname, paths and names of its own, so that many of
 * them can be on one Gateway and are tested together. They share only the Gateway, its policy and its ports.
 */

type Pattern = (typeof patterns)[number];

/** Hostnames of listeners and routes, below the one of the combination. */
const patterns = ['a', 'b', '*', '*.a', 'x.a'] as const;
/** Hosts of requests: some match several patterns, some none. */
const hosts = ['a', 'b', 'x.a', 'y.a', 'z', ''] as const;

/** The offset of the TLS port from the first port. */
export const tlsPort = 4;

interface ListenerPlan {
  readonly pattern: Pattern;
  readonly port: number;
  readonly from: 'All' | 'Same';
  readonly features: Features | undefined;
}

interface RoutePlan {
  readonly hostnames: readonly Pattern[];
  readonly parents: readonly ('all' | 'whole' | 'first' | 'second' | 'port' | 'tls port' | 'typo')[];
  readonly rules: readonly { readonly named: boolean }[];
}

type Features = readonly FeatureName[];

/** The error in a policy. */
type Defect = 'none' | 'no secret' | 'no service' | 'fails open' | 'no range' | 'refused';

interface PolicyPlan {
  readonly on: 'route' | 'rule' | 'typo' | 'no such rule' | 'selected' | 'selected from afar' | 'ungranted';
  readonly route: number;
  readonly rule: number;
  readonly merges: boolean;
  readonly features: Features;
  readonly authorization: 'none' | 'family' | 'near' | 'far' | 'nobody';
  readonly defect: Defect;
  readonly young: boolean;
}

/** One combination, before it is placed on a Gateway. */
export interface Plan {
  readonly ownSet: boolean;
  readonly setFeatures: Features | undefined;
  readonly listeners: readonly ListenerPlan[];
  readonly routes: readonly RoutePlan[];
  readonly policies: readonly PolicyPlan[];
}

const featureNames = [
  ...['jwt', 'jwt', 'optionalJwt', 'failOpenJwt', 'anyAudienceJwt', 'basicAuth', 'apiKeyAuth', 'extAuth'],
  ...['cors', 'csrf', 'oidc'],
] as readonly FeatureName[];
const features = fc.uniqueArray(fc.constantFrom(...featureNames), {
  minLength: 1,
  maxLength: 3,
  // A policy has one set of tokens.
  selector: (name) => (name.toLowerCase().includes('jwt') ? 'jwt' : name),
});

const listener: fc.Arbitrary<ListenerPlan> = fc.record({
  pattern: fc.constantFrom(...patterns),
  port: fc.constantFrom(2, 3, tlsPort),
  from: fc.constantFrom('All' as const, 'All' as const, 'All' as const, 'Same' as const),
  features: fc.option(features, { nil: undefined, freq: 2 }),
});

const route: fc.Arbitrary<RoutePlan> = fc.record({
  hostnames: fc.uniqueArray(fc.constantFrom(...patterns), { maxLength: 3 }),
  // Each of two references to one parent must name a listener.
  parents: fc.oneof(
    fc.constantFrom<RoutePlan['parents']>(['whole'], ['whole'], ['port'], ['tls port']),
    fc.uniqueArray(fc.constantFrom('all' as const, 'first' as const, 'second' as const, 'typo' as const), {
      minLength: 1,
      maxLength: 2,
    }),
  ),
  rules: fc.array(fc.record({ named: fc.boolean() }), { minLength: 1, maxLength: 3 }),
});

const policy: fc.Arbitrary<PolicyPlan> = fc.record({
  on: fc.constantFrom(
    ...(['route', 'route', 'rule', 'rule', 'typo', 'no such rule'] as const),
    ...(['selected', 'selected from afar', 'ungranted'] as const),
  ),
  route: fc.nat(1),
  rule: fc.nat(2),
  merges: fc.boolean(),
  features,
  authorization: fc.constantFrom(
    ...(['none', 'none', 'none', 'none', 'family', 'near', 'far', 'nobody'] as const),
  ),
  defect: fc.constantFrom(
    ...(['none', 'none', 'none', 'none', 'no secret', 'no service', 'fails open'] as const),
    ...(['no range', 'refused'] as const),
  ),
  young: fc.boolean(),
});

/** Failures of a whole Gateway are in `hostnames.test.ts`: here they would leave nothing to compare. */
export const plan: fc.Arbitrary<Plan> = fc
  .record({
    ownSet: fc.nat(3).map((n) => n === 0),
    setFeatures: fc.option(features, { nil: undefined }),
    // The API server rejects two with the same name and port.
    listeners: fc.uniqueArray(listener, {
      minLength: 1,
      maxLength: 3,
      selector: ({ pattern, port }) => `${pattern} ${port}`,
    }),
    routes: fc.array(route, { minLength: 1, maxLength: 2 }),
    policies: fc.array(policy, { maxLength: 4 }),
  })
  .filter((drawn) => !doublesHostname(drawn));

/**
 * Only the pattern `x.a` can match two listeners of a port, `*` and `*.a`, since an exact listener takes precedence.
 */
function doublesHostname({ listeners, routes }: Plan): boolean {
  const isTaken = routes.some(({ hostnames }) => hostnames.includes('x.a'));
  return listeners.some(({ port }) => {
    const there = new Set(listeners.filter((each) => each.port === port).map(({ pattern }) => pattern));
    return port !== tlsPort && isTaken && there.has('*') && there.has('*.a') && !there.has('x.a');
  });
}

/** The place of a combination. */
export interface Placement {
  readonly bench: Bench;
  readonly index: number;
  readonly gateway: string;
  /** The listeners `all`, `2`, `3` and those with TLS use the next four ports. */
  readonly port: number;
  readonly edge: string;
  readonly room: string;
  readonly far: string;
}

/** A placed combination. */
export interface Combination {
  readonly listeners: readonly make.Data[];
  readonly objects: readonly KubernetesObject[];
  readonly young: readonly KubernetesObject[];
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
}

export function combine(drawn: Plan, placement: Placement): Combination {
  const { index, port, room, bench } = placement;
  const listeners = drawn.listeners.map(({ pattern, port: offset, from }, at) =>
    (offset === tlsPort ? make.tlsListener : make.listener)(`c${index}-${at}`, port + offset, {
      hostname: hostOf(placement, pattern),
      allowedRoutes: { namespaces: { from } },
    }),
  );
  const parent = { name: bench.named(placement.gateway), namespace: placement.edge };
  const set = make.listenerSet(room, `c${index}`, parent, listeners);
  const policies = drawn.policies.map((each, at) => [each, policyOf(drawn, each, at, placement)] as const);
  return {
    listeners: drawn.ownSet ? [] : listeners,
    objects: [
      ...(drawn.ownSet ? [set] : []),
      ...drawn.routes.map((each, at) => routeOf(drawn, each, at, placement)),
      ...listenerPolicies(drawn, placement),
      ...policies.flatMap(([{ young }, object]) => (young ? [] : [object])),
    ],
    young: policies.flatMap(([{ young }, object]) => (young ? [object] : [])),
    hosts: hosts.map((host) => hostOf(placement, host)),
    paths: drawn.routes.flatMap(({ rules }, at) => rules.map((_, rule) => pathOf(index, at, rule))),
  };
}

function hostOf({ index }: Placement, name: string): string {
  return name === '' ? `c${index}.test` : `${name}.c${index}.test`;
}

/** The path of the second rule of a route is below the first. */
function pathOf(index: number, at: number, rule: number): string {
  return `/c${index}/${at}${['', '/1', '-2'][rule] ?? ''}`;
}

function routeOf(drawn: Plan, { hostnames, parents, rules }: RoutePlan, at: number, placement: Placement) {
  const { index, bench, edge, room, port } = placement;
  const name = `c${index}-${at}`;
  const gateway = { name: bench.named(placement.gateway), namespace: edge };
  const own = drawn.ownSet ? { kind: 'ListenerSet', name: `c${index}` } : gateway;
  const refs = {
    all: { ...gateway, sectionName: 'all' },
    whole: own,
    first: { ...own, sectionName: `c${index}-0` },
    second: { ...own, sectionName: `c${index}-1` },
    port: { ...own, port: port + 2 },
    'tls port': { ...own, port: port + tlsPort },
    typo: { ...own, sectionName: 'typo' },
  };
  return make.route(room, name, {
    ...(hostnames.length === 0 ? {} : { hostnames: hostnames.map((each) => hostOf(placement, each)) }),
    parentRefs: parents.map((each) => refs[each]),
    rules: rules.map(({ named }, rule) =>
      make.rule(room, name, pathOf(index, at, rule), named ? `rule-${rule}` : undefined),
    ),
    labels: { combination: `c${index}`, route: String(at) },
  });
}

function listenerPolicies(drawn: Plan, { bench, index, edge, room, gateway }: Placement) {
  const owner = drawn.ownSet
    ? (['ListenerSet', `c${index}`] as const)
    : (['Gateway', bench.named(gateway)] as const);
  const where = drawn.ownSet ? room : edge;
  const ofSet =
    drawn.ownSet && drawn.setFeatures !== undefined
      ? [
          make.policy(
            where,
            `c${index}-set`,
            [make.target(owner[0], owner[1])],
            together(bench, drawn.setFeatures),
          ),
        ]
      : [];
  const ofListeners = drawn.listeners.flatMap(({ features: wanted }, at) =>
    wanted === undefined
      ? []
      : [
          make.policy(
            where,
            `c${index}-l${at}`,
            [make.target(owner[0], owner[1], `c${index}-${at}`)],
            together(bench, wanted),
          ),
        ],
  );
  return [...ofSet, ...ofListeners];
}

function together(bench: Bench, names: Features): make.Data {
  return Object.assign({}, ...names.map((name) => bench.keys.features[name]));
}

function policyOf(drawn: Plan, wanted: PolicyPlan, at: number, placement: Placement): KubernetesObject {
  const { index, bench, room, far } = placement;
  const target = wanted.route % drawn.routes.length;
  const rules = drawn.routes[target]?.rules.length ?? 1;
  const name = `c${index}-${target}`;
  const labels = { combination: `c${index}`, route: String(target) };
  const selector = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', matchLabels: labels };
  const afar = { targetSelectors: [{ ...selector, namespaces: { from: 'All' } }] };
  const targets = {
    route: [make.target('HTTPRoute', name)],
    rule: [make.target('HTTPRoute', name, `rule-${wanted.rule % rules}`)],
    typo: [make.target('HTTPRoute', `${name}x`)],
    'no such rule': [make.target('HTTPRoute', name, 'rule-9')],
    selected: { targetSelectors: [selector] },
    'selected from afar': afar,
    ungranted: afar,
  }[wanted.on];
  // Rooms have a ReferenceGrant for their `far` namespace; nothing has one for the edge.
  const where = { 'selected from afar': far, ungranted: placement.edge }[wanted.on as string] ?? room;
  return make.policy(where, `c${index}-p${at}`, targets, {
    ...(wanted.merges ? { mergeType: 'StrategicMerge' } : {}),
    ...withDefect({ ...together(bench, wanted.features), ...authorizationOf(wanted) }, wanted.defect, bench),
  });
}

function authorizationOf({ authorization, features: names }: PolicyPlan): make.Data {
  if (authorization === 'none') return {};
  const byToken = names.some((name) => name.toLowerCase().includes('jwt'));
  const values = { family: ['family'], nobody: ['strangers'] }[authorization as string];
  const principal =
    values !== undefined && byToken
      ? { jwt: { provider: 'one', claims: [{ name: 'groups', valueType: 'StringArray', values }] } }
      : {
          clientCIDRs: [
            authorization === 'near' || authorization === 'family' ? '10.77.0.0/16' : '192.168.0.0/16',
          ],
        };
  return { authorization: { rules: [{ action: 'Allow', principal }] } };
}

function withDefect(wanted: make.Data, defect: Defect, bench: Bench): make.Data {
  switch (defect) {
    case 'none':
      return wanted;
    case 'no secret':
      return { ...wanted, basicAuth: { users: { name: 'gone' } } };
    case 'no service':
      return { ...wanted, extAuth: { http: { backendRefs: [{ name: 'gone', port: 80 }] } } };
    case 'fails open':
      return { ...wanted, extAuth: { failOpen: true, http: { backendRefs: [{ name: 'gone', port: 80 }] } } };
    case 'no range':
      return {
        ...wanted,
        authorization: { rules: [{ action: 'Allow', principal: { clientCIDRs: ['10.0.0.0/64'] } }] },
      };
    case 'refused': {
      const { oidc } = bench.keys.features.oidc as { oidc: make.Data };
      const { jwt: _, ...rest } = wanted;
      const { authorization: __, ...others } = rest as { authorization?: unknown };
      return { ...others, oidc: { ...oidc, passThroughAuthHeader: true } };
    }
  }
}
