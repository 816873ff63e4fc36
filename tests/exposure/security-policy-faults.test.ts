import { describe, expect, it } from 'vitest';
import { cors, gateway, lines, object, oidc, onRoute, policy, route, secret } from './gatewayCases.ts';

describe('a SecurityPolicy in which something is wrong', () => {
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

  it('finds a Secret of another namespace where a ReferenceGrant gives it', () => {
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
