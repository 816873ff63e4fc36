import * as make from './objects.ts';
import { anonymous, ask, feature, good, merging, onRoute, parent, ports, type Row, routeOn } from './row.ts';

/** Which of several policies applies, and with which it merges. */
export const precedence: readonly Row[] = [
  {
    situation: 'a route policy with only cors replaces the whole policy of the Gateway',
    objects: (place) => [
      routeOn(place, 'guarded', 'a', ['/a']),
      routeOn(place, 'guarded', 'b', ['/b']),
      make.policy(place.at, 'own', onRoute('a'), feature(place, 'cors')),
    ],
    asks: () => [
      ask('guarded', '/a', anonymous, 200),
      ask('guarded', '/b', anonymous, 401),
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
    situation: 'a policy of a listener applies only to that listener',
    objects: (place) => [routeOn(place, 'plain', 'a', ['/a'], { parentRefs: [parent(place, 'plain')] })],
    asks: () => [
      ask('plain', '/a', anonymous, 200),
      ask('plain', '/a', anonymous, 401, ports.plain.side),
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
      ask('plain', '/a', anonymous, 401),
      ask('plain', '/a/rule', anonymous, 200),
      ask('guarded', '/b', good, 401),
      ask('guarded', '/b/rule', anonymous, 401),
      ask('guarded', '/b/rule', good, 200),
    ],
  },
  {
    situation: 'a merge overrides the values of the Gateway that the route sets',
    objects: (place) => {
      const { jwt } = feature(place, 'jwt') as { jwt: make.Data };
      return [
        routeOn(place, 'guarded', 'a', ['/a']),
        make.policy(place.at, 'own', onRoute('a'), { ...merging, jwt: { ...jwt, optional: true } }),
      ];
    },
    asks: () => [
      ask('guarded', '/a', anonymous, 200),
      ask('guarded', '/a', good, 200),
      ask('guarded', '/a', { token: 'tampered' }, 401),
    ],
  },
];
