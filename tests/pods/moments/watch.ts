import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { inject } from 'vitest';
import type { Cluster } from '../cluster/cluster.ts';
import { networkOfPlace, type Place, places } from '../cluster/world.ts';
import type { NetworkNamespace } from '../fixtures/ask.ts';
import { type End, named, type Party, undeclaredPort } from '../fixtures/claims.ts';
import type { Listening, WebRequest } from '../fixtures/questions.ts';
import { bundledProgram } from '../standIns/programs.ts';
import { type BegunPod, begunPods, clusterAddresses, knownPods, lastingPods } from './begunPods.ts';
import type { Order, Sight, Stretch, Watched } from './watched.ts';

/** Something that is asked as long as somebody is there who can ask it. */
export interface Watch {
  /** No other watch has it. */
  readonly name: string;
  readonly from: End;
  /** Who is asked. The address of a party is that of each of its pods; where the party asks itself, each pod asks itself. */
  readonly to: End;
  readonly asked:
    | { readonly protocol: 'TCP' | 'UDP'; readonly port: number }
    | { readonly request: Omit<WebRequest, 'address'>; readonly passes: readonly number[] };
  /** What is claimed of it, in both of two states. */
  readonly verdict: 'allowed' | 'blocked';
  /** It is asked in each nth interval alone. */
  readonly everyNth?: number;
}

/** A pod that took part. */
export interface WatchedPod {
  readonly uid: string;
  readonly name: string;
  readonly party: string;
  /** When its network was there, in milliseconds since 1970. */
  readonly began: number;
}

/** What came of a watch from one network to one address. */
export interface Seen {
  readonly watch: Watch;
  /** The pod that asked; undefined where a place of the world did. */
  readonly source: WatchedPod | undefined;
  /** The pod that was asked by its own address. */
  readonly target: WatchedPod | undefined;
  /** The pod that asked, or was asked, is gone or about to go: the last answers are those of its end. */
  readonly hasEnded: boolean;
  readonly stretches: readonly Stretch[];
}

/** Somebody who asks all the time. It ends with its scope. */
export interface Watching extends AsyncDisposable {
  /** What is asked from now on. */
  readonly ask: (watches: readonly Watch[]) => void;
  /** What is asked now. */
  readonly asked: () => readonly Watch[];
  /** What was seen since the last report. It fails where a watcher has. */
  readonly report: () => Promise<readonly Seen[]>;
}

interface Watcher {
  readonly pod: WatchedPod | undefined;
  readonly place: Place | undefined;
  /** Resolves when the program runs. */
  readonly address: Promise<string>;
  readonly tell: (order: Order) => void;
  readonly report: () => Promise<Sight>;
  readonly end: () => Promise<void>;
}

/**
 * How long to wait for a connection, in milliseconds. The kernel asks again after a second for one that was lost
 * (RFC 6298, section 2): that is no gap.
 */
const patienceOf = { allowed: 3_000, blocked: 1_000 };

/** How long the API server may take to answer, in milliseconds. */
const patience = 3_000;

/** How often it is looked for new pods, in milliseconds. */
const look = 50;

/**
 * Asks from each place of the world, and from each pod of a party from the moment on at which its network is there, until
 * the pod is gone. In each pod somebody listens on {@link undeclaredPort}, so that a refusal there says something.
 *
 * @param listening - the ports on which somebody listens at a place, beside the programs that serve there
 */
