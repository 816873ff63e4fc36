// Crosses the Gateway analysis and the invariants: objects that look like a login, or like a denial, and are none.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/reachability/analyse.ts';
import { home, readYaml } from './home.ts';

const everyone = 'allowedRoutes: {namespaces: {from: All}}';
const web = `{name: web, protocol: HTTP, port: 80, ${everyone}}`;
const object = (version: string, kind: string, name: string, spec: string, namespace = 'apps') =>
  `apiVersion: ${version}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\n${spec}\n---\n`;
const envoy = 'gateway.envoyproxy.io/v1alpha1';
const api = 'gateway.networking.k8s.io/v1';
const gatewayClass = `apiVersion: ${api}\nkind: GatewayClass\nmetadata: {name: envoy}\nspec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}\n---\n`;
const gateway = (listeners = web, rest = '') =>
  object(api, 'Gateway', 'gate', `spec: {gatewayClassName: envoy, ${rest}listeners: [${listeners}]}`, 'edge');
const certificate = object(
  'v1',
  'Secret',
  'cert',
  'type: kubernetes.io/tls\ndata: {tls.crt: eA==, tls.key: eA==}',
  'edge',
);
const on = (kind: string, name: string, section?: string) =>
  `targetRefs: [{group: gateway.networking.k8s.io, kind: ${kind}, name: ${name}${section === undefined ? '' : `, sectionName: ${section}`}}]`;
const denying = object(
  envoy,
  'SecurityPolicy',
  'gate',
  `spec: {${on('Gateway', 'gate')}, authorization: {defaultAction: Deny}}`,
  'edge',
);
const route = object(
  api,
  'HTTPRoute',
  'notes',
  'spec: {parentRefs: [{name: gate, namespace: edge}], hostnames: [notes.example.org], rules: [{backendRefs: [{name: notes, port: 80}]}]}',
);
const login = (spec: string) =>
  object(envoy, 'SecurityPolicy', 'notes', `spec: {${on('HTTPRoute', 'notes')}, ${spec}}`);
const keys = 'remoteJWKS: {uri: "https://id.example/keys"}';
const token = (provider: string, rest = '') => `jwt: {${rest}providers: [{name: one, ${provider}}]}`;
const good = `issuer: "https://id.example", audiences: [notes], ${keys}`;
const [lan = ''] = home.lan;
const atHome = login(
  `authorization: {defaultAction: Deny, rules: [{action: Allow, principal: {clientCIDRs: [${lan}]}}]}`,
);
const claims = (principal: string) =>
  `authorization: {defaultAction: Deny, rules: [{action: Allow, principal: {jwt: {provider: one, ${principal}}}}]}`;

function proofsOf(invariant: string, ...texts: readonly string[]) {
  return analyse(readYaml(texts.join('')), home).proofs.filter((proof) => proof.invariant === invariant);
}
/** The verdicts about the route, in the order of the report. */
function gatedOf(...texts: readonly string[]): readonly string[] {
  return proofsOf('outside-gated', ...texts)
    .filter(({ claim }) => claim.includes('Route apps/notes'))
    .map(({ verdict }) => verdict);
}
const usual = [gatewayClass, gateway(), denying, route];

it('a login and an address of the home are proved without what follows', () => {
  expect(gatedOf(...usual, login(token(good)))).toEqual(['proved']);
  expect(gatedOf(...usual, atHome)).toEqual(['proved']);
});

describe('a token that is not for the app', () => {
  const anyAudience = token(`issuer: "https://id.example", ${keys}`);
  it.each([
    ['has claims', `${anyAudience}, ${claims('claims: [{name: email_verified, values: ["true"]}]')}`],
    ['has a scope', `${anyAudience}, ${claims('scopes: [openid]')}`],
    [
      'has claims, and none is demanded',
      `${token(`issuer: "https://id.example", ${keys}`, 'optional: true, ')}, ${claims('claims: [{name: sub, values: [a]}]')}`,
    ],
    ['is of any issuer', token(`issuer: "", audiences: [notes], ${keys}`)],
    ['is for an audience without a name', token(`issuer: "https://id.example", audiences: [""], ${keys}`)],
  ])('proves nothing where it %s', (_, spec) => {
    expect(gatedOf(...usual, login(spec))).toEqual(['unknown']);
  });

  it('is one for the app where a rule asks for the audience', () => {
    const spec = `${anyAudience}, ${claims('claims: [{name: aud, values: [notes], valueType: StringArray}]')}`;
    expect(gatedOf(...usual, login(spec))).toEqual(['proved']);
  });
});

describe('keys with which anybody who reads the repository signs', () => {
  const shared = JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' }] });
  const secretPart = JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', d: 'AQAB' }] });
  const open = JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] });
  const local = (text: string) =>
    login(
      token(`issuer: "https://id.example", audiences: [notes], localJWKS: {type: Inline, inline: '${text}'}`),
    );
  const byName = login(
    token(
      'issuer: "https://id.example", audiences: [notes], localJWKS: {type: ValueRef, valueRef: {kind: ConfigMap, name: keys}}',
    ),
  );
  const stored = (text: string) => object('v1', 'ConfigMap', 'keys', `data: {jwks: '${text}'}`);

  it.each([shared, secretPart])('prove nothing: %s', (text) => {
    expect(gatedOf(...usual, local(text))).toEqual(['unknown']);
    expect(gatedOf(...usual, byName, stored(text))).toEqual(['unknown']);
  });
  it('are none where only the public part is there', () => {
    expect(gatedOf(...usual, local(open))).toEqual(['proved']);
    expect(gatedOf(...usual, byName, stored(open))).toEqual(['proved']);
  });
});
