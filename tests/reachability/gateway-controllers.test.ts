// Crosses the classes, the settings of Envoy and the controls of the Gateway analysis.
import { describe, expect, it } from 'vitest';
import {
  analyseRoutes,
  everyone,
  gateway,
  jwt,
  type Line,
  lines,
  object,
  onRoute,
  policy,
  route,
} from './gatewayCases.ts';

const served = (controller: string, parameters = ''): Line =>
  object('GatewayClass', 'none', 'envoy', `spec: {controllerName: ${controller}${parameters}}`);
const envoy = 'gateway.envoyproxy.io/gatewayclass-controller';
const guarded = [gateway(), route(), policy('home', 'own', onRoute, jwt)];
const reasons = (...objects: Line[]) => analyseRoutes(...objects).map(({ unknowns }) => unknowns);

describe('the controller of a Gateway', () => {
  it('is Envoy Gateway if the GatewayClass says so', () => {
    expect(reasons(...guarded, served(envoy))).toEqual([[]]);
  });

  it.each([
    'io.cilium/gateway-controller',
    'istio.io/gateway-controller',
    'gateway.envoyproxy.io/another',
    'traefik.io/gateway-controller',
  ])('ignores SecurityPolicies if it is %s', (controller) => {
    expect(lines(...guarded, served(controller))).toEqual(['web main: ']);
    expect(reasons(...guarded, served(controller))).toEqual([
      [`Gateway class envoy is served by ${controller}, which is not modelled`],
    ]);
  });

  it.each(['cilium', 'eg', 'envoy', 'envoy-gateway'])(
    'is unknown without the GatewayClass, whatever its name: %s',
    (name) => {
      const other = object('GatewayClass', 'none', 'unused', `spec: {controllerName: ${envoy}}`);
      const named = guarded.map((line) =>
        line.replace('gatewayClassName: envoy', `gatewayClassName: ${name}`),
      );
      expect(reasons(...named, other)).toEqual([
        [`GatewayClass ${name} is not among the objects, so that the controller that serves it is not known`],
      ]);
    },
  );
});

