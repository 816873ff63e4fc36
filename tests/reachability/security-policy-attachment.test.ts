// Crosses the listeners, attachments, policies and controls of the Gateway analysis.
import { describe, expect, it } from 'vitest';
import {
  analyseRoutes,
  cors,
  csrf,
  everyone,
  gateway,
  grant,
  jwt,
  type Line,
  lines,
  object,
  oidc,
  onGateway,
  onRoute,
  policy,
  route,
  rule,
  secret,
  target,
} from './gatewayCases.ts';

describe('the attachment of a SecurityPolicy', () => {
  it('replaces the whole policy of the Gateway: a route policy with cors alone leaves the route open', () => {
    expect(lines(gateway(), route(), policy('edge', 'net', onGateway, jwt))).toEqual(['web main: jwt']);
    const [analysed] = analyseRoutes(
      gateway(),
      route(),
      policy('edge', 'net', onGateway, jwt),
      policy('home', 'own', onRoute, cors),
    );
    expect(analysed?.controls.map(({ type, certainty }) => `${type} ${certainty}`)).toEqual(['cors none']);
  });

  it('uses the nearest policy: rule, route, listener, Gateway', () => {
    const two = `${rule('main')}, ${rule('other')}`;
    const listeners = ['web', 'side'].map(
      (name, index) => `{name: ${name}, protocol: HTTP, port: ${80 + index}, ${everyone}}`,
    );
    const all = [
      gateway(listeners.join(', ')),
      route(undefined, two),
      policy('edge', 'a', onGateway, jwt),
      policy('edge', 'b', target('Gateway', 'gate', 'side'), csrf),
    ];
    expect(lines(...all)).toEqual(['web main: jwt', 'web other: jwt', 'side main: csrf', 'side other: csrf']);
    expect(lines(...all, policy('home', 'c', target('HTTPRoute', 'app', 'other'), cors))).toEqual([
      'web main: jwt',
      'web other: cors',
      'side main: csrf',
      'side other: cors',
    ]);
    expect(lines(...all, policy('home', 'd', onRoute, cors))).toEqual([
      'web main: cors',
      'web other: cors',
      'side main: cors',
      'side other: cors',
    ]);
  });

  it('merges with the nearest parent if a route policy says so, and only on routes', () => {
    const net = policy('edge', 'net', onGateway, jwt);
    const merging = policy('home', 'own', onRoute, `mergeType: StrategicMerge, ${cors}`);
    expect(lines(gateway(), route(), net, merging)).toEqual(['web main: cors, jwt']);
    const listener = policy(
      'edge',
      'web',
      target('Gateway', 'gate', 'web'),
      `mergeType: StrategicMerge, ${cors}`,
    );
    expect(lines(gateway(), route(), net, listener)).toEqual(['web main: cors']);
  });

  it('merges a policy of a rule with a parent above the route, never with the policy of its route', () => {
    const merging = policy(
      'home',
      'rule',
      target('HTTPRoute', 'app', 'main'),
      `mergeType: StrategicMerge, ${cors}`,
    );
    const ofRoute = policy('home', 'own', onRoute, jwt);
    expect(lines(gateway(), route(), merging, ofRoute)).toEqual(['web main: cors']);
    expect(lines(gateway(), route(), merging, ofRoute, policy('edge', 'net', onGateway, csrf))).toEqual([
      'web main: cors, csrf',
    ]);
  });

  it('validates a merging policy by itself before the merge', () => {
    const passing = oidc.replace('clientID', 'passThroughAuthHeader: true, clientID');
    const merging = policy('home', 'own', onRoute, `mergeType: StrategicMerge, ${passing}`);
    expect(lines(gateway(), route(), secret, merging, policy('edge', 'net', onGateway, jwt))).toEqual([
      'web main: jwt',
    ]);
  });

  it('is unknown if the API server rejects the policy', () => {
    const refused = [
      policy('edge', 'net', onGateway, `mergeType: StrategicMerge, ${jwt}`),
      policy(
        'edge',
        'net',
        onGateway,
        'authorization: {rules: [{action: Allow, principal: {jwt: {provider: one, scopes: [a]}}}]}',
      ),
    ];
    for (const each of refused) expect(analyseRoutes(gateway(), route(), each)[0]?.unknowns).toHaveLength(1);
  });

  it('has targets only in its own namespace; an unknown name leaves the route open', () => {
    expect(lines(gateway(), route(), policy('home', 'own', target('HTTPRoute', 'typo'), jwt))).toEqual([
      'web main: ',
    ]);
    expect(lines(gateway(), route(), policy('edge', 'own', onRoute, jwt))).toEqual(['web main: ']);
  });

  it('selects by label, in other namespaces with a ReferenceGrant', () => {
    const selector = (labels: string, from = '') =>
      `targetSelectors: [{group: gateway.networking.k8s.io, kind: HTTPRoute, matchLabels: {security: ${labels}}${from}}]`;
    const all = ', namespaces: {from: All}';
    expect(lines(gateway(), route(), policy('home', 'own', selector('login'), jwt))).toEqual([
      'web main: jwt',
    ]);
    expect(lines(gateway(), route(), policy('home', 'own', selector('logln'), jwt))).toEqual(['web main: ']);
    expect(lines(gateway(), route(), policy('auth', 'far', selector('login', all), jwt))).toEqual([
      'web main: ',
    ]);
    expect(
      lines(
        gateway(),
        route(),
        policy('auth', 'far', selector('login'), jwt),
        grant('home', 'auth', 'HTTPRoute'),
      ),
    ).toEqual(['web main: ']);
    expect(
      lines(
        gateway(),
        route(),
        policy('auth', 'far', selector('login', all), jwt),
        grant('home', 'auth', 'HTTPRoute'),
      ),
    ).toEqual(['web main: jwt']);
    const chosen = ', namespaces: {from: Selector, selector: {matchLabels: {team: blue}}}';
    const [uncertain] = analyseRoutes(
      gateway(),
      route(),
      policy('auth', 'far', selector('login', chosen), jwt),
      grant('home', 'auth', 'HTTPRoute'),
    );
    expect(uncertain?.unknowns).toHaveLength(1);
  });

  it('gives a conflict to the older policy, and is unknown without creation times', () => {
    const at = (time: string) => `, creationTimestamp: "${time}"`;
    const conflicting = (first: string, second: string) => [
      gateway(),
      route(),
      policy('home', 'a', onRoute, cors, first),
      policy('home', 'b', onRoute, jwt, second),
    ];
    expect(lines(...conflicting(at('2026-01-02T00:00:00Z'), at('2026-01-01T00:00:00Z')))).toEqual([
      'web main: jwt',
    ]);
    expect(lines(...conflicting(at('2026-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z')))).toEqual([
      'web main: cors',
    ]);
    expect(analyseRoutes(...conflicting('', ''))[0]?.unknowns).toHaveLength(1);
  });

  it('gives a conflict in the same second to the first namespace, then to the first name', () => {
    const second = ', creationTimestamp: "2026-01-01T00:00:00Z"';
    const selecting = (namespace: string, features: Line) =>
      policy(
        namespace,
        'far',
        'targetSelectors: [{group: gateway.networking.k8s.io, kind: HTTPRoute, matchLabels: {security: login}, namespaces: {from: All}}]',
        features,
        second,
      );
    const grants = [grant('home', 'a', 'HTTPRoute'), grant('home', 'a-b', 'HTTPRoute')];
    expect(lines(gateway(), route(), ...grants, selecting('a-b', cors), selecting('a', jwt))).toEqual([
      'web main: jwt',
    ]);
  });

  it('gives a conflict to an older policy even if it is rejected', () => {
    const at = (time: string) => `, creationTimestamp: "${time}"`;
    const refused = oidc.replace('clientID', 'passThroughAuthHeader: true, clientID');
    expect(
      lines(
        gateway(),
        route(),
        secret,
        policy('home', 'b', onRoute, refused, at('2026-01-01T00:00:00Z')),
        policy('home', 'a', onRoute, jwt, at('2026-01-02T00:00:00Z')),
      ),
    ).toEqual(['web main: ']);
  });

  it('leaves a rule open if the section of the policy does not exist', () => {
    expect(lines(gateway(), route(), policy('home', 'own', target('HTTPRoute', 'app', 'typo'), jwt))).toEqual(
      ['web main: '],
    );
  });

  it('ignores a route policy that the validator rejects, and uses the Gateway’s', () => {
    const refused = policy(
      'home',
      'own',
      onRoute,
      oidc.replace('clientID', 'passThroughAuthHeader: true, clientID'),
    );
    expect(lines(gateway(), route(), secret, refused)).toEqual(['web main: ']);
    expect(lines(gateway(), route(), secret, refused, policy('edge', 'net', onGateway, jwt))).toEqual([
      'web main: jwt',
    ]);
  });

  it('leaves the routes of a Gateway open if the validator rejects its policy', () => {
    const refused = policy(
      'edge',
      'net',
      onGateway,
      oidc.replace('clientID', 'passThroughAuthHeader: true, clientID'),
    );
    expect(lines(gateway(), route(), secret.replace('home', 'edge'), refused)).toEqual(['web main: ']);
  });

  it('covers a ListenerSet with the Gateway’s policy, not with one of a listener, and lets the set override it', () => {
    const set = object(
      'ListenerSet',
      'edge',
      'more',
      `spec: {parentRef: {name: gate}, listeners: [{name: web, protocol: HTTP, port: 81, ${everyone}}]}`,
    );
    const all = [
      gateway(undefined, 'allowedListeners: {namespaces: {from: Same}}, '),
      set,
      route('parentRefs: [{namespace: edge, kind: ListenerSet, name: more}]'),
    ];
    expect(lines(...all, policy('edge', 'net', onGateway, jwt))).toEqual(['web main: jwt']);
    expect(lines(...all, policy('edge', 'net', target('Gateway', 'gate', 'web'), jwt))).toEqual([
      'web main: ',
    ]);
    const own = policy('edge', 'set', target('ListenerSet', 'more'), cors);
    expect(lines(...all, policy('edge', 'net', onGateway, jwt), own)).toEqual(['web main: cors']);
    expect(lines(gateway(), ...all.slice(1))).toEqual([]);
  });

  it('keeps merged Gateways apart: a policy on one leaves the other open, and a shared listener is unknown', () => {
    const merged = [
      object(
        'GatewayClass',
        'none',
        'envoy',
        'spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller, parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, namespace: edge, name: proxy}}',
      ),
      object('EnvoyProxy', 'edge', 'proxy', 'spec: {mergeGateways: true}'),
      gateway(),
      route('parentRefs: [{namespace: edge, name: gate}, {namespace: edge, name: second}]'),
      policy('edge', 'net', onGateway, jwt),
    ];
    const second = (port: number) =>
      object(
        'Gateway',
        'edge',
        'second',
        `spec: {gatewayClassName: envoy, listeners: [{name: side, protocol: HTTP, port: ${port}, ${everyone}}]}`,
      );
    expect(lines(...merged, second(81))).toEqual(['web main: jwt', 'side main: ']);
    expect(analyseRoutes(...merged, second(81)).flatMap(({ unknowns }) => unknowns)).toEqual([]);
    expect(analyseRoutes(...merged, second(80)).map(({ unknowns }) => unknowns.length)).toEqual([1, 1]);
  });

  it('checks only addresses on TCP', () => {
    const tcp = [
      gateway(`{name: raw, protocol: TCP, port: 9000, ${everyone}}`),
      object(
        'TCPRoute',
        'home',
        'app',
        `spec: {parentRefs: [{namespace: edge, name: gate}], rules: [${rule('main')}]}`,
      ),
    ];
    const ranges = 'authorization: {rules: [{action: Allow, principal: {clientCIDRs: [10.0.0.0/8]}}]}';
    const onTcp = target('TCPRoute', 'app');
    expect(lines(...tcp, policy('home', 'own', onTcp, ranges))).toEqual(['raw main: authorization']);
    expect(lines(...tcp, policy('home', 'own', onTcp, `${ranges}, ${jwt}`))).toEqual(['raw main: ']);
    const net = policy('edge', 'net', onGateway, `${ranges}, ${jwt}`);
    expect(lines(...tcp, net)).toEqual(['raw main: authorization']);
    // A policy without authorization removes none, and an unreadable one adds none.
    const side = policy('edge', 'raw', target('Gateway', 'gate', 'raw'), cors);
    expect(lines(...tcp, net, side)).toEqual(['raw main: authorization']);
    const damaged = policy('edge', 'net', onGateway, ranges.replace('/8', '/x'));
    expect(lines(...tcp, damaged)).toEqual(['raw main: ']);
    const byExpression = ranges.replace('principal', 'cel: "true", principal');
    expect(lines(...tcp, policy('home', 'own', onTcp, byExpression))).toEqual(['raw main: ']);
    expect(analyseRoutes(...tcp, policy('edge', 'net', onGateway, byExpression))[0]?.unknowns).toHaveLength(
      1,
    );
  });

  it('demands nothing on UDP', () => {
    const udp = [
      gateway(`{name: raw, protocol: UDP, port: 9000, ${everyone}}`),
      object(
        'UDPRoute',
        'home',
        'app',
        `spec: {parentRefs: [{namespace: edge, name: gate}], rules: [${rule('main')}]}`,
      ),
    ];
    const ranges = 'authorization: {rules: [{action: Allow, principal: {clientCIDRs: [10.0.0.0/8]}}]}';
    expect(lines(...udp, policy('edge', 'net', onGateway, ranges))).toEqual(['raw main: ']);
  });
});

