import { readFileSync } from 'node:fs';
import { clearScratch, makeScratch } from '../../tests/real/fixtures/scratch.ts';
import { get, tokenLine } from '../../tests/real/origin-proxy/exchange.ts';
import {
  issuerHost,
  makeKey,
  owner,
  sign,
  startIssuer,
  userClaims,
} from '../../tests/real/origin-proxy/issuer.ts';
import { startNameServer } from '../../tests/real/origin-proxy/nameServer.ts';
import {
  appHost,
  type OriginProxy,
  type ProxyDependencies,
  startOriginProxy,
} from '../../tests/real/origin-proxy/originProxy.ts';
import { realPart } from '../../tools/real-parts/lookup.ts';
import { type Figures, load, median, processorTime, share, startFastApp, sumOverWorkers } from './load.ts';
import { variants } from './variants.ts';

/** `node --import tsx benchmarks/origin-proxy/main.ts [rounds] [seconds] [connections]`: the cost of the origin proxy. Needs wrk. */
const [rounds = 40, seconds = 1, connections = 32] = process.argv.slice(2).map(Number);

const nginx = realPart('nginx');
if (!nginx.found) throw new Error(`${nginx.message}: ${nginx.remedy}`);
const scratch = makeScratch();
process.on('SIGINT', () => process.exit(130));
try {
  await measure(nginx);
} finally {
  await clearScratch(scratch);
}

async function measure(part: Extract<typeof nginx, { found: true }>): Promise<void> {
  const key = await makeKey('k1');
  await using names = await startNameServer([
    [appHost, '127.0.0.1'],
    [issuerHost, '127.0.0.1'],
  ]);
  await using issuer = await startIssuer(scratch, key);
  await using app = await startFastApp(scratch, part.path);
  const around = { nginx: part, scratch, names, issuer, app };
  const token = await sign(userClaims(issuer), key);
  await throughput(around, token);

  await using proxy = await startOriginProxy(around, { workers: 1 });
  await firstRequests(proxy, await Promise.all(Array.from({ length: 200 }, () => freshToken())));
  await manyTokens(proxy, await Promise.all(Array.from({ length: 10_000 }, () => freshToken())));

  function freshToken(): Promise<string> {
    return sign(userClaims(issuer, { identity_nonce: Math.random().toString(36) }), key);
  }
}

/**
 * Goes over all designs, there and back, so that other processes of the machine disturb each of them alike. Each round
 * starts its proxies anew: the place of a process in memory matters as much as the design.
 */
async function throughput(around: ProxyDependencies, token: string): Promise<void> {
  const figures: Figures[][] = variants.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? [...variants.entries()] : [...variants.entries()].reverse();
    for (const [index, { edit }] of order) {
      await using proxy = await startOriginProxy(around, { edit, workers: 1 });
      wrk(proxy, token, 1);
      figures[index]?.push(wrk(proxy, token, seconds));
    }
  }
  const baselines = [
    { name: 'presence only', at: 1 },
    { name: 'no check', at: 0 },
  ];
  for (const [index, { name }] of variants.entries()) {
    const own = figures[index] ?? [];
    const shares = baselines
      .filter(({ at }) => at !== index)
      .map(({ name: baseline, at }) => {
        const base = figures[at] ?? [];
        const time = share(own, base, ({ perSecond }) => perSecond);
        const processor = share(base, own, ({ cost }) => cost);
        return `${time} of ${baseline} (by processor time ${processor})`;
      });
    const of = (figure: (one: Figures) => number) => median(own.map(figure));
    print(
      `${name}: ${Math.round(of(({ perSecond }) => perSecond))} requests/s, p99 ${of(({ p99 }) => p99).toFixed(2)} ms, ` +
        `${of(({ cost }) => cost).toFixed(1)} us of processor time a request; ${shares.join('; ')}`,
    );
  }
}

function wrk(proxy: OriginProxy, token: string, duration: number): Figures {
  return load({
    url: `http://127.0.0.1:${proxy.port}/photo`,
    // Cloudflare sends the e-mail beside every token of a user.
    headers: [tokenLine(token).trim(), `Cf-Access-Authenticated-User-Email: ${owner}`],
    ...{ connections, duration },
    processorTime: () => processorTime(proxy.program),
  });
}

async function firstRequests(proxy: OriginProxy, tokens: readonly string[]): Promise<void> {
  const first: number[] = [];
  const second: number[] = [];
  for (const token of tokens) {
    for (const times of [first, second]) {
      const start = performance.now();
      const { status } = await get(proxy.port, token);
      times.push(performance.now() - start);
      if (status !== 200) throw new Error(`status ${status}`);
    }
  }
  const worst = Math.max(...first).toFixed(2);
  print(
    `first request with a new token: median ${median(first).toFixed(2)} ms, worst ${worst} ms; second: median ${median(second).toFixed(2)} ms`,
  );
}

async function manyTokens(proxy: OriginProxy, tokens: readonly string[]): Promise<void> {
  const before = memory(proxy);
  const start = performance.now();
  for (let at = 0; at < tokens.length; at += 32) {
    await Promise.all(tokens.slice(at, at + 32).map((token) => get(proxy.port, token)));
  }
  const milliseconds = Math.round(performance.now() - start);
  print(
    `${tokens.length} tokens in ${milliseconds} ms: memory of the worker ${before} KiB before, ${memory(proxy)} KiB after`,
  );
}

/** Resident memory of the workers, shared zones included, KiB. */
function memory({ program }: OriginProxy): number {
  return sumOverWorkers(program, (child) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1]),
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