describe('the settings of Envoy', () => {
  const parameters =
    ', parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, namespace: edge, name: proxy}';
  const withProxy = (spec: string) =>
    reasons(
      ...guarded,
      served(envoy, parameters),
      object('EnvoyProxy', 'edge', 'proxy', `spec: {${spec}}`),
    )[0];

  it.each([
    'bootstrap: {type: Merge, value: "admin: {}"}',
    'extraArgs: [--admin-address-path, /tmp/admin]',
    'dynamicModules: [{name: one, source: {local: {path: /one.so}}}]',
    'filterOrder: [{name: envoy.filters.http.wasm, before: envoy.filters.http.jwt_authn}]',
    'provider: {type: Kubernetes, kubernetes: {envoyDeployment: {patch: {value: {spec: {template: {spec: {hostNetwork: true}}}}}}}}',
    'provider: {type: Kubernetes, kubernetes: {envoyDaemonSet: {patch: {value: {}}}}}',
    'provider: {type: Kubernetes, kubernetes: {envoyDeployment: {initContainers: [{name: one, image: two}]}}}',
    'ofALaterVersion: {x: 1}',
    'provider: {type: Kubernetes, kubernetes: {ofALaterVersion: 1}}',
  ])('are unknown with %s', (spec) => {
    expect(withProxy(spec)).toHaveLength(1);
    expect(withProxy(spec)?.[0]).toContain('of EnvoyProxy edge/proxy is not read');
  });

  it.each([
    'logging: {level: {default: warn}}',
    'extraArgs: [--use-dynamic-base-id, --log-level, warn, --concurrency=2]',
    'provider: {type: Kubernetes, kubernetes: {envoyDeployment: {replicas: 2, container: {resources: {}}}}}',
    'provider: {type: Kubernetes, kubernetes: {envoyService: {type: ClusterIP, externalTrafficPolicy: Local}}}',
  ])('are known with %s', (spec) => {
    expect(withProxy(spec)).toEqual([]);
  });

  it('are unknown if the EnvoyProxy is not among the objects, or of another kind', () => {
    expect(reasons(...guarded, served(envoy, parameters))).toEqual([
      ['the EnvoyProxy that Gateway edge/gate or its class names is not among the objects'],
    ]);
    const own = gateway(
      undefined,
      'infrastructure: {parametersRef: {group: "", kind: ConfigMap, name: proxy}}, ',
    );
    expect(reasons(own, ...guarded.slice(1), served(envoy))[0]).toHaveLength(1);
  });

  it('are those of the class if it merges its Gateways, whatever the Gateway names', () => {
    const own = gateway(
      undefined,
      'infrastructure: {parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: own}}, ',
    );
    const proxies = [
      object('EnvoyProxy', 'edge', 'own', 'spec: {extraArgs: [--x]}'),
      object('EnvoyProxy', 'edge', 'proxy', 'spec: {mergeGateways: true}'),
    ];
    expect(reasons(own, ...guarded.slice(1), served(envoy, parameters), ...proxies)).toEqual([[]]);
    expect(reasons(own, ...guarded.slice(1), served(envoy), ...proxies)[0]).toHaveLength(1);
  });

  it('are unknown with a program that sees each request', () => {
    const program = (target: string) =>
      `{apiVersion: gateway.envoyproxy.io/v1alpha1, kind: EnvoyExtensionPolicy, metadata: {namespace: edge, name: program}, spec: {${target}, lua: [{type: Inline, inline: x}]}}`;
    const on = (kind: string, name: string) =>
      program(`targetRefs: [{group: gateway.networking.k8s.io, kind: ${kind}, name: ${name}}]`);
    expect(reasons(...guarded, on('Gateway', 'gate'))[0]).toHaveLength(1);
    expect(reasons(...guarded, on('HTTPRoute', 'app'))[0]).toHaveLength(1);
    expect(reasons(...guarded, on('Gateway', 'elsewhere'))[0]).toEqual([]);
  });

  it.each(['Authorization', 'cookie'])('are unknown if each request gets the header %s', (header) => {
    const traffic = (action: string, name: string) =>
      object(
        'ClientTrafficPolicy',
        'edge',
        'early',
        `spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: gate}], headers: {earlyRequestHeaders: {${action}: [{name: ${name}, value: x}]}}}`,
      );
    for (const action of ['set', 'add', 'addIfAbsent'])
      expect(reasons(...guarded, traffic(action, header))[0]).toHaveLength(1);
    expect(reasons(...guarded, traffic('set', 'X-Auth-Request-Redirect'))[0]).toEqual([]);
  });

  it('are unknown with a field of a later version of a policy', () => {
    const later = (kind: string) =>
      object(
        kind,
        'edge',
        'later',
        'spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: gate}], ofALaterVersion: {x: 1}}',
      );
    expect(reasons(...guarded, later('ClientTrafficPolicy'))[0]).toHaveLength(1);
    expect(reasons(gateway(), route(), policy('home', 'own', onRoute, `${jwt}, later: {x: 1}`))).toEqual([
      ['spec.later of SecurityPolicy home/own is not read: no version that is known here has the field'],
    ]);
    const inside = jwt.replace('issuer', 'later: x, issuer');
    expect(reasons(gateway(), route(), policy('home', 'own', onRoute, inside))[0]?.[0]).toContain(
      'spec.jwt.providers[].later',
    );
  });
});

