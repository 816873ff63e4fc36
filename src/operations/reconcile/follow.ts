import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { LiveCluster, LiveEvent, LiveSelection, LiveWriter } from '../../live/cluster.ts';
import { LiveError } from '../../live/cluster.ts';
import { type FluxObject, isFluxObject, readFluxObject } from './fluxObject.ts';
import { type Judged, judgeAll, type RunFacts } from './judge.ts';

/** What a run is told. */
export interface Following {
  cluster: LiveCluster;
  writer: LiveWriter;
  /** The kinds that Flux reconciles and the cluster serves. */
  selections: readonly LiveSelection[];
  /** The key of the GitRepository of this configuration. */
  source: string;
  /** Whether a revision of the source is older than what was pushed. */
  isOld: (revision: string) => Promise<boolean>;
  /** Lets releases that were tried often enough be tried again. */
  reset: boolean;
  /** How long the run may take, in milliseconds. */
  timeout: number;
  /** Ends the run early. */
  signal: AbortSignal;
  now: () => Date;
  /** Called when something has changed. */
  onChange: (judged: readonly Judged[], trouble: string | undefined) => void;
}

/** How a run ended. */
export interface Followed {
  ended: 'finished' | 'timeout' | 'interrupted';
  judged: readonly Judged[];
}

/** After this time, in milliseconds, a source that has fetched too little is asked again. */
const pause = 5_000;
/** How long a Git host may need to show what was pushed, in milliseconds. */
const patience = 30_000;

/**
 * Asks every object that the source leads to for a reconciliation, each as soon as what it needs is done, and waits until
 * all are done or no more can be. It reads each kind once and is told of changes from then on.
 *
 * @throws LiveError where the cluster cannot be asked for a reason that does not go away by itself
 */
export async function follow(following: Following): Promise<Followed> {
  const { onChange, timeout } = following;
  const run = await begin(following);
  const deadline = performance.now() + timeout;
  try {
    for (;;) {
      const judged = await run.judge();
      onChange(judged, run.trouble());
      if (following.signal.aborted) return { ended: 'interrupted', judged };
      if (isOver(judged)) {
        const seen = await run.lookAgain();
        if (isOver(seen)) return { ended: 'finished', judged: seen };
        continue;
      }
      const left = deadline - performance.now();
      if (left <= 0) return { ended: 'timeout', judged };
      run.ask(judged);
      await run.changed(Math.min(left, pause));
    }
  } finally {
    run.stop();
  }
}

/** What still waits then waits for what nobody works on. */
function isOver(judged: readonly Judged[]): boolean {
  return judged.every(({ state }) => state !== 'working');
}

type Facts = RunFacts & { asked: Map<string, string>; refused: Map<string, string> };

interface Run {
  judge: () => Promise<readonly Judged[]>;
  ask: (judged: readonly Judged[]) => void;
  changed: (milliseconds: number) => Promise<void>;
  trouble: () => string | undefined;
  /** Reads everything once more: a change may be on its way that nobody has told yet. */
  lookAgain: () => Promise<readonly Judged[]>;
  stop: () => void;
}

async function begin(following: Following): Promise<Run> {
  const { source, isOld } = following;
  const bell = makeBell(following.signal);
  const objects = await readAll(following);
  const old = new Map<string, boolean>();
  const facts: Facts = {
    source,
    before: new Map(objects),
    asked: new Map(),
    refused: new Map(),
    isOld: (revision) => old.get(revision) === true,
  };
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, following.signal]);
  const troubles = new Map<string, string>();
  let fatal: unknown;
  const failed = (error: unknown): void => {
    if (signal.aborted) return;
    fatal ??= error;
    bell.ring();
  };
  const told = ({ type, object }: LiveEvent): void => {
    const read = readFluxObject(object);
    if (type === 'DELETED') objects.delete(read.key);
    else if (isFluxObject(object)) objects.set(read.key, read);
    bell.ring();
  };
  for (const selection of following.selections)
    watchKind(following, selection, signal, troubles, told).catch(failed);
  const asker = makeAsker(following, facts, troubles, bell, signal);
  const judge = async (): Promise<readonly Judged[]> => {
    const revision = objects.get(source)?.revision;
    if (revision !== undefined && !old.has(revision)) old.set(revision, await isOld(revision));
    return [...judgeAll(objects, facts).values()];
  };
  return {
    judge,
    ask: (judged) => asker(judged, failed),
    trouble: () => [...troubles.values()][0],
    changed: async (milliseconds) => {
      await bell.rung(milliseconds);
      if (fatal !== undefined) throw fatal;
    },
    lookAgain: async () => {
      const now = await readAll(following);
      for (const key of objects.keys()) if (!now.has(key)) objects.delete(key);
      for (const [key, object] of now) objects.set(key, object);
      return judge();
    },
    stop: () => stopping.abort(),
  };
}

