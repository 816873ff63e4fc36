import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { Bench } from './bench.ts';
import type { Credentials, FeatureName } from './credentials.ts';
import * as make from './objects.ts';

/** Where the objects of a row stand: a namespace and a hostname of its own, and the Gateways of the bench. */
export interface Place {
  readonly at: string;
  readonly host: string;
  readonly bench: Bench;
  /** A second namespace, with nothing in it but what the row puts there. */
  readonly elsewhere: string;
  /** A port for a ListenerSet of this row. */
  readonly ownPort: number;
}

/** What is asked, and Envoy's answer as it was seen: the status. 200 is the application's, and no other answer is. */
export interface Ask {
  readonly gateway: 'plain' | 'guarded';
  readonly port: number;
  readonly path: string;
  readonly credentials: Credentials;
  readonly answer: number;
  /** The engine does not know: it says so, and not the opposite. */
  readonly untold?: boolean;
}

export interface Row {
  readonly situation: string;
  readonly objects: (place: Place) => readonly KubernetesObject[];
  /** Made at least a second later. */
  readonly later?: (place: Place) => readonly KubernetesObject[];
  readonly asks: (place: Place) => readonly Ask[];
}

/** Listeners of the two Gateways of the bench. `side` has a policy of its own, which wants an API key. */
export const ports = { plain: { web: 8001, side: 8002 }, guarded: { web: 8011, side: 8012 } } as const;

const nobody: Credentials = {};
const good = { token: 'good' } as const;

const ask = (
  gateway: Ask['gateway'],
  path: string,
  credentials: Credentials,
  answer: number,
  port: number = ports[gateway].web,
): Ask => ({ gateway, port, path, credentials, answer });

type Edge = 'plain' | 'guarded';

const parent = ({ bench }: Place, gateway: Edge, sectionName?: string) => ({
  namespace: bench.named('edge'),
  name: bench.named(gateway),
  ...(sectionName === undefined ? {} : { sectionName }),
});

/** A route with one rule for each path, on the listeners `web` of a Gateway unless told otherwise. */
const routeOn = (
  place: Place,
  gateway: Edge,
  name: string,
  paths: readonly string[],
  options: Partial<make.RouteOptions> = {},
) =>
  make.route(place.at, name, {
    hostnames: [place.host],
    parentRefs: [parent(place, gateway, 'web')],
    rules: paths.map((path) => make.rule(place.at, name, path, path.slice(1).replaceAll('/', '-'))),
    ...options,
  });

const feature = ({ bench }: Place, name: FeatureName) => bench.keys.features[name];
const onRoute = (name: string, section?: string) => [make.target('HTTPRoute', name, section)];

const merging = { mergeType: 'StrategicMerge' };

