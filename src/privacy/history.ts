import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { finished } from 'node:stream/promises';
import { gitOutput } from '../system/git.ts';
import type { AcceptedBefore } from './accepted.ts';
import { type Batch, type BatchFinding, type BatchFindings, type BatchItem, idOf, nameOf } from './batch.ts';
import { batchReader, batchSize } from './batchReader.ts';
import type { Place } from './finding.ts';
import { type HistoryStream, historyStreams, type Reference, referencesOf } from './historyStreams.ts';
import { introducingCommits } from './introducingCommits.ts';
import { type LocatedFinding, type Locator, locator } from './locator.ts';
import { defaultLimit, gitFailed, gitFailedIn, type ScanOptions, type ScanResult } from './options.ts';
import { type ReportBuilder, reportBuilder } from './report.ts';
import { inlinePool, type SearchPool, workerPool } from './workerPool.ts';

export interface HistoryOptions extends ScanOptions {
  /** The bundled worker script; without it the search runs in this thread. */
  worker?: URL;
  /**
   * The number of worker threads. By default as many as there are idle processors beside Git and this thread, at most
   * four: none on a machine with two processors.
   */
  threads?: number;
}

interface Collected {
  findings: BatchFinding[];
  /** Findings in paths, each path once. */
  paths: Map<string, { order: number; found: LocatedFinding[] }>;
  /** The number of objects that the clone does not have. */
  missing: number;
}

/** Git and the thread that reads its output. */
const busyProcessors = 2;
/** Git does not deliver faster than this number of threads can search. */
const maximumThreads = 4;
const idleBuffers = 8;

function poolFor(options: HistoryOptions, key: Uint8Array, locate: Locator): SearchPool {
  const free = Math.max(0, availableParallelism() - busyProcessors);
  const threads = options.threads ?? Math.min(maximumThreads, free);
  if (!options.worker || threads === 0) return inlinePool(locate);
  return workerPool(options.worker, threads, { values: options.values, key });
}

/** Adds the findings of a batch. If several workers searched a path, the first occurrence counts. */
function collect({ texts, paths }: BatchFindings, gathered: Collected): void {
  for (const finding of texts) gathered.findings.push(finding);
  for (const { path, order, found } of paths) {
    const before = gathered.paths.get(path);
    if (!before || order < before.order) gathered.paths.set(path, { order, found });
  }
}

/** Searches batches, and pauses the readers when too many are pending, which bounds memory. */
function searcher(pool: SearchPool, streams: readonly HistoryStream[], gathered: Collected) {
  const buffers: ArrayBuffer[] = [];
  const pending = new Set<Promise<void>>();
  let failure: unknown;
  const search = async (batch: Batch): Promise<void> => {
    try {
      const { findings, buffer } = await pool.scan(batch);
      collect(findings, gathered);
      if (buffer.byteLength === batchSize && buffers.length < idleBuffers) buffers.push(buffer);
    } catch (error) {
      failure ??= error;
      for (const { kill } of streams) kill();
    }
  };
  return {
    idle: () => buffers.pop(),
    send(batch: Batch) {
      const work = search(batch).finally(() => {
        pending.delete(work);
        if (pending.size < pool.capacity) for (const { output: answer } of streams) answer.resume();
      });
      pending.add(work);
      if (pending.size >= pool.capacity) for (const { output: answer } of streams) answer.pause();
    },
    async done() {
      await Promise.all(pending);
      if (failure !== undefined) throw failure;
    },
  };
}

/** Decides for each object whether it is searched, and counts it. */
function objectFilter(options: HistoryOptions, limit: number, report: ReportBuilder, locate: Locator) {
  const except = new Set(options.except);
  let texts = 0;
  return (item: BatchItem, bytes: Buffer): boolean => {
    if (except.size > 0 && except.has(nameOf(bytes, item))) return false;
    const size = item.end - item.content;
    if (size > limit) {
      const place = `${locate.mask(nameOf(bytes, item))} (${idOf(bytes, item).slice(0, 12)})`;
      report.skip(place, `searched up to ${limit} bytes only`);
    }
    report.count(Math.min(size, limit));
    if (++texts % 1000 === 0) options.onProgress?.(texts);
    return true;
  };
}

