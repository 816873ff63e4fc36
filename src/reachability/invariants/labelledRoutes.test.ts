import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { cors, grant, jwt, onRoute, policy, route } from '../../../tests/reachability/gatewayCases.ts';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

const proofs = (...objects: string[]) =>
  analyse(
    readObjects(
      objects.map((text): object => parse(text)),
      'list',
    ),
    { lan: [], vpn: [] },
  ).proofs.filter(({ invariant }) => invariant === 'labelled-routes');

const selecting = (namespace: string, value: string, rest = '') =>
  policy(
    namespace,
    'jwt-auth',
    `targetSelectors: [{group: gateway.networking.k8s.io, kind: HTTPRoute, matchLabels: {security: ${value}}${rest}}]`,
    jwt,
  );
const all = ', namespaces: {from: All}';
const protectedRoute = route().replace('security: login', 'security: jwt-protected');

it('says nothing where no route has the label, and nothing of a label that means something else', () => {
  expect(proofs(route().replace('security: login', 'app: login'))).toEqual([]);
  expect(proofs(route())).toEqual([]);
});

it.each([
  ['its own namespace', [selecting('home', 'login')]],
  ['another, with a grant', [selecting('auth', 'login', all), grant('home', 'auth', 'HTTPRoute')]],
])('proves a label that a policy selects from %s', (_, objects) => {
  expect(proofs(route(), ...objects)).toMatchObject([
    {
      verdict: 'proved',
      claim: 'The label security: login of HTTPRoute home/app leads to a policy',
      sentence: expect.stringContaining('is selected by SecurityPolicy'),
    },
  ]);
});

it.each([
  ['that is misspelt', [selecting('home', 'jwt-protectd')], 'Policies select jwt-protectd'],
  ['without any policy', [], 'No policy selects by this label'],
  [
    'in another namespace',
    [selecting('auth', 'jwt-protected')],
    'auth/jwt-auth selects it in other namespaces',
  ],
  [
    'in another namespace, without a grant',
    [selecting('auth', 'jwt-protected', all)],
    'auth/jwt-auth selects it in other namespaces',
  ],
  [
    'in another namespace that the grant does not name',
    [selecting('auth', 'jwt-protected', all), grant('home', 'other', 'HTTPRoute')],
    'auth/jwt-auth selects it in other namespaces',
  ],
])('refutes a label %s', (_, objects, says) => {
  expect(proofs(protectedRoute, ...objects)).toMatchObject([
    { verdict: 'refuted', sentence: expect.stringContaining(says) },
  ]);
});

it('does not know a label whose policy may not be the one that holds', () => {
  expect(proofs(route(), selecting('home', 'login'), policy('home', 'own', onRoute, cors))).toMatchObject([
    {
      verdict: 'unknown',
      sentence: expect.stringContaining('of which only the one that was created first holds'),
    },
  ]);
});

it('refutes a label whose policy is younger than another one on the route', () => {
  const made = (text: string, name: string, day: string) =>
    text.replace(`name: ${name}`, `name: ${name}, creationTimestamp: "2026-01-0${day}T00:00:00Z"`);
  const own = made(policy('home', 'own', onRoute, cors), 'own', '1');
  expect(proofs(route(), made(selecting('home', 'login'), 'jwt-auth', '2'), own)).toMatchObject([
    { verdict: 'refuted' },
  ]);
  expect(
    proofs(route(), made(selecting('home', 'login'), 'jwt-auth', '1'), own.replace('01-01', '01-02')),
  ).toMatchObject([{ verdict: 'proved' }]);
});

it('does not know a label where the labels of the namespace decide, and are not shown', () => {
  const chosen = ', namespaces: {from: Selector, selector: {matchLabels: {team: blue}}}';
  expect(
    proofs(route(), selecting('auth', 'login', chosen), grant('home', 'auth', 'HTTPRoute')),
  ).toMatchObject([{ verdict: 'unknown', sentence: expect.stringContaining('labels not shown') }]);
});
