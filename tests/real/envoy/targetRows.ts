import * as make from './objects.ts';
import { anonymous, ask, feature, good, onRoute, passingThrough, type Row, routeOn } from './row.ts';

/** The targets of a policy, and which of two policies on one target applies. */
export const targets: readonly Row[] = [
  {
    situation: 'an unknown name, and a name of another namespace, leave the route open',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'typo', onRoute('aa'), feature(place, 'jwt')),
      make.policy(place.elsewhere, 'far', onRoute('a'), feature(place, 'jwt')),
    ],
    asks: () => [ask('plain', '/a', anonymous, 200)],
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
    asks: () => [ask('plain', '/a', anonymous, 200)],
  },
  {
    situation: 'targetSelectors select by label, by default only in the namespace of the policy',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a'], { labels: { security: 'login' } }),
      routeOn(place, 'plain', 'b', ['/b'], { labels: { security: 'logln' } }),
      make.policy(place.at, 'own', selecting({ matchLabels: { security: 'login' } }), feature(place, 'jwt')),
    ],
    asks: () => [
      ask('plain', '/a', anonymous, 401),
      ask('plain', '/a', good, 200),
      ask('plain', '/b', anonymous, 200),
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
    asks: () => [ask('plain', '/a', anonymous, 401), ask('plain', '/b', anonymous, 200)],
  },
  ...(
    [
      ['with a ReferenceGrant and `namespaces`', true, true, 401],
      ['not without `namespaces`', true, false, 200],
      ['not without a ReferenceGrant', false, true, 200],
    ] as const
  ).map(
    ([what, granted, told, answer]): Row => ({
      situation: `targetSelectors reach into another namespace: ${what}`,
      objects: (place) => {
        const toRoutes = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' };
        const selector = {
          matchLabels: { security: 'login' },
          ...(told ? { namespaces: { from: 'All' } } : {}),
        };
        return [
          routeOn(place, 'plain', 'a', ['/a'], { labels: { security: 'login' } }),
          ...(granted ? [make.grant(place.at, make.policiesOf(place.elsewhere), toRoutes)] : []),
          make.policy(place.elsewhere, 'far', selecting(selector), feature(place, 'jwt')),
        ];
      },
      asks: () => [ask('plain', '/a', anonymous, answer), ask('plain', '/a', good, 200)],
    }),
  ),
  {
    situation: 'the older of two policies applies, even if the other comes first by name',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'z-older', onRoute('a'), feature(place, 'jwt')),
    ],
    later: (place) => [make.policy(place.at, 'a-younger', onRoute('a'), feature(place, 'cors'))],
    asks: () => [ask('plain', '/a', anonymous, 401), ask('plain', '/a', good, 200)],
  },
  {
    situation: 'a selector and a reference have the same rank: the older policy applies',
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
    asks: () => [ask('plain', '/a', anonymous, 200)],
  },
  {
    situation: 'an older policy that is rejected still takes precedence over a younger one',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'z-older', onRoute('a'), passingThrough(place)),
    ],
    later: (place) => [make.policy(place.at, 'a-younger', onRoute('a'), feature(place, 'jwt'))],
    asks: () => [ask('plain', '/a', anonymous, 200)],
  },
];

function selecting(selector: make.Data): make.Data {
  return { targetSelectors: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', ...selector }] };
}