/** Reads all streams concurrently, each into its own batches. */
async function readStreams(
  options: HistoryOptions,
  streams: readonly HistoryStream[],
  pool: SearchPool,
  report: ReportBuilder,
  locate: Locator,
) {
  const gathered: Collected = { findings: [], paths: new Map(), missing: 0 };
  const { idle, send, done } = searcher(pool, streams, gathered);
  const limit = options.limit ?? defaultLimit;
  const wants = objectFilter(options, limit, report, locate);
  const missing = () => {
    gathered.missing++;
  };
  const stop = () => {
    for (const { kill } of streams) kill();
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  await Promise.all(
    streams.map(async ({ output: answer }) => {
      const reader = batchReader(limit, { wants, missing, send, freeBuffer: idle });
      answer.on('data', reader.take);
      await finished(answer);
      reader.finish();
    }),
  );
  await done();
  options.signal?.removeEventListener('abort', stop);
  options.signal?.throwIfAborted();
  return { gathered, codes: (await Promise.all(streams.map(({ codes }) => codes))).flat() };
}

function placeOf({ origin, part }: BatchFinding, locate: Locator, commit: string | undefined): Place {
  const name = locate.mask(origin.name);
  if (origin.kind === 'blob') {
    return commit === undefined ? { kind: 'file', path: name } : { kind: 'file', path: name, commit };
  }
  if (origin.kind === 'tag') {
    return { kind: 'tag', name, part: part === 'tagger' || part === 'message' ? part : 'name' };
  }
  const isKnown = part === 'message' || part === 'author' || part === 'committer';
  return { kind: 'commit', commit: origin.id, part: isKnown ? part : 'header' };
}

/** Reports findings in texts from old to new, so that each is reported where it was introduced. */
async function addTexts(
  options: HistoryOptions,
  findings: readonly BatchFinding[],
  report: ReportBuilder,
  locate: Locator,
): Promise<void> {
  const blobs = findings.flatMap(({ origin: { kind, id, name } }) =>
    kind === 'blob' ? [[id, name] as const] : [],
  );
  const commits = await introducingCommits(options, new Map(blobs));
  for (const kind of ['blob', 'commit', 'tag'] as const) {
    const ofKind = findings.filter(({ origin }) => origin.kind === kind);
    for (const finding of ofKind.toSorted((a, b) => b.origin.order - a.origin.order)) {
      const { origin, part: _, ...located } = finding;
      report.add(placeOf(finding, locate, commits.get(origin.id)), located);
    }
  }
}

/** Reports findings in names: the first path of each blob, branches and tags. */
function addNames(
  paths: Collected['paths'],
  references: readonly Reference[],
  report: ReportBuilder,
  locate: Locator,
): void {
  const inOrder = [...paths].toSorted(([, a], [, b]) => a.order - b.order);
  for (const [path, { found }] of inOrder) {
    for (const located of found) report.add({ kind: 'path', path: locate.mask(path) }, located);
  }
  for (const { name: reference } of references) {
    const name = reference.replace(/^refs\/(?:heads|tags|remotes)\//, '');
    for (const located of locate.locateName(name)) {
      const masked = locate.mask(name);
      const isTag = reference.startsWith('refs/tags/');
      report.add(
        isTag ? { kind: 'tag', name: masked, part: 'name' } : { kind: 'branch', name: masked },
        located,
      );
    }
  }
}

/**
 * Searches everything that is reachable from a reference: each blob once, commit messages, the names and addresses of
 * authors and committers, tags and their messages, names of branches and paths. It does not search the work tree and the
 * index.
 *
 * Equal findings in versions of one file are reported once, with the commit that introduced the oldest.
 *
 * @throws the reason of an aborted `signal`; an error of a worker
 */
export async function scanHistory(options: HistoryOptions): Promise<ScanResult> {
  const [shallow, { code, references }] = await Promise.all([
    gitOutput(options, ['rev-parse', '--is-shallow-repository']),
    referencesOf(options),
  ]);
  if (shallow.code !== 0)
    return { problems: [await gitFailedIn(options, 'find a repository here', shallow.code)] };
  if (code !== 0) return { problems: [gitFailed('list branches and tags', code)] };
  const streams = historyStreams(options, references);
  const isShallow = shallow.stdout.toString('latin1').trim() === 'true';
  return searchStreams(options, streams, references, { isShallow });
}

/**
 * Searches objects as Git writes them, and the names of references. `before` are the acceptances before the change that
 * is searched.
 */
export async function searchStreams(
  options: HistoryOptions,
  streams: readonly HistoryStream[],
  references: readonly Reference[],
  { isShallow, before }: { isShallow: boolean; before?: AcceptedBefore | undefined },
): Promise<ScanResult> {
  // Git walks the history while this thread compiles the search.
  const key = options.key ?? randomBytes(32);
  const locate = locator(options.values, key);
  const report = reportBuilder(options, true);
  if (isShallow) {
    report.skip('.', 'the clone is shallow: older commits are not in it');
  }
  const pool = poolFor(options, key, locate);
  try {
    const { gathered, codes } = await readStreams(options, streams, pool, report, locate);
    const failed = codes.find((each) => each !== 0);
    if (failed !== undefined) return { problems: [gitFailed('read the history', failed)] };
    if (gathered.missing > 0) report.skip('.', `${gathered.missing} objects are not in this clone`);
    await addTexts(options, gathered.findings, report, locate);
    addNames(gathered.paths, references, report, locate);
    return report.finish('history', before);
  } finally {
    await pool.close();
  }
}
