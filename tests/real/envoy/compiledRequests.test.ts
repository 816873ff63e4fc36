// Crosses the component envoy-gateway, the compiler and a real Envoy Gateway.
import { mkdtemp } from 'node:fs/promises';
import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { isFields } from '../../../src/kubernetes/fields.ts';
import { gatewayPlan } from '../../gateway/compiledGateway.ts';
import { httpRoute, logins } from '../../gateway/sampleRoutes.ts';
import { askByCurl, type Curl, type CurlAnswer, type CurlRequest } from '../fixtures/curl.ts';
import { type ClientAnswer, envoySuite } from '../fixtures/envoyGateway.ts';
import { quicVersions } from '../fixtures/quicVersions.ts';
import { isWhole } from '../origin-proxy/exchange.ts';
import { makeKey, now, sign } from '../origin-proxy/issuer.ts';
import { type CompiledBench, compiledBench, portOf } from './compiledBench.ts';
import {
  belowAdmin,
  identityLines,
  pathsAsTheyAre,
  pathsElsewhere,
  refusedPaths,
  seenBelowAdmin,
} from './spellings.ts';

const hosts = { page: 'page.example.org', inner: 'inner.example.org' } as const;
const claims = (sub: string) => ({
  ...{ iss: 'https://id.example.org/realms/home', aud: 'apps', sub, exp: now() + 3600 },
});

