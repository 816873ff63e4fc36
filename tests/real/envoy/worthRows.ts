import * as make from './objects.ts';
import { anonymous, ask, feature, good, onRoute, type Row, routeOn } from './row.ts';

/** The requirements of the features of a policy. */
export const worth: readonly Row[] = [
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
        ask('plain', '/a', anonymous, none),
        ask('plain', '/a', { token: 'tampered' }, bad),
        ask('plain', '/a', good, 200),
        ...(name === 'anyAudienceJwt' ? [ask('plain', '/a', { token: 'of another audience' }, 200)] : []),
      ],
    }),
  ),
  {
    situation: 'a session: a request without one is redirected to the provider',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'own', onRoute('a'), feature(place, 'oidc')),
    ],
    asks: () => [
      ask('plain', '/a', anonymous, 302),
      ask('plain', '/a', { ...good, password: 'good', key: 'good' }, 302),
    ],
  },
  {
    situation: 'cors and csrf reject no client',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'own', onRoute('a'), { ...feature(place, 'cors'), ...feature(place, 'csrf') }),
    ],
    asks: () => [ask('plain', '/a', anonymous, 200)],
  },
  {
    situation: 'authorization: by claims of the token, by address, and without a rule',
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
      ask('plain', '/a', anonymous, 401),
      ask('plain', '/a', good, 200),
      ask('plain', '/b', good, 403),
      ask('plain', '/c', anonymous, 200),
      ask('plain', '/d', anonymous, 403),
    ],
  },
];

function claimed(group: string): make.Data {
  return {
    jwt: { provider: 'one', claims: [{ name: 'groups', valueType: 'StringArray', values: [group] }] },
  };
}
