// Runs in the network of the Envoys, started by `main.ts`.
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { tokenLine } from '../../tests/real/origin-proxy/exchange.ts';
import { startIssuer } from '../../tests/real/origin-proxy/issuer.ts';
import { startNameServer } from '../../tests/real/origin-proxy/nameServer.ts';
import {
  appHost,
  type ProxyDependencies,
  startOriginProxy,
} from '../../tests/real/origin-proxy/originProxy.ts';
import { realPart } from '../../tools/real-parts/lookup.ts';
import { type Figures, load, median, processorTime, share, startFastApp } from '../origin-proxy/load.ts';
import { variants } from '../origin-proxy/variants.ts';

/** What is asked, and how it is called in the output. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: readonly string[];
}

/** What `main.ts` wants to be measured. */
export interface Order {
  readonly scratch: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly accessHost: string;
  readonly audience: string;
  /** The token of Access, for the origin proxy too. */
  readonly token: string;
  readonly app: { readonly address: string; readonly port: number };
  readonly keys: { readonly kid: string; readonly jwk: JWK; readonly privateJwk: JWK };
  readonly targets: readonly Target[];
}

const proxies = [
  { name: 'origin proxy, no check', variant: 'no check' },
  { name: 'origin proxy, login of Access', variant: 'verified' },
].map(({ name, variant }) => {
  const { edit } = variants.find((each) => each.name === variant) ?? {};
  if (edit === undefined) throw new Error(`no variant ${variant}`);
  return { name, edit };
});

await measure(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Order);

async function measure(order: Order): Promise<void> {
  const nginx = realPart('nginx');
  if (!nginx.found) throw new Error(`${nginx.message}: ${nginx.remedy}`);
  const scratch = join(order.scratch, 'inside');
  mkdirSync(scratch);
  const privateKey = (await importJWK(order.keys.privateJwk, 'RS256')) as CryptoKey;
  const key = { kid: order.keys.kid, jwk: order.keys.jwk, privateKey };
  await using names = await startNameServer([
    [appHost, '127.0.0.1'],
    [order.accessHost, '127.0.0.1'],
  ]);
  await using issuer = await startIssuer(scratch, key, order.accessHost);
  await using app = await startFastApp(order.scratch, nginx.path, order.app);
  const around = { nginx, scratch: order.scratch, names, issuer, app };
  print(await allRounds(order, around));
}

/**
 * Asks all of them in turn, there and back, so that other processes of the machine disturb each of them alike. The Envoys
 * are the same in all rounds: with a login and without it are two hosts of one process.
 */
async function allRounds(order: Order, around: ProxyDependencies): Promise<Map<string, Figures[]>> {
  const { rounds, audience } = order;
  const asks = [
    ...order.targets.map((target) => ({ name: target.name, ask: async () => askEnvoy(order, target) })),
    ...proxies.map(({ name, edit }) => ({
      name,
      ask: async () => {
        await using proxy = await startOriginProxy(around, {
          edit,
          workers: 1,
          access: { audiences: [audience] },
        });
        return askTwice(order, {
          url: `http://127.0.0.1:${proxy.port}/photo`,
          headers: ['CF-Connecting-IP: 192.0.2.1', tokenLine(order.token).trim()],
          processorTime: () => processorTime(proxy.program),
        });
      },
    })),
  ];
  const figures = new Map<string, Figures[]>(asks.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, ask } of round % 2 === 0 ? asks : asks.toReversed())
      figures.get(name)?.push(await ask());
  return figures;
}

function askEnvoy(order: Order, { url, headers }: Target): Figures {
  return askTwice(order, { url, headers, processorTime: envoyTime });
}

/** The first second warms up. */
function askTwice(
  { connections, seconds }: Order,
  asked: Pick<Parameters<typeof load>[0], 'url' | 'headers' | 'processorTime'>,
): Figures {
  load({ ...asked, connections, duration: 1 });
  return load({ ...asked, connections, duration: seconds });
}

/** Processor time so far of all Envoys of this network, microseconds. Those that are not asked hardly need any. */
function envoyTime(): number {
  const here = readlinkSync('/proc/self/ns/net');
  const threads = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isEnvoyIn(here, name))
    .flatMap((pid) =>
      readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/schedstat`),
    );
  if (threads.length === 0) throw new Error('no Envoy runs here');
  return threads.reduce((sum, each) => sum + Number(readFileSync(each, 'utf8').split(' ')[0]) / 1000, 0);
}

function isEnvoyIn(network: string, pid: string): boolean {
  try {
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return name === 'envoy' && readlinkSync(`/proc/${pid}/ns/net`) === network;
  } catch {
    // It ended in between.
    return false;
  }
}

function print(figures: ReadonlyMap<string, readonly Figures[]>): void {
  const of = (name: string) => figures.get(name) ?? [];
  const lines = [...figures].map(([name, own]) => {
    const middle = (figure: (one: Figures) => number) => median(own.map(figure));
    const rate = Math.round(middle(({ perSecond }) => perSecond));
    return `${name}: ${rate} requests/s, p99 ${middle(({ p99 }) => p99).toFixed(2)} ms, ${middle(({ cost }) => cost).toFixed(1)} us of processor time a request`;
  });
  const beside = (one: string, other: string) =>
    `${one} beside ${other}: ${share(of(one), of(other), ({ perSecond }) => perSecond)} of the rate, ${share(of(one), of(other), ({ cost }) => cost)} of the processor time, p99 ${share(of(one), of(other), ({ p99 }) => p99)}`;
  process.stdout.write(
    `${[
      ...lines,
      `${beside('Envoy, login of Access', 'Envoy, no login')} (goal: 60 % of the rate)`,
      beside('Envoy, the token alone', 'Envoy, no login'),
      beside('Envoy with TLS, bearer token', 'Envoy with TLS, no login'),
      beside('origin proxy, login of Access', 'origin proxy, no check'),
      beside('Envoy, login of Access', 'origin proxy, login of Access'),
      `the signature of RS256: ${signature(of('Envoy, login of Access'), of('Envoy, the same, signed without RSA'))}`,
    ].join('\n')}\n`,
  );
}

/** What a request with the signature costs more than one with a hash in its place. */
function signature(signed: readonly Figures[], hashed: readonly Figures[]): string {
  const difference = signed.map((each, round) => ({
    ...each,
    cost: each.cost - (hashed[round]?.cost ?? Number.NaN),
  }));
  const microseconds = median(difference.map(({ cost }) => cost)).toFixed(1);
  return `${microseconds} us, ${share(difference, signed, ({ cost }) => cost)} of the processor time of a request`;
}
