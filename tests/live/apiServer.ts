import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../src/system/environment.ts';
import { type Certificate, issuerOf, makeAuthority } from '../pods/cluster/certificates.ts';

/** What a test answers to a request; true when it did. */
export type Reply = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTPS server that answers as the test says. */
export interface ApiServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** The certificate of its authority. */
  readonly authority: Certificate;
  /** The requests so far, as `GET /api`. */
  readonly requests: string[];
  /** The headers of the requests so far. */
  readonly headers: IncomingMessage['headers'][];
  reply: Reply;
  /** Breaks all connections and does not listen any more. */
  readonly stop: () => Promise<void>;
  /** Listens again, on the same port. */
  readonly restart: () => Promise<void>;
}

export const kubeSystem = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'kube-system', uid: 'uid-1' },
};

export interface ServerOptions {
  names?: readonly string[];
  addresses?: readonly string[];
  plain?: boolean;
}

/** Starts one on a free port of this machine. */
export async function startApiServer(reply: Reply, options: ServerOptions = {}): Promise<ApiServer> {
  const authority = makeAuthority('test');
  const { names = ['localhost'], addresses = ['127.0.0.1'] } = options;
  const issued = issuerOf(authority)({ commonName: 'server', usage: 'server', names, addresses });
  const sockets = new Set<Socket>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    started.requests.push(`${request.method} ${request.url}`);
    started.headers.push(request.headers);
    started.reply(request, response);
  };
  const server = options.plain
    ? createPlainServer(handle)
    : createServer({ key: issued.key, cert: issued.certificate }, handle);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const started: ApiServer = {
    port,
    url: `${options.plain ? 'http' : 'https'}://127.0.0.1:${port}`,
    authority,
    requests: [],
    headers: [],
    reply,
    stop,
    restart: () => listen(port),
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await stop();
    },
  };
  return started;
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Answers as the API server does when it refuses. */
export function refuse(response: ServerResponse, code: number, message: string): void {
  json(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message }, code);
}

/** A directory of its own for the test, removed with it. */
export interface Home extends AsyncDisposable {
  readonly path: string;
  readonly environment: (more?: Partial<Environment>) => Environment;
  readonly write: (name: string, content: string) => Promise<string>;
}

export async function makeHome(): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), 'gatehouse-live-'));
  return {
    path,
    environment: (more = {}) => ({ env: {}, home: path, platform: 'linux', now: () => new Date(), ...more }),
    write: async (name, content) => {
      await writeFile(join(path, name), content, { mode: 0o700 });
      return join(path, name);
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** What a kubeconfig says about the one cluster and the one user. */
export interface Parts {
  cluster?: object;
  user?: object;
  context?: object;
}

/** A kubeconfig for the server, with a token. */
export function kubeconfigFor(server: Pick<ApiServer, 'url' | 'authority'>, parts: Parts = {}): string {
  const { cluster, user = { token: randomUUID() }, context } = parts;
  const data = Buffer.from(server.authority.certificate).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'home',
    contexts: [{ name: 'home', context: { cluster: 'home', user: 'me', ...context } }],
    clusters: [
      { name: 'home', cluster: { server: server.url, 'certificate-authority-data': data, ...cluster } },
    ],
    users: [{ name: 'me', user }],
  });
}
