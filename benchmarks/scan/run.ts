import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { generateHistory, generateTree, homeRepository } from './repository.ts';

/**
 * Measures `scan` against gitleaks and against Git alone, on generated repositories:
 *
 *     npx tsx benchmarks/scan/run.ts [--scale 1] [--rounds 3] [--directory DIR] [--gitleaks PROGRAM] [--history DIR]
 *
 * `--history` takes a clone of a real repository instead of the generated history, which is of the same size and easier on
 * both: texts repeat themselves, and nothing in it looks like a secret.
 *
 * The rounds take turns, so that a busy machine slows all alike; the best round of each counts, of the time that
 * passed and of the time that processors worked, children included.
 */
const { values: flags } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    directory: { type: 'string', default: join(tmpdir(), 'gatehouse-bench-scan') },
    gitleaks: { type: 'string', default: 'gitleaks' },
    history: { type: 'string' },
  },
});

const scale = Number(flags.scale);
const treeFiles = Math.round(6000 * scale);

interface Measured {
  seconds: number;
  /** Of all processors, in the program and the programs that it started. */
  worked: number;
  output: string;
}

/** What the shell's `times` says of its children: `0m1.23s 0m0.45s`, in its second line. */
function workedSeconds(times: string): number {
  const ofChildren = times.trim().split('\n')[1] ?? '';
  return [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

function measured(program: string, args: readonly string[], cwd: string): Measured | undefined {
  const start = performance.now();
  const { status, output, error } = spawnSync(
    'sh',
    ['-c', '"$@"; status=$?; times >&3; exit $status', 'sh', program, ...args],
    { cwd, encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore', 'pipe'] },
  );
  if (error || status !== 0) return undefined;
  const seconds = (performance.now() - start) / 1000;
  return { seconds, worked: workedSeconds(output[3] ?? ''), output: output[1] ?? '' };
}

async function bundle(entry: string, outfile: string): Promise<void> {
  const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const entryPoints = [new URL(entry, import.meta.url).pathname];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    banner: { js },
    logLevel: 'error',
  });
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const best = (rounds: readonly Measured[]): Measured => ({
  seconds: Math.min(...rounds.map(({ seconds }) => seconds)),
  worked: Math.min(...rounds.map(({ worked }) => worked)),
  output: rounds[0]?.output ?? '',
});

async function prepare(directory: string) {
  await mkdir(directory, { recursive: true });
  const tree = join(directory, `tree-${scale}`);
  const generated = join(directory, `history-${scale}.git`);
  if (!existsSync(join(tree, '.git', 'index'))) await generateTree(tree, treeFiles);
  const isThere = ['packed-refs', 'refs/heads/main'].some((file) => existsSync(join(generated, file)));
  if (flags.history === undefined && !isThere) {
    const commits = Math.round(homeRepository.commits * scale);
    const blobs = Math.round(homeRepository.blobs * scale);
    await generateHistory(generated, { ...homeRepository, commits, blobs });
  }
  await bundle('./measuredScan.ts', join(directory, 'measuredScan.mjs'));
  await bundle('../../src/privacy/worker.ts', join(directory, 'worker.mjs'));
  return { tree, history: flags.history ?? generated };
}

const times = (theirs: number, ours: number): string =>
  `${theirs.toFixed(2)} s, ${(theirs / ours).toFixed(2)} × gatehouse`;

function compare(name: string, cwd: string, candidates: Record<string, [string, string[]]>): void {
  const rounds: Record<string, Measured[]> = {};
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const [label, [program, args]] of Object.entries(candidates)) {
      const result = measured(program, args, cwd);
      if (result) rounds[label] = [...(rounds[label] ?? []), result];
    }
  }
  const ours = rounds['gatehouse'] && best(rounds['gatehouse']);
  if (!ours) throw new Error('the scan failed');
  say(`${name}: ${ours.output}`);
  for (const label of Object.keys(candidates)) {
    const result = rounds[label] && best(rounds[label]);
    const told = result
      ? `${times(result.seconds, ours.seconds)}; processors ${times(result.worked, ours.worked)}`
      : 'cannot be had here';
    say(`  ${label.padEnd(24)} ${told}`);
  }
}

const directory = flags.directory;
const { tree, history } = await prepare(directory);
const measuredScan = join(directory, 'measuredScan.mjs');
const worker = pathToFileURL(join(directory, 'worker.mjs')).href;
const quiet = ['--no-banner', '--log-level', 'error', '--exit-code', '0'];
const catFile =
  'git rev-list --objects --all --filter=object:type=blob --filter-provided-objects | git cat-file --batch="%(objectname) %(rest)" --buffer > /dev/null';

compare('work tree', tree, {
  gatehouse: [process.execPath, [measuredScan, 'tree', tree]],
  gitleaks: [flags.gitleaks, ['dir', ...quiet, tree]],
});
compare('history', history, {
  gatehouse: [process.execPath, [measuredScan, 'history', history, worker]],
  'gatehouse, one worker': [process.execPath, [measuredScan, 'history', history, worker, '1']],
  gitleaks: [flags.gitleaks, ['git', ...quiet, history]],
  'git cat-file alone': ['sh', ['-c', catFile]],
});
