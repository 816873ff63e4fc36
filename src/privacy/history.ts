import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type Batch, type Batcher, type BatchFinding, batcher } from './batch.ts';
import type { Place } from './finding.ts';
import { ended, gitOutput, startGit } from './git.ts';
import { askForHistory } from './historyQuestions.ts';
import { type Locator, locator } from './locator.ts';
import { batchFormat, type ObjectHeader, readObjects } from './objectStream.ts';
import { defaultLimit, gitFailed, type ScanOptions, type ScanResult } from './options.ts';
import { commitsThatBrought } from './origin.ts';
import { ownThread, type Pool, workerPool } from './pool.ts';
import { type ReportBuilder, reportBuilder } from './report.ts';

export interface HistoryOptions extends ScanOptions {
  /** The built worker script; without it the search runs in this thread. */
  worker?: URL;
  /**
   * How many worker threads search. By default none on a machine with two processors, where Git and this thread keep
   * both busy already, and otherwise as many as are left, at most four.
   */
  threads?: number;
}

/** An object of the history. */
interface Origin {
  kind: 'blob' | 'commit' | 'tag';
  id: string;
  path: string;
}

interface Gathered {
  findings: BatchFinding[];
  /** Every object that was read, by its number. */
  objects: Origin[];
  paths: Set<string>;
  /** How many objects the clone does not have. */
  missing: number;
}

/** Git's processes and the thread that reads them. */
const busyWithoutUs = 2;
/** Git delivers no faster than this many can search. */
const mostThreads = 4;

function poolFor(options: HistoryOptions, key: Uint8Array, locate: Locator): Pool {
  const free = Math.max(0, availableParallelism() - busyWithoutUs);
  const threads = options.threads ?? Math.min(mostThreads, free);
  if (!options.worker || threads === 0) return ownThread(locate);
  return workerPool(options.worker, threads, { values: options.values, key });
}

const isWanted = ({ type, rest }: ObjectHeader): boolean =>
  (type === 'blob' && rest !== '') || (type === 'commit' && rest === '') || (type === 'tag' && rest !== '');

/** Reads the answer of `git cat-file` into batches, and counts what is read. */
function sinkOf(
  options: HistoryOptions,
  batches: Batcher,
  gathered: Gathered,
  report: ReportBuilder,
  locate: Locator,
) {
  const limit = options.limit ?? defaultLimit;
  const except = new Set(options.except);
  const { objects, paths } = gathered;
  return {
    begin(header: ObjectHeader): Uint8Array | undefined {
      const { id, type, size, rest: path } = header;
      if (!isWanted(header) || except.has(path)) return undefined;
      if (size > limit) {
        report.skip(`${locate.mask(path)} (${id.slice(0, 12)})`, `searched up to ${limit} bytes only`);
      }
      if (type === 'blob') paths.add(path);
      const length = Math.min(size, limit);
      const kind = type === 'blob' ? 'blob' : type === 'tag' ? 'tag' : 'commit';
      objects.push({ kind, id, path });
      report.counted(length);
      if (objects.length % 1000 === 0) options.onProgress?.(objects.length);
      return batches.begin({ id: objects.length - 1, kind, path, length });
    },
    end: () => undefined,
    missing() {
      gathered.missing++;
    },
  };
}

/** One `git cat-file` reads everything; the reader waits when the searchers are behind, which bounds the memory. */
async function gather(options: HistoryOptions, pool: Pool, report: ReportBuilder, locate: Locator) {
  const child = startGit(options, ['cat-file', '--buffer', `--batch=${batchFormat}`]);
  const end = ended(child);
  child.stderr.resume();
  const gathered: Gathered = { findings: [], objects: [], paths: new Set(), missing: 0 };
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  const search = async (batch: Batch): Promise<void> => {
    try {
      const { findings, buffer } = await pool.scan(batch);
      for (const finding of findings) gathered.findings.push(finding);
      batches.reuse(buffer);
    } catch (error) {
      failure ??= error;
      child.kill();
    }
  };
  const batches = batcher((batch) => {
    const work = search(batch).finally(() => {
      underWay.delete(work);
      if (underWay.size < pool.room) child.stdout.resume();
    });
    underWay.add(work);
    if (underWay.size >= pool.room) child.stdout.pause();
  });
  const stop = () => child.kill();
  options.signal?.addEventListener('abort', stop, { once: true });
  const questions = askForHistory(options, child.stdin);
  await readObjects(child.stdout, sinkOf(options, batches, gathered, report, locate));
  batches.flush();
  await Promise.all(underWay);
  options.signal?.removeEventListener('abort', stop);
  options.signal?.throwIfAborted();
  if (failure !== undefined) throw failure;
  return { gathered, codes: [await end, ...(await questions)] };
}

