import { fields, hex, label, maybe, word } from './arbitraries.ts';
import type { Configuration } from './configurations.ts';
import fc from './fastCheck.ts';
import type { ConfigData } from './testDirectory.ts';

/** Namespaces of issuers that Gatehouse does not install: the grants for their keys are in them. */
export const issuerNamespaces = ['identity', 'sign-in'];

type Protocol = 'http' | 'grpc' | 'tcp' | 'tls';
type Login = 'access' | 'jwt' | 'none' | 'home-network';

/** A server behind a route, before its Gateways and its issuer are known. */
interface Instance {
  name: string;
  protocol: Protocol;
  clients: string;
  methods: ConfigData;
  internet: Login | undefined;
  home: Login | undefined;
  audience: string;
  emails: string[];
  tokens: string[];
  audiences: string[];
  allow: ConfigData;
}

/** The sections of the gateway and of what needs one, before they are made to fit the rest. */
export interface GatewaySections {
  domain: string;
  gateways: string[];
  settings: ConfigData;
  merged: boolean;
  issuers: { name: string; host: string; service: ConfigData | undefined; claims: ConfigData[] }[];
  byLabel: boolean;
  instances: Instance[];
  telemetry: boolean;
  externalDns: boolean;
  homeDns: 'none' | 'document' | 'unifi';
  key: string;
}

/** The logins that each protocol has from each origin. */
const possible: Record<Protocol, Record<'internet' | 'home', readonly Login[]>> = {
  http: { internet: ['access', 'jwt', 'none'], home: ['home-network', 'jwt', 'none'] },
  grpc: { internet: ['jwt', 'none'], home: ['home-network', 'jwt', 'none'] },
  tcp: { internet: ['none'], home: ['home-network', 'none'] },
  tls: { internet: ['none'], home: ['home-network', 'none'] },
};

const instance = fc.constantFrom('http', 'http', 'grpc', 'tcp', 'tls').chain((protocol) =>
  fc.record({
    name: label,
    protocol: fc.constant<Protocol>(protocol as Protocol),
    clients: fc.constantFrom('browser', 'machine'),
    methods: fields(
      maybe('health', fc.boolean()),
      maybe('reflection', fc.boolean()),
      maybe('methods', fc.constantFrom([{ service: 'whoami.Whoami' }], [{ service: 'a.B', method: 'C' }])),
    ),
    internet: fc.option(fc.constantFrom(...possible[protocol as Protocol].internet), {
      nil: undefined,
      freq: 3,
    }),
    home: fc.option(fc.constantFrom(...possible[protocol as Protocol].home), { nil: undefined }),
    audience: hex(63).map((digits) => `f${digits}`),
    emails: fc.uniqueArray(
      label.map((name) => `${name}@people.test`),
      { maxLength: 2 },
    ),
    tokens: fc.uniqueArray(
      hex(32).map((token) => `${token}.access`),
      { maxLength: 1 },
    ),
    audiences: fc.uniqueArray(label, { minLength: 1, maxLength: 3 }),
    allow: fields(
      maybe('groups', fc.uniqueArray(label, { minLength: 1, maxLength: 2 })),
      maybe('scopes', fc.uniqueArray(label, { minLength: 1, maxLength: 2 })),
    ),
  }),
);

const issuer = fc.record({
  name: label,
  host: label,
  service: fc.option(
    fc.record({
      namespace: fc.constantFrom(...issuerNamespaces),
      name: label,
      app: label,
      port: fc.constantFrom(8080, 80),
    }),
    { nil: undefined },
  ),
  claims: fc.constantFrom<ConfigData[]>([], [{ claim: 'preferred_username', header: 'X-User-Name' }]),
});

