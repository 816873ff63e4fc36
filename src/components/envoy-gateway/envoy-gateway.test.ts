import { describe, expect, it } from 'vitest';
import { type GatewayChange, gatewayPlan } from '../../../tests/gateway/compiledGateway.ts';
import { fourRoutes } from '../../../tests/gateway/fourRoutes.ts';
import { grpcRoute, httpRoute, logins, tcpRoute, tlsRoute } from '../../../tests/gateway/sampleRoutes.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import type {
  ClientTrafficPolicy,
  EnvoyProxy,
  FluxKustomization,
  Gateway,
  HTTPRoute,
  NetworkPolicy,
  SecurityPolicy,
} from '../../kubernetes/types.ts';
import { textOf } from '../../operations/configure/leaks.ts';
import { validateObjects } from '../../operations/validate.ts';

function objectsOf(change: GatewayChange) {
  const { objects } = gatewayPlan(change);
  const one = <Kind extends { kind: string }>(kind: Kind['kind'], name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name) as unknown as
      | Kind
      | undefined;
  return {
    objects,
    policy: (name: string) => one<SecurityPolicy>('SecurityPolicy', name)?.spec,
    route: (name: string) => one<HTTPRoute>('HTTPRoute', name)?.spec,
    gateway: (name: string) => one<Gateway>('Gateway', name)?.spec,
    proxy: (name: string) => one<EnvoyProxy>('EnvoyProxy', name)?.spec,
    clients: (name: string) => one<ClientTrafficPolicy>('ClientTrafficPolicy', name)?.spec,
    network: (name: string) => one<NetworkPolicy>('NetworkPolicy', name)?.spec,
    flux: (name: string) => one<FluxKustomization>('Kustomization', name)?.spec,
  };
}

