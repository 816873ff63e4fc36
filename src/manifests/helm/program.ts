import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Environment } from '../../system/environment.ts';
import { executableOn } from '../../system/executable.ts';
import type { ChartFiles } from './chartArchive.ts';

/** The helm program and a private directory for it. */
export interface HelmProgram {
  path: string;
  /** From {@link withScratch}. */
  scratch: string;
}

/** The arguments of one rendering. */
export interface HelmRun {
  release: string;
  namespace: string;
  /** The directory of the chart, inside the scratch directory. */
  chart: string;
  values: unknown;
  /** More flags of `helm template`. */
  flags: readonly string[];
}

export type HelmOutput = { ok: true; output: string } | { ok: false; message: string };

/** The limits of one rendering: milliseconds, and bytes of both outputs together. */
export interface HelmLimits {
  time: number;
  output: number;
}

const defaultLimits: HelmLimits = { time: 60_000, output: 64 * 1024 * 1024 };

/** The program `helm` on the PATH. */
export function findHelm({ env, platform }: Environment): string | undefined {
  return executableOn(env['PATH'] ?? '', platform === 'win32' ? 'helm.exe' : 'helm');
}

/** Provides a directory that no other user can read, and removes it after the work. */
export async function withScratch<Value>(work: (scratch: string) => Promise<Value>): Promise<Value> {
  const scratch = await mkdtemp(join(tmpdir(), 'gatehouse-charts-'));
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Writes a chart into a new directory below the scratch directory, and returns its path.
 *
 * @throws Error if a file would be outside of that directory
 */
export async function writeChart(scratch: string, files: ChartFiles): Promise<string> {
  const directory = await mkdtemp(join(scratch, 'chart-'));
  const directories = new Set<string>();
  for (const [path, content] of files) {
    if (path.split(/[\\/]/).includes('..')) throw new Error('a file of it is outside of its directory');
    const parent = dirname(join(directory, path));
    if (!directories.has(parent)) await mkdir(parent, { recursive: true });
    directories.add(parent);
    await writeFile(join(directory, path), content);
  }
  return directory;
}

/**
 * Renders a chart with `helm template` in an isolated environment: without the plugins, repositories, cluster and
 * credentials of the user, and with proxies on which nothing listens. Values go through a pipe, so they are in no file
 * and in no list of processes. The chart cannot fetch anything: it must contain its dependencies.
 *
 * @param scratch - of {@link withScratch}
 */
export function helmTemplate(
  program: string,
  scratch: string,
  run: HelmRun,
  limits: HelmLimits = defaultLimits,
): Promise<HelmOutput> {
  const { release, chart, namespace, values, flags } = run;
  const args = ['template', release, chart, '--namespace', namespace, '--values', '-', ...flags];
  return runHelm(program, args, JSON.stringify(values), scratch, limits);
}

function runHelm(
  program: string,
  args: readonly string[],
  input: string,
  scratch: string,
  limits: HelmLimits,
): Promise<HelmOutput> {
  const nowhere = 'http://127.0.0.1:9';
  const child = spawn(program, args, {
    cwd: scratch,
    env: {
      HOME: scratch,
      TMPDIR: scratch,
      HELM_CACHE_HOME: join(scratch, 'cache'),
      HELM_CONFIG_HOME: join(scratch, 'config'),
      HELM_DATA_HOME: join(scratch, 'data'),
      HELM_PLUGINS: join(scratch, 'plugins'),
      HELM_NO_PLUGINS: '1',
      KUBECONFIG: join(scratch, 'kubeconfig'),
      HTTP_PROXY: nowhere,
      HTTPS_PROXY: nowhere,
      NO_COLOR: '1',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let size = 0;
  let stopped: string | undefined;
  const stop = (why: string): void => {
    stopped ??= why;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(() => stop(`it did not end within ${limits.time / 1000} s`), limits.time);
  const collect = (into: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length;
    if (size > limits.output) stop(`it printed more than ${limits.output / 1024 / 1024} MiB`);
    else into.push(chunk);
  };
  child.stdout.on('data', collect(out));
  child.stderr.on('data', collect(err));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => {
    const end = (output: HelmOutput): void => {
      clearTimeout(timer);
      resolve(output);
    };
    child.once('error', () => end({ ok: false, message: 'it could not be started' }));
    child.once('close', (code) => {
      if (code === 0 && stopped === undefined)
        return end({ ok: true, output: Buffer.concat(out).toString('utf8') });
      end({
        ok: false,
        message: stopped ?? errorMessage(Buffer.concat(err).toString('utf8'), args[2] ?? ''),
      });
    });
  });
}

/** The error of helm on one line, without the directory of the chart. */
function errorMessage(text: string, chart: string): string {
  const error = text.slice(Math.max(0, text.lastIndexOf('Error: ')));
  const line = error
    .replace(/^Error: /, '')
    .replace(/Use --debug flag[^\n]*/, '')
    .replaceAll(`${chart}/`, '')
    .replaceAll(chart, 'the chart')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line === '' ? 'it failed without a message' : line.slice(0, 400);
}