function placeOf(
  origin: Origin,
  part: BatchFinding['part'],
  locate: Locator,
  commit: string | undefined,
): Place {
  const path = locate.mask(origin.path);
  if (origin.kind === 'blob') return { kind: 'file', path, ...(commit === undefined ? {} : { commit }) };
  if (origin.kind === 'tag') {
    return { kind: 'tag', name: path, part: part === 'tagger' || part === 'message' ? part : 'name' };
  }
  const isKnown = part === 'message' || part === 'author' || part === 'committer';
  return { kind: 'commit', commit: origin.id, part: isKnown ? part : 'header' };
}

/** Names of branches and tags, and of every path that a blob had first. */
async function addNames(
  options: HistoryOptions,
  paths: ReadonlySet<string>,
  report: ReportBuilder,
  locate: Locator,
) {
  for (const path of paths) {
    for (const located of locate.locateName(path))
      report.add({ kind: 'path', path: locate.mask(path) }, located);
  }
  const refs = await gitOutput(options, ['for-each-ref', '--format=%(refname)']);
  for (const ref of refs.stdout.toString('utf8').split('\n')) {
    const name = ref.replace(/^refs\/(?:heads|tags|remotes)\//, '');
    for (const located of locate.locateName(name)) {
      const masked = locate.mask(name);
      const isTag = ref.startsWith('refs/tags/');
      report.add(
        isTag ? { kind: 'tag', name: masked, part: 'name' } : { kind: 'branch', name: masked },
        located,
      );
    }
  }
  return refs.code;
}

/**
 * Searches everything that is reachable from any branch, tag or other reference: each blob once, commit messages,
 * the names and addresses of authors and committers, tags and their messages, names of branches and paths. The work
 * tree and the index are not part of it.
 *
 * Equal findings in the versions of one file are told once, with the commit that brought the oldest of them.
 *
 * @throws what `signal` was ended with; a worker that broke
 */
export async function scanHistory(options: HistoryOptions): Promise<ScanResult> {
  const key = options.key ?? randomBytes(32);
  const locate = locator(options.values, key);
  const report = reportBuilder(options, true);
  const shallow = await gitOutput(options, ['rev-parse', '--is-shallow-repository']);
  if (shallow.code !== 0) return { problems: [gitFailed('find a repository here', shallow.code)] };
  if (shallow.stdout.toString('latin1').trim() === 'true') {
    report.skip('.', 'the clone is shallow: older commits are not in it');
  }
  const pool = poolFor(options, key, locate);
  try {
    const { gathered, codes } = await gather(options, pool, report, locate);
    const failed = codes.find((code) => code !== 0);
    if (failed !== undefined) return { problems: [gitFailed('read the history', failed)] };
    if (gathered.missing > 0) report.skip('.', `${gathered.missing} objects are not in this clone`);
    const found = new Set(gathered.findings.map(({ id }) => gathered.objects[id]));
    const blobs = [...found].flatMap((object) => (object?.kind === 'blob' ? [object.id] : []));
    const commits = await commitsThatBrought(options, blobs);
    // From old to new, so that the place that is told is where it came in.
    for (const { id, part, ...located } of gathered.findings.toSorted((a, b) => b.id - a.id)) {
      const origin = gathered.objects[id];
      if (origin) report.add(placeOf(origin, part, locate, commits.get(origin.id)), located);
    }
    const code = await addNames(options, gathered.paths, report, locate);
    if (code !== 0) return { problems: [gitFailed('list branches and tags', code)] };
    return report.finish('history');
  } finally {
    await pool.close();
  }
}
