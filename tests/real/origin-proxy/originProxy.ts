import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type NginxOptions,
  nginxConfiguration,
  nginxPaths,
} from '../../../src/components/origin-proxy/nginx.ts';
import { statusPaths } from '../../../src/components/origin-proxy/nginxOwnServers.ts';
import { verifierProgram } from '../../../src/components/origin-proxy/verifier.generated.ts';
import { type RunningProgram, startProgram, withFreshPorts } from '../fixtures/program.ts';
import type { Part } from '../fixtures/suite.ts';
import type { App } from './app.ts';
import { audience, type Issuer } from './issuer.ts';
import type { NameServer } from './nameServer.ts';

/** The name of the app's Service. */
export const appHost = 'app.media.svc.cluster.test';

/** A running origin proxy. */
export interface OriginProxy extends AsyncDisposable {
  readonly port: number;
  readonly statusPort: number;
  readonly ports: Pick<NginxOptions, 'listenPort' | 'statusPort' | 'loopbackPort'>;
  readonly program: RunningProgram;
  readonly directory: string;
  /** Status of the readiness endpoint. */
  readonly readiness: () => Promise<number>;
  /** What the readiness endpoint says. */
  readonly saysOfReadiness: () => Promise<string>;
  readonly accessLog: () => string;
}

/** What an origin proxy depends on. */
export interface ProxyDependencies {
  readonly nginx: Part;
  readonly scratch: string;
  readonly names: NameServer;
  readonly issuer: Issuer;
  readonly app: Pick<App, 'port'>;
}

/** Options of the configuration that a test may choose, and whether the proxy needs keys to count as started. */
export type OriginProxyOptions = Partial<Omit<NginxOptions, 'access'>> & {
  readonly access?: Partial<NginxOptions['access']>;
  readonly cold?: boolean;
  readonly edit?: (configuration: string) => string;
};

let count = 0;

/** Starts nginx with the generated configuration; addresses and directories are those of this machine. */
export function startOriginProxy(
  dependencies: ProxyDependencies,
  choice: OriginProxyOptions = {},
): Promise<OriginProxy> {
  return withFreshPorts(3, async (portOf) => {
    count += 1;
    const name = `proxy-${count}`;
    const directory = join(dependencies.scratch, name);
    const [port, statusPort] = [portOf(0), portOf(1)];
    const ports = { listenPort: port, statusPort, loopbackPort: portOf(2) };
    writeFiles(directory, dependencies, ports, choice);
    const ask = async () => {
      const answer = await fetch(`http://127.0.0.1:${statusPort}${statusPaths.ready}`).catch(() => undefined);
      return { status: answer?.status ?? 0, text: (await answer?.text()) ?? '' };
    };
    const readiness = async () => (await ask()).status;
    const program = await startProgram(dependencies.scratch, {
      name,
      path: dependencies.nginx.path,
      parameters: ['-e', join(directory, 'start.log'), '-c', join(directory, nginxPaths.configurationFile)],
      isReady: async () => (choice.cold === true ? (await readiness()) !== 0 : (await readiness()) === 200),
      timeout: 60_000,
    });
    return {
      port,
      statusPort,
      ports,
      program,
      directory,
      readiness,
      saysOfReadiness: async () => (await ask()).text,
      accessLog: () => readFileSync(join(directory, 'access.log'), 'utf8'),
      [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
    };
  });
}

/** Writes the configuration again, for a reload. */
export function writeFiles(
  directory: string,
  { nginx, names, issuer, app }: ProxyDependencies,
  ports: OriginProxy['ports'],
  { access, cold: _cold, edit = (text) => text, ...choice }: OriginProxyOptions,
): void {
  const text = nginxConfiguration({
    ...ports,
    upstream: { serviceName: appHost, port: app.port },
    resolver: `127.0.0.1:${names.port}`,
    access: { issuer: issuer.issuer, certificatesUrl: issuer.url, audiences: [audience], ...access },
    maximumUploads: 4,
    trustedPeers: ['127.0.0.1'],
    ...choice,
  });
  for (const below of ['tmp', 'bodies']) mkdirSync(join(directory, below), { recursive: true });
  const mapping: Readonly<Record<string, string>> = {
    [`${nginxPaths.verifier}/`]: `${directory}/`,
    [nginxPaths.module]: nginx.files['js-module'] ?? '',
    [nginxPaths.certificateAuthorities]: issuer.authority,
    [nginxPaths.bodies]: join(directory, 'bodies'),
    [`${nginxPaths.scratch}/`]: `${join(directory, 'tmp')}/`,
    '/dev/stdout': join(directory, 'access.log'),
  };
  // In one pass: a replacement may itself hold a searched text.
  const here = text.replace(
    new RegExp(Object.keys(mapping).join('|'), 'g'),
    (found) => mapping[found] ?? found,
  );
  // nginx drops privileges when root starts it, but the directories of a test belong to the user who runs it.
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  writeFileSync(join(directory, nginxPaths.configurationFile), edit(`${user}${here}`));
  writeFileSync(join(directory, nginxPaths.verifierFile), verifierProgram);
}

/** Waits until a condition is true. */
export async function until(holds: () => boolean | Promise<boolean>, milliseconds = 60_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('the condition did not become true in time');
    await wait(50);
  }
}
