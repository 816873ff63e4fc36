import { ended, gitOutput, nulSeparated, startGit } from '../system/git.ts';
import { batchFormat, batchReader } from './batchReader.ts';
import { checkMacOf } from './checkMac.ts';
import { locator } from './locator.ts';
import {
  acceptedInHead,
  defaultLimit,
  gitFailed,
  gitFailedIn,
  type ScanOptions,
  type ScanResult,
} from './options.ts';
import { reportBuilder } from './report.ts';

interface StagedEntry {
  blob: string;
  path: string;
}

/** `:100644 100644 <old> <new> M`, NUL, the path: the changes of the next commit. Submodules have no blob. */
function stagedEntries(output: Buffer): StagedEntry[] {
  const entries: StagedEntry[] = [];
  const fields = nulSeparated(output);
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode = '', , blob = ''] = (fields[i] ?? '').split(' ');
    if (mode !== '160000') entries.push({ blob, path: fields[i + 1] ?? '' });
  }
  return entries;
}

async function headOrNothing(options: ScanOptions): Promise<string> {
  const head = await gitOutput(options, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head.code === 0) return head.stdout.toString('latin1').trim();
  // Before the first commit the index is compared with the empty tree.
  return (await gitOutput(options, ['hash-object', '-t', 'tree', '--stdin'])).stdout
    .toString('latin1')
    .trim();
}

/** The contents of blobs up to a limit, in the order of the entries. */
async function blobsOf(options: ScanOptions, entries: readonly StagedEntry[], limit: number) {
  const child = startGit(options, ['cat-file', `--batch=${batchFormat}`]);
  const sizes: number[] = [];
  const contents: Uint8Array[] = [];
  const reader = batchReader(limit, {
    wants({ content, end }) {
      sizes.push(end - content);
      return true;
    },
    missing: () => sizes.push(-1),
    send({ buffer, items }) {
      for (const { content, end } of items) contents.push(new Uint8Array(buffer, content, end - content));
    },
    freeBuffer: () => undefined,
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(entries.map(({ blob }) => `${blob}\n`).join(''));
  child.stderr.resume();
  child.stdout.on('data', reader.take);
  const code = await ended(child);
  reader.finish();
  let next = 0;
  const nothing = new Uint8Array(0);
  const blobs = sizes.map((size) => ({ size, bytes: size < 0 ? nothing : (contents[next++] ?? nothing) }));
  return { code, blobs };
}

/** Blobs are read in groups, so that memory does not hold the whole first commit of a large tree. */
const groupSize = 200;

/**
 * Searches the index: the staged content of every entry that differs from the last commit, not the work tree. Respects
 * the environment of a hook (`GIT_INDEX_FILE`).
 */
export async function scanStaged(options: ScanOptions): Promise<ScanResult> {
  const report = reportBuilder(options, false);
  const against = await headOrNothing(options);
  const index = await gitOutput(options, [
    'diff-index',
    '--cached',
    '--raw',
    '-z',
    '--no-abbrev',
    '--no-renames',
    '--diff-filter=ACMT',
    against,
  ]);
  if (index.code !== 0) return { problems: [await gitFailedIn(options, 'read the index', index.code)] };
  const except = new Set(options.except);
  const entries = stagedEntries(index.stdout).filter(({ path }) => !except.has(path));
  const locate = locator(options.values, options.key);
  const limit = options.limit ?? defaultLimit;
  for (let at = 0; at < entries.length; at += groupSize) {
    options.signal?.throwIfAborted();
    options.onProgress?.(at);
    const group = entries.slice(at, at + groupSize);
    const { code, blobs } = await blobsOf(options, group, limit);
    if (code !== 0) return { problems: [gitFailed('read the staged files', code)] };
    for (const [i, { path }] of group.entries()) {
      const { bytes, size } = blobs[i] ?? { bytes: new Uint8Array(0), size: -1 };
      const masked = locate.mask(path);
      for (const located of locate.locateName(path)) report.add({ kind: 'path', path: masked }, located);
      if (size < 0) report.skip(masked, 'its content is not in this clone');
      if (size > limit) report.skip(masked, `searched up to ${limit} bytes only`);
      report.count(bytes.length);
      const found = locate.locate(bytes, path);
      for (const located of found) report.add({ kind: 'file', path: masked }, located);
      if (size <= limit) await checkMacOf(options.checkMac, { path, masked, bytes, found }, locate, report);
    }
  }
  return report.finish('none', await acceptedInHead(options));
}
