import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Environment } from '../../system/environment.ts';
import { executableOn } from '../../system/executable.ts';
import type { ChartFiles } from './chartArchive.ts';

/** What helm is to render. */
export interface HelmRun {
  release: string;
  namespace: string;
  /** The folder of the chart, inside the scratch folder. */
  chart: string;
  values: unknown;
  /** Flags that say what of the chart is left out, and what the cluster is. */
  flags: readonly string[];
}

export type HelmOutput = { ok: true; output: string } | { ok: false; words: string };

/** What one rendering may take: milliseconds, and bytes of both outputs together. */
export interface HelmLimits {
  time: number;
  output: number;
}

const usual: HelmLimits = { time: 60_000, output: 64 * 1024 * 1024 };

/** The program `helm` on the PATH. */
export function findHelm({ env, platform }: Environment): string | undefined {
  return executableOn(env['PATH'] ?? '', platform === 'win32' ? 'helm.exe' : 'helm');
}

/** Gives a folder that nobody else may read, for as long as the work goes on. */
export async function withScratch<Value>(work: (scratch: string) => Promise<Value>): Promise<Value> {
  const scratch = await mkdtemp(join(tmpdir(), 'gatehouse-charts-'));
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Writes a chart into a folder of its own below the scratch folder, and gives its path.
 *
 * @throws Error where a file of it would stand elsewhere
 */
export async function writeChart(scratch: string, files: ChartFiles): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'chart-'));
  const folders = new Set<string>();
  for (const [path, content] of files) {
    if (path.split(/[\\/]/).includes('..')) throw new Error('a file of it stands outside of its folder');
    const parent = dirname(join(folder, path));
    if (!folders.has(parent)) await mkdir(parent, { recursive: true });
    folders.add(parent);
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/**
 * Renders a chart by `helm template`, with an environment of its own: no plugin, no repository, no cluster and no
 * login of the person is there for it, and every proxy leads nowhere. Values go through a pipe, so that they stand in no
 * file and in no list of processes. Nothing in the chart can fetch anything: what it depends on must be in it.
 *
 * @param scratch - of {@link withScratch}
 */
export function helmTemplate(
  program: string,
  scratch: string,
  run: HelmRun,
  limits: HelmLimits = usual,
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
  const timer = setTimeout(() => stop(`it was not done after ${limits.time / 1000} s`), limits.time);
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
    child.once('error', () => end({ ok: false, words: 'it could not be started' }));
    child.once('close', (code) => {
      if (code === 0 && stopped === undefined)
        return end({ ok: true, output: Buffer.concat(out).toString('utf8') });
      end({ ok: false, words: stopped ?? lastWords(Buffer.concat(err).toString('utf8'), args[2] ?? '') });
    });
  });
}

/** What helm says of its failure, on one line and without the folder of the chart. */
function lastWords(text: string, chart: string): string {
  const error = text.slice(Math.max(0, text.lastIndexOf('Error: ')));
  const line = error
    .replace(/^Error: /, '')
    .replace(/Use --debug flag[^\n]*/, '')
    .replaceAll(`${chart}/`, '')
    .replaceAll(chart, 'the chart')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line === '' ? 'it ended without a word' : line.slice(0, 400);
}