const precedence: readonly Row[] = [
  {
    situation: 'a route policy with only cors replaces the whole policy of the Gateway',
    objects: (place) => [
      routeOn(place, 'guarded', 'a', ['/a']),
      routeOn(place, 'guarded', 'b', ['/b']),
      make.policy(place.at, 'own', onRoute('a'), feature(place, 'cors')),
    ],
    asks: () => [
      ask('guarded', '/a', nobody, 200),
      ask('guarded', '/b', nobody, 401),
      ask('guarded', '/b', good, 200),
      ask('guarded', '/b', { token: 'of another audience' }, 403),
      ask('guarded', '/b', { token: 'tampered' }, 401),
      ask('guarded', '/b', { token: 'expired' }, 401),
    ],
  },
  {
    situation: 'rule before route before listener before Gateway',
    objects: (place) => [
      routeOn(place, 'guarded', 'a', ['/a', '/a/rule'], { parentRefs: [parent(place, 'guarded')] }),
      routeOn(place, 'guarded', 'b', ['/b'], { parentRefs: [parent(place, 'guarded')] }),
      make.policy(place.at, 'rule', onRoute('a', 'a-rule'), feature(place, 'extAuth')),
      make.policy(place.at, 'route', onRoute('a'), feature(place, 'basicAuth')),
    ],
    asks: () => [
      ask('guarded', '/a/rule', { consent: 'given' }, 200),
      ask('guarded', '/a/rule', { consent: 'refused', password: 'good', ...good }, 403),
      ask('guarded', '/a', { password: 'good' }, 200),
      ask('guarded', '/a', { password: 'wrong', ...good }, 401),
      ask('guarded', '/a', { password: 'good' }, 200, ports.guarded.side),
      ask('guarded', '/b', good, 200),
      ask('guarded', '/b', { key: 'good' }, 401),
      ask('guarded', '/b', { key: 'good' }, 200, ports.guarded.side),
      ask('guarded', '/b', good, 401, ports.guarded.side),
      ask('guarded', '/b', { key: 'wrong' }, 401, ports.guarded.side),
    ],
  },
  {
    situation: 'a policy of a listener holds on that listener only',
    objects: (place) => [routeOn(place, 'plain', 'a', ['/a'], { parentRefs: [parent(place, 'plain')] })],
    asks: () => [
      ask('plain', '/a', nobody, 200),
      ask('plain', '/a', nobody, 401, ports.plain.side),
      ask('plain', '/a', { key: 'good' }, 200, ports.plain.side),
    ],
  },
  ...(['StrategicMerge', 'JSONMerge'] as const).map(
    (mergeType): Row => ({
      situation: `${mergeType} merges with the nearest parent`,
      objects: (place) => [
        routeOn(place, 'guarded', 'a', ['/a'], { parentRefs: [parent(place, 'guarded')] }),
        make.policy(place.at, 'own', onRoute('a'), { mergeType, ...feature(place, 'basicAuth') }),
      ],
      asks: () => [
        ask('guarded', '/a', { password: 'good' }, 401),
        ask('guarded', '/a', good, 401),
        ask('guarded', '/a', { password: 'good', ...good }, 200),
        ask('guarded', '/a', { password: 'good', ...good }, 401, ports.guarded.side),
        ask('guarded', '/a', { password: 'good', key: 'good' }, 200, ports.guarded.side),
      ],
    }),
  ),
  {
    situation: 'a policy of a rule merges with the Gateway’s, and never with that of its own route',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a', '/a/rule']),
      make.policy(place.at, 'rule', onRoute('a', 'a-rule'), { ...merging, ...feature(place, 'cors') }),
      make.policy(place.at, 'route', onRoute('a'), feature(place, 'basicAuth')),
      routeOn(place, 'guarded', 'b', ['/b', '/b/rule']),
      make.policy(place.at, 'rule-b', onRoute('b', 'b-rule'), { ...merging, ...feature(place, 'cors') }),
      make.policy(place.at, 'route-b', onRoute('b'), feature(place, 'basicAuth')),
    ],
    asks: () => [
      ask('plain', '/a', nobody, 401),
      ask('plain', '/a/rule', nobody, 200),
      ask('guarded', '/b', good, 401),
      ask('guarded', '/b/rule', nobody, 401),
      ask('guarded', '/b/rule', good, 200),
    ],
  },
  {
    situation: 'a merge takes from a feature of the Gateway what the route says differently',
    objects: (place) => {
      const { jwt } = feature(place, 'jwt') as { jwt: make.Data };
      return [
        routeOn(place, 'guarded', 'a', ['/a']),
        make.policy(place.at, 'own', onRoute('a'), { ...merging, jwt: { ...jwt, optional: true } }),
      ];
    },
    asks: () => [
      ask('guarded', '/a', nobody, 200),
      ask('guarded', '/a', good, 200),
      ask('guarded', '/a', { token: 'tampered' }, 401),
    ],
  },
];

