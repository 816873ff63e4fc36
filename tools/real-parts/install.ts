import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Built } from './built.ts';
import { partKey, pinsDirectory, type Receipt, readReceipt, receiptName } from './cache.ts';
import { unpackDebian } from './debian.ts';
import { unpackDebianRoot } from './debianRoot.ts';
import { buildGo } from './go.ts';
import { type Obstacle, obstacleOf } from './lookup.ts';
import { type Machine, processStart } from './machine.ts';
import { unpackMaven } from './maven.ts';
import { unpackNpm } from './npm.ts';
import type { Part, PartSource } from './part.ts';
import { unpackWheel } from './pypi.ts';
import { ProgramFailure, type Run, runProgram } from './run.ts';

/** The outcome of one installation. */
export type Outcome =
  | { readonly is: 'present'; readonly version: string; readonly seconds: number }
  | { readonly is: 'installed'; readonly version: string; readonly seconds: number }
  | {
      readonly is: 'failed';
      readonly reason: FailureReason;
      readonly message: string;
      readonly remedy: string;
    };

/** Why a program is not available. */
export type FailureReason = Obstacle['reason'] | 'no-network' | 'build-failed' | 'stopped';

/** The context of an installation. */
export interface Installation extends Run {
  readonly cache: string;
  readonly machine: Machine;
  /** The number of packages that a Go build compiles at the same time. */
  readonly jobs: number;
}

/**
 * Installs one program into the cache unless it is complete there. It is built in its own directory, tried out,
 * and moved into place atomically, so that the cache has a complete program or nothing. Never throws for
 * a failed build: the outcome reports it.
 */
export async function install(name: string, part: Part, installation: Installation): Promise<Outcome> {
  const obstacle = obstacleOf(name, part, installation.machine);
  if (obstacle !== undefined) return { is: 'failed', ...obstacle };
  const key = partKey(name, part, installation.machine);
  const place = join(installation.cache, key);
  const started = performance.now();
  try {
    await mkdir(installation.cache, { recursive: true });
    await othersAreDone(installation, key);
    const receipt = readReceipt(place);
    if (typeof receipt !== 'string')
      return { is: 'present', version: receipt.version, seconds: receipt.seconds };
    if (receipt === 'half-built') {
      installation.progress('removing a half-built program');
      await rm(place, { recursive: true, force: true });
    }
    const version = await buildInto(place, key, name, part, installation);
    return { is: 'installed', version, seconds: secondsSince(started) };
  } catch (error) {
    return failure(error, installation.signal);
  }
}

async function buildInto(
  place: string,
  key: string,
  name: string,
  part: Part,
  installation: Installation,
): Promise<string> {
  const started = performance.now();
  const directory = join(installation.cache, `${key}${mark}${process.pid}-${processStart(process.pid) ?? 0}`);
  await mkdir(directory);
  try {
    const built = await build(part.source, directory, installation);
    await tryOut(part, built.probed ?? [join(directory, built.program)], directory, installation);
    for (const leftover of built.leftovers)
      await rm(join(directory, leftover), { recursive: true, force: true });
    const receipt: Receipt = {
      name,
      version: built.version,
      seconds: secondsSince(started),
      program: built.program,
      files: built.files,
      contents: await contentsOf(directory),
    };
    await writeFile(join(directory, receiptName), `${JSON.stringify(receipt, null, 2)}\n`);
    await rename(directory, place);
    return built.version;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function build(source: PartSource, directory: string, installation: Installation): Promise<Built> {
  if (source.from === 'debian') return unpackDebian(source, directory, installation);
  if (source.from === 'debian-root') return unpackDebianRoot(source, directory, installation);
  if (source.from === 'pypi') return unpackWheel(source, directory, installation);
  if (source.from === 'npm') return unpackNpm(source, directory, installation);
  if (source.from === 'maven') return unpackMaven(source, directory, installation);
  return buildGo(source, directory, join(pinsDirectory, source.pins), installation.jobs, installation);
}

/** Separates a key from the process that builds it, in the name of an unfinished directory. */
const mark = '.building-';

/** Waits for other processes that build the same program, and removes leftovers of dead ones. */
async function othersAreDone(installation: Installation, key: string): Promise<void> {
  for (;;) {
    const directories = (await readdir(installation.cache)).filter((entry) =>
      entry.startsWith(`${key}${mark}`),
    );
    let busy: string | undefined;
    for (const directory of directories) {
      const [pid = '', start = ''] = directory.slice(key.length + mark.length).split(/-(.*)/s);
      if (processStart(Number(pid)) === start) busy = pid;
      else await rm(join(installation.cache, directory), { recursive: true, force: true });
    }
    if (busy === undefined) return;
    installation.progress(`waiting for process ${busy}, which builds it`);
    await wait(1000, undefined, { signal: installation.signal });
  }
}

async function tryOut(part: Part, command: readonly string[], directory: string, run: Run): Promise<void> {
  const [program = '', ...parameters] = command;
  const printed = await runProgram(program, [...parameters, ...part.probe], { ...run, directory });
  if (printed.includes(part.prints)) return;
  throw new ProgramFailure(
    `${part.probe.join(' ')} does not print ${part.prints} but: ${printed.slice(0, 200)}`,
  );
}

/** Every file below the directory, with its size and hash. Links are not followed. */
async function contentsOf(directory: string): Promise<Receipt['contents']> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const contents: Receipt['contents'] = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    contents[path.slice(directory.length + 1)] = {
      bytes: (await stat(path)).size,
      sha256: hash.digest('hex'),
    };
  }
  return contents;
}

const unreachable =
  /no such host|dial tcp|i\/o timeout|could not resolve|temporary failure resolving|failed to fetch|connection refused|network is unreachable/i;

function failure(error: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted) {
    return { is: 'failed', reason: 'stopped', message: 'it was stopped', remedy: 'run the command again' };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (!unreachable.test(message)) {
    return { is: 'failed', reason: 'build-failed', message, remedy: 'read what the build printed, above' };
  }
  const remedy = 'connect the machine to its package registries and run the command again';
  return { is: 'failed', reason: 'no-network', message, remedy };
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}
