import { describe, expect, it } from 'vitest';
import { gatewayPlan } from '../../../tests/gateway/compiledGateway.ts';
import { fourRoutes } from '../../../tests/gateway/fourRoutes.ts';
import { tcpRoute } from '../../../tests/gateway/sampleRoutes.ts';
import { fakeCluster } from '../../../tests/live/fakeCluster.ts';
import { declaredCheck } from '../../live/questions/ask.ts';

const { routes = [] } = fourRoutes;
const { plan } = gatewayPlan({ ...fourRoutes, routes: [...routes, tcpRoute('mail', 993)] });
const checks = plan.checks.filter(({ component }) => component === 'envoy-gateway');
const checkOf = (id: string) => {
  const found = checks.find((check) => check.id === id);
  if (found === undefined)
    throw new Error(`no check ${id} among ${checks.map((each) => each.id).join(', ')}`);
  return found;
};

it('asks each Gateway, the policies of each namespace, and each route', () => {
  expect(checks.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      ...['gateway-class', 'gateway-external', 'gateway-internal', 'gateway-tunnel'],
      ...['gateway-policies-network', 'gateway-policies-apps'],
      ...['shop-internet', 'api-internet', 'lamp-home', 'page-internet', 'mail-home'].map(
        (name) => `route-apps-${name}-served`,
      ),
    ]),
  );
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
});

it('asks a route with a token without one, and with one that nobody signed', () => {
  expect(checkOf('route-apps-api-internet-without-token').question).toMatchObject({
    kind: 'url',
    from: 'internet',
    status: [401],
  });
  expect(checkOf('route-apps-api-internet-forged-token').question).toMatchObject({
    status: [401],
    forged: { issuer: '${TOKEN_ISSUERS_ISSUERS_OUTSIDE_ISSUER}', audience: expect.any(String) },
  });
});

it('asks a route behind Access without its token, and with one that nobody signed', () => {
  for (const [id, token] of [
    ['without-token', 'none'],
    ['forged-token', 'forged'],
  ])
    expect(checkOf(`route-apps-shop-internet-${id}`).question).toMatchObject({ kind: 'gate', token });
});

describe('a route is served', () => {
  const good = [
    { type: 'Accepted', status: 'True' },
    { type: 'ResolvedRefs', status: 'True' },
  ];
  const overlap = { type: 'RouteRulesOverlap', status: 'True' };
  const verdictOf = async (status: object | undefined) => {
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'api-internet', namespace: 'apps' },
      ...(status === undefined ? {} : { status }),
    };
    const check = declaredCheck(checkOf('route-apps-api-internet-served'), new Map());
    const { verdict } = await check.ask({ cluster: fakeCluster([route]).cluster, now: () => new Date() });
    return verdict;
  };

  it.each<[string, object | undefined, string]>([
    ['accepted', { parents: [{ conditions: good }] }, 'kept'],
    ['not judged yet', undefined, 'broken'],
    ['on no Gateway', { parents: [] }, 'broken'],
    ['not accepted', { parents: [{ conditions: [good[1]] }] }, 'broken'],
    ['without its backend', { parents: [{ conditions: [good[0]] }] }, 'broken'],
    [
      'one that an older route takes requests from',
      { parents: [{ conditions: [...good, overlap] }] },
      'broken',
    ],
    [
      'one that no longer is',
      { parents: [{ conditions: [...good, { ...overlap, status: 'False' }] }] },
      'kept',
    ],
    [
      'accepted by one Gateway of two',
      { parents: [{ conditions: good }, { conditions: [good[1]] }] },
      'broken',
    ],
  ])('where it is %s', async (_, status, verdict) => {
    expect(await verdictOf(status)).toBe(verdict);
  });
});

describe('the policies of a namespace are accepted', () => {
  const accepted = { conditions: [{ type: 'Accepted', status: 'True' }] };
  const refused = { conditions: [{ type: 'Accepted', status: 'False' }] };
  const byName = { targetRefs: [{ kind: 'HTTPRoute', name: 'mine' }] };
  const byLabel = { targetSelectors: [{ kind: 'HTTPRoute', matchLabels: { security: 'jwt-protected' } }] };
  const verdictOf = async (spec: object, status: object | undefined) => {
    const policy = {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'SecurityPolicy',
      metadata: { name: 'mine', namespace: 'network' },
      ...(status === undefined ? { spec } : { spec, status }),
    };
    const check = declaredCheck(checkOf('gateway-policies-network'), new Map());
    const { verdict } = await check.ask({ cluster: fakeCluster([policy]).cluster, now: () => new Date() });
    return verdict;
  };

  it.each<[string, object, object | undefined, string]>([
    ['accepted', byName, { ancestors: [accepted] }, 'kept'],
    ['not accepted', byName, { ancestors: [refused] }, 'broken'],
    ['accepted at one Gateway of two', byName, { ancestors: [accepted, refused] }, 'broken'],
    ['not judged yet', byName, undefined, 'broken'],
    ['at no Gateway', byName, { ancestors: [] }, 'broken'],
    // Envoy Gateway says nothing of a policy that selects no route (seen with 1.9.1).
    ['one by a label that no route has', byLabel, undefined, 'kept'],
    ['one by a label that no route has any more', byLabel, { ancestors: [] }, 'kept'],
    ['one by a label, and not accepted', byLabel, { ancestors: [refused] }, 'broken'],
    ['one by a label and a name, and not judged yet', { ...byLabel, ...byName }, undefined, 'broken'],
  ])('where one is %s', async (_, spec, status, verdict) => {
    expect(await verdictOf(spec, status)).toBe(verdict);
  });
});