const targets: readonly Row[] = [
  {
    situation: 'an unknown name, and a name of another namespace, leave the route open',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'typo', onRoute('aa'), feature(place, 'jwt')),
      make.policy(place.elsewhere, 'far', onRoute('a'), feature(place, 'jwt')),
    ],
    asks: () => [ask('plain', '/a', nobody, 200)],
  },
  {
    situation: 'an unknown name of a rule leaves it open, and one of a listener does too',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'typo', onRoute('a', 'typo'), feature(place, 'jwt')),
      make.policy(
        place.bench.named('edge'),
        'typo',
        [make.target('Gateway', place.bench.named('plain'), 'typo')],
        feature(place, 'jwt'),
      ),
    ],
    asks: () => [ask('plain', '/a', nobody, 200)],
  },
  {
    situation:
      'targetSelectors choose by label, and in the policy’s own namespace only where nothing is said',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a'], { labels: { security: 'login' } }),
      routeOn(place, 'plain', 'b', ['/b'], { labels: { security: 'logln' } }),
      make.policy(place.at, 'own', selecting({ matchLabels: { security: 'login' } }), feature(place, 'jwt')),
    ],
    asks: () => [
      ask('plain', '/a', nobody, 401),
      ask('plain', '/a', good, 200),
      ask('plain', '/b', nobody, 200),
    ],
  },
  {
    situation: 'targetSelectors read expressions',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a'], { labels: { security: 'login' } }),
      routeOn(place, 'plain', 'b', ['/b']),
      make.policy(
        place.at,
        'own',
        selecting({ matchExpressions: [{ key: 'security', operator: 'Exists' }] }),
        feature(place, 'jwt'),
      ),
    ],
    asks: () => [ask('plain', '/a', nobody, 401), ask('plain', '/b', nobody, 200)],
  },
  {
    situation: 'targetSelectors reach into another namespace with a ReferenceGrant and `namespaces`',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a'], { labels: { security: 'login' } }),
      make.grant(place.at, make.policiesOf(place.elsewhere), {
        group: 'gateway.networking.k8s.io',
        kind: 'HTTPRoute',
      }),
      make.policy(
        place.elsewhere,
        'far',
        selecting({ matchLabels: { security: 'login' }, namespaces: { from: 'All' } }),
        feature(place, 'jwt'),
      ),
    ],
    asks: () => [ask('plain', '/a', nobody, 401), ask('plain', '/a', good, 200)],
  },
  {
    situation: 'targetSelectors reach nothing in another namespace without `namespaces`',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a'], { labels: { security: 'login' } }),
      make.grant(place.at, make.policiesOf(place.elsewhere), {
        group: 'gateway.networking.k8s.io',
        kind: 'HTTPRoute',
      }),
      make.policy(
        place.elsewhere,
        'far',
        selecting({ matchLabels: { security: 'login' } }),
        feature(place, 'jwt'),
      ),
    ],
    asks: () => [ask('plain', '/a', nobody, 200)],
  },
  {
    situation: 'targetSelectors reach nothing in another namespace without a ReferenceGrant',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a'], { labels: { security: 'login' } }),
      make.policy(
        place.elsewhere,
        'far',
        selecting({ matchLabels: { security: 'login' }, namespaces: { from: 'All' } }),
        feature(place, 'jwt'),
      ),
    ],
    asks: () => [ask('plain', '/a', nobody, 200)],
  },
  {
    situation: 'of two policies the older holds, also before one that comes first by name',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'z-older', onRoute('a'), feature(place, 'jwt')),
    ],
    later: (place) => [make.policy(place.at, 'a-younger', onRoute('a'), feature(place, 'cors'))],
    asks: () => [ask('plain', '/a', nobody, 401), ask('plain', '/a', good, 200)],
  },
  {
    situation: 'a selector and a reference have the same rank: the older holds',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a'], { labels: { security: 'login' } }),
      make.policy(
        place.at,
        'z-older',
        selecting({ matchLabels: { security: 'login' } }),
        feature(place, 'cors'),
      ),
    ],
    later: (place) => [make.policy(place.at, 'a-younger', onRoute('a'), feature(place, 'jwt'))],
    asks: () => [ask('plain', '/a', nobody, 200)],
  },
  {
    situation: 'an older policy that is refused still keeps the younger one out',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'z-older', onRoute('a'), passingThrough(place)),
    ],
    later: (place) => [make.policy(place.at, 'a-younger', onRoute('a'), feature(place, 'jwt'))],
    asks: () => [ask('plain', '/a', nobody, 200)],
  },
];

/** OIDC that lets through what brings a header, without jwt that would look at the header: refused. */
function passingThrough(place: Place): make.Data {
  const { oidc } = feature(place, 'oidc') as { oidc: make.Data };
  return { oidc: { ...oidc, passThroughAuthHeader: true } };
}