/** Sections that hold together wherever their Gateways can get addresses. */
export const gatewaySections: fc.Arbitrary<GatewaySections> = fc.record({
  domain: label.map((name) => `${name}.test`),
  gateways: fc.subarray(['external', 'internal', 'tunnel'], { minLength: 2 }),
  settings: fields(maybe('namespace', label), maybe('http3', fc.boolean())),
  merged: fc.boolean(),
  issuers: fc.uniqueArray(issuer, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
  byLabel: fc.boolean(),
  instances: fc.uniqueArray(instance, { minLength: 1, maxLength: 5, selector: ({ name }) => name }),
  telemetry: fc.boolean(),
  externalDns: fc.boolean(),
  homeDns: fc.constantFrom('none', 'document', 'unifi'),
  key: word(40, 40),
});

const gatewayOf = (from: 'internet' | 'home', login: Login): string =>
  from === 'home' ? 'internal' : login === 'access' ? 'tunnel' : 'external';

/** Adds the sections, without what the cluster has no addresses for and without routes that have no Gateway. */
export function withGateway(
  { cluster, privateFile }: Configuration,
  sections: GatewaySections,
  recipients: readonly string[],
): Configuration {
  const { domain, issuers, settings } = sections;
  const [range] = privateFile.cluster.network.loadBalancer?.addresses ?? [];
  const keys = sections.gateways.filter((key) => key === 'tunnel' || range !== undefined);
  const instances = sections.instances
    .map((each) => ({ ...each, ...originsOf(each, keys) }))
    .filter(({ internet, home }) => internet !== undefined || home !== undefined);
  if (keys.length === 0 || instances.length === 0) return { cluster, privateFile };
  const gateways = keys.includes('external') || keys.includes('internal');
  const labelled = sections.byLabel && gateways;
  const collector = { namespace: 'observability', service: 'collector', labels: { app: 'collector' } };
  const addresses = range?.endsWith('/30') ? ['203.0.113.253', '203.0.113.254'] : addressesIn(range ?? '');

  const whole = {
    cluster: {
      ...cluster,
      secrets: { ...cluster.secrets, recipients },
      certManager: cluster.certManager ?? { issuer: { kind: 'own' } },
      envoyGateway: {
        ...settings,
        ...(sections.merged && keys.length === 1 ? { merged: true } : {}),
        ...(sections.telemetry ? { telemetry: collector } : {}),
        ...(keys.includes('tunnel') ? { tunnel: {} } : {}),
      },
      tokenIssuers: {
        issuers: Object.fromEntries(issuers.map((each) => [each.name, publicIssuer(each)])),
        ...(labelled ? { byLabel: labels(issuers) } : {}),
      },
      ...(sections.externalDns ? { externalDns: {} } : {}),
      ...(sections.homeDns === 'none' ? {} : { homeDns: { kind: sections.homeDns } }),
      echo: {
        instances: Object.fromEntries(
          instances.map((each, index) => [each.name, shown(each, index, issuers)]),
        ),
      },
    },
    privateFile: {
      ...privateFile,
      cluster: {
        ...privateFile.cluster,
        network: { controlPlane: ['198.51.100.251/32'], ...privateFile.cluster.network },
      },
      envoyGateway: {
        domain,
        ...(keys.includes('external')
          ? { external: { address: addresses[0], target: 'router.providers.test' } }
          : {}),
        ...(keys.includes('internal') ? { internal: { address: addresses[1] } } : {}),
      },
      tokenIssuers: {
        issuers: Object.fromEntries(issuers.map((each) => [each.name, privateIssuer(each)])),
      },
      ...(sections.externalDns
        ? { externalDns: { zones: [domain, ...zonesOf(privateFile)], token: sections.key } }
        : {}),
      ...(sections.homeDns === 'unifi'
        ? { homeDns: { unifi: { address: '192.0.2.250', apiKey: sections.key } } }
        : {}),
      echo: {
        instances: Object.fromEntries(instances.map((each) => [each.name, hidden(each, domain)])),
      },
    },
  };
  // Generated parts may be one object in several places, which YAML would write as an alias.
  return JSON.parse(JSON.stringify(whole)) as Configuration;
}

/** Immich has a name in the public zone too, since it is behind the tunnel. */
function zonesOf({ immich }: ConfigData): string[] {
  return immich?.host === undefined ? [] : [String(immich.host).split('.').slice(1).join('.')];
}

function addressesIn(range: string): string[] {
  const [network = ''] = range.split('/');
  const first = network.slice(0, network.lastIndexOf('.'));
  return [`${first}.241`, `${first}.242`];
}

function originsOf({ internet, home }: Instance, keys: readonly string[]) {
  const kept = (from: 'internet' | 'home', login: Login | undefined) =>
    login !== undefined && keys.includes(gatewayOf(from, login)) ? login : undefined;
  return { internet: kept('internet', internet), home: kept('home', home) };
}

function publicIssuer({ service, claims }: GatewaySections['issuers'][number]): ConfigData {
  return {
    ...(claims.length > 0 ? { claims } : {}),
    ...(service === undefined
      ? {}
      : {
          keys: {
            service: {
              namespace: service['namespace'],
              name: service['name'],
              port: service['port'],
              path: '/keys',
              labels: { app: service['app'] },
            },
          },
        }),
  };
}

function privateIssuer({ host, service }: GatewaySections['issuers'][number]): ConfigData {
  const issuer = `https://${host}.issuers.test/realm`;
  return { issuer, ...(service === undefined ? { keys: { url: `${issuer}/keys` } } : {}) };
}

function labels(issuers: GatewaySections['issuers']): ConfigData {
  return { issuer: issuers[0]?.name, audiences: ['own-apps'], namespaces: ['home-automation'] };
}

function shown(each: Instance, index: number, issuers: GatewaySections['issuers']): ConfigData {
  const { protocol, internet, home } = each;
  const login = (kind: Login): ConfigData => {
    if (kind === 'jwt') {
      const { allow, audiences } = each;
      return { kind, issuer: issuers[index % issuers.length]?.name, audiences, allow };
    }
    return kind === 'none' ? { kind, reason: 'it asks by itself who comes', until: '2035-06-30' } : { kind };
  };
  const own: Record<Protocol, ConfigData> = {
    // A program cannot answer the page of Access.
    http: { clients: internet === 'access' ? 'browser' : each.clients },
    grpc: each.methods,
    tcp: { gatewayPort: 20_000 + index },
    tls: {},
  };
  return {
    protocol,
    ...own[protocol],
    ...(internet === undefined ? {} : { internet: { login: login(internet) } }),
    ...(home === undefined ? {} : { home: { login: login(home) } }),
  };
}

function hidden(each: Instance, domain: string): ConfigData {
  const { audience, emails, tokens: serviceTokens } = each;
  return {
    ...(each.protocol === 'tcp' ? {} : { host: `${each.name}.${domain}` }),
    ...(each.internet === 'access' ? { internet: { login: { audience, emails, serviceTokens } } } : {}),
  };
}
