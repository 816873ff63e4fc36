// Crosses components/routes, components/shared and compile.
import { describe, expect, it } from 'vitest';
import type { ConfigData } from '../testDirectory.ts';
import { audience, backend, compiled } from './routesHome.ts';

describe('the host of a route', () => {
  const from = (origin: ConfigData, paths = ['/']) => ({
    protocol: 'http',
    clients: 'browser',
    paths,
    backend,
    ...origin,
  });
  const open = { internet: { login: { kind: 'jwt', issuer: 'keycloak', audiences: ['app'] } } };
  const home = { home: {} };
  const both = (one: ConfigData, other: ConfigData) => {
    const { problems } = compiled(
      { routes: { one, other } },
      {
        routes: {
          one: { host: 'app.example.org' },
          other: other.protocol === 'tcp' ? {} : { host: 'app.example.org' },
        },
      },
    );
    return problems.map(({ code, message }) => [code, message]);
  };
  const has = (what: string) => [['taken', expect.stringContaining(`${what} is taken: routes (one) has it`)]];

  it('may be that of the same app from the other origin', () => {
    expect(both(from(open), from(home))).toEqual([]);
  });

  it.each([
    ['at home', from(home), from(open)],
    ['from the internet', from(open), from(home)],
    ['at home, of another protocol', { protocol: 'tls', backend, home: {} }, from(open)],
  ])('is no host of another app %s', (_, one, other) => {
    const others = { ...other, backend: { ...backend, service: 'another' } };
    const [onHome, onInternet] = one.home === undefined ? ['other', 'one'] : ['one', 'other'];
    expect(both(one, others)).toEqual([
      [
        'taken',
        `the host of a route is that of another app at home: there it leads to routes (${onHome}) (routes.${onHome}.home), and from the internet to routes (${onInternet}) (routes.${onInternet}.internet)`,
      ],
    ]);
  });

  it('may lead to another app by a path of its own', () => {
    const others = { ...from(open, ['/api']), backend: { ...backend, service: 'another' } };
    expect(both(from(home), others)).toEqual([]);
  });

  it('may have several routes with paths of their own', () => {
    expect(both(from(home, ['/']), from(home, ['/api', '/ws']))).toEqual([]);
  });

  it.each([
    ['the host of a route', from(home), from(home)],
    ['the path /api of the host of a route', from(home, ['/a', '/api']), from(home, ['/api/'])],
    ['the host of a route', from(home), { protocol: 'grpc', backend, home: {} }],
    ['the host of a route', from(home), { protocol: 'tls', backend, home: {} }],
  ])('is taken: %s', (what, one, other) => {
    expect(both(one, other)).toEqual(has(what));
  });

  it('is one of a name that leads either to the tunnel or to the gateway', () => {
    const { problems } = compiled(
      {
        routes: {
          one: from({ internet: { login: { kind: 'access' } } }, ['/a']),
          other: from(open, ['/b']),
        },
      },
      {
        routes: {
          one: { host: 'app.example.org', internet: { login: { audience } } },
          other: { host: 'app.example.org' },
        },
      },
    );
    expect(problems).toMatchObject([{ code: 'taken' }]);
  });

  it('is a port where TCP has none', () => {
    const tcp = { protocol: 'tcp', gatewayPort: 1883, backend, home: {} };
    const { problems } = compiled({ routes: { one: tcp, other: tcp } }, {});
    expect(problems).toMatchObject([
      { code: 'taken', message: expect.stringContaining('port 1883 of a gateway is taken: routes (one)') },
    ]);
  });
});