function selecting(selector: make.Data): make.Data {
  return { targetSelectors: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', ...selector }] };
}

const missing: readonly Row[] = [
  ...(
    [
      ['a missing Secret of users', { basicAuth: { users: { name: 'gone' } } }],
      [
        'a missing Secret of keys',
        { apiKeyAuth: { credentialRefs: [{ name: 'gone' }], extractFrom: [{ headers: ['x-api-key'] }] } },
      ],
      [
        'a missing ConfigMap of keys',
        {
          jwt: {
            optional: true,
            providers: [
              {
                name: 'one',
                issuer: 'https://id.test',
                localJWKS: { type: 'ValueRef', valueRef: { group: '', kind: 'ConfigMap', name: 'gone' } },
              },
            ],
          },
        },
      ],
      ['a missing service', { extAuth: { http: { backendRefs: [{ name: 'gone', port: 80 }] } } }],
      ['a service without the port', { extAuth: { http: { backendRefs: [{ name: 'auth', port: 81 }] } } }],
      [
        'a service of a namespace that does not grant it',
        {
          extAuth: {
            failOpen: false,
            http: { backendRefs: [{ name: 'auth', namespace: 'default', port: 80 }] },
          },
        },
      ],
      [
        'a missing service that fails open, beside a missing Secret',
        {
          basicAuth: { users: { name: 'gone' } },
          extAuth: { failOpen: true, http: { backendRefs: [{ name: 'gone', port: 80 }] } },
        },
      ],
      [
        'an address range that is none',
        {
          authorization: {
            defaultAction: 'Allow',
            rules: [{ action: 'Deny', principal: { clientCIDRs: ['10.0.0.0/64'] } }],
          },
        },
      ],
    ] as const
  ).map(
    ([what, features]): Row => ({
      situation: `${what}: 500`,
      objects: (place) => [
        routeOn(place, 'plain', 'a', ['/a']),
        make.policy(place.at, 'own', onRoute('a'), features),
      ],
      asks: () => [
        ask('plain', '/a', nobody, 500),
        ask('plain', '/a', { ...good, key: 'good', consent: 'given' }, 500),
      ],
    }),
  ),
  {
    situation: 'a missing service that fails open: 200',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'own', onRoute('a'), {
        extAuth: { failOpen: true, http: { backendRefs: [{ name: 'gone', port: 80 }] } },
      }),
    ],
    asks: () => [ask('plain', '/a', nobody, 200)],
  },
  {
    situation: 'what works of a policy still works where something of it is missing: 401, then 500',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'own', onRoute('a'), {
        ...feature(place, 'jwt'),
        basicAuth: { users: { name: 'gone' } },
      }),
    ],
    asks: () => [ask('plain', '/a', nobody, 401), ask('plain', '/a', good, 500)],
  },
  {
    situation: 'a Secret of another namespace, with a ReferenceGrant',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.secret(place.elsewhere, 'users', { '.htpasswd': 'owner:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=' }),
      make.grant(place.elsewhere, make.policiesOf(place.at), { group: '', kind: 'Secret' }),
      make.policy(place.at, 'own', onRoute('a'), {
        basicAuth: { users: { name: 'users', namespace: place.elsewhere } },
      }),
    ],
    asks: () => [ask('plain', '/a', nobody, 401), ask('plain', '/a', { password: 'good' }, 200)],
  },
  {
    situation:
      'a policy of a route that the validator refuses does nothing: the Gateway’s holds, if there is one',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      routeOn(place, 'guarded', 'b', ['/b']),
      make.policy(place.at, 'a', onRoute('a'), passingThrough(place)),
      make.policy(place.at, 'b', onRoute('b'), passingThrough(place)),
    ],
    asks: () => [
      ask('plain', '/a', nobody, 200),
      ask('guarded', '/b', nobody, 401),
      ask('guarded', '/b', good, 200),
    ],
  },
  {
    situation:
      'the validator judges a merging policy before it is merged, and what the parent adds saves nothing',
    objects: (place) => [
      routeOn(place, 'guarded', 'a', ['/a']),
      make.policy(place.at, 'own', onRoute('a'), { ...merging, ...passingThrough(place) }),
    ],
    asks: () => [ask('guarded', '/a', nobody, 401), ask('guarded', '/a', good, 200)],
  },
  {
    situation: 'a policy of a rule that is refused leaves the rule to the policy of its route',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a', '/a/rule']),
      make.policy(place.at, 'rule', onRoute('a', 'a-rule'), passingThrough(place)),
      make.policy(place.at, 'route', onRoute('a'), feature(place, 'basicAuth')),
    ],
    asks: () => [ask('plain', '/a/rule', nobody, 401), ask('plain', '/a/rule', { password: 'good' }, 200)],
  },
];