describe('routes of HTTP', () => {
  const { objects, policy, route, gateway, proxy, clients, network, flux } = objectsOf(fourRoutes);
  const routes = ['shop-internet', 'api-internet', 'lamp-home', 'page-internet'];

  it('are objects that the API server takes', async () => {
    const found = await validateObjects(
      objects
        .filter(({ apiVersion }) => !apiVersion.startsWith('samples.example/'))
        .map((object) => ({ object, file: 'plan' })),
    );
    expect(found.flatMap(({ findings }) => findings)).toEqual([]);
  });

  it('have a policy each, and each policy has its route', () => {
    const named = (kind: string) =>
      objects
        .filter((object) => object.kind === kind && object.metadata.namespace === 'apps')
        .map(({ metadata }) => metadata.name);
    expect(named('HTTPRoute')).toEqual(routes);
    expect(named('SecurityPolicy')).toEqual(routes);
    for (const name of routes)
      expect(policy(name)?.targetRefs).toEqual([
        { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name },
      ]);
  });

  it.each([
    ['shop-internet', 'envoy-tunnel', 'http'],
    ['api-internet', 'envoy-external', 'https'],
    ['lamp-home', 'envoy-internal', 'https'],
    ['page-internet', 'envoy-external', 'https'],
  ])('%s is a route of %s', (name, of, sectionName) => {
    expect(route(name)?.parentRefs).toEqual([{ name: of, namespace: 'network', sectionName }]);
  });

  it('demand what their login says', () => {
    expect(policy('shop-internet')?.jwt?.providers).toMatchObject([
      {
        issuer: 'https://example-team.cloudflareaccess.com',
        extractFrom: { headers: [{ name: 'Cf-Access-Jwt-Assertion' }] },
      },
    ]);
    expect(policy('shop-internet')?.authorization).toMatchObject({
      defaultAction: 'Deny',
      rules: [
        { principal: { jwt: { claims: [{ name: 'email', values: ['owner@example.org'] }] } } },
        { principal: { jwt: { claims: [{ name: 'common_name' }] } } },
      ],
    });
    expect(policy('api-internet')?.jwt).toMatchObject({
      providers: [{ audiences: ['apps'], remoteJWKS: { cacheDuration: '300s' } }],
    });
    expect(policy('api-internet')?.jwt).not.toHaveProperty('optional');
    expect(policy('lamp-home')?.authorization).toEqual({
      defaultAction: 'Deny',
      rules: [
        {
          name: 'home-network',
          action: 'Allow',
          principal: { clientCIDRs: ['192.0.2.0/24', '198.51.100.0/24'] },
        },
      ],
    });
    expect(policy('page-internet')).toMatchObject({ authorization: { defaultAction: 'Allow' } });
  });

  it('are on Gateways that deny what has no policy of its own', () => {
    for (const name of ['envoy-external', 'envoy-internal', 'envoy-tunnel'])
      expect(policy(name)).toEqual({
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name }],
        authorization: { defaultAction: 'Deny' },
      });
  });

  it('are the only ones that Gateways let in, by namespace', () => {
    const admitted = (name: string, listener: string) =>
      gateway(name)?.listeners.find((each) => each.name === listener)?.allowedRoutes?.namespaces;
    const apps = {
      from: 'Selector',
      selector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['apps'] }],
      },
    };
    expect(admitted('envoy-external', 'https')).toEqual(apps);
    expect(admitted('envoy-external', 'http')).toEqual({ from: 'Same' });
    expect(admitted('envoy-tunnel', 'http')).toEqual(apps);
  });

  it('are served at the address of their Gateway, and never by a node port', () => {
    expect(proxy('envoy-external')?.provider?.kubernetes?.envoyService).toEqual({
      name: 'envoy-external',
      type: 'LoadBalancer',
      annotations: { 'lbipam.cilium.io/ips': '192.0.2.241' },
      allocateLoadBalancerNodePorts: false,
      externalTrafficPolicy: 'Local',
    });
    expect(proxy('envoy-tunnel')?.provider?.kubernetes?.envoyService).toEqual({
      name: 'envoy-tunnel',
      type: 'ClusterIP',
    });
  });

  it('lose what a client says of itself before anything reads it', () => {
    const early = clients('envoy-external')?.headers?.earlyRequestHeaders;
    expect(early?.remove).toEqual(expect.arrayContaining(['X-User-ID', 'X-User-Email', 'X-User-Name']));
    expect(early?.removeOnMatch).toContainEqual({ type: 'Prefix', value: 'cf-' });
    // The token of Access is in such a header, and is verified. What stands beside it is not.
    const behindTunnel = clients('envoy-tunnel')?.headers?.earlyRequestHeaders?.removeOnMatch ?? [];
    const removes = (header: string) => behindTunnel.some(({ value }) => header.startsWith(value));
    expect(removes('cf-access-jwt-assertion')).toBe(false);
    expect(removes('cf-connecting-ip')).toBe(false);
    expect(removes('cf-access-authenticated-user-email')).toBe(true);
  });

  it('are reached by the pods of Envoy, and these by who may come', () => {
    const envoy = (name: string) => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'network' } },
      podSelector: {
        matchLabels: {
          'app.kubernetes.io/name': 'envoy',
          'app.kubernetes.io/component': 'proxy',
          'gateway.envoyproxy.io/owning-gateway-name': name,
          'gateway.envoyproxy.io/owning-gateway-namespace': 'network',
        },
      },
    });
    expect(network('api')?.ingress).toEqual([
      { from: [envoy('envoy-external')], ports: [{ port: 8080, protocol: 'TCP' }] },
    ]);
    const sources = (name: string) =>
      network(name)?.ingress?.flatMap(({ from = [] }) =>
        from.map(
          ({ ipBlock, podSelector }) => ipBlock?.cidr ?? podSelector?.matchLabels?.['app.kubernetes.io/name'],
        ),
      );
    expect(sources('envoy-internal')).toEqual(['192.0.2.0/24', '198.51.100.0/24', 'prometheus']);
    expect(sources('envoy-tunnel')).toEqual(['prometheus', 'cloudflared']);
    expect(sources('envoy-external')).toContain('0.0.0.0/0');
  });

  it('are applied after the Gateways, and these after the controller', () => {
    expect(flux('samples')?.dependsOn).toEqual([{ name: 'envoy-gateways' }]);
    expect(flux('envoy-gateways')?.dependsOn).toEqual([
      { name: 'envoy-gateway' },
      { name: 'certificates-network' },
    ]);
  });

  it('have a name in DNS that leads to their Gateway', () => {
    const names = objects.filter(({ kind }) => kind === 'Name');
    expect(
      names.map(({ metadata, ...rest }) => [metadata.name, 'spec' in rest ? rest.spec : '']),
    ).toMatchInlineSnapshot(`
      [
        [
          "api-internet",
          {
            "host": "Symbol(API_HOST)",
            "target": "Symbol(ENVOY_GATEWAY_EXTERNAL_TARGET)",
          },
        ],
        [
          "lamp-home",
          {
            "host": "Symbol(LAMP_HOST)",
            "target": "Symbol(ENVOY_GATEWAY_INTERNAL_ADDRESS)",
          },
        ],
        [
          "page-internet",
          {
            "host": "Symbol(PAGE_HOST)",
            "target": "Symbol(ENVOY_GATEWAY_EXTERNAL_TARGET)",
          },
        ],
        [
          "immich-internet",
          {
            "host": "Symbol(IMMICH_HOST)",
            "target": "Symbol(TUNNEL_ID)",
          },
        ],
        [
          "shop-internet",
          {
            "host": "Symbol(SHOP_HOST)",
            "target": "Symbol(TUNNEL_ID)",
          },
        ],
      ]
    `);
  });
});

