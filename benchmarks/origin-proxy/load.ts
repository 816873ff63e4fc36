import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningProgram, startProgram, withFreshPorts } from '../../tests/real/fixtures/program.ts';
import { exchange } from '../../tests/real/origin-proxy/exchange.ts';

/** What one round of load showed. */
export interface Figures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Processor time of the proxy, microseconds per request: other processes hardly affect it. */
  readonly cost: number;
}

/** An app that answers at once, so that only the proxy is measured. It is on loopback, and at a place besides if there is one. */
export async function startFastApp(
  scratch: string,
  path: string,
  place?: { readonly address: string; readonly port: number },
) {
  return withFreshPorts(1, async (portOf) => {
    const directory = join(scratch, 'app');
    const port = portOf(0);
    const besides = place === undefined ? '' : `listen ${place.address}:${place.port};`;
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'nginx.conf'),
      `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${directory}/${kind};`).join('\n')}
server { listen 127.0.0.1:${port}; ${besides} location / { return 200 "hello"; } } }\n`,
    );
    const isReady = async () => (await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status === 200;
    const parameters = ['-e', join(directory, 'start.log'), '-c', join(directory, 'nginx.conf')];
    const program = await startProgram(scratch, { name: 'app', path, parameters, isReady, timeout: 10_000 });
    return { port, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
  });
}

/** What {@link load} asks, and how. */
export interface Load {
  readonly url: string;
  readonly headers: readonly string[];
  readonly connections: number;
  /** Seconds. */
  readonly duration: number;
  /** Processor time of the proxy so far, microseconds. */
  readonly processorTime: () => number;
}

/** Asks as often as it can, each connection for itself. */
export function load({ url, headers, connections, duration, processorTime: time }: Load): Figures {
  const before = time();
  const parameters = [
    ...['-t1', `-c${connections}`, `-d${duration}s`, '--latency'],
    ...headers.flatMap((header) => ['-H', header]),
    url,
  ];
  const { stdout, error } = spawnSync('wrk', parameters, { encoding: 'utf8' });
  if (error !== undefined)
    throw new Error('wrk does not run: install it, for example with apt-get install wrk');
  if (!stdout.includes('Requests/sec') || stdout.includes('Non-2xx')) throw new Error(`${url}: ${stdout}`);
  const [, value = '', unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  const factor = { us: 0.001, ms: 1, s: 1000 }[unit] ?? Number.NaN;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p99: Number(value) * factor,
    cost: (time() - before) / requests,
  };
}

/**
 * The mean of one beside the mean of the other, and in brackets where it lies with a confidence of 95 %: by bootstrap
 * over the rounds, since one process differs from the next of its kind by more than the designs differ.
 */
export function share(
  one: readonly Figures[],
  other: readonly Figures[],
  figure: (one: Figures) => number,
): string {
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

/** Processor time of the workers so far, microseconds. The scheduler counts it in nanoseconds. */
export function processorTime(program: RunningProgram): number {
  return sumOverWorkers(program, (child) => {
    const [nanoseconds] = readFileSync(`/proc/${child}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1000;
  });
}

/** Adds up what is read of each process that a program started. */
export function sumOverWorkers(
  { process: { pid } }: RunningProgram,
  figure: (pid: string) => number,
): number {
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return workers.map(figure).reduce((sum, one) => sum + one, 0);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
