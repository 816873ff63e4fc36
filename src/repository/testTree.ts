import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { ProblemCode } from '../problems/codes.ts';
import type { Outcome } from '../problems/outcome.ts';
import type { Accept } from './change.ts';
import { type CompareOptions, compareWithTree, type Difference } from './compare.ts';
import { intercepted } from './faultInjection.ts';
import type { FileSystem } from './fileSystem.ts';
import type { PlannedFile } from './plan.ts';
import { type Written, writeChanges } from './write.ts';

/** Files by path; a name that ends in `/` is an empty directory. */
export type Files = Readonly<Record<string, string>>;

/** A file system without sync, for tests that are not about power loss. */
export const quickDisk: FileSystem = intercepted(() => undefined);

/** Runs an action in a temporary directory with these files. */
export async function withTree<T>(files: Files, action: (directory: string) => Promise<T>): Promise<T> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'gatehouse ü-')));
  try {
    putFiles(directory, files);
    return await action(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function putFiles(directory: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const place = join(directory, path);
    mkdirSync(path.endsWith('/') ? place : dirname(place), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(place, content);
  }
}

/** The content of a directory: texts of files, targets of links, and empty directories. */
export function snapshot(directory: string): Files {
  const files: Record<string, string> = {};
  const walk = (prefix: string) => {
    const names = readdirSync(join(directory, prefix)).sort();
    if (names.length === 0 && prefix !== '') files[prefix] = '';
    for (const name of names) {
      const path = prefix + name;
      const status = lstatSync(join(directory, path));
      if (status.isDirectory()) walk(`${path}/`);
      else if (status.isSymbolicLink()) files[path] = `-> ${readlinkSync(join(directory, path))}`;
      else files[path] = readFileSync(join(directory, path), 'utf8');
    }
  };
  walk('');
  return files;
}

/** The snapshot without the state of Gatehouse. */
export function visible(directory: string): Files {
  return Object.fromEntries(
    Object.entries(snapshot(directory)).filter(([path]) => !path.startsWith('.gatehouse/')),
  );
}

export function expectValue<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems, null, 2));
  return outcome.value;
}

export function codesOf(outcome: Outcome<unknown>): ProblemCode[] {
  return outcome.ok ? [] : outcome.problems.map(({ code }) => code);
}

export async function difference(
  directory: string,
  plan: readonly PlannedFile[],
  options: CompareOptions = {},
): Promise<Difference> {
  return expectValue(await compareWithTree(directory, plan, { disk: quickDisk, ...options }));
}

/** Compares and writes. */
export async function compareAndWrite(
  directory: string,
  plan: readonly PlannedFile[],
  options: CompareOptions & { accept?: Accept } = {},
): Promise<Outcome<Written>> {
  const { accept, ...compareOptions } = options;
  const compared = await compareWithTree(directory, plan, { disk: quickDisk, ...compareOptions });
  if (!compared.ok) return compared;
  const disk = options.disk ?? quickDisk;
  return writeChanges(directory, compared.value, accept === undefined ? { disk } : { accept, disk });
}

/** Rewrites the locks of this process as those of an ended process, since the test process does not end. */
export function endOwnLocks(directory: string): void {
  const locks = join(directory, '.gatehouse/lock');
  let names: string[] = [];
  try {
    names = readdirSync(locks);
  } catch {
    return;
  }
  for (const name of names) {
    const [pid, start, ...rest] = name.split('_');
    const ended = start === '-' ? ['2147483647', start] : [pid, '1'];
    renameSync(join(locks, name), join(locks, [...ended, ...rest].join('_')));
  }
}

/** Expects the tree to be one of the given ones, complete and without leftovers of a run. */
export function expectOneOf(directory: string, ...wanted: readonly Files[]): void {
  const found = snapshot(directory);
  const fitting = wanted.find((files) => JSON.stringify(files) === JSON.stringify(found));
  expect(fitting ?? found).toEqual(fitting === undefined ? wanted[0] : found);
  expect(fitting).toBeDefined();
}

export function setMode(directory: string, path: string, mode: number): void {
  chmodSync(join(directory, path), mode);
}
