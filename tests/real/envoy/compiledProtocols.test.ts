// Crosses the component envoy-gateway, the compiler and a real Envoy Gateway.
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTls, type TLSSocket } from 'node:tls';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { gatewayPlan } from '../../gateway/compiledGateway.ts';
import { grpcRoute, logins, tcpRoute, tlsRoute } from '../../gateway/sampleRoutes.ts';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import {
  type GrpcCall,
  type GrpcClient,
  type GrpcMetadata,
  type GrpcServer,
  grpcClient,
  notThere,
  startGrpcServer,
} from '../fixtures/grpc.ts';
import { listening } from '../fixtures/listening.ts';
import { type Issuer, makeKey, now, type SigningKey, sign, startIssuer } from '../origin-proxy/issuer.ts';
import { type CompiledBench, clients, compiledBench, portOf } from './compiledBench.ts';

const health = '/grpc.health.v1.Health/Check';
const reflections = ['v1', 'v1alpha'].map(
  (version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
);
/** The server has more than the routes lead to. */
const methods = {
  answering: ['/books.v1.Books/Get', '/books.v1.Books/Delete', health, ...reflections],
  failing: ['/books.v1.Books/Find'],
  echoing: ['/books.v1.Books/Follow'],
};

/** Sends back what it gets. */
const echoServer = () => createTcp((socket) => socket.on('error', () => undefined).pipe(socket));

envoySuite('compiled routes of gRPC, TCP and TLS', (parts) => {
  let bench: CompiledBench;
  let own: Issuer;
  let books: GrpcServer;
  const servers: Server[] = [];
  const clientsOfGrpc = new Map<string, Promise<GrpcClient>>();

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
    servers.push(echoServer(), tls);
    const [tcpPort, tlsPort] = await Promise.all(servers.map(listening));
    books = await startGrpcServer(methods);
    bench = await compiledBench(parts, objects, {
      ...{ rpc: books.port, calls: books.port, mail: tcpPort ?? 0, game: tcpPort ?? 0 },
      ...{ vault: tlsPort ?? 0, open: tlsPort ?? 0 },
    });
  }, 300_000);
  afterAll(async () => {
    for (const client of clientsOfGrpc.values()) await (await client)[Symbol.asyncDispose]();
    await books?.[Symbol.asyncDispose]();
    await bench?.[Symbol.asyncDispose]();
    await own?.[Symbol.asyncDispose]();
    for (const server of servers) server.close();
  });

  /** The client of a host. All its calls go by one connection. */
  const rpc = (name: string): Promise<GrpcClient> => {
    const connect = () => bench.gateway.connect(portOf('envoy-external', 443));
    const client =
      clientsOfGrpc.get(name) ?? grpcClient(connect, `${name}.example.org`, bench.gateway.authority);
    clientsOfGrpc.set(name, client);
    return client;
  };
  const bearer = (text: string) => ['authorization', `Bearer ${text}`] as const;
  interface Called {
    code: number;
    details: string;
    asked: GrpcCall | undefined;
  }
  /** Makes a call. Whatever the client was told, it shows what came to the server. */
  const call = async (name: string, method: string, ...metadata: GrpcMetadata): Promise<Called> => {
    const before = books.calls.length;
    const { code, details, messages } = await (await rpc(name)).call(method, metadata);
    const asked = books.calls.slice(before);
    expect(messages.map((message) => JSON.parse(message.toString()))).toEqual(
      code === status.OK ? asked : [],
    );
    return { code, details, asked: asked[0] };
  };
  const token = (more: object = {}, key?: SigningKey) =>
    sign(
      { iss: 'https://id.example.org/realms/home', aud: 'apps', sub: 'program', exp: now() + 3600, ...more },
      key ?? bench.inside.keys[0] ?? own.keys[0] ?? failed(),
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
    const get = '/books.v1.Books/Get';

    test('is Unauthenticated (16) without a token, and passes with a good one', async () => {
      const expired = bearer(await token({ exp: 1_000_000_000 }));
      const forged = bearer(await token({}, await makeKey('one')));
      for (const metadata of [[], [expired], [forged], [['x-user-id', 'admin']]] as const)
        expect(await call('rpc', get, ...metadata)).toMatchObject({
          code: status.UNAUTHENTICATED,
          asked: undefined,
        });
      expect(await call('rpc', get, bearer(await token()))).toMatchObject({
        code: status.OK,
        asked: { method: get },
      });
    });
    test('is PermissionDenied (7) for the audience of others', async () => {
      const answer = await call('rpc', get, bearer(await token({ aud: 'others' })));
      expect(answer).toMatchObject({ code: status.PERMISSION_DENIED, asked: undefined });
    });

    test.each([health, ...reflections])(
      'is PermissionDenied (7) for %s, where nothing opens it',
      async (method) => {
        const answer = await call('rpc', method, bearer(await token()));
        expect(answer).toMatchObject({ code: status.PERMISSION_DENIED, asked: undefined });
      },
    );

    test('leads with the methods that are listed, and with no other', async () => {
      const good = bearer(await token());
      for (const method of [get, ...reflections])
        expect(await call('calls', method, good)).toMatchObject({ code: status.OK, asked: { method } });
      for (const method of ['/books.v1.Books/Delete', '/books.v1.Books/Follow', health])
        expect(await call('calls', method, good)).toMatchObject({
          code: status.UNIMPLEMENTED,
          asked: undefined,
        });
    });

    test('tells the server whose token it is, and nothing that a client says of itself', async () => {
      const said = [
        ...[
          ['x-user-id', 'admin'],
          ['x-user-id', 'root'],
          ['x-user-email', 'admin'],
          ['remote-user', 'admin'],
        ],
        ...[
          ['x-user-id-bin', Buffer.from('admin')],
          ['x-book', 'a'],
          ['x-book-bin', Buffer.from('b')],
        ],
      ] as const;
      const { code, asked } = await call('rpc', get, bearer(await token()), ...said);
      expect(code).toBe(status.OK);
      expect(asked?.metadata).toEqual({
        ...{ 'x-user-id': 'program', 'x-book': 'a', 'x-book-bin': Buffer.from('b').toString('base64') },
        ...{ authorization: expect.anything(), 'user-agent': expect.stringContaining('grpc-node-js') },
        ...{ 'x-envoy-external-address': expect.anything(), 'x-request-id': expect.anything() },
        ...{ 'x-forwarded-for': expect.anything(), 'x-forwarded-proto': 'https' },
      });
    });

    test('ends a call that has a key with an underscore, and no other', async () => {
      const good = bearer(await token());
      const answer = await call('rpc', get, good, ['x_user_id', 'admin']);
      expect(answer).toMatchObject({ code: status.INTERNAL, asked: undefined });
      expect((await call('rpc', get, good)).code).toBe(status.OK);
    });

    test('brings the status of the server and its words', async () => {
      expect(await call('rpc', '/books.v1.Books/Find', bearer(await token()))).toMatchObject({
        ...notThere,
        asked: { method: '/books.v1.Books/Find' },
      });
    });

    test('brings the messages of a stream both ways while it lasts, and none without a token', async () => {
      const client = await rpc('rpc');
      const messages = [
        Buffer.from('one'),
        Buffer.alloc(200_000, 'two'),
        Buffer.alloc(0),
        Buffer.from('four'),
      ];
      const before = books.calls.length;
      const refused = await client.converse('/books.v1.Books/Follow', messages);
      expect(refused).toMatchObject({ code: status.UNAUTHENTICATED, messages: [] });
      expect(books.calls.length).toBe(before);
      const { code, messages: back } = await client.converse('/books.v1.Books/Follow', messages, [
        bearer(await token()),
        ['x-user-id', 'admin'],
      ]);
      expect(code).toBe(status.OK);
      expect(Buffer.concat(back).equals(Buffer.concat(messages))).toBe(true);
      expect(back.map(({ length }) => length)).toEqual(messages.map(({ length }) => length));
      expect(books.calls[before]?.metadata).toMatchObject({ 'x-user-id': 'program' });
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