describe('routes of other protocols', () => {
  const compiled = objectsOf({
    routes: [
      grpcRoute('rpc'),
      grpcRoute('calls', {
        methods: [{ service: 'books.v1.Books', method: 'Get' }],
        health: true,
      }),
      tcpRoute('mail', 993),
      tlsRoute('vault'),
    ],
    hosts: {
      RPC_HOST: 'rpc.example.org',
      CALLS_HOST: 'calls.example.org',
      VAULT_HOST: 'deep.vault.example.org',
    },
  });
  const { objects, policy, gateway } = compiled;
  const spec = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name) as ConfigData;

  it('are objects that the API server takes', async () => {
    const own = objects.filter(({ apiVersion }) => !apiVersion.startsWith('samples.example/'));
    const found = await validateObjects(own.map((object) => ({ object, file: 'plan' })));
    expect(found.flatMap(({ findings }) => findings)).toEqual([]);
  });

  it('of gRPC refuse health and reflection where nothing says that they may be asked', () => {
    expect(spec('GRPCRoute', 'rpc-internet').spec.rules).toEqual([
      { backendRefs: [{ name: 'rpc', port: 80 }] },
    ]);
    expect(policy('rpc-internet')?.jwt).toBeDefined();
    expect(policy('rpc-internet')?.authorization).toMatchObject({
      defaultAction: 'Allow',
      rules: [
        { action: 'Deny', operation: { path: { value: '/grpc.health.v1.Health/' } } },
        { action: 'Deny', operation: { path: { value: '/grpc.reflection.v1.ServerReflection/' } } },
        { action: 'Deny', operation: { path: { value: '/grpc.reflection.v1alpha.ServerReflection/' } } },
      ],
    });
  });

  it('of gRPC lead with the listed methods alone, where some are listed', () => {
    expect(spec('GRPCRoute', 'calls-internet').spec.rules[0].matches).toEqual([
      { method: { type: 'Exact', service: 'books.v1.Books', method: 'Get' } },
      { method: { type: 'Exact', service: 'grpc.health.v1.Health' } },
    ]);
    expect(policy('calls-internet')).not.toHaveProperty('authorization');
  });

  it('of TCP have a port of the Gateway, and a policy by addresses', () => {
    expect(gateway('envoy-internal')?.listeners.find(({ port }) => port === 993)).toMatchObject({
      name: 'tcp-993',
      protocol: 'TCP',
      allowedRoutes: { kinds: [{ kind: 'TCPRoute' }] },
    });
    expect(policy('mail-home')).toMatchObject({
      targetRefs: [{ kind: 'TCPRoute', name: 'mail-home' }],
      authorization: { defaultAction: 'Deny' },
    });
    const ports = compiled.network('envoy-internal')?.ingress?.flatMap(({ ports: some = [] }) => some);
    expect(ports).toContainEqual({ port: 10_993, protocol: 'TCP' });
  });

  it('of TLS have a listener each, with the policy on it', () => {
    expect(gateway('envoy-internal')?.listeners).toContainEqual(
      expect.objectContaining({
        name: 'tls-vault-home',
        hostname: 'deep.vault.example.org',
        tls: { mode: 'Passthrough' },
      }),
    );
    expect(policy('tls-vault-home')).toMatchObject({
      targetRefs: [{ kind: 'Gateway', name: 'envoy-internal', sectionName: 'tls-vault-home' }],
      authorization: { defaultAction: 'Deny', rules: [{ principal: { clientCIDRs: expect.anything() } }] },
    });
    expect(spec('SecurityPolicy', 'tls-vault-home').metadata.namespace).toBe('network');
  });
});

describe('an application of Access', () => {
  const quickstart = (access: ConfigData) => {
    const routes = [httpRoute('shop', { ...logins.access, ...access }), ...fourRoutes.routes.slice(1)];
    const { plan } = gatewayPlan({ ...fourRoutes, routes });
    const file = plan.files.find(({ path }) => path === 'docs/quickstart.md');
    return file === undefined ? '' : textOf(file);
  };
  it('is made for each route behind it, and for no other', () => {
    const text = quickstart({ emails: [], serviceTokens: [] });
    expect(text).toContain('The Access application for `${IMMICH_HOST}`');
    expect(text).toContain('The Access application for `${SHOP_HOST}`');
    expect(text).not.toContain('The Access application for `${API_HOST}`');
    expect(text).toContain('The Gateway lets through everybody whom Access lets through');
    expect(text).not.toContain('Service Auth');
  });

  it('has a policy of its own for programs', () => {
    const text = quickstart({ emails: [] });
    expect(text).toContain('The Gateway lets through no person');
    expect(text).toContain(
      'with the action **Service Auth**, and in it the service tokens `${SAMPLE_TOKEN}`',
    );
  });
});

describe('who may come with a token', () => {
  const of = (allow: ConfigData) =>
    objectsOf({
      routes: [httpRoute('api', { ...logins.jwt, issuer: 'inside', allow })],
      hosts: { API_HOST: 'api.example.org' },
    }).policy('api-internet');

  it('is everybody where nobody is named', () => {
    expect(of({ emails: [], groups: [], scopes: [] })).not.toHaveProperty('authorization');
  });

  it('is who has a group, and all scopes', () => {
    expect(of({ emails: [], groups: ['family', 'guests'], scopes: ['read'] })?.authorization).toEqual({
      defaultAction: 'Deny',
      rules: [
        {
          name: 'holders',
          action: 'Allow',
          principal: {
            jwt: {
              provider: 'inside',
              claims: [{ name: 'groups', valueType: 'StringArray', values: ['family', 'guests'] }],
              scopes: ['read'],
            },
          },
        },
      ],
    });
  });
});
