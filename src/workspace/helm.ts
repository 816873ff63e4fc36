import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { ChartFiles } from './chartArchive.ts';
import type { Surroundings } from './surroundings.ts';

/** What helm is to render. */
export interface HelmRun {
  release: string;
  namespace: string;
  chart: ChartFiles;
  values: unknown;
  /** Flags that say what of the chart is left out, and what the cluster is. */
  flags: readonly string[];
}

export type HelmOutput = { ok: true; output: string } | { ok: false; words: string };

const timeLimit = 60_000;
const outputLimit = 64 * 1024 * 1024;

/** The program `helm` on the PATH. Relative parts of it are left out: what they mean depends on the folder. */
export async function findHelm({ env, platform }: Surroundings): Promise<string | undefined> {
  const name = platform === 'win32' ? 'helm.exe' : 'helm';
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}

/**
 * Renders a chart by `helm template`, in a scratch folder and with an environment of its own: no plugin, no
 * repository, no cluster and no login of the person is there for it, and every proxy leads nowhere. Values go through a
 * pipe, so that they stand in no file and in no list of processes. Nothing in the chart can fetch anything: what it
 * depends on must be in it.
 */
export async function helmTemplate(program: string, run: HelmRun): Promise<HelmOutput> {
  const scratch = await mkdtemp(join(tmpdir(), 'gatehouse-chart-'));
  try {
    const chart = join(scratch, 'chart');
    for (const [path, content] of run.chart) {
      if (path.split(/[\\/]/).includes('..')) throw new Error('a file of the chart stands outside of it');
      await mkdir(dirname(join(chart, path)), { recursive: true });
      await writeFile(join(chart, path), content);
    }
    const args = [
      'template',
      run.release,
      chart,
      '--namespace',
      run.namespace,
      '--values',
      '-',
      ...run.flags,
    ];
    return await runHelm(program, args, JSON.stringify(run.values), scratch);
  } catch {
    return { ok: false, words: 'the scratch folder cannot be written' };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function runHelm(
  program: string,
  args: readonly string[],
  input: string,
  scratch: string,
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
  const timer = setTimeout(() => stop(`it was not done after ${timeLimit / 1000} s`), timeLimit);
  const collect = (into: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length;
    if (size > outputLimit) stop(`it printed more than ${outputLimit / 1024 / 1024} MiB`);
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
      end({ ok: false, words: stopped ?? lastWords(Buffer.concat(err).toString('utf8'), scratch) });
    });
  });
}

/** What helm says of its failure, on one line and without the scratch folder. */
function lastWords(text: string, scratch: string): string {
  const error = text.slice(Math.max(0, text.lastIndexOf('Error: ')));
  const line = error
    .replace(/^Error: /, '')
    .replace(/Use --debug flag[^\n]*/, '')
    .replaceAll(`${join(scratch, 'chart')}/`, '')
    .replaceAll(scratch, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line === '' ? 'it ended without a word' : line.slice(0, 400);
}
