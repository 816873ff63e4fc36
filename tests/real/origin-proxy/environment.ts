import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Part } from '../fixtures/suite.ts';
import { type App, startApp } from './app.ts';
import {
  type EndpointMode,
  type Issuer,
  issuerHost,
  makeKey,
  type SigningKey,
  startIssuer,
} from './issuer.ts';
import { type NameServer, startNameServer } from './nameServer.ts';
import { appHost, type OriginProxy, type OriginProxyOptions, startOriginProxy } from './originProxy.ts';

/** An origin proxy with its app, its issuer and its name server, all on loopback. */
export interface TestEnvironment extends AsyncDisposable {
  readonly names: NameServer;
  readonly issuer: Issuer;
  readonly app: App;
  readonly proxy: OriginProxy;
  readonly key: SigningKey;
  readonly nginx: Part;
  readonly scratch: string;
}

let count = 0;

/**
 * @param mode How the certificate endpoint behaves when the proxy starts.
 * @param appIs Whether the app serves then, or is not there, or has no name.
 */
export async function startEnvironment(
  nginx: Part,
  choice: OriginProxyOptions = {},
  mode: EndpointMode = 'keys',
  appIs: 'up' | 'down' | 'unnamed' = 'up',
): Promise<TestEnvironment> {
  count += 1;
  const scratch = inject('realScratch');
  const directory = join(scratch, `issuer-${count}`);
  mkdirSync(directory, { recursive: true });
  const key = await makeKey('k1');
  const names = await startNameServer([
    [appHost, '127.0.0.1'],
    [issuerHost, '127.0.0.1'],
  ]);
  const issuer = await startIssuer(directory, key);
  issuer.mode = mode;
  const app = await startApp('one');
  if (appIs === 'down') await app[Symbol.asyncDispose]();
  if (appIs === 'unnamed') names.addresses.delete(appHost);
  const proxy = await startOriginProxy({ nginx, scratch, names, issuer, app }, choice);
  return {
    names,
    issuer,
    app,
    proxy,
    key,
    nginx,
    scratch,
    [Symbol.asyncDispose]: async () => {
      for (const part of [proxy, app, issuer, names]) await part[Symbol.asyncDispose]();
      if (proxy.program.log().includes('exited on signal'))
        throw new Error(`nginx crashed:\n${proxy.program.log()}`);
    },
  };
}