describe('a listener that Envoy Gateway does not accept', () => {
  it.each([
    `{name: web, protocol: HTTPS, port: 443, ${everyone}}`,
    `{name: web, protocol: HTTPS, port: 443, tls: {mode: Passthrough, certificateRefs: [{name: certificate}]}, ${everyone}}`,
    `{name: web, protocol: HTTPS, port: 443, tls: {certificateRefs: [{name: certificate, kind: ConfigMap}]}, ${everyone}}`,
    `{name: web, protocol: HTTPS, port: 443, tls: {certificateRefs: [{name: certificate, namespace: other}]}, ${everyone}}`,
    `{name: web, protocol: HTTP, port: 80, tls: {certificateRefs: [{name: certificate}]}, ${everyone}}`,
    `{name: web, protocol: SCTP, port: 80, ${everyone}}`,
    '{name: web, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: Selector}}}',
    '{name: web, protocol: HTTP, port: 80, allowedRoutes: {kinds: [{kind: HTTPRoute}, {kind: TCPRoute}], namespaces: {from: All}}}',
    '{name: web, protocol: HTTP, port: 80, allowedRoutes: {kinds: [{group: "", kind: HTTPRoute}], namespaces: {from: All}}}',
  ])('serves nothing: %s', (listener) => {
    expect(lines(gateway(listener), route())).toEqual([]);
  });

  it('does not reject another listener of its port', () => {
    const plain = `{name: web, protocol: HTTP, port: 80, ${everyone}}`;
    const broken = `{name: tls, protocol: HTTPS, port: 80, ${everyone}}`;
    const sound = broken.replace('port: 80', 'port: 80, tls: {certificateRefs: [{name: certificate}]}');
    expect(lines(gateway(`${plain}, ${broken}`), route())).toEqual(['web main: ']);
    expect(lines(gateway(`${plain}, ${sound}`), route())).toEqual([]);
  });

  it('may be accepted if its certificate is not among the objects', () => {
    const plain = `{name: web, protocol: HTTP, port: 80, ${everyone}}`;
    const unseen = `{name: tls, protocol: HTTPS, port: 80, tls: {certificateRefs: [{name: unseen}]}, ${everyone}}`;
    expect(reasons(gateway(`${plain}, ${unseen}`), route()).map((each) => each.length)).toEqual([1]);
    expect(reasons(gateway(unseen), route())).toEqual([[]]);
  });
});

describe('OIDC that passes requests with a token on to jwt', () => {
  const oidc =
    'oidc: {passThroughAuthHeader: true, provider: {issuer: "https://id.example"}, clientID: app, clientSecret: {name: login}}';
  const secret = object('Secret', 'home', 'login', 'stringData: {client-secret: x}');
  const certainties = (token: string) =>
    analyseRoutes(gateway(), route(), secret, policy('home', 'own', onRoute, `${oidc}, ${token}`)).flatMap(
      ({ controls }) => controls.map(({ type, certainty }) => `${type} ${certainty}`),
    );

  it('demands no more than jwt', () => {
    expect(certainties(jwt)).toEqual(['oidc verified', 'jwt verified']);
    expect(certainties(jwt.replace('providers', 'optional: true, providers'))).toEqual([
      'oidc verified',
      'jwt none',
    ]);
    expect(certainties(jwt.replace('providers', 'failOpen: true, providers'))).toEqual([
      'oidc none',
      'jwt none',
    ]);
    expect(certainties(jwt.replace('audiences: [app], ', ''))).toEqual(['oidc presence', 'jwt presence']);
  });
});

describe('the filters and backends of a rule', () => {
  const reasonsOf = (rule: string, ...more: Line[]) => {
    const given = route().replace(/rules: \[\{/, `rules: [{${rule}, `);
    expect(given).toContain(rule);
    return reasons(gateway(), given, policy('home', 'own', onRoute, jwt), served(envoy), ...more).flat();
  };

  it.each([
    'filters: [{type: RequestMirror, requestMirror: {backendRef: {name: other, port: 80}}}]',
    'filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-user, value: admin}]}}]',
    'filters: [{type: URLRewrite, urlRewrite: {hostname: other.example.org}}]',
    'filters: [{type: CORS, cors: {}}]',
    'filters: [{type: ExtensionRef, extensionRef: {group: gateway.envoyproxy.io, kind: HTTPRouteFilter, name: a}}]',
  ])('are behind the access checks: %s', (rule) => {
    expect(reasonsOf(rule)).toEqual([]);
  });

  it.each([
    [
      'filters: [{type: ExtensionRef, extensionRef: {group: example.org, kind: Detour, name: a}}]',
      'what its filter Detour a does is not read',
    ],
    ['filters: [{type: Teleport}]', 'what its filter Teleport does is not known'],
  ])('make the demands unknown: %s', (rule, why) => {
    expect(reasonsOf(rule)).toEqual([why]);
  });

  it('make them unknown where the request chooses the destination', () => {
    const dynamic = object('Backend', 'home', 'any', 'spec: {type: DynamicResolver}');
    const ref = '{group: gateway.envoyproxy.io, kind: Backend, name: any}';
    const given = route().replace(/backendRefs: \[[^\]]*\]/, `backendRefs: [${ref}]`);
    expect(given).toContain(ref);
    const found = reasons(gateway(), given, policy('home', 'own', onRoute, jwt), served(envoy), dynamic);
    expect(found.flat()).toEqual([expect.stringContaining('lets each request choose where it leads')]);
  });
});
