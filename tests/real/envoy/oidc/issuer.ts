import { mkdtemp, writeFile } from 'node:fs/promises';
import { request as send } from 'node:http';
import { request as sendByTls } from 'node:https';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import { z } from 'zod';
import { type RunningProgram, startProgram } from '../../fixtures/program.ts';
import type { Part } from '../../fixtures/suite.ts';
import type { SigningKey } from '../../origin-proxy/issuer.ts';
import { type IssuerClient, type IssuerSettings, resourcePrefix, tokenPath } from './settings.ts';

/** An issuer of tokens that runs: `oidc-provider`, a program of its own with Node 22. */
export interface OidcIssuer extends AsyncDisposable {
  /** The socket where it listens while it is up. */
  readonly socket: string;
  /** Ends it, and starts it with other keys: the first signs. */
  readonly publish: (...keys: readonly SigningKey[]) => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Gets a token for an audience, as its client does: by its credentials and a resource. */
  readonly token: (client: string, audience: string) => Promise<string>;
}

export interface OidcIssuerOptions {
  readonly node: Part;
  readonly scratch: string;
  readonly issuer: string;
  readonly keysPath: string;
  readonly tls?: IssuerSettings['tls'];
  readonly clients: Readonly<Record<string, IssuerClient>>;
}

/** Starts it with a key. */
export async function startOidcIssuer(options: OidcIssuerOptions, key: SigningKey): Promise<OidcIssuer> {
  const { node, scratch, clients, ...rest } = options;
  const directory = await mkdtemp(join(scratch, 'oidc-'));
  const [file, socket] = [join(directory, 'settings.json'), join(directory, 'oidc.sock')];
  let running: RunningProgram | undefined;
  const ask = (way: Asked) => askAt(socket, rest.tls !== undefined, way);
  const stop = async (): Promise<void> => {
    await running?.[Symbol.asyncDispose]();
    running = undefined;
  };
  const publish = async (...keys: readonly SigningKey[]): Promise<void> => {
    await stop();
    const settings: IssuerSettings = {
      ...rest,
      ...{ socket, clients },
      keys: await Promise.all(
        keys.map(async ({ kid, privateKey }) => ({
          ...(await exportJWK(privateKey)),
          ...{ kid, alg: 'RS256', use: 'sig' },
        })),
      ),
    };
    await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
    running = await startProgram(scratch, {
      name: 'oidc-provider',
      path: node.path,
      parameters: [join(import.meta.dirname, 'program.ts'), file],
      isReady: async () => isOf(await ask({ path: rest.keysPath }).catch(() => ''), keys),
      timeout: 60_000,
    });
  };
  await publish(key);
  return {
    socket,
    publish,
    stop,
    token: async (client, audience) => {
      const body = new URLSearchParams({
        ...{ grant_type: 'client_credentials', resource: `${resourcePrefix}${audience}` },
        ...{ client_id: client, client_secret: clients[client]?.secret ?? '' },
      });
      const text = await ask({ path: tokenPath, body: String(body) });
      return answered.parse(JSON.parse(text)).access_token;
    },
    [Symbol.asyncDispose]: stop,
  };
}

const answered = z.looseObject({ access_token: z.string() });

function isOf(text: string, keys: readonly SigningKey[]): boolean {
  return text !== '' && keys.every(({ jwk }) => text.includes(String(jwk.n)));
}

interface Asked {
  readonly path: string;
  readonly body?: string;
}

function askAt(socketPath: string, isTls: boolean, { path, body }: Asked): Promise<string> {
  return new Promise((resolve, reject) => {
    const way = {
      ...{ socketPath, path, method: body === undefined ? 'GET' : 'POST', agent: false, timeout: 15_000 },
      headers: { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' },
    };
    const call = isTls ? sendByTls({ ...way, rejectUnauthorized: false }) : send(way);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject).on('end', () => resolve(text));
    });
    call.on('timeout', () => call.destroy(new Error(`no answer of the issuer for ${path}`)));
    call.on('error', reject).end(body);
  });
}