async function readAll({ cluster, selections }: Following): Promise<Map<string, FluxObject>> {
  const lists = await Promise.all(selections.map((selection) => cluster.list(selection)));
  const objects = lists.flatMap((list): readonly KubernetesObject[] => list ?? []).filter(isFluxObject);
  return new Map(objects.map(readFluxObject).map((object) => [object.key, object]));
}

/** A watch that the client has given up is begun again: the API server may be restarting. */
async function watchKind(
  { cluster }: Following,
  selection: LiveSelection,
  signal: AbortSignal,
  troubles: Map<string, string>,
  told: (event: LiveEvent) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of cluster.watch(selection, signal)) {
        troubles.delete(selection.kind);
        told(event);
      }
      if (signal.aborted) return;
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      troubles.set(selection.kind, error.message);
    }
    await sleep(1_000, signal);
  }
}

function isPassing(error: unknown): error is LiveError {
  return error instanceof LiveError && (error.failure === 'unreachable' || error.failure === 'overloaded');
}

/** Sends the requests: one at a time to an object, and again where the API server does not answer for now. */
function makeAsker(
  { writer, now, reset, source }: Following,
  facts: Facts,
  troubles: Map<string, string>,
  bell: Bell,
  signal: AbortSignal,
): (judged: readonly Judged[], failed: (error: unknown) => void) => void {
  const asking = new Set<string>();
  const since = new Map<string, number>();
  let first: number | undefined;
  const send = async ({ key, reference, stalled }: FluxObject): Promise<void> => {
    const token = now().toISOString();
    const isStalled = reset && stalled?.status === 'True' && reference.kind === 'HelmRelease';
    try {
      await writer.patch(reference, {
        metadata: {
          annotations: {
            'reconcile.fluxcd.io/requestedAt': token,
            ...(isStalled ? { 'reconcile.fluxcd.io/resetAt': token } : {}),
          },
        },
      });
      facts.asked.set(key, token);
      since.set(key, performance.now());
      troubles.delete(key);
    } catch (error) {
      if (isPassing(error)) {
        troubles.set(key, error.message);
        await sleep(1_000, signal);
      } else if (!(error instanceof LiveError) || error.failure === 'unauthorized') throw error;
      // It went away in between: the watch will say so.
      else if (error.status === 404) await sleep(1_000, signal);
      else facts.refused.set(key, `it could not be asked: ${error.message}`);
    } finally {
      asking.delete(key);
      bell.ring();
    }
  };
  const isDue = ({ key, handled, revision, ready }: FluxObject): boolean => {
    const token = facts.asked.get(key);
    if (token === undefined) return true;
    // A host may need some seconds until it gives what was pushed.
    if (key !== source || handled !== token || ready?.status !== 'True' || !facts.isOld(revision ?? ''))
      return false;
    first ??= performance.now();
    if (performance.now() - first > patience) {
      facts.refused.set(key, `it fetches ${revision}, which is older than what was pushed`);
      return false;
    }
    return performance.now() - (since.get(key) ?? 0) > pause;
  };
  return (judged, failed) => {
    for (const { object, state } of judged) {
      if (state !== 'working' || object.leaving || asking.has(object.key) || !isDue(object)) continue;
      asking.add(object.key);
      send(object).catch(failed);
    }
  };
}

interface Bell {
  ring: () => void;
  /** Resolves when it rings, at once where it has rung since it was listened to last, or when the time is over. */
  rung: (milliseconds: number) => Promise<void>;
}

function makeBell(signal: AbortSignal): Bell {
  let isRung = false;
  let wake = (): void => undefined;
  const ring = (): void => {
    isRung = true;
    wake();
  };
  signal.addEventListener('abort', ring, { once: true });
  return {
    ring,
    rung: async (milliseconds) => {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isRung = false;
    },
  };
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