export async function startWatching(
  cluster: Cluster,
  parties: readonly Party[],
  listening: Partial<Record<Place, readonly Listening[]>>,
): Promise<Watching> {
  const file = join(inject('realScratch'), 'watcher.mjs');
  writeFileSync(file, await bundledProgram(join(import.meta.dirname, 'watcher.ts')));
  const watchers = new Map<string, Watcher>();
  const addresses = new Map<string, string>();
  const ended: Seen[] = [];
  const failures: unknown[] = [];
  const leaving = new Set<Promise<void>>();
  let watches: readonly Watch[] = [];
  let services: ReadonlyMap<string, string> = new Map();
  let isOver = false;
  for (const place of Object.keys(places) as Place[]) {
    const watcher = startWatcher(file, networkOfPlace(cluster.facts.world, place), { place });
    watchers.set(place, watcher);
    watcher.tell({ do: 'listen', on: listening[place] ?? [] });
  }

  /** Everything that a watcher can ask now, with what each question is about. */
  const questionsOf = (watcher: Watcher): ReadonlyMap<string, { about: Asked; watched: Watched }> =>
    new Map(
      watches
        .filter(({ from }) => isFrom(watcher, from))
        .flatMap((watch) =>
          targetsOf(watch.to)
            .filter(({ pod }) => !isOfItself(watch) || pod?.uid === watcher.pod?.uid)
            .map(({ address, pod }) => {
              // An answer to what was asked before the watches changed may come later.
              const id = `${watch.name} ${pod?.uid ?? ''}`;
              return [id, { about: { watch, target: pod }, watched: watchedOf(id, watch, address) }] as const;
            }),
        ),
    );
  const targetsOf = (to: End): { address: string; pod?: WatchedPod }[] => {
    if (to.kind === 'address') return [{ address: to.address }];
    if (to.kind === 'service') {
      const address = services.get(named(to));
      return address === undefined ? [] : [{ address }];
    }
    return [...watchers.values()].flatMap(({ pod }) => {
      const address = addresses.get(pod?.uid ?? '');
      return pod?.party === to.party.name && address !== undefined ? [{ address, pod }] : [];
    });
  };
  const abouts = new Map<Watcher, Map<string, Asked>>();
  const tellAll = (): void => {
    for (const watcher of watchers.values()) {
      const questions = questionsOf(watcher);
      const known = abouts.get(watcher) ?? new Map<string, Asked>();
      abouts.set(watcher, known);
      for (const [id, { about }] of questions) known.set(id, about);
      watcher.tell({ do: 'ask', all: [...questions.values()].map(({ watched }) => watched) });
    }
  };
  const reportOf = async (watcher: Watcher, hasEnded: (pod: WatchedPod) => boolean): Promise<Seen[]> => {
    const known = abouts.get(watcher);
    return Object.entries(await watcher.report()).map(([id, stretches]) => {
      const about = known?.get(id);
      if (about === undefined) throw new Error(`nobody was told to ask ${id}`);
      const source = watcher.pod;
      const ends = [source, about.target].filter((pod) => pod !== undefined);
      return { ...about, source, hasEnded: ends.some(hasEnded), stretches };
    });
  };
  const beginning = new Set<string>();
  const begin = async ({ uid, network, began }: BegunPod, party: Party, name: string): Promise<void> => {
    // An earlier look that waited for the API server may have begun with it.
    if (watchers.has(uid) || beginning.has(uid)) return;
    beginning.add(uid);
    const watcher = startWatcher(file, network, { pod: { uid, name, began, party: party.name } });
    watcher.tell({ do: 'listen', on: [{ protocol: 'TCP', port: undeclaredPort }] });
    try {
      addresses.set(uid, await watcher.address);
    } catch (error) {
      await watcher.end();
      // A Job may be done before anybody can ask from its pod: its network goes before the API server says so.
      if (party.ends || (await isGone(uid))) return;
      throw error;
    } finally {
      beginning.delete(uid);
    }
    if (isOver) return await watcher.end();
    // It is asked from now on, and has a report.
    watchers.set(uid, watcher);
    tellAll();
  };
  /** A pod that ends loses its address before its network goes. */
  const isGone = async (uid: string): Promise<boolean> => {
    for (let turn = 0; turn < 100; turn += 1) {
      if (!begunPods(cluster).some((pod) => pod.uid === uid)) return true;
      await wait(look);
    }
    return !(await lastingPods(cluster)).has(uid);
  };
  /** What fails here is told by the next report: what is behind it was not watched. */
  const orFail = (promise: Promise<void>): Promise<void> =>
    promise.catch((error: unknown) => void failures.push(error));
  const lose = async (uid: string): Promise<void> => {
    const watcher = watchers.get(uid);
    if (watcher === undefined) return;
    watchers.delete(uid);
    tellAll();
    ended.push(...(await reportOf(watcher, () => true)));
    await watcher.end();
  };
  const leave = async (uid: string): Promise<void> => {
    const left = orFail(lose(uid));
    leaving.add(left);
    await left;
    leaving.delete(left);
  };

  const strangers = new Set<string>();
  const follow = async (): Promise<void> => {
    const now = begunPods(cluster);
    const fresh = now.filter(({ uid }) => !watchers.has(uid) && !strangers.has(uid));
    if (fresh.length > 0) {
      const known = await knownPods(cluster, parties);
      await Promise.all(
        fresh.map(async (pod) => {
          const found = known.get(pod.uid);
          if (found?.party !== undefined) await orFail(begin(pod, found.party, found.name));
          else if (found !== undefined) strangers.add(pod.uid);
        }),
      );
    }
    // Others may have begun meanwhile.
    const there = new Set(begunPods(cluster).map(({ uid }) => uid));
    await Promise.all(
      [...watchers.keys()].filter((uid) => !there.has(uid) && !(uid in places)).map((uid) => leave(uid)),
    );
    const found = await clusterAddresses(cluster, watches, services);
    if (found.size === 0) return;
    services = new Map([...services, ...found]);
    tellAll();
  };
  const following = (async () => {
    while (!isOver) {
      // The API server may be about to start again: who is watched already goes on.
      await Promise.race([follow().catch(() => undefined), wait(patience)]);
      await wait(look);
    }
  })();

  return {
    ask: (next) => {
      watches = next;
      services = new Map();
      tellAll();
    },
    asked: () => watches,
    report: async () => {
      await Promise.all(leaving);
      const lasting = await lastingPods(cluster);
      const seen = await Promise.all(
        [...watchers.values()].map((watcher) => reportOf(watcher, ({ uid }) => !lasting.has(uid))),
      );
      const told = failures.splice(0);
      if (told.length > 0)
        throw new AggregateError(told, `not everything was watched: ${told.map(String).join('; ')}`);
      return [...ended.splice(0), ...seen.flat()];
    },
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      await following;
      await Promise.all([...watchers.values()].map(({ end }) => end()));
    },
  };
}

