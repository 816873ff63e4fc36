import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDirectory, partKey, readReceipt } from './cache.ts';
import { type Installation, install, type Outcome } from './install.ts';
import { thisMachine } from './machine.ts';
import { pinGo } from './pin.ts';
import { progressTo } from './progress.ts';
import { unneededEntries } from './prune.ts';
import { isPartName, type PartName, partNames, table } from './table.ts';

const usage = `Usage: npm run real-parts [-- NAME…] [-- --list | --prune | --pin NAME…]

Installs the programs that the real tests need, once, into a cache outside the tree.

  NAME…    only these: ${partNames.join(', ')}
  --list   say what is there and what is not; exit code 1 when something is missing
  --prune  remove from the cache what the table, on this machine, no longer names
  --pin    write go.mod and go.sum for these Go programs (when a version in the table changed)
`;

/** A Go build of this size, with two compilers, needs about this much memory. */
const bytesOfBuild = 4 * 1024 ** 3;

/**
 * How many Go builds run at a time and how many compilers each has: as many as there are pairs of cores and
 * 4 GiB of free memory, at least one. With less memory than one build wants, it gets a single compiler.
 */
function lanes(): { readonly builds: number; readonly jobs: number } {
  const cores = availableParallelism();
  const room = Math.floor(process.availableMemory() / bytesOfBuild);
  const builds = Math.max(1, Math.min(Math.floor(cores / 2), room));
  return { builds, jobs: room === 0 ? 1 : Math.max(1, Math.floor(cores / builds)) };
}

async function installAll(names: readonly PartName[], signal: AbortSignal): Promise<number> {
  const { builds, jobs } = lanes();
  const progress = progressTo(process.stderr, names.length);
  const outcomes = new Map<PartName, Outcome>();
  const base = { cache: cacheDirectory(), machine: thisMachine(), jobs, signal };
  const worker = async (queue: PartName[]): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const title: string = name;
      const installation: Installation = { ...base, progress: (news) => progress.news(title, news) };
      const outcome = await install(name, table[name], installation);
      outcomes.set(name, outcome);
      progress.done(title, sentenceOf(outcome));
    }
  };
  const toBuild = names.filter((name) => table[name].source.from === 'go');
  const toFetch = names.filter((name) => table[name].source.from !== 'go');
  await Promise.all([worker(toFetch), ...Array.from({ length: builds }, () => worker(toBuild))]);
  progress.end();
  return summarize(names, outcomes);
}

function sentenceOf(outcome: Outcome): string {
  if (outcome.is === 'present') return `${outcome.version} is there`;
  if (outcome.is === 'installed') return `${outcome.version} installed in ${outcome.seconds} s`;
  return `is not to be had (${outcome.reason}): ${outcome.message}`;
}

function summarize(names: readonly PartName[], outcomes: ReadonlyMap<PartName, Outcome>): number {
  const failed = names.flatMap((name) => {
    const outcome = outcomes.get(name);
    return outcome?.is === 'failed' ? [`  ${name}: ${inShort(outcome.message)}; ${outcome.remedy}`] : [];
  });
  const there = names.length - failed.length;
  process.stderr.write(`${there} of ${names.length} programs are in ${cacheDirectory()}\n`);
  if (failed.length > 0) process.stderr.write(`Not to be had:\n${failed.join('\n')}\n`);
  return failed.length > 0 ? 1 : 0;
}

/** The command, its exit, and the last output of the program. */
function inShort(message: string): string {
  const [first = '', ...said] = message.split('\n');
  const last = said.at(-1)?.trim();
  return last === undefined ? first : `${first}: ${last}`;
}

function list(names: readonly PartName[]): number {
  const machine = thisMachine();
  const states = names.map((name) => {
    const receipt = readReceipt(join(cacheDirectory(), partKey(name, table[name], machine)));
    const state =
      typeof receipt === 'string' ? receipt : `installed ${receipt.version} (${receipt.seconds} s)`;
    process.stdout.write(`${name.padEnd(24)} ${table[name].version.padEnd(8)} ${state}\n`);
    return receipt;
  });
  return states.some((state) => typeof state === 'string') ? 1 : 0;
}

async function prune(): Promise<number> {
  const machine = thisMachine();
  const wanted = partNames.map((name) => partKey(name, table[name], machine));
  const old = await unneededEntries(cacheDirectory(), wanted);
  for (const entry of old) await rm(join(cacheDirectory(), entry), { recursive: true });
  process.stderr.write(`removed ${old.length} entries from ${cacheDirectory()}\n`);
  return 0;
}

async function pin(names: readonly PartName[], signal: AbortSignal): Promise<number> {
  for (const name of names) {
    const { source } = table[name];
    if (source.from !== 'go') continue;
    const sharing = partNames
      .map((other) => table[other].source)
      .filter((other) => other.from === 'go')
      .filter((other) => other.pins === source.pins);
    await pinGo(sharing, { signal, progress: (news) => process.stderr.write(`${news}\n`) });
    process.stderr.write(`wrote tools/real-parts/modules/${source.pins}/go.mod and go.sum\n`);
  }
  return 0;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      pin: { type: 'boolean' },
      prune: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const unknown = positionals.filter((word) => !isPartName(word));
  if (values.help || unknown.length > 0) {
    if (unknown.length > 0) process.stderr.write(`No program of the table: ${unknown.join(', ')}\n\n`);
    process.stderr.write(usage);
    return unknown.length > 0 ? 2 : 0;
  }
  const names = positionals.length > 0 ? positionals.filter(isPartName) : partNames;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  if (values.list) return list(names);
  if (values.prune) return prune();
  return values.pin ? pin(names, stop.signal) : installAll(names, stop.signal);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
