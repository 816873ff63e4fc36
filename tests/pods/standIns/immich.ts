/**
 * Stands for immich-server. As the real one (immich-app/immich, server/src):
 * - it serves HTTP on port 2283, `/api/server/ping` without a login, and `/api/server/config` says `isInitialized` once
 *   there is an administrator (server.controller.ts, server.service.ts);
 * - `/api/auth/admin-sign-up` makes the first caller the administrator, refuses every further one with 400, and everyone
 *   with `IMMICH_ALLOW_SETUP=false` (auth.service.ts, adminSignUp); `/api/auth/login` gives a token for the password;
 * - with `oauth.enabled` in `IMMICH_CONFIG_FILE` it offers OpenID Connect: `/api/server/features` says so, and
 *   `/api/oauth/authorize` asks the issuer (auth.service.ts, authorize);
 * - at its first start it writes `.immich` into each directory of the library, and does not start again where one is
 *   missing (storage.service.ts);
 * - an upload needs a login, the database and Redis, and lands in the library; `/api/assets/ID` says where, and
 *   `DELETE /api/assets` removes it (asset-media.controller.ts, asset.controller.ts);
 * - `/api/api-keys` gives keys, which count as a login in the header `x-api-key` (api-key.service.ts);
 * - on SIGTERM it takes no more connections and ends when the open requests are answered.
 *
 * It does not: speak to PostgreSQL and Redis (it only connects; the administrator is in a file of the library), end when
 * they cannot be reached at its start (the real one does, and kubelet starts it again), run jobs, or make thumbnails.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { getOverHttps } from './systemRoots.ts';

interface Account {
  email: string;
  password: string;
  name: string;
}

type Answer = readonly [status: number, body: unknown];

const { env } = process;
const library = env['IMMICH_MEDIA_LOCATION'] ?? '/data';
const accountFile = join(library, '.administrator.json');
const sessions = new Set<string>();
const keys = new Set<string>();
const configuration = readConfiguration(env['IMMICH_CONFIG_FILE']);
checkLibrary();
// In memory, so that a NAS that hangs keeps no request waiting that does not read the library.
let account: Account | undefined = existsSync(accountFile)
  ? JSON.parse(readFileSync(accountFile, 'utf8'))
  : undefined;
const server = createServer((request, response) => {
  answer(request)
    .catch((error: unknown): Answer => {
      console.error(String(error));
      return [500, { message: 'Internal server error', statusCode: 500 }];
    })
    .then(([status, body]) => send(response, status, body));
});
server.listen(Number(env['IMMICH_PORT'] ?? 2283), () => console.log('Immich Server is listening'));
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });

async function answer(request: IncomingMessage): Promise<Answer> {
  const path = new URL(request.url ?? '/', 'http://immich').pathname;
  const body = request.method === 'GET' ? Buffer.alloc(0) : await bytesOf(request);
  if (path.startsWith('/api/assets')) {
    if (!isLoggedIn(request)) return refused(401, 'Authentication required');
    return assets(request, path, body);
  }
  switch (`${request.method} ${path}`) {
    case 'GET /api/server/ping':
      return [200, { res: 'pong' }];
    case 'GET /api/server/config':
      return [200, { isInitialized: account !== undefined, isOnboarded: false, externalDomain: '' }];
    case 'GET /api/server/features':
      return [
        200,
        {
          oauth: configuration.issuer !== undefined,
          passwordLogin: true,
          configFile: 'file' in configuration,
        },
      ];
    case 'POST /api/auth/admin-sign-up':
      return signUp(accountIn(body));
    case 'POST /api/auth/login':
      return login(accountIn(body));
    case 'POST /api/oauth/authorize':
      return authorize();
    case 'POST /api/api-keys':
      return isLoggedIn(request) ? apiKey() : refused(401, 'Authentication required');
    case 'GET /api/users/me':
      // With what the client is seen as: the real one writes it into its log (`IMMICH_TRUSTED_PROXIES`).
      return isLoggedIn(request)
        ? [200, { email: account?.email, headers: request.headers, from: request.socket.remoteAddress }]
        : refused(401, 'Authentication required');
    default:
      return refused(404, `Cannot ${request.method} ${path}`);
  }
}

function signUp({ email, password, name }: Partial<Account>): Answer {
  if (env['IMMICH_ALLOW_SETUP'] === 'false') return refused(400, 'Admin setup is disabled');
  if (account !== undefined) return refused(400, 'The server already has an admin');
  if (!email?.includes('@') || !password || !name) return refused(400, 'Validation failed');
  account = { email: email.toLowerCase(), password: digest(password), name };
  writeFileSync(accountFile, JSON.stringify(account), { flag: 'wx', mode: 0o600 });
  return [201, { id: randomUUID(), email: account.email, name, isAdmin: true }];
}

function login({ email, password = '' }: Partial<Account>): Answer {
  if (
    account === undefined ||
    account.email !== email?.toLowerCase() ||
    account.password !== digest(password)
  )
    return refused(401, 'Incorrect email or password');
  const accessToken = randomUUID();
  sessions.add(accessToken);
  return [201, { accessToken, userEmail: account.email, isAdmin: true }];
}

async function authorize(): Promise<Answer> {
  if (configuration.issuer === undefined) return refused(400, 'OAuth is not enabled');
  const discovery = `${configuration.issuer}/.well-known/openid-configuration`;
  const found: unknown = JSON.parse(await getOverHttps(discovery));
  const endpoint: unknown =
    typeof found === 'object' && found !== null ? Reflect.get(found, 'authorization_endpoint') : undefined;
  return [201, { url: `${endpoint}?client_id=${configuration.clientId}&response_type=code` }];
}

function apiKey(): Answer {
  const secret = randomUUID();
  keys.add(secret);
  return [201, { secret, apiKey: { id: randomUUID() } }];
}

async function assets(request: IncomingMessage, path: string, body: Buffer): Promise<Answer> {
  const file = (id: string): string => join(library, 'upload', id);
  const id = path.slice('/api/assets/'.length);
  if (request.method === 'POST') return upload(fileOf(request, body));
  if (request.method === 'DELETE') {
    for (const each of JSON.parse(body.toString('utf8')).ids) rmSync(file(String(each)));
    return [204, undefined];
  }
  if (!/^[\w-]+$/.test(id) || !existsSync(file(id))) return refused(400, 'Not found or no asset.read access');
  return [200, { id, originalPath: file(id) }];
}

/** The file of a form; anything else is taken for the file itself. */
function fileOf({ headers }: IncomingMessage, body: Buffer): Buffer {
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return body;
  const begins = body.indexOf('\r\n\r\n', body.indexOf('name="assetData"')) + 4;
  return body.subarray(begins, body.indexOf(`\r\n--${boundary}`, begins));
}