type Asked = Pick<Seen, 'watch' | 'target'>;

/** Whether each pod of a party asks itself alone. */
export function isOfItself({ from, to }: Watch): boolean {
  return from.kind === 'party' && named(from) === named(to);
}

function isFrom({ pod, place }: Watcher, from: End): boolean {
  if (from.kind === 'party') return pod?.party === from.party.name;
  return place !== undefined && places[place] === named(from);
}

function watchedOf(id: string, { asked, verdict, everyNth = 1 }: Watch, address: string): Watched {
  if ('request' in asked)
    return { id, everyNth, kind: 'request', request: { ...asked.request, address }, passes: asked.passes };
  return {
    id,
    everyNth,
    kind: 'connection',
    question: { ...asked, host: address, patience: patienceOf[verdict] },
  };
}

function startWatcher(
  file: string,
  network: NetworkNamespace,
  who: { pod?: WatchedPod; place?: Place },
): Watcher {
  const child = spawn('nsenter', [`--net=${network}`, process.execPath, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close').catch(() => ['error']);
  child.stdin.on('error', () => undefined);
  const lines = linesOf(child);
  const address = lines().then((line) => {
    if (line === undefined) throw new Error(`nobody could watch from ${who.pod?.name ?? who.place}`);
    const all: string[] = JSON.parse(line);
    const own = all.find((each) => each.startsWith('10.42.'));
    if (who.pod !== undefined && own === undefined)
      throw new Error(`${who.pod.name} has no address but ${all.join(', ')}`);
    return own ?? '';
  });
  let last: Promise<unknown> = address;
  return {
    ...{ pod: who.pod, place: who.place, address },
    tell: (order) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    report: () => {
      child.stdin.write(`${JSON.stringify({ do: 'report' })}\n`);
      const line = last.then(lines).then((text): Sight => {
        if (text === undefined) throw new Error(`the watcher at ${network} has ended`);
        return JSON.parse(text);
      });
      last = line;
      return line;
    },
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Each call gives the next line, or nothing where the program has ended. */
function linesOf(child: ChildProcess): () => Promise<string | undefined> {
  if (child.stdout === null) throw new Error('the watcher has no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const line = await lines.next();
    return line.done === true ? undefined : line.value;
  };
}
