import * as make from './objects.ts';
import { anonymous, ask, feature, good, onRoute, parent, type Row, routeOn } from './row.ts';

/** The listener of a route, and the policy that covers it. */
export const listeners: readonly Row[] = [
  {
    situation: 'a route that no listener accepts is not found, whatever its policy is',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a'], { parentRefs: [parent(place, 'plain', 'typo')] }),
      routeOn(place, 'plain', 'b', ['/b'], { parentRefs: [parent(place, 'plain', 'marker')] }),
      make.policy(place.at, 'own', onRoute('a'), feature(place, 'jwt')),
    ],
    asks: () => [
      ask('plain', '/a', good, 404),
      ask('plain', '/a', anonymous, 404),
      ask('plain', '/b', anonymous, 404, 8009),
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
        ask('guarded', '/a', anonymous, answers.none, ownPort),
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
    asks: ({ ownPort }) => [ask('plain', '/a', anonymous, 200, ownPort)],
  },
  {
    situation: 'the older of two ListenerSets with the same listener gets it, even if it comes last by name',
    objects: (place) => [
      make.listenerSet(place.at, 'z-older', parent(place, 'plain'), [make.listener('own', place.ownPort)]),
      routeOn(place, 'plain', 'a', ['/a'], { parentRefs: [{ kind: 'ListenerSet', name: 'z-older' }] }),
    ],
    later: (place) => [
      make.listenerSet(place.at, 'a-younger', parent(place, 'plain'), [make.listener('own', place.ownPort)]),
      routeOn(place, 'plain', 'b', ['/b'], { parentRefs: [{ kind: 'ListenerSet', name: 'a-younger' }] }),
    ],
    asks: ({ ownPort }) => [
      ask('plain', '/a', anonymous, 200, ownPort),
      ask('plain', '/b', anonymous, 404, ownPort),
    ],
  },
  {
    situation: 'a ListenerSet with HTTP and HTTPS on one port has neither, and a younger one gets the port',
    objects: (place) => [
      make.listenerSet(place.at, 'older', parent(place, 'plain'), [
        make.listener('own', place.ownPort),
        make.tlsListener('tls', place.ownPort),
      ]),
      routeOn(place, 'plain', 'a', ['/a'], { parentRefs: [{ kind: 'ListenerSet', name: 'older' }] }),
    ],
    later: (place) => [
      make.listenerSet(place.at, 'younger', parent(place, 'plain'), [make.listener('own', place.ownPort)]),
      routeOn(place, 'plain', 'b', ['/b'], { parentRefs: [{ kind: 'ListenerSet', name: 'younger' }] }),
    ],
    asks: ({ ownPort }) => [
      ask('plain', '/a', anonymous, 404, ownPort),
      ask('plain', '/b', anonymous, 200, ownPort),
    ],
  },
];
