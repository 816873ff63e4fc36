// Crosses the listeners, attachments, policies and controls of the Gateway analysis.
import { describe, expect, it } from 'vitest';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import {
  analyseRoutes,
  analyseSourced,
  cors,
  gateway,
  jwt,
  type Line,
  lines,
  object,
  oidc,
  onGateway,
  onRoute,
  policy,
  route,
  secret,
} from './gatewayCases.ts';

describe('a SecurityPolicy with an error', () => {
  it('answers 500 if something is missing, and passes if only a fail-open extAuth is broken', () => {
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

  it('finds a Secret of another namespace if a ReferenceGrant allows it', () => {
    const users = object(
      'Secret',
      'vault',
      'users',
      'stringData: {.htpasswd: "a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="}',
    );
    const basic = policy('home', 'own', onRoute, 'basicAuth: {users: {name: users, namespace: vault}}');
    const granted =
      '{apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {namespace: vault, name: users}, spec: {from: [{group: gateway.envoyproxy.io, kind: SecurityPolicy, namespace: home}], to: [{group: "", kind: Secret}]}}';
    expect(lines(gateway(), route(), users, basic)).toEqual(['web main: rejected500']);
    expect(lines(gateway(), route(), users, basic, granted)).toEqual(['web main: basicAuth']);
  });

  it.each([
    ['an issuer without https', 'https://id.example', 'http://id.example'],
    ['an issuer with a question', 'https://id.example', 'https://id.example?a=b'],
    ['a token endpoint by address', 'issuer:', 'tokenEndpoint: "https://[::1]/token", issuer:'],
    ['a redirect without a path', 'clientID:', 'redirectURL: "https://app.example/", clientID:'],
    ['a redirect of another scheme', 'clientID:', 'redirectURL: "ftp://app.example/back", clientID:'],
  ])('answers 500 for OIDC with %s', (_, from, to) => {
    const damaged = policy('home', 'own', onRoute, oidc.replace(from, to));
    expect(lines(gateway(), route(), secret, policy('home', 'own', onRoute, oidc))).toEqual([
      'web main: oidc',
    ]);
    expect(lines(gateway(), route(), secret, damaged)).toEqual(['web main: rejected500']);
  });
});

describe('the validation of a feature', () => {
  const provider = (fields: Line) =>
    `jwt: {providers: [{name: one, ${fields}remoteJWKS: {uri: "https://id.example/keys"}}]}`;
  const second = jwt.replace('providers: [', 'providers: [{name: one, remoteJWKS: {uri: "https://id"}}, ');
  const on = (features: Line, ...more: Line[]) =>
    lines(gateway(), route(), ...more, policy('home', 'own', onRoute, features));

  it.each([
    ['an issuer with an @ that is no address', provider('issuer: "someone@", ')],
    ['a claim without a name', provider('claimToHeaders: [{claim: "", header: X-User}], ')],
    ['a claim for no header', provider('claimToHeaders: [{claim: email, header: ""}], ')],
    ['a provider whose name is none', provider('').replace('one', '"one more"')],
    ['two providers of one name', second],
    [
      'a pattern of paths that is none',
      'authorization: {rules: [{action: Allow, operation: {path: {type: RegularExpression, value: "*.x"}}, principal: {clientCIDRs: [10.0.0.0/8]}}]}',
    ],
    [
      'a pattern of paths that looks ahead, as RE2 cannot',
      'authorization: {rules: [{action: Allow, operation: {path: {type: RegularExpression, value: "/(?=x)"}}, principal: {clientCIDRs: [10.0.0.0/8]}}]}',
    ],
  ])('answers 500 for %s', (_, features) => {
    expect(on(features)).toEqual(['web main: rejected500']);
  });

  it.each([
    ['jwt', provider('issuer: "someone@example.org", ')],
    ['jwt', provider('').replace('one', 'id.example.org/one')],
    [
      'authorization',
      'authorization: {rules: [{action: Allow, operation: {path: {type: RegularExpression, value: "/a.*"}}, principal: {clientCIDRs: [10.0.0.0/8]}}]}',
    ],
  ])('takes %s that is sound', (type, features) => {
    expect(on(features)).toEqual([`web main: ${type}`]);
  });

  it('is unknown for an API key from several sources, which the API server rejects', () => {
    const keys = object('Secret', 'edge', 'keys', 'stringData: {client: x}');
    const several =
      'apiKeyAuth: {credentialRefs: [{name: keys}], extractFrom: [{headers: [x-key], params: [key]}]}';
    const [judged] = analyseRoutes(gateway(), route(), keys, policy('edge', 'net', onGateway, several));
    expect([judged?.controls.map(({ type }) => type), judged?.unknowns.length]).toEqual([['apiKey'], 1]);
    expect(
      lines(gateway(), route(), keys.replace('edge', 'home'), policy('home', 'own', onRoute, several)),
    ).toEqual(['web main: ']);
  });

  it('decodes the Secret of a context extension once more than the API server', () => {
    const service = object('Service', 'home', 'auth', 'spec: {ports: [{port: 80}]}');
    const ext =
      'extAuth: {http: {backendRefs: [{name: auth, port: 80}]}, contextExtensions: [{name: key, type: ValueRef, valueRef: {kind: Secret, name: context, key: token}}]}';
    const context = (text: string) => object('Secret', 'home', 'context', `stringData: {token: "${text}"}`);
    expect(on(ext, service, context('bm90aGluZw=='))).toEqual(['web main: extAuth']);
    expect(on(ext, service, context('nothing!'))).toEqual(['web main: rejected500']);
  });

  it('does not know a context extension by a Secret whose values were not read, or that a controller makes', () => {
    const service = object('Service', 'home', 'auth', 'spec: {ports: [{port: 80}]}');
    const ext = (kind: string) =>
      policy(
        'home',
        'own',
        onRoute,
        `extAuth: {http: {backendRefs: [{name: auth, port: 80}]}, contextExtensions: [{name: key, type: ValueRef, valueRef: {kind: ${kind}, name: context, key: token}}]}`,
      );
    const judged = (kind: string, ...more: readonly (Line | SourcedObject)[]) =>
      analyseSourced(gateway(), route(), service, ext(kind), ...more).map(({ controls, unknowns }) => [
        controls.map(({ type, certainty }) => [type, certainty]),
        unknowns,
      ]);
    const unread = {
      object: { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'home', name: 'context' } },
      file: 'live',
      encrypted: true,
    };
    const unknown = [
      [[['extAuth', 'unknown']], ['what Secret/home/context holds under token is not among the objects']],
    ];
    expect(judged('Secret', unread)).toEqual(unknown);
    const maker =
      '{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {namespace: home, name: context}, spec: {}}';
    expect(judged('Secret', maker)).toEqual(unknown);
    const rejected = [[[['rejected500', 'verified']], []]];
    expect(judged('Secret')).toEqual(rejected);
    // A ConfigMap of the name is another object.
    expect(judged('ConfigMap', unread)).toEqual(rejected);
  });

  it('needs the kind of database that a rule by location uses', () => {
    const place =
      'authorization: {rules: [{action: Allow, principal: {clientIPGeoLocations: [{asn: 64496}]}}]}';
    const proxy = (source: string) =>
      object(
        'EnvoyProxy',
        'edge',
        'proxy',
        `spec: {geoIP: {provider: {type: MaxMind, maxMind: {${source}: {local: {path: /db}}}}}}`,
      );
    const traffic = (way: Line) =>
      object('ClientTrafficPolicy', 'edge', 'way', `spec: {${onGateway}, clientIPDetection: {${way}}}`);
    const run = gateway(
      undefined,
      'infrastructure: {parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: proxy}}, ',
    );
    const controlLines = (source: string, way = 'directSourceIP: {}') =>
      lines(run, route(), proxy(source), traffic(way), policy('home', 'own', onRoute, place));
    expect(controlLines('asnDbSource')).toEqual(['web main: authorization']);
    expect(controlLines('cityDbSource')).toEqual(['web main: authorization, rejected500']);
    expect(controlLines('asnDbSource', 'xForwardedFor: {trustedCIDRs: [10.0.0.0/8]}')).toEqual([
      'web main: authorization, rejected500',
    ]);
  });
});

describe('a reference of a merged policy', () => {
  const merging = (features: Line) =>
    policy('home', 'own', onRoute, `mergeType: StrategicMerge, ${features}`);
  const service = (namespace: string) => object('Service', namespace, 'auth', 'spec: {ports: [{port: 80}]}');

  it('resolves in the namespace of the policy that sets it', () => {
    const net = policy('edge', 'net', onGateway, 'extAuth: {http: {backendRefs: [{name: auth, port: 80}]}}');
    const child = merging('extAuth: {headersToExtAuth: [cookie]}');
    expect(lines(gateway(), route(), net, child, service('edge'))).toEqual(['web main: extAuth']);
    expect(lines(gateway(), route(), net, child, service('home'))).toEqual(['web main: rejected500']);
    const own = merging('extAuth: {http: {backendRefs: [{name: auth, port: 80}]}}');
    expect(lines(gateway(), route(), net, own, service('home'))).toEqual(['web main: extAuth']);
  });

  it('resolves for each extension, since a strategic merge merges them by name', () => {
    const extensions = (name: string) =>
      `contextExtensions: [{name: ${name}, type: ValueRef, valueRef: {kind: ConfigMap, name: context, key: token}}]`;
    const net = policy(
      'edge',
      'net',
      onGateway,
      `extAuth: {http: {backendRefs: [{name: auth, port: 80}]}, ${extensions('above')}}`,
    );
    const map = (namespace: string) => object('ConfigMap', namespace, 'context', 'data: {token: x}');
    const child = merging(`extAuth: {${extensions('own')}}`);
    const all = [gateway(), route(), net, child, service('edge')];
    expect(lines(...all, map('edge'), map('home'))).toEqual(['web main: extAuth']);
    expect(lines(...all, map('edge'))).toEqual(['web main: rejected500']);
    expect(lines(...all, map('home'))).toEqual(['web main: rejected500']);
    const replaced = child.replace('StrategicMerge', 'JSONMerge');
    expect(lines(...all.with(3, replaced), map('home'))).toEqual(['web main: extAuth']);
  });
});

describe('a backend with TLS', () => {
  const service = object('Service', 'home', 'auth', 'spec: {ports: [{name: http, port: 80}]}');
  const ext = policy('home', 'own', onRoute, 'extAuth: {http: {backendRefs: [{name: auth, port: 80}]}}');
  const tls = (validation: Line, section = '') =>
    object(
      'BackendTLSPolicy',
      'home',
      'auth',
      `spec: {targetRefs: [{group: "", kind: Service, name: auth${section}}], validation: {hostname: auth.example, ${validation}}}`,
    );
  const byRef = 'caCertificateRefs: [{group: "", kind: ConfigMap, name: ca}]';
  const controlLines = (...more: Line[]) => lines(gateway(), route(), service, ext, ...more);

  it('is not used if the certificate that verifies it is missing', () => {
    const ca = object('ConfigMap', 'home', 'ca', 'data: {ca.crt: x}');
    expect(controlLines(tls('wellKnownCACertificates: System'))).toEqual(['web main: extAuth']);
    expect(controlLines(tls(byRef), ca)).toEqual(['web main: extAuth']);
    expect(controlLines(tls(byRef))).toEqual(['web main: rejected500']);
    expect(controlLines(tls(byRef), object('ConfigMap', 'home', 'ca', 'data: {}'))).toEqual([
      'web main: rejected500',
    ]);
    expect(controlLines(tls(byRef, ', sectionName: other'))).toEqual(['web main: extAuth']);
    expect(controlLines(tls(byRef, ', sectionName: http'))).toEqual(['web main: rejected500']);
  });

  it('may be a Backend with its own TLS settings, or one that no policy may use', () => {
    const backend = (rest: Line) => object('Backend', 'home', 'id', `spec: {${rest}}`);
    const refs = 'backendRefs: [{group: gateway.envoyproxy.io, kind: Backend, name: id}]';
    const to = (rest: Line, ...more: Line[]) =>
      lines(
        gateway(),
        route(),
        ...more,
        backend(rest),
        policy('home', 'own', onRoute, `extAuth: {http: {${refs}}}`),
      );
    const at = 'endpoints: [{fqdn: {hostname: id.example, port: 443}}]';
    expect(to(at)).toEqual(['web main: extAuth']);
    expect(to(`${at}, tls: {wellKnownCACertificates: System}`)).toEqual(['web main: extAuth']);
    expect(to(`${at}, tls: {insecureSkipVerify: true}`)).toEqual(['web main: extAuth']);
    expect(to(`${at}, tls: {sni: id.example}`)).toEqual(['web main: rejected500']);
    expect(to(`${at}, tls: {wellKnownCACertificates: System, clientCertificateRef: {name: gone}}`)).toEqual([
      'web main: rejected500',
    ]);
    expect(to('type: DynamicResolver')).toEqual(['web main: rejected500']);
    expect(to(at.replace('}]', '}, {ip: {address: 192.0.2.1, port: 443}}]'))).toEqual([
      'web main: rejected500',
    ]);
  });
});
