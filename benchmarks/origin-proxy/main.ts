import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningProgram, startProgram, withFreshPorts } from '../../tests/real/fixtures/program.ts';
import { clearScratch, makeScratch } from '../../tests/real/fixtures/scratch.ts';
import { exchange, get, tokenLine } from '../../tests/real/origin-proxy/exchange.ts';
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
import { variants } from './variants.ts';

/** `node --import tsx benchmarks/origin-proxy/main.ts [rounds] [seconds] [connections]`: the cost of the origin proxy. Needs wrk. */
const [rounds = 40, seconds = 1, connections = 32] = process.argv.slice(2).map(Number);

interface Figures {
  perSecond: number;
  p99: number;
  /** Processor time of the worker, microseconds per request: other processes hardly affect it. */
  cost: number;
}

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
  await using app = await startFastApp(part.path);
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

/** An app that answers at once, so that only the proxy is measured. */
async function startFastApp(path: string) {
  return withFreshPorts(1, async (portOf) => {
    const directory = join(scratch, 'app');
    const port = portOf(0);
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'nginx.conf'),
      `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${directory}/${kind};`).join('\n')}
server { listen 127.0.0.1:${port}; location / { return 200 "hello"; } } }\n`,
    );
    const isReady = async () => (await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status === 200;
    const parameters = ['-e', join(directory, 'start.log'), '-c', join(directory, 'nginx.conf')];
    const program = await startProgram(scratch, { name: 'app', path, parameters, isReady, timeout: 10_000 });
    return { port, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
  });
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

/**
 * The mean of one beside the mean of the other, and in brackets where it lies with a confidence of 95 %: by bootstrap
 * over the rounds, since one process differs from the next of its kind by more than the designs differ.
 */
function share(one: readonly Figures[], other: readonly Figures[], figure: (one: Figures) => number): string {
  const rounds = one.map((_, round) => round);
  const over = (drawn: readonly number[]) => {
    const sum = (figures: readonly Figures[]) =>
      drawn.map((round) => figures[round]).reduce((total, at) => total + (at ? figure(at) : Number.NaN), 0);
    return sum(one) / sum(other);
  };
  const drawn = Array.from({ length: 4000 }, () =>
    over(rounds.map(() => Math.floor(Math.random() * rounds.length))),
  ).sort((low, high) => low - high);
  const at = (part: number) => percent(drawn[Math.floor(part * drawn.length)] ?? Number.NaN);
  return `${percent(over(rounds))} [${at(0.025)}, ${at(0.975)}]`;
}

function wrk(proxy: OriginProxy, token: string, duration: number): Figures {
  const before = processorTime(proxy);
  const header = tokenLine(token).trim();
  // Cloudflare sends it beside every token of a user.
  const email = `Cf-Access-Authenticated-User-Email: ${owner}`;
  const parameters = [
    '-t1',
    `-c${connections}`,
    `-d${duration}s`,
    '--latency',
    ...['-H', header, '-H', email],
    `http://127.0.0.1:${proxy.port}/photo`,
  ];
  const { stdout, error } = spawnSync('wrk', parameters, { encoding: 'utf8' });
  if (error !== undefined)
    throw new Error('wrk does not run: install it, for example with apt-get install wrk');
  if (stdout.includes('Non-2xx')) throw new Error(stdout);
  const [, value = '', unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  const factor = { us: 0.001, ms: 1, s: 1000 }[unit] ?? Number.NaN;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p99: Number(value) * factor,
    cost: (processorTime(proxy) - before) / requests,
  };
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

/** Processor time of the workers so far, microseconds. The scheduler counts it in nanoseconds. */
function processorTime({ program }: OriginProxy): number {
  return sumOverWorkers(program, (child) => {
    const [nanoseconds] = readFileSync(`/proc/${child}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1000;
  });
}

function sumOverWorkers({ process: { pid } }: RunningProgram, figure: (pid: string) => number): number {
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return workers.map(figure).reduce((sum, one) => sum + one, 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
