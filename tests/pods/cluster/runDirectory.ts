import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { processStart } from '../../../tools/real-parts/machine.ts';
import { groupPrefix, groupsOfRuns, hierarchies, removeGroups } from './controlGroups.ts';

const processRecord = z.object({ name: z.string(), pid: z.number(), start: z.string() });
const records = z.object({ processes: z.array(processRecord), groups: z.array(z.string()) });

/** A process that a run has started. Its start tells it from a later process with the same id. */
export type StartedProcess = z.infer<typeof processRecord>;

/** The directory of a run and what must be ended with it. */
export interface RunDirectory {
  /** Absolute; its name says which process made it. */
  readonly path: string;
  /** The last part of the path, which the control groups of the run have as their name as well. */
  readonly name: string;
  /** Records groups before they are made. */
  readonly noteGroups: (groups: readonly string[]) => void;
  /** Starts a program in a session of its own, with its output in `logs/NAME.log`, and records it. */
  readonly start: (
    name: string,
    command: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) => StartedProcess;
  /** Records a process that something else has started, under a name that others may share. */
  readonly note: (name: string, pid: number) => StartedProcess;
  /** Ends all processes of a name. */
  readonly end: (name: string) => Promise<void>;
  readonly log: (name: string) => string;
}

/** The name of the run of a process, as `/proc` says when it started; one process may have several at the same time. */
export function runOf(pid: number, start: string, number = 1): string {
  return `${groupPrefix}${pid}-${start}-${number}`;
}

/** Makes the directory of a run of this process, with the first number that is free. Only its user may enter. */
export function makeRunDirectory(): RunDirectory {
  const path = makeFree((number) =>
    resolve(tmpdir(), runOf(process.pid, processStart(process.pid) ?? '0', number)),
  );
  mkdirSync(join(path, 'logs'), { mode: 0o700 });
  write(path, { processes: [], groups: [] });
  return openRunDirectory(path);
}

function makeFree(named: (number: number) => string): string {
  for (let number = 1; ; number++) {
    try {
      mkdirSync(named(number), { mode: 0o700 });
      return named(number);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** The directory of a run, also of one that another process has begun. */
export function openRunDirectory(path: string): RunDirectory {
  const note = (name: string, pid: number): StartedProcess => {
    const started = { name, pid, start: processStart(pid) ?? 'ended' };
    const { processes, groups } = recordsOf(path);
    write(path, { processes: [...processes, started], groups });
    return started;
  };
  return {
    path,
    name: basename(path),
    note,
    noteGroups: (more) => {
      const { processes, groups } = recordsOf(path);
      write(path, { processes, groups: [...new Set([...groups, ...more])] });
    },
    start: (name, command, environment) => {
      const { pid } = startLogged(join(path, 'logs', `${name}.log`), command, environment);
      if (pid === undefined) throw new Error(`${name} cannot be started: ${command[0]} is not installed`);
      return note(name, pid);
    },
    end: async (name) => {
      const own = recordsOf(path).processes.filter((one) => one.name === name);
      for (const one of own.toReversed()) if (isRunning(one)) kill(one.pid);
      while (own.some(isRunning)) await wait(5);
    },
    log: (program) => readFileSync(join(path, 'logs', `${program}.log`), 'utf8'),
  };
}

type Records = z.infer<typeof records>;

/** In one step: a guardian may read it at any time. */
function write(path: string, content: Records): void {
  const file = join(path, 'records.json');
  writeFileSync(`${file}.new`, JSON.stringify(content));
  renameSync(`${file}.new`, file);
}

function startLogged(
  file: string,
  [program = '', ...parameters]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const output = openSync(file, 'a');
  const child = spawn(program, parameters, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...environment },
  });
  // Whoever waits for the program sees that it is not there.
  child.on('error', () => undefined).unref();
  closeSync(output);
  return child;
}

/** Whether a recorded process still runs. */
export function isRunning({ pid, start }: StartedProcess): boolean {
  return processStart(pid) === start;
}

/** The children of a process. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/**
 * Ends everything that a run has started and removes its groups and its directory; does nothing where nothing is left. The
 * youngest process ends first. It ends with whatever it holds: the first process of a namespace takes all others along.
 *
 * @returns what could not be removed
 */
export async function endRun(path: string): Promise<string[]> {
  const { processes, groups } = recordsOf(path);
  for (const one of processes.toReversed()) if (isRunning(one)) kill(one.pid);
  const left = await removeGroups(groups);
  const deadline = performance.now() + 2_000;
  while (processes.some(isRunning) && performance.now() < deadline) await wait(5);
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
  return [...left, ...processes.filter(isRunning).map(({ pid }) => `process ${pid}`)];
}

function recordsOf(path: string): Records {
  try {
    return records.parse(JSON.parse(readFileSync(join(path, 'records.json'), 'utf8')));
  } catch {
    return { processes: [], groups: [] };
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

/**
 * Ends what killed runs have left: found by their directories, and by their control groups where the directory is gone.
 *
 * @returns the names of those runs
 */
export async function endStaleRuns(): Promise<string[]> {
  const directories = readdirSync(tmpdir()).filter(isStale);
  for (const directory of directories) await endRun(join(tmpdir(), directory));
  const read = (file: string): string => readFileSync(`/proc/self/${file}`, 'utf8');
  const groups = groupsOfRuns(hierarchies(read('cgroup'), read('mountinfo'))).filter((group) =>
    isStale(group.slice(group.lastIndexOf('/') + 1)),
  );
  await removeGroups(groups);
  return [...new Set([...directories, ...groups.map((group) => group.slice(group.lastIndexOf('/') + 1))])];
}

function isStale(name: string): boolean {
  if (!name.startsWith(groupPrefix)) return false;
  const [pid = '', start] = name.slice(groupPrefix.length).split('-');
  return processStart(Number(pid)) !== start;
}