async function upload(body: Buffer): Promise<Answer> {
  await connects(env['DB_HOSTNAME'] ?? 'database', Number(env['DB_PORT'] ?? 5432));
  await connects(env['REDIS_HOSTNAME'] ?? 'redis', Number(env['REDIS_PORT'] ?? 6379));
  const id = randomUUID();
  await writeFile(join(library, 'upload', id), body, { flag: 'wx', flush: true });
  return [201, { id, status: 'created', checksum: createHash('sha1').update(body).digest('base64') }];
}

/** The mount check: the directories of the library, each with a file that says that it is the one of the start before. */
function checkLibrary(): void {
  const directories = ['backups', 'encoded-video', 'library', 'profile', 'thumbs', 'upload'];
  const isNew = !existsSync(accountFile) && !readdirSync(library).includes('upload');
  for (const directory of directories) {
    const mark = join(library, directory, '.immich');
    if (isNew) mkdirSync(join(library, directory), { recursive: true });
    if (isNew) writeFileSync(mark, `${Date.now()}`);
    else if (!existsSync(mark))
      throw new Error(`Failed to read ${mark}: the library is not that of the last start`);
  }
}

function readConfiguration(file: string | undefined): { issuer?: string; clientId?: string; file?: string } {
  if (file === undefined) return {};
  const { oauth = {} } = JSON.parse(readFileSync(file, 'utf8'));
  if (oauth.enabled !== true) return { file };
  return { file, issuer: String(oauth.issuerUrl).replace(/\/$/, ''), clientId: String(oauth.clientId) };
}

function isLoggedIn({ headers }: IncomingMessage): boolean {
  return (
    sessions.has(headers.authorization?.replace(/^Bearer /, '') ?? '') ||
    keys.has([headers['x-api-key'] ?? []].flat()[0] ?? '')
  );
}

function accountIn(body: Buffer): Partial<Account> {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return {};
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function connects(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, timeout: 3_000 }, () => {
      socket.destroy();
      resolve();
    });
    socket.on('timeout', () => socket.destroy(new Error(`${host}:${port} does not answer`)));
    socket.on('error', reject);
  });
}

function digest(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

function refused(statusCode: number, message: string): Answer {
  return [statusCode, { message, statusCode }];
}

function send(response: ServerResponse, status: number, body: unknown): void {
  // A server that ends keeps no connection.
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    ...(server.listening ? {} : { connection: 'close' }),
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
