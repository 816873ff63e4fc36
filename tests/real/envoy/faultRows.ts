import { insidePorts } from '../fixtures/envoyGateway.ts';
import { insideAddress } from '../fixtures/separateNetwork.ts';
import * as make from './objects.ts';
import { anonymous, ask, feature, good, merging, onRoute, passingThrough, type Row, routeOn } from './row.ts';

/** The effect of a policy with an error. */
export const policyErrors: readonly Row[] = [
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
        'two providers of one name',
        {
          jwt: { providers: ['one', 'one'].map((name) => ({ name, localJWKS: { inline: '{"keys": []}' } })) },
        },
      ],
      [
        'an issuer with an @ that is no address',
        { jwt: { providers: [{ name: 'one', issuer: 'someone@', localJWKS: { inline: '{"keys": []}' } }] } },
      ],
      [
        'a pattern of paths that Go does not compile',
        {
          authorization: {
            defaultAction: 'Allow',
            rules: [
              {
                action: 'Deny',
                operation: { path: { type: 'RegularExpression', value: '/(?=a)' } },
                principal: { clientCIDRs: ['10.0.0.0/8'] },
              },
            ],
          },
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
        ask('plain', '/a', anonymous, 500),
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
    asks: () => [ask('plain', '/a', anonymous, 200)],
  },
  ...(
    [
      ['is not encoded once more', 'plain text', 500],
      ['is encoded once more', Buffer.from('plain text').toString('base64'), 403],
    ] as const
  ).map(
    ([what, token, answer]): Row => ({
      situation: `a context extension by a Secret whose text ${what}: ${answer}`,
      objects: (place) => [
        routeOn(place, 'plain', 'a', ['/a']),
        make.secret(place.at, 'context', { token }),
        make.policy(place.at, 'own', onRoute('a'), {
          extAuth: {
            ...(feature(place, 'extAuth') as { extAuth: make.Data }).extAuth,
            contextExtensions: [
              {
                name: 'key',
                type: 'ValueRef',
                valueRef: { group: '', kind: 'Secret', name: 'context', key: 'token' },
              },
            ],
          },
        }),
      ],
      asks: () => [ask('plain', '/a', anonymous, answer)],
    }),
  ),
  ...(
    [
      [true, 403],
      [false, 500],
    ] as const
  ).map(
    ([isVouchedFor, answer]): Row => ({
      situation: `a service by TLS whose certificate ${isVouchedFor ? 'is verified, and that does not answer: 403' : 'cannot be verified: 500'}`,
      objects: (place) => [
        routeOn(place, 'plain', 'a', ['/a']),
        {
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: 'BackendTLSPolicy',
          metadata: { namespace: place.at, name: 'auth' },
          spec: {
            targetRefs: [{ group: '', kind: 'Service', name: 'auth' }],
            validation: {
              hostname: 'auth.test',
              ...(isVouchedFor
                ? { wellKnownCACertificates: 'System' }
                : { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'gone' }] }),
            },
          },
        },
        make.policy(place.at, 'own', onRoute('a'), feature(place, 'extAuth')),
      ],
      asks: () => [ask('plain', '/a', anonymous, answer)],
    }),
  ),
  ...(['gateway.envoyproxy.io', undefined] as const).map(
    (group): Row => ({
      situation: `a Backend that is named ${group === undefined ? 'without a group' : 'with its group'}: found by its kind`,
      objects: (place) => [
        routeOn(place, 'plain', 'a', ['/a']),
        {
          apiVersion: 'gateway.envoyproxy.io/v1alpha1',
          kind: 'Backend',
          metadata: { namespace: place.at, name: 'elsewhere' },
          spec: { endpoints: [{ ip: { address: insideAddress, port: insidePorts.authorization } }] },
        },
        make.policy(place.at, 'own', onRoute('a'), {
          extAuth: {
            headersToExtAuth: ['x-consent'],
            http: {
              backendRefs: [
                { kind: 'Backend', name: 'elsewhere', ...(group === undefined ? {} : { group }) },
              ],
            },
          },
        }),
      ],
      asks: () => [ask('plain', '/a', anonymous, 403), ask('plain', '/a', { consent: 'given' }, 200)],
    }),
  ),
  {
    situation: 'a policy with a missing reference still enforces its other features: 401, then 500',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      make.policy(place.at, 'own', onRoute('a'), {
        ...feature(place, 'jwt'),
        basicAuth: { users: { name: 'gone' } },
      }),
    ],
    asks: () => [ask('plain', '/a', anonymous, 401), ask('plain', '/a', good, 500)],
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
    asks: () => [ask('plain', '/a', anonymous, 401), ask('plain', '/a', { password: 'good' }, 200)],
  },
  {
    situation:
      'a policy of a route that the validator rejects has no effect: the Gateway’s applies, if there is one',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a']),
      routeOn(place, 'guarded', 'b', ['/b']),
      make.policy(place.at, 'a', onRoute('a'), passingThrough(place)),
      make.policy(place.at, 'b', onRoute('b'), passingThrough(place)),
    ],
    asks: () => [
      ask('plain', '/a', anonymous, 200),
      ask('guarded', '/b', anonymous, 401),
      ask('guarded', '/b', good, 200),
    ],
  },
  {
    situation: 'the validator checks a merging policy before the merge, and the parent cannot fix it',
    objects: (place) => [
      routeOn(place, 'guarded', 'a', ['/a']),
      make.policy(place.at, 'own', onRoute('a'), { ...merging, ...passingThrough(place) }),
    ],
    asks: () => [ask('guarded', '/a', anonymous, 401), ask('guarded', '/a', good, 200)],
  },
  {
    situation: 'a rejected policy of a rule leaves the rule to the policy of its route',
    objects: (place) => [
      routeOn(place, 'plain', 'a', ['/a', '/a/rule']),
      make.policy(place.at, 'rule', onRoute('a', 'a-rule'), passingThrough(place)),
      make.policy(place.at, 'route', onRoute('a'), feature(place, 'basicAuth')),
    ],
    asks: () => [ask('plain', '/a/rule', anonymous, 401), ask('plain', '/a/rule', { password: 'good' }, 200)],
  },
];
