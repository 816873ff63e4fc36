import { readFile } from 'node:fs/promises';
import { Agent as PlainAgent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { fieldsAt } from '../kubernetes/fields.ts';
import type { Environment } from '../system/environment.ts';
import { LiveError } from './cluster.ts';
import { type ExecCredential, runExecPlugin } from './execPlugin.ts';
import type { Target } from './kubeconfig.ts';
import { oneLine } from './oneLine.ts';

/** Connections to one server as one user. */
export interface Connection {
  /** For requests. It keeps connections open; they do not keep the process alive. */
  readonly agent: PlainAgent;
  /** For watches, each of which occupies a connection. */
  readonly watching: PlainAgent;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** When the credentials end, where that is known. */
  readonly ends: Date | undefined;
}

/** Makes connections, and new ones with new credentials. */
export interface Connector {
  readonly target: Target;
  readonly connection: () => Promise<Connection>;
  /** A connection with credentials that were asked for after those of `refused`. */
  readonly renewed: (refused: Connection) => Promise<Connection>;
  readonly close: () => void;
}

/** Does not ask for credentials before the first connection. */
export function connectorTo(target: Target, environment: Environment): Connector {
  let current: Promise<Connection> | undefined;
  const opened: Connection[] = [];
  const open = (): Promise<Connection> => {
    const opening = connect(target, environment);
    current = opening;
    opening.then(
      (connection) => opened.push(connection),
      () => {
        if (current === opening) current = undefined;
      },
    );
    return opening;
  };
  const connection = async (): Promise<Connection> => {
    const known = await (current ?? open());
    const isOver = known.ends !== undefined && known.ends <= environment.now();
    return isOver ? renewed(known) : known;
  };
  const renewed = async (refused: Connection): Promise<Connection> => {
    const asked = current;
    const known = await asked?.catch(() => undefined);
    if (known !== undefined && known !== refused) return known;
    // Another request that was refused may have asked in the meantime.
    return current === undefined || current === asked ? open() : current;
  };
  const close = (): void => {
    for (const { agent, watching } of opened) {
      agent.destroy();
      watching.destroy();
    }
  };
  return { target, connection, renewed, close };
}

async function connect(target: Target, environment: Environment): Promise<Connection> {
  const { login } = target;
  const exec = login.exec && (await runExecPlugin(login.exec, environment.env, clusterInfo(target)));
  const token = login.tokenFile === undefined ? login.token : await tokenIn(login.tokenFile);
  const options = await optionsFor(target, exec, token);
  const headers = { ...stringHeaders(options.headers), ...login.impersonation };
  if (options.auth) headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const hasCertificate = login.certificate !== undefined || exec?.certificate !== undefined;
  if (login.oidc && !hasCertificate && headers['Authorization'] === undefined)
    throw new LiveError('unauthorized', 'the OpenID Connect token has ended and cannot be renewed');
  const [agent, watching] = await Promise.all([
    agentOf(target, options),
    optionsFor(target, exec, token).then((again) => agentOf(target, again)),
  ]);
  agent.maxSockets = 10;
  return { agent, watching, headers, ends: exec?.ends };
}

/** How long a proxy may say nothing, in milliseconds. */
const proxyPatience = 15_000;

/** The options of the official client, which knows proxies and OpenID Connect. It takes 0.1 s to load. */
async function optionsFor(
  target: Target,
  exec: ExecCredential | undefined,
  token: string | undefined,
): Promise<RequestOptions> {
  // Without a timeout, a proxy that says nothing would keep the process alive.
  const timeout = target.proxy === undefined ? {} : { timeout: proxyPatience };
  const options: RequestOptions = { headers: {}, rejectUnauthorized: true, ...timeout };
  const { KubeConfig } = await import('./officialClient.ts');
  const { server, login, authority, serverName, proxy, context } = target;
  const base64 = (text: string | undefined) => text && Buffer.from(text).toString('base64');
  const config = new KubeConfig();
  const cluster = {
    name: 'cluster',
    server,
    // HTTP is accepted for this machine only, and the official client accepts it only so.
    skipTLSVerify: server.startsWith('http:'),
    ...(authority && { caData: base64(authority) }),
    ...(serverName && { tlsServerName: serverName }),
    ...(proxy && { proxyUrl: proxy }),
  };
  const bearer = exec?.token ?? token;
  const user = {
    name: 'user',
    certData: base64(exec?.certificate ?? login.certificate?.certificate),
    keyData: base64(exec?.key ?? login.certificate?.key),
    ...(bearer && { token: bearer }),
    ...(login.oidc && { authProvider: structuredClone(login.oidc) }),
    ...(login.basic ?? {}),
  };
  config.loadFromOptions({
    clusters: [cluster],
    users: [user],
    contexts: [{ name: context, cluster: 'cluster', user: 'user' }],
    currentContext: context,
  });
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const why = error instanceof Error ? oneLine(error.message.replace(/[\w+/=~-]{20,}/g, '…')) : 'unknown';
    throw new LiveError('unauthorized', `the credentials of the kubeconfig cannot be used: ${why}`);
  }
  return options;
}

function agentOf({ server }: Target, { agent }: RequestOptions): PlainAgent {
  if (server.startsWith('http:')) return new PlainAgent({ keepAlive: true });
  if (typeof agent !== 'object')
    throw new LiveError('unreachable', `there is no way to connect to ${server}`);
  // It was made without this, and reads both places.
  return Object.assign(agent, { keepAlive: true, options: { ...optionsOf(agent), keepAlive: true } });
}

function optionsOf(agent: PlainAgent): object {
  return fieldsAt({ agent }, 'agent', 'options');
}

async function tokenIn(file: string): Promise<string> {
  try {
    const token = (await readFile(file, 'utf8')).trim();
    if (token !== '') return token;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new LiveError('unauthorized', `the token file ${oneLine(file)} cannot be read (${code})`);
  }
  throw new LiveError('unauthorized', `the token file ${oneLine(file)} is empty`);
}

function stringHeaders(headers: RequestOptions['headers']): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
}

/** What a plugin that asks for it gets to know: the `Cluster` of `client.authentication.k8s.io`. */
function clusterInfo({ server, authority, serverName, proxy }: Target): object {
  return {
    server,
    ...(authority && { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
    ...(serverName && { 'tls-server-name': serverName }),
    ...(proxy && { 'proxy-url': proxy }),
  };
}