describe('a bypass of a policy', () => {
  it('may be a patch of the configuration of Envoy', () => {
    const patch = (name: string) =>
      object('EnvoyPatchPolicy', 'edge', 'patch', `spec: {targetRef: {kind: Gateway, name: ${name}}}`);
    const guarded = [gateway(), route(), policy('home', 'own', onRoute, jwt)];
    expect(analyseRoutes(...guarded, patch('gate'))[0]?.unknowns).toHaveLength(1);
    expect(analyseRoutes(...guarded, patch('other'))[0]?.unknowns).toEqual([]);
  });

  it('may be a policy that aborts the translation: the whole Gateway keeps its old configuration', () => {
    const passing = oidc.replace('clientID', 'passThroughAuthHeader: true, clientID');
    const other = object(
      'HTTPRoute',
      'home',
      'other',
      `spec: {parentRefs: [{namespace: edge, name: gate}], rules: [${rule('main')}]}`,
    );
    const guarded = [gateway(), route(), other, policy('home', 'own', onRoute, jwt)];
    const analysed = analyseRoutes(...guarded, policy('edge', 'net', onGateway, passing));
    expect(analysed.map(({ route: { name }, unknowns }) => `${name} ${unknowns.length}`)).toEqual([
      'app 1',
      'other 1',
    ]);
    // It is translated only if a rule uses it.
    const obeyed = analyseRoutes(
      ...guarded.slice(0, 2),
      ...guarded.slice(3),
      policy('edge', 'net', onGateway, passing),
    );
    expect(obeyed.map(({ unknowns }) => unknowns)).toEqual([[]]);
  });

  it.each(['{"keys": []}', 'no JSON', '{"keys": [{"kty": "RSA"}]}'])(
    'may be unreadable keys, on every route of the port: %s',
    (keys) => {
      const local = jwt.replace(
        'remoteJWKS: {uri: "https://id.example/keys"}',
        `localJWKS: {inline: '${keys}'}`,
      );
      const two = gateway(
        `{name: web, protocol: HTTP, port: 80, ${everyone}}, {name: side, protocol: HTTP, port: 81, ${everyone}}`,
      );
      const weak = object(
        'HTTPRoute',
        'home',
        'weak',
        `spec: {parentRefs: [{namespace: edge, name: gate, sectionName: web}], rules: [${rule('main')}]}`,
      );
      const analysed = analyseRoutes(
        two,
        route(),
        weak,
        policy('home', 'own', onRoute, jwt),
        policy('home', 'weak', target('HTTPRoute', 'weak'), local),
      );
      expect(analysed.map((each) => [each.route.name, each.listener.port, each.unknowns.length])).toEqual([
        ['app', 80, 1],
        ['app', 81, 0],
        ['weak', 80, 1],
      ]);
    },
  );

  it('is not caused by unreadable keys if jwt has another error, so Envoy never receives them', () => {
    const local = jwt
      .replace('remoteJWKS: {uri: "https://id.example/keys"}', `localJWKS: {inline: '{"keys": []}'}`)
      .replace('https://id.example', 'someone@');
    const [analysed] = analyseRoutes(gateway(), route(), policy('home', 'own', onRoute, local));
    expect([analysed?.controls.map(({ type }) => type), analysed?.unknowns]).toEqual([['rejected500'], []]);
  });

  it('may be a rule that makes Envoy choose the route again', () => {
    const weak = jwt
      .replace('{name: one', '{recomputeRoute: true, name: one')
      .replace('providers', 'optional: true, providers');
    const analysed = analyseRoutes(
      gateway(),
      route(undefined, `${rule('main')}, ${rule('other')}`),
      policy('home', 'main', target('HTTPRoute', 'app', 'main'), weak),
      policy('home', 'other', target('HTTPRoute', 'app', 'other'), jwt),
    );
    expect(analysed.map(({ unknowns }) => unknowns.length)).toEqual([0, 1]);
  });
});

