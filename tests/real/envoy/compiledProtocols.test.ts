// Crosses the component envoy-gateway, the compiler and a real Envoy Gateway.
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { connect as connectHttp2, createServer as createHttp2, type IncomingHttpHeaders } from 'node:http2';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { gatewayPlan } from '../../gateway/compiledGateway.ts';
import { grpcRoute, logins, tcpRoute, tlsRoute } from '../../gateway/sampleRoutes.ts';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { type Issuer, makeKey, now, sign, startIssuer } from '../origin-proxy/issuer.ts';
import { type CompiledBench, clients, compiledBench, portOf } from './compiledBench.ts';

/** Says which method it was asked for, by gRPC. */
const grpcServer = () =>
  createHttp2().on('stream', (stream, headers) => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'x-asked': String(headers[':path']) },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' })).end();
  });

/** Sends back what it gets. */
const echoServer = () => createTcp((socket) => socket.on('error', () => undefined).pipe(socket));

const listening = (server: Server | ReturnType<typeof grpcServer>): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }),
  );

envoySuite('compiled routes of gRPC, TCP and TLS', (parts) => {
  let bench: CompiledBench;
  let own: Issuer;
  const servers: (Server | ReturnType<typeof grpcServer>)[] = [];

  beforeAll(async () => {
    const { objects } = gatewayPlan({
      routes: [
        grpcRoute('rpc'),
        grpcRoute('calls', { methods: [{ service: 'books.v1.Books', method: 'Get' }], reflection: true }),
        tcpRoute('mail', 993),
        tcpRoute('game', 27_015, { from: 'internet', login: logins.none }),
        tlsRoute('vault'),
        tlsRoute('open', { from: 'internet', login: logins.none }),
      ],
      hosts: Object.fromEntries(
        ['rpc', 'calls', 'vault', 'open'].map((name) => [
          `${name.toUpperCase()}_HOST`,
          `${name}.example.org`,
        ]),
      ),
    });
    // Its certificate is that of the backend which opens TLS itself.
    own = await startIssuer(
      await mkdtemp(join(inject('realScratch'), 'tls-')),
      await makeKey('own'),
      'backend.test',
    );
    const tls = createTls({
      cert: readFileSync(own.authority),
      key: readFileSync(own.authority.replace('.pem', '.key')),
    }).on('secureConnection', (socket: TLSSocket) => socket.on('error', () => undefined).pipe(socket));
    const [grpc, tcp] = [grpcServer(), echoServer()];
    servers.push(grpc, tcp, tls);
    const [grpcPort, tcpPort, tlsPort] = await Promise.all(servers.map(listening));
    bench = await compiledBench(parts, objects, {
      ...{ rpc: grpcPort ?? 0, calls: grpcPort ?? 0, mail: tcpPort ?? 0, game: tcpPort ?? 0 },
      ...{ vault: tlsPort ?? 0, open: tlsPort ?? 0 },
    });
  }, 300_000);
  afterAll(async () => {
    await bench?.[Symbol.asyncDispose]();
    await own?.[Symbol.asyncDispose]();
    for (const server of servers) server.close();
  });

  interface Called {
    status: string | undefined;
    asked: string | undefined;
  }
  /** A call of gRPC, as a client makes it: over TLS and HTTP/2. */
  const call = (name: string, path: string, token?: string): Promise<Called> => {
    const host = `${name}.example.org`;
    const socket = bench.gateway.connect(portOf('envoy-external', 443));
    const secure = connectTls({
      socket,
      servername: host,
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
    });
    const session = connectHttp2(`https://${host}`, { createConnection: () => secure });
    return new Promise<Called>((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      });
      let head: IncomingHttpHeaders = {};
      let tail: IncomingHttpHeaders = {};
      stream.on('response', (headers) => (head = headers));
      stream.on('trailers', (headers) => (tail = headers));
      stream.on('error', reject);
      stream.on('end', () =>
        resolve({
          status: String(head['grpc-status'] ?? tail['grpc-status']),
          asked: head['x-asked'] as string | undefined,
        }),
      );
      stream.resume().end();
    }).finally(() => session.destroy());
  };
  const token = (more: object = {}) =>
    sign(
      { iss: 'https://id.example.org/realms/home', aud: 'apps', sub: 'program', exp: now() + 3600, ...more },
      bench.inside.keys[0] ?? own.keys[0] ?? failed(),
    );

  /** What the server sends back of what is said, or nothing where the connection is closed before. */
  const said = (socket: Socket, text = 'hello'): Promise<string> =>
    new Promise((resolve) => {
      let back = '';
      socket.setEncoding('utf8').on('data', (part) => {
        back += part;
        if (back.length >= text.length) socket.end();
      });
      socket.on('error', () => undefined).on('close', () => resolve(back));
      socket.write(text);
    });

  describe('gRPC', () => {
    test('is Unauthenticated (16) without a token, and passes with a good one', async () => {
      expect(await call('rpc', '/books.v1.Books/Get')).toEqual({ status: '16', asked: undefined });
      expect(await call('rpc', '/books.v1.Books/Get', await token({ exp: 1_000_000_000 }))).toEqual({
        status: '16',
        asked: undefined,
      });
      expect(await call('rpc', '/books.v1.Books/Get', await token())).toEqual({
        status: '0',
        asked: '/books.v1.Books/Get',
      });
    });

    test.each([
      '/grpc.health.v1.Health/Check',
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
    ])('is PermissionDenied (7) for %s, where nothing opens it', async (path) => {
      expect(await call('rpc', path, await token())).toEqual({ status: '7', asked: undefined });
    });

    test('leads with the methods that are listed, and with no other', async () => {
      const reflection = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
      for (const path of ['/books.v1.Books/Get', reflection])
        expect((await call('calls', path, await token())).asked).toBe(path);
      for (const path of ['/books.v1.Books/Delete', '/grpc.health.v1.Health/Check'])
        expect(await call('calls', path, await token())).toEqual({ status: '12', asked: undefined });
    });
  });

  describe('TCP', () => {
    test('is for the home network where the route says so', async () => {
      const port = portOf('envoy-internal', 993);
      expect(await said(bench.gateway.connect(port, clients.home))).toBe('hello');
      expect(await said(bench.gateway.connect(port, clients.elsewhere))).toBe('');
    });

    test('is for everybody where the route says so', async () => {
      const port = portOf('envoy-external', 27_015);
      expect(await said(bench.gateway.connect(port, clients.elsewhere))).toBe('hello');
    });
  });

  describe('TLS', () => {
    const open = (name: string, gateway: 'envoy-internal' | 'envoy-external', from: string) =>
      connectTls({
        socket: bench.gateway.connect(portOf(gateway, 443), from),
        servername: `${name}.example.org`,
        rejectUnauthorized: false,
      });

    test('is opened by the backend alone', async () => {
      const socket = open('vault', 'envoy-internal', clients.home);
      const seen = new Promise((resolve) =>
        socket.on('secureConnect', () => resolve(socket.getPeerCertificate().subject.CN)),
      );
      expect(await said(socket)).toBe('hello');
      expect(await seen).toBe('backend.test');
    });

    test('is for the home network where the route says so, and for everybody where it says that', async () => {
      expect(await said(open('vault', 'envoy-internal', clients.elsewhere))).toBe('');
      expect(await said(open('open', 'envoy-external', clients.elsewhere))).toBe('hello');
    });
  });
});

function failed(): never {
  throw new Error('the issuer has no key');
}
