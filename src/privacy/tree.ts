import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gitOutput, nulSeparated } from '../system/git.ts';
import { checkMacOf } from './checkMac.ts';
import { type Locator, locator } from './locator.ts';
import type { PrivateMatcher } from './matcher.ts';
import { defaultLimit, gitFailed, type ScanOptions, type ScanResult } from './options.ts';
import { type ReportBuilder, reportBuilder } from './report.ts';
import { searchedBytes } from './textScanner.ts';

/** The number of files after which the event loop runs, for progress and abortion. */
const filesPerTurn = 256;

/** Every file below a directory that is not in a repository. */
function walk(directory: string, report: ReportBuilder | undefined): string[] {
  const paths: string[] = [];
  const enter = (below: string) => {
    let entries: ReturnType<typeof listed>;
    try {
      entries = listed(join(directory, below));
    } catch {
      report?.skip(below, 'the directory cannot be read');
      return;
    }
    for (const entry of entries) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (!entry.isDirectory()) paths.push(path);
      else if (entry.name !== '.git') enter(path);
    }
  };
  enter('');
  return paths.sort();
}

const listed = (directory: string) => readdirSync(directory, { withFileTypes: true });

/** The files that Git tracks or would add, without ignored ones. Undefined when Git fails in a repository. */
async function listFiles(
  options: Omit<ScanOptions, 'values'>,
  report: ReportBuilder | undefined,
): Promise<string[] | undefined> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout, code } = await gitOutput(options, list);
  if (code === 0) return [...new Set(nulSeparated(stdout))];
  return existsSync(join(options.directory, '.git')) ? undefined : walk(options.directory, report);
}

type ReadResult = { bytes: Uint8Array; whole: boolean } | { skip: string } | undefined;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';

function readRegular(file: string, limit: number): ReadResult {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.allocUnsafe(Math.min(size, limit));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(descriptor, bytes, filled, bytes.length - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return { bytes: bytes.subarray(0, filled), whole: size <= limit };
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a file, or the target of a link, as Git stores it; undefined for a file that does not exist. */
function readFile(file: string, limit: number): ReadResult {
  try {
    const stat = lstatSync(file);
    if (stat.isSymbolicLink()) return { bytes: Buffer.from(readlinkSync(file)), whole: true };
    if (stat.isDirectory()) return { skip: 'a repository of its own (submodule)' };
    if (!stat.isFile()) return { skip: 'not a file with content' };
    return readRegular(file, limit);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    return { skip: `cannot be read (${codeOf(error)})` };
  }
}

async function scanFile(
  path: string,
  options: ScanOptions,
  locate: Locator,
  report: ReportBuilder,
): Promise<void> {
  const read = readFile(join(options.directory, path), options.limit ?? defaultLimit);
  if (!read) return;
  const inName = locate.locateName(path);
  const masked = inName.length > 0 ? locate.mask(path) : path;
  for (const located of inName) report.add({ kind: 'path', path: masked }, located);
  if ('skip' in read) {
    report.skip(masked, read.skip);
    return;
  }
  if (!read.whole) report.skip(masked, `searched up to ${read.bytes.length} bytes only`);
  report.count(read.bytes.length);
  const found = locate.locate(read.bytes, path);
  for (const located of found) report.add({ kind: 'file', path: masked }, located);
  if (read.whole)
    await checkMacOf(options.checkMac, { path, masked, bytes: read.bytes, found }, locate, report);
}

/**
 * Searches the work tree: the files that Git tracks or would add, and the targets of links. Outside Git it searches every
 * file below the directory. It reads one file at a time.
 */
export async function scanTree(options: ScanOptions): Promise<ScanResult> {
  const report = reportBuilder(options, false);
  const listing = listFiles(options, report);
  const locate = locator(options.values, options.key);
  const except = new Set(options.except);
  let count = 0;
  const paths = await listing;
  if (!paths) return { problems: [gitFailed('list the files', 1)] };
  for (const path of paths) {
    if (except.has(path)) continue;
    await scanFile(path, options, locate, report);
    if (++count % filesPerTurn !== 0) continue;
    options.onProgress?.(count);
    await setImmediate();
    options.signal?.throwIfAborted();
  }
  return report.finish('tree');
}

/**
 * Searches the work tree for private values only, with a matcher that is compiled already, until the first.
 *
 * @returns whether a file or its name has one, or undefined when Git cannot list the files
 */
export async function treeHasValue(
  options: Omit<ScanOptions, 'values'>,
  matcher: PrivateMatcher,
): Promise<boolean | undefined> {
  const paths = await listFiles(options, undefined);
  if (paths === undefined) return undefined;
  const except = new Set(options.except);
  return paths.some((path) => {
    if (except.has(path)) return false;
    const read = readFile(join(options.directory, path), options.limit ?? defaultLimit);
    if (read === undefined || 'skip' in read) return matcher.search(path).length > 0;
    return matcher.search(path).length + matcher.search(searchedBytes(read.bytes)).length > 0;
  });
}