describe('the certainty of a control', () => {
  it.each([
    ['jwt verified', jwt],
    ['jwt none', jwt.replace('providers', 'optional: true, providers')],
    ['jwt none', jwt.replace('providers', 'failOpen: true, providers')],
    ['jwt presence', jwt.replace('audiences: [app], ', '')],
    ['authorization none', 'authorization: {defaultAction: Allow}'],
    [
      'authorization presence',
      'authorization: {rules: [{action: Allow, principal: {clientCIDRs: [10.0.0.0/8]}}]}',
    ],
  ])('%s', (expected, features) => {
    const [analysed] = analyseRoutes(gateway(), route(), policy('home', 'own', onRoute, features));
    expect(analysed?.controls.map(({ type, certainty }) => `${type} ${certainty}`)).toEqual([expected]);
  });
});

describe('the listener of a route', () => {
  it.each([
    ['*.example.org', 'a.example.org', ['a.example.org']],
    ['*.example.org', 'a.b.example.org', ['a.b.example.org']],
    ['*.example.org', 'example.org', []],
    ['a.example.org', '*.example.org', ['a.example.org']],
    ['a.example.org', 'b.example.org', []],
  ])('a listener of %s and a route of %s', (listener, hostname, expected) => {
    const analysed = analyseRoutes(
      gateway(`{name: web, protocol: HTTP, port: 80, hostname: "${listener}", ${everyone}}`),
      route(`hostnames: ["${hostname}"], parentRefs: [{namespace: edge, name: gate}]`),
    );
    expect(analysed.flatMap(({ hostnames }) => hostnames)).toEqual(expected);
  });

  it('must allow the namespace and the kind, and match the section and the port', () => {
    expect(analyseRoutes(gateway('{name: web, protocol: HTTP, port: 80}'), route())).toEqual([]);
    expect(analyseRoutes(gateway(`{name: web, protocol: TCP, port: 80, ${everyone}}`), route())).toEqual([]);
    expect(
      analyseRoutes(gateway(), route('parentRefs: [{namespace: edge, name: gate, sectionName: typo}]')),
    ).toEqual([]);
    expect(analyseRoutes(gateway(), route('parentRefs: [{namespace: edge, name: gate, port: 81}]'))).toEqual(
      [],
    );
    expect(analyseRoutes(gateway(), route('parentRefs: [{name: gate}]'))).toEqual([]);
    expect(analyseRoutes(gateway(), route())).toHaveLength(1);
  });

  it('has unknown controls if another controller runs the Gateway', () => {
    const foreign = object('GatewayClass', 'none', 'envoy', 'spec: {controllerName: example.org/other}');
    expect(analyseRoutes(gateway(), route(), foreign)[0]?.unknowns).toHaveLength(1);
  });
});

