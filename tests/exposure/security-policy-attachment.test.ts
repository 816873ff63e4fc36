import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { routeControls } from '../../src/exposure/routes.ts';
import { isKubernetesObject } from '../../src/kubernetes/manifests.ts';

/** An object as YAML, on one line. */
type Line = string;

const object = (kind: string, namespace: string, name: string, rest: Line, meta = '') =>
  `{apiVersion: ${versions[kind] ?? 'v1'}, kind: ${kind}, metadata: {namespace: ${namespace}, name: ${name}${meta}}, ${rest}}`;
const versions: Record<string, string> = {
  Gateway: 'gateway.networking.k8s.io/v1',
  GatewayClass: 'gateway.networking.k8s.io/v1',
  EnvoyProxy: 'gateway.envoyproxy.io/v1alpha1',
  ListenerSet: 'gateway.networking.k8s.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  TCPRoute: 'gateway.networking.k8s.io/v1',
  TLSRoute: 'gateway.networking.k8s.io/v1',
  ReferenceGrant: 'gateway.networking.k8s.io/v1beta1',
  SecurityPolicy: 'gateway.envoyproxy.io/v1alpha1',
  ClientTrafficPolicy: 'gateway.envoyproxy.io/v1alpha1',
};

const everyone = 'allowedRoutes: {namespaces: {from: All}}';
const gateway = (listeners = `{name: web, protocol: HTTP, port: 80, ${everyone}}`, rest = '') =>
  object('Gateway', 'edge', 'gate', `spec: {gatewayClassName: envoy, ${rest}listeners: [${listeners}]}`);
const rule = (name: string) => `{name: ${name}, backendRefs: [{name: app, port: 80}]}`;
const route = (rest = 'parentRefs: [{namespace: edge, name: gate}]', rules = rule('main')) =>
  object('HTTPRoute', 'home', 'app', `spec: {${rest}, rules: [${rules}]}`, ', labels: {security: login}');
const policy = (namespace: string, name: string, target: Line, features: Line, meta = '') =>
  object('SecurityPolicy', namespace, name, `spec: {${target}, ${features}}`, meta);

const target = (kind: string, name: string, section?: string) =>
  `targetRefs: [{group: gateway.networking.k8s.io, kind: ${kind}, name: ${name}${section === undefined ? '' : `, sectionName: ${section}`}}]`;
const onRoute = target('HTTPRoute', 'app');
const onGateway = target('Gateway', 'gate');
const jwt =
  'jwt: {providers: [{name: one, issuer: "https://id.example", audiences: [app], remoteJWKS: {uri: "https://id.example/keys"}, claimToHeaders: [{claim: email, header: X-User}]}]}';
const cors = 'cors: {allowOrigins: ["https://example.org"]}';
const csrf = 'csrf: {shadowEnabled: {}}';
const oidc = 'oidc: {provider: {issuer: "https://id.example"}, clientID: app, clientSecret: {name: login}}';
const secret = object('Secret', 'home', 'login', 'stringData: {client-secret: x}');
const grant = (namespace: string, from: string, to: string) =>
  object(
    'ReferenceGrant',
    namespace,
    `${from}-${to}`.toLowerCase(),
    `spec: {from: [{group: gateway.envoyproxy.io, kind: SecurityPolicy, namespace: ${from}}], to: [{group: gateway.networking.k8s.io, kind: ${to}}]}`,
  );

const judge = (...objects: Line[]) =>
  routeControls(
    objects
      .map((text): unknown => parse(text))
      .filter(isKubernetesObject)
      .map((found) => ({ object: found, file: 'case.yaml' })),
  );
/** Listener, rule and controls of each way, as one line. */
const lines = (...objects: Line[]) =>
  judge(...objects).map(
    ({ listener, rule: { name }, controls }) =>
      `${listener.name} ${name ?? ''}: ${controls.map(({ type }) => type).join(', ')}`,
  );

