import { describe, expect, it } from 'vitest';
import { compiledGateway, type GatewayChange } from '../../../tests/gateway/compiledGateway.ts';
import { fourRoutes } from '../../../tests/gateway/fourRoutes.ts';
import { httpRoute, logins, tcpRoute } from '../../../tests/gateway/sampleRoutes.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';

describe('what does not fit together', () => {
  const withTwoNames = httpRoute('api', logins.jwt);
  const hosts = { ...fourRoutes.hosts };
  const withTwoIssuers = {
    routes: [withTwoNames, httpRoute('inner', { ...logins.jwt, issuer: 'inside' })],
    hosts: { ...hosts, INNER_HOST: 'inner.example.org' },
  };
  const claims = (count: number, letter = 'X') =>
    Array.from({ length: count }, (_, index) => ({ claim: 'name', header: `${letter}-Claim-${index}` }));
  it.each<[string, GatewayChange, object]>([
    [
      'a route whose Gateway is not set',
      { ...fourRoutes, cluster: (value) => delete value.envoyGateway.tunnel },
      { code: 'needs-another', message: expect.stringContaining('envoyGateway.tunnel is not set') },
    ],
    [
      'merged Gateways that each have policies and an address',
      { cluster: (value) => (value.envoyGateway.merged = true) },
      { code: 'needs-another', message: expect.stringContaining('would share one Envoy') },
    ],
    [
      'a host outside of the domain',
      { ...fourRoutes, hosts: { ...hosts, API_HOST: 'api.example.com' } },
      { code: 'wrong-value', message: expect.stringContaining('not one label below') },
    ],
    [
      'a host two labels below the domain, which the certificate does not cover',
      { ...fourRoutes, hosts: { ...hosts, API_HOST: 'api.v1.example.org' } },
      { code: 'wrong-value', message: expect.stringContaining('not one label below') },
    ],
    [
      'two routes of one name',
      { routes: [withTwoNames, { ...withTwoNames, paths: ['/v2'] }], hosts },
      { code: 'taken', message: expect.stringContaining('two routes from the internet') },
    ],
    [
      'nobody who gives out addresses',
      {
        cluster: (value) => (value.cluster.network.loadBalancer = { kind: 'none' }),
        privateFile: (value) => delete value.cluster.network.loadBalancer,
      },
      { code: 'needs-another', message: expect.stringContaining('nobody gives Services an address') },
    ],
    [
      'an address that nobody gives out',
      {
        privateFile: (value: ConfigData) => {
          value.envoyGateway.internal.address = '192.0.2.200';
        },
      },
      {
        code: 'wrong-value',
        message: expect.stringContaining('envoyGateway.internal.address is in none of the ranges'),
      },
    ],
    [
      'one address of both Gateways',
      {
        privateFile: (value: ConfigData) => {
          value.envoyGateway.internal.address = value.envoyGateway.external.address;
        },
      },
      {
        code: 'taken',
        message: expect.stringContaining(
          'envoyGateway.internal.address is the address of envoy-external too',
        ),
      },
    ],
    [
      'a port of TCP that another route has',
      { routes: [tcpRoute('mail', 993), tcpRoute('news', 993)] },
      { code: 'taken', message: expect.stringContaining('port 993 of envoy-internal is taken by') },
    ],
    [
      'a port of TCP that Envoy opens for another one',
      { routes: [tcpRoute('mail', 10_443)] },
      { code: 'taken', message: expect.stringContaining('taken by the Gateway itself') },
    ],
    [
      'one host with logins of two Gateways',
      {
        routes: [httpRoute('shop', logins.access), httpRoute('api', logins.jwt, { paths: ['/api'] })],
        hosts: { ...hosts, API_HOST: 'shop.example.org' },
      },
      { code: 'taken', message: expect.stringContaining('need Gateways of different addresses') },
    ],
    [
      'two applications of Access on one host',
      {
        routes: [httpRoute('shop', logins.access), httpRoute('api', logins.access, { paths: ['/api'] })],
        hosts: { ...hosts, API_HOST: 'Shop.example.org' },
      },
      { code: 'taken', message: expect.stringContaining('one application of Cloudflare Access') },
    ],
    [
      'more headers of claims than a client can be kept from sending',
      {
        ...withTwoIssuers,
        cluster: (value) => {
          value.tokenIssuers.issuers.outside.claims = claims(14);
          value.tokenIssuers.issuers.inside.claims = claims(14, 'Y');
        },
      },
      {
        code: 'wrong-value',
        message: expect.stringContaining('into 7 more headers than a Gateway can remove'),
      },
    ],
    [
      'an issuer that nobody provides',
      { routes: [httpRoute('api', { ...logins.jwt, issuer: 'somebody' })], hosts },
      { code: 'claim-unanswered', message: expect.stringContaining('the issuer of tokens somebody') },
    ],
    [
      'the login of Access from the home network',
      { routes: [httpRoute('shop', logins.access, { from: 'home' })], hosts },
      { code: 'claim-unanswered' },
    ],
    [
      'the home network as the login from the internet',
      { routes: [httpRoute('shop', logins.home)], hosts },
      { code: 'claim-unanswered' },
    ],
  ])('is %s', (_, change, problem) => {
    const { problems } = compiledGateway(change);
    expect(problems).toContainEqual(expect.objectContaining(problem));
    for (const { message, expected } of problems)
      expect(`${message} ${expected ?? ''}`).not.toMatch(/example\.org:|192\.0\.2/);
  });

  it('is no list of headers that fits', () => {
    const { problems } = compiledGateway({
      ...withTwoIssuers,
      cluster: (value) => (value.tokenIssuers.issuers.outside.claims = claims(21)),
    });
    expect(problems).toEqual([]);
  });
});