describe('identity headers of a client', () => {
  const other = object(
    'HTTPRoute',
    'home',
    'plain',
    `spec: {parentRefs: [{namespace: edge, name: gate}], rules: [${rule('main')}]}`,
  );
  const headers = (...objects: Line[]) =>
    analyseRoutes(...objects).map(({ route: { name }, spoofable }) => `${name}: ${spoofable.join(', ')}`);
  const tokens = policy('home', 'own', onRoute, jwt);
  const cure = (removal: string) =>
    object(
      'ClientTrafficPolicy',
      'edge',
      'clean',
      `spec: {${onGateway}, headers: {earlyRequestHeaders: {${removal}}}}`,
    );

  it('are overwritten only if the effective policy sets them', () => {
    expect(headers(gateway(), route(), other, tokens)).toEqual(['app: ', 'plain: x-user']);
  });

  it('pass on a route with only a session', () => {
    const session = policy('home', 'plain', target('HTTPRoute', 'plain'), oidc);
    expect(headers(gateway(), route(), other, secret, tokens, session)).toEqual(['app: ', 'plain: x-user']);
  });

  it('pass if the authorization service may omit them', () => {
    const asks =
      'extAuth: {http: {backendRefs: [{name: auth, port: 80}], headersToBackend: [X-Auth-Request-Groups]}}';
    const service = object('Service', 'home', 'auth', 'spec: {ports: [{port: 80}]}');
    const all = [gateway(), route(), service, policy('home', 'own', onRoute, asks)];
    expect(headers(...all)).toEqual(['app: x-auth-request-groups']);
    expect(headers(...all, cure('removeOnMatch: [{type: Prefix, value: x-auth-request-}]'))).toEqual([
      'app: ',
    ]);
  });

  it('are removed early by a ClientTrafficPolicy', () => {
    expect(headers(gateway(), route(), other, tokens, cure('remove: [x-user]'))).toEqual([
      'app: ',
      'plain: ',
    ]);
    expect(headers(gateway(), route(), other, tokens, cure('remove: [x-users]'))).toEqual([
      'app: ',
      'plain: x-user',
    ]);
  });

  it('are removed by a policy that selects the Gateway', () => {
    const selecting = cure('remove: [x-user]').replace(
      onGateway,
      'targetSelectors: [{group: gateway.networking.k8s.io, kind: Gateway, matchLabels: {edge: "yes"}}]',
    );
    const labelled = gateway().replace('name: gate}', 'name: gate, labels: {edge: "yes"}}');
    expect(headers(labelled, route(), other, tokens, selecting)).toEqual(['app: ', 'plain: ']);
    expect(headers(gateway(), route(), other, tokens, selecting)).toEqual(['app: ', 'plain: x-user']);
  });

  it('are not removed by a policy of one of several listeners of a port, which is rejected', () => {
    const ofListener = cure('remove: [x-user]').replace(onGateway, target('Gateway', 'gate', 'web'));
    const two = (port: number) =>
      gateway(
        `{name: web, protocol: HTTP, port: 80, hostname: a.example, ${everyone}}, {name: side, protocol: HTTP, port: ${port}, hostname: b.example, ${everyone}}`,
      );
    const plain = other.replace('name: gate}', 'name: gate, sectionName: web}');
    expect(headers(two(81), plain, tokens, ofListener)).toEqual(['plain: ']);
    expect(headers(two(80), plain, tokens, ofListener)).toEqual(['plain: x-user']);
    // A policy of the whole Gateway does not apply to a listener that has one.
    expect(
      headers(two(80), plain, tokens, ofListener, cure('remove: [x-user]').replace('clean', 'whole')),
    ).toEqual(['plain: x-user']);
  });
});