const worth: readonly Row[] = [
  ...(
    [
      ['optional tokens: none passes, a bad one does not', 'optionalJwt', 200, 401],
      ['tokens that fail open: none passes, and a bad one too', 'failOpenJwt', 200, 200],
      ['tokens without an audience: any signed one', 'anyAudienceJwt', 401, 401],
    ] as const
  ).map(
    ([situation, name, none, bad]): Row => ({
      situation,
      objects: (place) => [
        routeOn(place, 'plain', 'a', ['/a']),
        make.policy(place.at, 'own', onRoute('a'), feature(place, name)),
      ],
      asks: () => [
        ask('plain', '/a', nobody, none),
        ask('plain', '/a', { token: 'tampered' }, bad),
        ask('plain', '/a', good, 200),
        ...(name === 'anyAudienceJwt' ? [ask('plain', '/a', { token: 'of another audience' }, 200)] : []),
      ],
    }),
  ),
  {
    situation: 'a session: whoever has none is led to the provider',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'own', onRoute('a'), feature(place, 'oidc')),
    ],
    asks: () => [
      ask('plain', '/a', nobody, 302),
      ask('plain', '/a', { ...good, password: 'good', key: 'good' }, 302),
    ],
  },
  {
    situation: 'cors and csrf keep nobody out',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'own', onRoute('a'), { ...feature(place, 'cors'), ...feature(place, 'csrf') }),
    ],
    asks: () => [ask('plain', '/a', nobody, 200)],
  },
  {
    situation: 'authorization: by claims of the token, by address, and by nothing',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a', '/b', '/c', '/d']),
      make.policy(place.at, 'a', onRoute('a', 'a'), {
        ...feature(place, 'jwt'),
        authorization: { rules: [{ action: 'Allow', principal: claimed('family') }] },
      }),
      make.policy(place.at, 'b', onRoute('a', 'b'), {
        ...feature(place, 'jwt'),
        authorization: { rules: [{ action: 'Allow', principal: claimed('strangers') }] },
      }),
      make.policy(place.at, 'c', onRoute('a', 'c'), {
        authorization: { rules: [{ action: 'Allow', principal: { clientCIDRs: ['10.77.0.0/16'] } }] },
      }),
      make.policy(place.at, 'd', onRoute('a', 'd'), {
        authorization: { rules: [{ action: 'Allow', principal: { clientCIDRs: ['192.168.0.0/16'] } }] },
      }),
    ],
    asks: () => [
      ask('plain', '/a', nobody, 401),
      ask('plain', '/a', good, 200),
      ask('plain', '/b', good, 403),
      ask('plain', '/c', nobody, 200),
      ask('plain', '/d', nobody, 403),
    ],
  },
];

function claimed(group: string): make.Data {
  return {
    jwt: { provider: 'one', claims: [{ name: 'groups', valueType: 'StringArray', values: [group] }] },
  };
}

const attachments: readonly Row[] = [
  {
    situation: 'a route that no listener takes is not found, whatever its policy says',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a'], { parentRefs: [parent(place, 'plain', 'typo')] }),
      routeOn(place, 'plain', 'b', ['/b'], { parentRefs: [parent(place, 'plain', 'marker')] }),
      make.policy(place.at, 'own', onRoute('a'), feature(place, 'jwt')),
    ],
    asks: () => [
      ask('plain', '/a', good, 404),
      ask('plain', '/a', nobody, 404),
      ask('plain', '/b', nobody, 404, 8009),
    ],
  },
  ...(
    [
      ['covers a ListenerSet', undefined, { none: 401, token: 200, key: 401 }],
      ['is displaced by a policy of the ListenerSet', 'set', { none: 401, token: 401, key: 200 }],
      [
        'and that of a ListenerSet are displaced by a policy of a listener of the set',
        'listener',
        { none: 401, token: 401, key: 200 },
      ],
    ] as const
  ).map(
    ([what, owned, answers]): Row => ({
      situation: `the policy of a Gateway ${what}`,
      objects: (place) => [
        make.listenerSet(place.at, 'set', parent(place, 'guarded'), [make.listener('own', place.ownPort)]),
        routeOn(place, 'guarded', 'a', ['/a'], { parentRefs: [{ kind: 'ListenerSet', name: 'set' }] }),
        ...(owned === undefined
          ? []
          : [
              make.policy(
                place.at,
                'own',
                [make.target('ListenerSet', 'set', owned === 'set' ? undefined : 'own')],
                feature(place, 'apiKeyAuth'),
              ),
            ]),
        ...(owned === 'listener'
          ? [make.policy(place.at, 'set', [make.target('ListenerSet', 'set')], feature(place, 'basicAuth'))]
          : []),
      ],
      asks: ({ ownPort }) => [
        ask('guarded', '/a', nobody, answers.none, ownPort),
        ask('guarded', '/a', good, answers.token, ownPort),
        ask('guarded', '/a', { key: 'good' }, answers.key, ownPort),
      ],
    }),
  ),
  {
    situation:
      'the policy of a listener of the Gateway does not cover the listener of that name of a ListenerSet',
    objects: (place) => [
      make.listenerSet(place.at, 'set', parent(place, 'plain'), [make.listener('side', place.ownPort)]),
      routeOn(place, 'plain', 'a', ['/a'], { parentRefs: [{ kind: 'ListenerSet', name: 'set' }] }),
    ],
    asks: ({ ownPort }) => [ask('plain', '/a', nobody, 200, ownPort)],
  },
];

/** Every situation of the table, each with requests and what Envoy answers. */
export const rows: readonly Row[] = [...precedence, ...targets, ...missing, ...worth, ...attachments];