envoySuite(
  'requests as attackers and newer clients write them',
  (parts) => {
    let bench: CompiledBench;
    let token: string;

    beforeAll(async () => {
      const demanding = { ...logins.jwt, issuer: 'inside' };
      const { objects } = gatewayPlan({
        routes: [
          httpRoute('page', logins.none),
          httpRoute('panel', demanding, { paths: ['/admin'] }),
          httpRoute('inner', demanding),
        ],
        hosts: { PAGE_HOST: hosts.page, PANEL_HOST: hosts.page, INNER_HOST: hosts.inner },
      });
      bench = await compiledBench(parts, objects);
      token = await sign(claims('somebody'), bench.inside.keys[0] ?? (await makeKey('one')));
    }, 300_000);
    afterAll(() => bench?.[Symbol.asyncDispose]());

    const secure = (servername: string, ...ALPNProtocols: string[]) =>
      connectTls({
        socket: bench.gateway.connect(portOf('envoy-external', 443)),
        ...{ servername, ALPNProtocols, rejectUnauthorized: false },
      });

    /** Sends bytes that no client of HTTP would send. */
    const send = async (host: string, path: string, ...lines: string[]): Promise<ClientAnswer> => {
      const text = await new Promise<string>((resolve) => {
        let back = '';
        const socket = secure(host).setEncoding('latin1');
        socket.on('data', (part: string) => {
          back += part;
          // Envoy would wait a second for the client to close.
          if (isWhole(back)) socket.end();
        });
        socket.on('error', () => undefined).on('close', () => resolve(back));
        const head = [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...lines];
        socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'));
      });
      const [head = '', body = ''] = text.split('\r\n\r\n');
      const headers = Object.fromEntries(
        [...head.matchAll(/\r\n([^:]+): ([^\r]*)/g)].map(([, name, value]) => [name, value]),
      );
      const said: unknown =
        'x-application' in headers ? JSON.parse(/\{.*\}/s.exec(body)?.[0] ?? '') : undefined;
      return {
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
        headers,
        asked: isFields(said) ? (said as Record<string, string>) : undefined,
      };
    };
    const bearer = () => `Authorization: Bearer ${token}`;

    describe('a path', () => {
      test.each([...belowAdmin, ...[`http://${hosts.page}/admin`, `https://${hosts.page}/a/../admin`]])(
        '%s is below /admin, and the app sees it so',
        async (path) => {
          expect(await send(hosts.page, path)).toMatchObject({ status: 401, asked: undefined });
          const { status, headers } = await send(hosts.page, path, bearer());
          expect([status, headers['x-asked-path']]).toEqual([200, expect.stringMatching(seenBelowAdmin)]);
        },
      );

      test.each([...refusedPaths, ...['/\0admin', '/admin\0', '/\tadmin', '/\x01admin', '/ä', 'admin', '*']])(
        '%j is refused whoever asks',
        async (path) => {
          const { status, asked } = await send(hosts.page, path, bearer());
          expect([status, asked]).toEqual([400, undefined]);
        },
      );

      test.each(pathsElsewhere)('%s is no path below /admin, and the app sees %s', async (path, seen) => {
        const { status, headers } = await send(hosts.page, path);
        expect([status, headers['x-asked-path']]).toEqual([200, seen]);
      });

      // A login by path protects an app only as far as it reads paths as Envoy does.
      test.each(pathsAsTheyAre)(
        '%s is another path than /admin for Envoy, and comes to the app as it is',
        async (path) => {
          const { status, headers } = await send(hosts.page, path);
          expect([status, headers['x-asked-path']]).toEqual([200, path]);
        },
      );

      test('of another host is asked for by its own host, whatever the header says', async () => {
        const { status } = await send(hosts.page, `https://${hosts.inner}/`);
        expect(status).toBe(401);
      });
    });

    describe('a header that tells who asks', () => {
      test.each([
        ...identityLines,
        ...['X-User-Id: admin\r\nx-user-id: root', 'X-User-Id: admin\r\n root'],
        ...['X-User-Id: admin\nX-User-Id: root', 'Connection: X-User-ID'],
      ])('never arrives as %j', async (lines) => {
        const { status, asked = {} } = await send(hosts.inner, '/', bearer(), lines);
        expect([status, asked['x-user-id']]).toEqual([200, 'somebody']);
        expect(Object.keys(asked).filter((name) => !expected.has(name))).toEqual([]);
        expect(JSON.stringify({ ...asked, authorization: '' })).not.toMatch(/admin|root|SUCCESS/);
      });

      test.each([
        'X_User_Id: admin',
        'X-User_Id: admin',
        'REMOTE_USER: admin',
        'X-User-Id : admin',
        'X-User-Id\0: a',
      ])('is refused as %j', async (line) => {
        const { status, asked } = await send(hosts.inner, '/', bearer(), line);
        expect([status, asked]).toEqual([400, undefined]);
      });

      test.each([
        ...['X-Original-URL', 'X-Original-Host', 'X-Original-Method', 'X-Rewrite-URL'],
        ...['X-Real-IP', 'X-Client-IP', 'X-Cluster-Client-IP', 'True-Client-IP', 'Forwarded'],
        ...['X-Forwarded-Host', 'X-Forwarded-Prefix', 'X-Forwarded-Port', 'X-Forwarded-Server'],
        ...[
          'X-Forwarded-Path',
          'X-Forwarded-Uri',
          'X-Forwarded-Method',
          'X-Forwarded-Scheme',
          'X-Forwarded-Ssl',
        ],
        ...['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'],
        ...['X-Host', 'X-Script-Name', 'X-Scheme', 'X-Url-Scheme', 'Front-End-Https', 'X-Forwarded'],
        ...['Forwarded-For', 'X-Appengine-User-IP', 'Fastly-Client-IP', 'DO-Connecting-IP'],
        ...['Proxy', 'X-Sendfile-Type', 'X-Accel-Mapping'],
      ])('or another place, method or address (%s) never arrives either', async (name) => {
        const { status, asked = {} } = await send(hosts.page, '/', `${name}: /admin`);
        expect([status, Object.keys(asked).filter((each) => !expected.has(each))]).toEqual([200, []]);
      });

      test.each([
        ['X-Forwarded-Proto', 'http', 'https'],
        ['X-Forwarded-For', '192.0.2.9', expect.stringMatching(/^(?!192\.0\.2\.9)[\d.]+$/)],
      ])('of its connection (%s) is what Envoy saw', async (name, said, seen) => {
        const { status, asked = {} } = await send(hosts.page, '/', `${name}: ${said}`);
        expect([status, asked[name.toLowerCase()]]).toEqual([200, seen]);
      });

      test('does not arrive behind the body', async () => {
        const { status, asked = {} } = await send(
          hosts.inner,
          '/',
          bearer(),
          'Transfer-Encoding: chunked',
          'Trailer: x-user-email',
          '\r\n1\r\na\r\n0\r\nx-user-email: admin',
        );
        expect([status, asked['x-user-id'], asked['x-user-email']]).toEqual([200, 'somebody', undefined]);
      });
    });

    describe('HTTP/2', () => {
      const open = (host: string) =>
        connectHttp2(`https://${host}`, { createConnection: () => secure(host, 'h2') });
      const ask = (session: ReturnType<typeof open>, headers: OutgoingHttpHeaders, trailers = {}) =>
        new Promise<Pick<ClientAnswer, 'status' | 'asked'>>((resolve, reject) => {
          const stream = session.request(
            { ':path': '/', ...headers },
            { waitForTrailers: true, endStream: false },
          );
          let status = 0;
          let text = '';
          stream.setEncoding('utf8').on('wantTrailers', () => stream.sendTrailers(trailers));
          stream.on('response', (back) => (status = Number(back[':status'])));
          stream.on('data', (part: string) => (text += part));
          stream.on('error', reject);
          stream.on('end', () => resolve({ status, asked: status === 200 ? JSON.parse(text) : undefined }));
          stream.end();
        });

      test('has the same logins, and each request on a connection has that of its own host', async () => {
        const session = open(hosts.page);
        try {
          expect((await ask(session, {})).status).toBe(200);
          expect((await ask(session, { ':path': '/a/%2e%2e//admin' })).status).toBe(401);
          expect((await ask(session, { ':authority': hosts.inner })).status).toBe(401);
          const good = { ':authority': hosts.inner, authorization: `Bearer ${token}` };
          expect(await ask(session, good)).toMatchObject({ status: 200, asked: { 'x-user-id': 'somebody' } });
        } finally {
          session.destroy();
        }
      });

      test('replaces what a client says of itself, behind the body too', async () => {
        const session = open(hosts.inner);
        try {
          const spoofed = { 'x-user-id': ['admin', 'root'], 'x-user-email': 'admin', 'remote-user': 'admin' };
          const headers = { ':method': 'POST', authorization: `Bearer ${token}`, ...spoofed };
          const { status, asked = {} } = await ask(session, headers, { 'x-user-email': 'admin' });
          expect([status, asked['x-user-id'], asked['x-user-email'], asked['remote-user']]).toEqual([
            ...[200, 'somebody', undefined, undefined],
          ]);
        } finally {
          session.destroy();
        }
      });

      test('refuses a header with an underscore', async () => {
        const session = open(hosts.inner);
        try {
          const asked = ask(session, { authorization: `Bearer ${token}`, x_user_id: 'admin' });
          await expect(asked.then(({ status }) => status).catch(() => 'reset')).resolves.toBeOneOf([
            400,
            'reset',
          ]);
        } finally {
          session.destroy();
        }
      });
    });

    const curl = (...speaks: string[]): Curl => ({
      ...{ part: parts.curl, enter: bench.gateway.enter, authority: bench.gateway.authority },
      ...{ port: portOf('envoy-external', 443), speaks },
    });

    describe.each([
      ['HTTP/2', '2', '--http2'],
      ['HTTP/3', '3', '--http3-only'],
    ])('curl by %s', (_, version, option) => {
      const page = { host: hosts.page };
      /** Asks by one connection. */
      const ask = async (...requests: CurlRequest[]): Promise<CurlAnswer[]> => {
        const answers = await askByCurl(curl(option), requests);
        const ways = answers.map((answer) => [answer.version, answer.connections]);
        expect(ways).toEqual(requests.map((_, at) => [version, at === 0 ? 1 : 0]));
        return answers;
      };
      const withToken = (request: CurlRequest): CurlRequest => ({ ...request, headers: [bearer()] });

      test('has the same logins, and each request on a connection has that of its own host', async () => {
        const inner = { ...page, authority: hosts.inner };
        const forged = await sign(claims('admin'), await makeKey('one'));
        const answers = await ask(
          page,
          inner,
          { ...inner, headers: [`Authorization: Bearer ${forged}`] },
          withToken(inner),
          { ...inner, headers: ['x-user-id: admin'] },
          { ...page, authority: 'other.example.org' },
          page,
        );
        expect(answers.map(({ status, asked }) => [status, asked?.['host'], asked?.['x-user-id']])).toEqual([
          [200, `${hosts.page}:${portOf('envoy-external', 443)}`, undefined],
          [401, undefined, undefined],
          [401, undefined, undefined],
          [200, hosts.inner, 'somebody'],
          [401, undefined, undefined],
          [404, undefined, undefined],
          [200, `${hosts.page}:${portOf('envoy-external', 443)}`, undefined],
        ]);
      });

      test('reads a path below /admin as by HTTP/1.1', async () => {
        const requests = belowAdmin.map((path) => ({ ...page, path }));
        const refused = await ask(...requests);
        expect(refused.map(({ status }, at) => [belowAdmin[at], status])).toEqual(
          belowAdmin.map((path) => [path, 401]),
        );
        const served = await ask(...requests.map(withToken));
        expect(
          served.map(({ status, headers }, at) => [belowAdmin[at], status, headers['x-asked-path']]),
        ).toEqual(belowAdmin.map((path) => [path, 200, expect.stringMatching(seenBelowAdmin)]));
      });

      test('reads other paths as by HTTP/1.1', async () => {
        const paths = [...pathsElsewhere, ...pathsAsTheyAre.map((path) => [path, path] as const)];
        const answers = await ask(...paths.map(([path]) => ({ ...page, path })));
        expect(answers.map(({ status, headers }) => [status, headers['x-asked-path']])).toEqual(
          paths.map(([, seen]) => [200, seen]),
        );
      });

      test('refuses the paths that are refused by HTTP/1.1', async () => {
        const answers = await ask(...refusedPaths.map((path) => withToken({ ...page, path })));
        expect(answers.map(({ status, asked }, at) => [refusedPaths[at], status, asked])).toEqual(
          refusedPaths.map((path) => [path, 400, undefined]),
        );
      });

      test('hands on nothing that a client says of itself', async () => {
        const all = [...identityLines, 'X-Original-URL: /admin', 'X-Forwarded-Host: admin'];
        const said = [...all.map((line) => [line]), all, ['x-user-id: admin', 'x-user-id: root']];
        const answers = await ask(
          ...said.map((headers) => ({ host: hosts.inner, headers: [bearer(), ...headers] })),
        );
        for (const [at, { status, asked = {} }] of answers.entries()) {
          expect([said[at], status, asked['x-user-id']]).toEqual([said[at], 200, 'somebody']);
          expect(Object.keys(asked).filter((name) => !expected.has(name))).toEqual(['user-agent', 'accept']);
          expect(JSON.stringify({ ...asked, authorization: '' })).not.toMatch(/admin|root|SUCCESS/);
        }
      });

      test('ends a request that has a header with an underscore, and no other of its connection', async () => {
        const inner = { host: hosts.inner, headers: [bearer()] };
        const wrong = (line: string) => ({ ...inner, headers: [bearer(), line] });
        const requests = [inner, wrong('x_user_id: admin'), wrong('REMOTE_USER: admin'), inner];
        const answers = await askByCurl(curl(option), requests);
        expect(answers.map(({ status, asked }) => [status, asked?.['x-user-id']])).toEqual([
          [200, 'somebody'],
          [0, undefined],
          [0, undefined],
          [200, 'somebody'],
        ]);
        expect(answers.map(({ connections }) => connections)).toEqual([1, 0, 0, 0]);
      });

      test('does not serve a host of another domain', async () => {
        const answers = await askByCurl(curl(option, '--insecure'), [{ host: 'page.example.com' }, page]);
        expect(answers.map(({ status }) => status)).toEqual([0, 200]);
      });
    });

    describe('HTTP/3', () => {
      test('is offered, at the port of the listener', async () => {
        const { headers } = await send(hosts.page, '/');
        expect(headers['alt-svc']).toBe(`h3=":${portOf('envoy-external', 443)}"; ma=86400`);
      });

      test('is what a client speaks that heard of it', async () => {
        const file = join(await mkdtemp(join(inject('realScratch'), 'alt-svc-')), 'services');
        const once = async () =>
          (await askByCurl(curl('--alt-svc', file), [{ host: hosts.page }]))[0]?.version;
        expect([await once(), await once()]).toEqual(['2', '3']);
      });

      test('is spoken by UDP at that port, and at no other', async () => {
        const versionOne = 1;
        const { enter } = bench.gateway;
        expect(await quicVersions(enter, portOf('envoy-external', 443))).toContain(versionOne);
        expect(await quicVersions(enter, portOf('envoy-external', 80))).toEqual([]);
      });
    });
  },
  ['curl'],
);

/** What the app sees of a request that says nothing of itself. */
const expected = new Set([
  ...['host', 'authorization', 'x-user-id', 'x-forwarded-for', 'x-forwarded-proto'],
  ...['x-envoy-external-address', 'x-request-id'],
]);
