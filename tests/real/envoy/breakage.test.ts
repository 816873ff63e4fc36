// Crosses the Gateway analysis of the prover and a real Envoy Gateway.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { type Bench, envoyBench, nextSecond } from './bench.ts';
import type { Credentials, FeatureName } from './credentials.ts';
import * as make from './objects.ts';

/** A port for each Gateway, so that a mistake in one does not affect the others. */
const ports = { broken: 8401, refused: 8411, first: 8421, second: 8431, late: 8421, anew: 8461 } as const;
type Edge = keyof typeof ports;
const host = 'app.test';

envoySuite('the effect of one policy on the routes of others', (parts) => {
  let bench: Bench;
  let edge: string;
  let home: string;

  beforeAll(async () => {
    bench = await envoyBench(parts);
    edge = bench.named('edge');
    home = bench.named('home');
    await bench.apply([...bench.room(edge), ...bench.room(home)]);
  }, 300_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());

  const gateway = (name: Edge, className = bench.gateway.className, rest: make.Data = {}) =>
    make.gateway(edge, bench.named(name), className, [
      make.listener('web', ports[name], rest),
      make.marker(ports[name] + 8),
    ]);
  const guarded = (name: Edge, path: string, feature: FeatureName | undefined) => {
    const route = `${name}-${path.slice(1)}`;
    return [
      make.route(home, route, {
        hostnames: [host],
        parentRefs: [{ namespace: edge, name: bench.named(name), sectionName: 'web' }],
        rules: [make.rule(home, route, path)],
      }),
      ...(feature === undefined
        ? []
        : [make.policy(home, route, [make.target('HTTPRoute', route)], bench.keys.features[feature])]),
    ];
  };
  const probe = (name: Edge, path: string, credentials: Credentials = {}) => ({
    gateway: bench.named(name),
    port: ports[name],
    host,
    path,
    credentials,
  });
  const status = async (name: Edge, path: string, credentials?: Credentials) =>
    (await bench.ask(probe(name, path, credentials))).status;
  const predicted = (name: Edge, path: string) => bench.predicted(probe(name, path)).outcome;
  /** The routes reach Envoy before the listener with the filter that their policies need. */
  const guardedAgain = async (name: Edge, path: string) => {
    expect(predicted(name, path)).toBe('refused');
    await expect.poll(() => status(name, path), { timeout: 20_000 }).toBe(401);
  };
  const logged = async (text: string) => {
    await expect.poll(() => bench.gateway.log().includes(text), { timeout: 20_000 }).toBe(true);
  };

  test('a policy of a Gateway that aborts the translation: the old configuration stays, and the result is unknown', async () => {
    await bench.apply([gateway('broken'), ...guarded('broken', '/before', undefined)]);
    await bench.settled();
    expect([await status('broken', '/before'), predicted('broken', '/before')]).toEqual([200, 'passes']);
    const { oidc } = bench.keys.features.oidc as { oidc: make.Data };
    const breaking = make.policy(edge, 'broken', [make.target('Gateway', bench.named('broken'))], {
      oidc: { ...oidc, passThroughAuthHeader: true },
    });
    await bench.apply([breaking]);
    await logged('observed a panic');
    await bench.apply(guarded('broken', '/after', 'basicAuth'));
    await expect(bench.gateway.settled([gateway('broken')], 5_000)).rejects.toThrow('does not settle');
    expect([await status('broken', '/before'), predicted('broken', '/before')]).toEqual([200, 'unknown']);
    expect([await status('broken', '/after'), predicted('broken', '/after')]).toEqual([404, 'unknown']);
    // Each translation is aborted as long as the policy is there: the next tests need it gone.
    await bench.remove([breaking]);
    await bench.gateway.settled([gateway('broken')]);
    await guardedAgain('broken', '/after');
  });

  test('unreadable keys: later routes are open in spite of their policies', async () => {
    await bench.apply([gateway('refused'), ...guarded('refused', '/before', 'jwt')]);
    await bench.gateway.settled([gateway('refused')]);
    expect(predicted('refused', '/before')).toBe('refused');
    const provider = {
      name: 'x',
      issuer: 'https://x.test',
      localJWKS: { type: 'Inline', inline: '{"keys":[]}' },
    };
    const weak = make.policy(home, 'weak', [make.target('HTTPRoute', 'refused-weak')], {
      jwt: { providers: [provider] },
    });
    await bench.apply([...guarded('refused', '/weak', undefined), weak]);
    await logged('has invalid local jwks');
    await bench.apply(guarded('refused', '/after', 'basicAuth'));
    await bench.gateway.settled([gateway('refused')]);
    // The request has no password.
    expect([await status('refused', '/after'), predicted('refused', '/after')]).toEqual([200, 'unknown']);
    expect([await status('refused', '/before'), predicted('refused', '/before')]).toEqual([401, 'unknown']);
    expect(await status('refused', '/before', { token: 'good' })).toBe(200);
    await bench.remove([weak]);
    await bench.gateway.settled([gateway('refused')]);
    await guardedAgain('refused', '/after');
  });

  test('merged Gateways: a policy on one leaves the other open', async () => {
    const className = bench.named('merged');
    const proxy = { group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', namespace: edge, name: 'merged' };
    await bench.apply([
      {
        apiVersion: 'gateway.envoyproxy.io/v1alpha1',
        kind: 'EnvoyProxy',
        metadata: { namespace: edge, name: 'merged' },
        // It replaces the EnvoyProxy settings of the bench.
        spec: { mergeGateways: true, extraArgs: ['--use-dynamic-base-id'] },
      },
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'GatewayClass',
        metadata: { name: className },
        spec: {
          controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
          parametersRef: proxy,
        },
      },
      gateway('first', className),
      gateway('second', className),
      ...guarded('first', '/a', undefined),
      ...guarded('second', '/a', undefined),
      make.policy(edge, 'first', [make.target('Gateway', bench.named('first'))], bench.keys.features.jwt),
    ]);
    await bench.gateway.settled([gateway('first', className), gateway('second', className)]);
    expect([await status('first', '/a'), predicted('first', '/a')]).toEqual([401, 'refused']);
    expect([await status('second', '/a'), predicted('second', '/a')]).toEqual([200, 'passes']);
    // A later Gateway with a listener of the first is rejected. The engine does not know ages here.
    await nextSecond();
    const late = make.gateway(edge, bench.named('late'), className, [
      make.listener('web', ports.first),
      make.marker(8449),
    ]);
    await bench.apply([late, ...guarded('late', '/late', undefined)]);
    await bench.gateway.settled([late]);
    const probeLate = { ...probe('first', '/late'), gateway: bench.named('late') };
    expect([(await bench.ask(probeLate)).status, bench.predicted(probeLate).outcome]).toEqual([
      404,
      'unknown',
    ]);
  });

  test('a rule that causes a new route selection bypasses the policy of another rule', async () => {
    const { jwt } = bench.keys.features.jwt as { jwt: { providers: make.Data[] } };
    const anew = jwt.providers.map((provider) => ({ ...provider, recomputeRoute: true }));
    const weak = make.rule(home, 'anew', '/', 'weak');
    const header = { name: 'x-user', value: 'owner@example.org' };
    const strong = {
      ...make.rule(home, 'anew', '/strong', 'strong'),
      matches: [{ path: { type: 'PathPrefix', value: '/' }, headers: [header] }],
    };
    await bench.apply([
      gateway('anew'),
      make.route(home, 'anew', {
        hostnames: [host],
        parentRefs: [{ namespace: edge, name: bench.named('anew'), sectionName: 'web' }],
        rules: [weak, strong],
      }),
      make.policy(home, 'anew-weak', [make.target('HTTPRoute', 'anew', 'weak')], {
        jwt: { providers: anew },
      }),
      make.policy(
        home,
        'anew-strong',
        [make.target('HTTPRoute', 'anew', 'strong')],
        bench.keys.features.basicAuth,
      ),
    ]);
    await bench.gateway.settled([gateway('anew')]);
    const straight = await bench.ask(probe('anew', '/'), { [header.name]: header.value });
    const past = await bench.ask(probe('anew', '/', { token: 'good' }));
    expect([straight.status, past.status, past.asked?.[make.ruleHeader]]).toEqual([
      401,
      200,
      `${home}/anew /strong`,
    ]);
    const analysed = bench.analysed().filter(({ route }) => route.name === 'anew');
    expect(analysed.map(({ rule, unknowns }) => [rule.name, unknowns.length])).toEqual([
      ['weak', 0],
      ['strong', 1],
    ]);
  });

  test('connections without HTTP: only the nearest authorization applies', async () => {
    const name = bench.named('raw');
    const near = {
      authorization: { rules: [{ action: 'Allow', principal: { clientCIDRs: ['10.77.0.0/16'] } }] },
    };
    const far = {
      authorization: { rules: [{ action: 'Allow', principal: { clientCIDRs: ['192.168.0.0/16'] } }] },
    };
    const none = {
      authorization: { rules: [{ action: 'Allow', principal: { clientCIDRs: ['10.0.0.0/64'] } }] },
    };
    const { jwt, cors } = bench.keys.features;
    /** The policies of the listener and the route, the policy that applies, and whether the connection passes. */
    const cases = [
      ['plain', undefined, undefined, 'raw', false],
      ['cors', cors, undefined, 'raw', false],
      ['near', near, undefined, 'raw-near', true],
      ['damaged', none, undefined, 'raw', false],
      ['route', undefined, near, 'route', true],
      ['refused', undefined, { ...near, ...jwt }, 'raw', false],
    ] as const;
    const port = (index: number) => 8_450 + index;
    await bench.apply([
      make.gateway(edge, name, bench.gateway.className, [
        ...cases.map(([listenerName], index) => ({
          ...make.listener(listenerName, port(index)),
          protocol: 'TCP',
        })),
        make.marker(8459),
      ]),
      make.policy(edge, 'raw', [make.target('Gateway', name)], { ...far, ...jwt }),
      ...cases.flatMap(([listenerName, ofListener, ofRoute]) => [
        {
          ...make.route(home, listenerName, {
            parentRefs: [{ namespace: edge, name, sectionName: listenerName }],
            rules: [{ backendRefs: [{ name: 'app', port: 80 }] }],
          }),
          kind: 'TCPRoute',
        },
        ...(ofListener === undefined
          ? []
          : [
              make.policy(
                edge,
                `raw-${listenerName}`,
                [make.target('Gateway', name, listenerName)],
                ofListener,
              ),
            ]),
        ...(ofRoute === undefined
          ? []
          : [make.policy(home, listenerName, [make.target('TCPRoute', listenerName)], ofRoute)]),
      ]),
    ]);
    await bench.gateway.settled([make.gateway(edge, name, '', [make.marker(8459)])]);
    for (const [index, [listenerName, , , holds, passes]] of cases.entries()) {
      const asked = { gateway: name, port: port(index), host, path: '/', credentials: {} };
      const answer = await bench.ask(asked).catch(() => undefined);
      const analysed = bench
        .analysed()
        .find(({ listener }) => listener.name === listenerName && listener.protocol === 'TCP');
      const controls = analysed?.controls.map(({ type, object }) => `${type} of ${object.name}`);
      expect([listenerName, answer?.status === 200, controls, analysed?.unknowns]).toEqual([
        listenerName,
        passes,
        [`authorization of ${holds}`],
        [],
      ]);
    }
  });
});