describe('where a SecurityPolicy attaches', () => {
  it('replaces the whole policy of the Gateway: a route policy with cors alone leaves the route open', () => {
    expect(lines(gateway(), route(), policy('edge', 'net', onGateway, jwt))).toEqual(['web main: jwt']);
    const [judged] = judge(
      gateway(),
      route(),
      policy('edge', 'net', onGateway, jwt),
      policy('home', 'own', onRoute, cors),
    );
    expect(judged?.controls.map(({ type, certainty }) => `${type} ${certainty}`)).toEqual(['cors none']);
  });

  it('takes the nearest: rule, route, listener, Gateway', () => {
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

  it('merges with the nearest parent where a route policy says so, and on routes only', () => {
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

  it('names targets of its own namespace only; an unknown name leaves the route open', () => {
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
    const [unsure] = judge(
      gateway(),
      route(),
      policy('auth', 'far', selector('login', chosen), jwt),
      grant('home', 'auth', 'HTTPRoute'),
    );
    expect(unsure?.unknowns).toHaveLength(1);
  });

  it('gives a conflict to the older, and says that it does not know where none has an age', () => {
    const at = (time: string) => `, creationTimestamp: "${time}"`;
    const rivals = (first: string, second: string) => [
      gateway(),
      route(),
      policy('home', 'a', onRoute, cors, first),
      policy('home', 'b', onRoute, jwt, second),
    ];
    expect(lines(...rivals(at('2026-01-02T00:00:00Z'), at('2026-01-01T00:00:00Z')))).toEqual([
      'web main: jwt',
    ]);
    expect(lines(...rivals(at('2026-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z')))).toEqual([
      'web main: cors',
    ]);
    expect(judge(...rivals('', ''))[0]?.unknowns).toHaveLength(1);
  });

  it('leaves a rule open whose section nobody has', () => {
    expect(lines(gateway(), route(), policy('home', 'own', target('HTTPRoute', 'app', 'typo'), jwt))).toEqual(
      ['web main: '],
    );
  });

  it('answers 500 where something is missing, and passes on where only a failing open extAuth is', () => {
    const basic = 'basicAuth: {users: {name: gone}}';
    const ext = (open: boolean) =>
      `extAuth: {failOpen: ${open}, http: {backendRefs: [{name: gone, port: 80}]}}`;
    expect(lines(gateway(), route(), policy('home', 'own', onRoute, basic))).toEqual([
      'web main: rejected500',
    ]);
    expect(lines(gateway(), route(), policy('home', 'own', onRoute, `${basic}, ${cors}`))).toEqual([
      'web main: cors, rejected500',
    ]);
    expect(lines(gateway(), route(), policy('home', 'own', onRoute, ext(false)))).toEqual([
      'web main: rejected500',
    ]);
    expect(lines(gateway(), route(), policy('home', 'own', onRoute, ext(true)))).toEqual(['web main: ']);
    expect(lines(gateway(), route(), policy('home', 'own', onRoute, `${basic}, ${ext(true)}`))).toEqual([
      'web main: rejected500',
    ]);
  });

  it('ignores a route policy that the validator refuses, and holds to the Gateway’s', () => {
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

  it('leaves the routes of a Gateway open whose own policy the validator refuses', () => {
    const refused = policy(
      'edge',
      'net',
      onGateway,
      oidc.replace('clientID', 'passThroughAuthHeader: true, clientID'),
    );
    expect(lines(gateway(), route(), secret.replace('home', 'edge'), refused)).toEqual(['web main: ']);
  });

  it('covers a ListenerSet by the Gateway’s policy, not by one of its listeners, and lets the set displace it', () => {
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
    expect(judge(...merged, second(81)).flatMap(({ unknowns }) => unknowns)).toEqual([]);
    expect(judge(...merged, second(80)).map(({ unknowns }) => unknowns.length)).toEqual([1, 1]);
  });

  it('asks addresses only on TCP', () => {
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
  });
});

describe('what a control is worth', () => {
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
    const [judged] = judge(gateway(), route(), policy('home', 'own', onRoute, features));
    expect(judged?.controls.map(({ type, certainty }) => `${type} ${certainty}`)).toEqual([expected]);
  });
});

describe('which listener takes a route', () => {
  it.each([
    ['*.example.org', 'a.example.org', ['a.example.org']],
    ['*.example.org', 'a.b.example.org', ['a.b.example.org']],
    ['*.example.org', 'example.org', []],
    ['a.example.org', '*.example.org', ['a.example.org']],
    ['a.example.org', 'b.example.org', []],
  ])('a listener of %s and a route of %s', (listener, hostname, expected) => {
    const judged = judge(
      gateway(`{name: web, protocol: HTTP, port: 80, hostname: "${listener}", ${everyone}}`),
      route(`hostnames: ["${hostname}"], parentRefs: [{namespace: edge, name: gate}]`),
    );
    expect(judged.flatMap(({ hostnames }) => hostnames)).toEqual(expected);
  });

  it('asks the listener about the namespace, the kind, the section and the port', () => {
    expect(judge(gateway('{name: web, protocol: HTTP, port: 80}'), route())).toEqual([]);
    expect(judge(gateway(`{name: web, protocol: TCP, port: 80, ${everyone}}`), route())).toEqual([]);
    expect(judge(gateway(), route('parentRefs: [{namespace: edge, name: gate, sectionName: typo}]'))).toEqual(
      [],
    );
    expect(judge(gateway(), route('parentRefs: [{namespace: edge, name: gate, port: 81}]'))).toEqual([]);
    expect(judge(gateway(), route('parentRefs: [{name: gate}]'))).toEqual([]);
    expect(judge(gateway(), route())).toHaveLength(1);
  });

  it('does not claim to know what the Gateways of other controllers do', () => {
    const foreign = object('GatewayClass', 'none', 'envoy', 'spec: {controllerName: example.org/other}');
    expect(judge(gateway(), route(), foreign)[0]?.unknowns).toHaveLength(1);
  });
});

describe('identity headers that a client may send by itself', () => {
  const other = object(
    'HTTPRoute',
    'home',
    'plain',
    `spec: {parentRefs: [{namespace: edge, name: gate}], rules: [${rule('main')}]}`,
  );
  const headers = (...objects: Line[]) =>
    judge(...objects).map(({ route: { name }, spoofable }) => `${name}: ${spoofable.join(', ')}`);
  const tokens = policy('home', 'own', onRoute, jwt);
  const cure = (removal: string) =>
    object(
      'ClientTrafficPolicy',
      'edge',
      'clean',
      `spec: {${onGateway}, headers: {earlyRequestHeaders: {${removal}}}}`,
    );

  it('are overwritten where the effective policy sets them, and nowhere else', () => {
    expect(headers(gateway(), route(), other, tokens)).toEqual(['app: ', 'plain: x-user']);
  });

  it('pass on a route with a session only', () => {
    const session = policy('home', 'plain', target('HTTPRoute', 'plain'), oidc);
    expect(headers(gateway(), route(), other, secret, tokens, session)).toEqual(['app: ', 'plain: x-user']);
  });

  it('pass where the authorization service may leave them out', () => {
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
});
