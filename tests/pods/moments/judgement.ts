import { named } from '../fixtures/claims.ts';
import { isOfItself, type Seen, type Watch, type WatchedPod } from './watch.ts';

/** What is known from the moments before. */
export interface Known {
  /** When kube-router had isolated each pod, by its uid, in milliseconds since 1970. */
  readonly isolated: Map<string, number>;
  /** What has passed before, from one pod to another: from then on it must pass. */
  readonly passed: Set<string>;
}

/** How long a new pod may take to be isolated, in milliseconds. What it reaches later on is wrong. */
const isolatedWithin = 20_000;

/**
 * From how many milliseconds on something counts as closed. The programs of a node write their rules anew with each change,
 * and refuse a new connection for some tenths of a second then, on a busy machine; who is refused asks again.
 */
const shortest = 1_000;

/** How often each watch must be asked at least before it is judged. */
const fewest = 5;

/** Something that passed and must not. */
export interface Passed {
  readonly watch: Watch;
  readonly times: number;
  /** The first and the last time, in milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
  /** The age of the youngest pod at an end of it at the last time, in milliseconds; undefined where there is none. */
  readonly age: number | undefined;
}

/** For how long something failed that must pass. */
export interface Window {
  readonly watch: Watch;
  /** In milliseconds, from the first question that failed to the first one that passed again. */
  readonly length: number;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** The ages of the pods at its ends at that time, in milliseconds. */
  readonly ages: readonly number[];
  readonly answers: readonly string[];
  /** It did not pass again, or never passed. */
  readonly isOpen: boolean;
}

/** What questions of some moments come to. */
export interface Judgement {
  readonly asked: { readonly blocked: number; readonly allowed: number };
  /** What passed although both ends were isolated. */
  readonly wrong: readonly Passed[];
  /** What passed while an end was a pod that was not isolated yet. */
  readonly early: readonly Passed[];
  /** The longest window of each watch that failed; one that is open is the longest. */
  readonly windows: readonly Window[];
}

/**
 * Judges what was seen in some moments.
 *
 * A new pod is isolated once it has been refused what only its own policies refuse: an address of the world on which
 * somebody listens. It may not have been when it asked; and where nothing came back, its network may only have been slow.
 * kube-router writes all rules of a pass at once, those for what comes in as well (network_policy_controller.go,
 * fullPolicySync). A pod that takes too long is not new any more.
 *
 * @param known - what is known from the moments before; what is learned is added
 */
export function judge(seen: readonly Seen[], known: Known): Judgement {
  const { isolated } = known;
  const guarded = new Set<string>();
  for (const { watch, source, stretches } of seen) {
    if (source === undefined || watch.verdict !== 'blocked' || watch.to.kind !== 'address') continue;
    guarded.add(source.party);
    const refused = stretches.find(({ answer }) => answer === 'refused')?.answered;
    if (refused !== undefined)
      isolated.set(source.uid, Math.min(refused, isolated.get(source.uid) ?? refused));
  }
  // No policy of its own stops what may go anywhere.
  const isYoung = ({ uid, party, began }: WatchedPod, at: number): boolean =>
    guarded.has(party) && at <= (isolated.get(uid) ?? Infinity) && at - began <= isolatedWithin;
  const count = (verdict: Watch['verdict']): number =>
    seen
      .filter(({ watch }) => watch.verdict === verdict)
      .reduce((sum, { stretches }) => sum + stretches.reduce((all, each) => all + each.count, 0), 0);
  const passed = seen.flatMap((each) => passesOf(each, isYoung));
  return {
    asked: { blocked: count('blocked'), allowed: count('allowed') },
    wrong: passed.filter(({ isEarly }) => !isEarly),
    early: passed.filter(({ isEarly }) => isEarly),
    windows: longest(joined(seen).flatMap((each) => windowsOf(each, known, isYoung))),
  };
}

function passesOf(
  { watch, source, target, stretches }: Seen,
  isYoung: (pod: WatchedPod, at: number) => boolean,
): (Passed & { isEarly: boolean })[] {
  if (watch.verdict !== 'blocked') return [];
  const ends = [source, target].filter((pod): pod is WatchedPod => pod !== undefined);
  return stretches
    .filter(({ answer }) => answer === 'open')
    .map(({ first, last, count }) => {
      const youngest = ends.toSorted((one, other) => other.began - one.began)[0];
      return {
        ...{ watch, times: count, first, last },
        age: youngest && last - youngest.began,
        // What goes through the gates is refused by a program, which is there or is not.
        isEarly: !('request' in watch.asked) && ends.some((pod) => isYoung(pod, last)),
      };
    });
}

/** What several reports say of one path becomes one. */
function joined(seen: readonly Seen[]): readonly Seen[] {
  const byPath = new Map<string, Seen>();
  for (const each of seen) {
    const before = byPath.get(pathOf(each));
    const stretches = [...(before?.stretches ?? []), ...each.stretches];
    byPath.set(pathOf(each), { ...each, hasEnded: each.hasEnded || before?.hasEnded === true, stretches });
  }
  return [...byPath.values()];
}

/** A watch from one network to one address. */
function pathOf({ watch, source, target }: Seen): string {
  return [watch.name, source?.uid, target?.uid].join(' ');
}

/**
 * What fails before it ever passed belongs to a start, and not to a gap, unless it never passes. What passes while an end is
 * not isolated yet passes whatever its policies say: what they allow begins later, perhaps after a peer that is as new was
 * refused. A question that was asked first may be answered last: a datagram that got lost is sent again, and another one is
 * refused meanwhile.
 */
function windowsOf(
  seen: Seen,
  { passed }: Known,
  isYoung: (pod: WatchedPod, at: number) => boolean,
): Window[] {
  const { watch, source, target, hasEnded, stretches } = seen;
  if (watch.verdict !== 'allowed' || isOfItself(watch)) return [];
  const path = pathOf(seen);
  const ends = [source, target].filter((pod): pod is WatchedPod => pod !== undefined);
  const windows: Window[] = [];
  const add = (since: number, until: number, answers: readonly string[], isOpen: boolean): void => {
    const ages = ends.map(({ began }) => Math.round(since - began));
    windows.push({ watch, length: until - since, since, ages, answers, isOpen });
  };
  let passedAt = passed.has(path) ? -Infinity : Infinity;
  let failed: { since: number; last: number; answers: string[] } | undefined;
  for (const { answer, first, last, answered } of stretches) {
    if (answer !== 'open') {
      failed = { since: failed?.since ?? first, last, answers: [...(failed?.answers ?? []), answer] };
      continue;
    }
    if (failed !== undefined && failed.last > passedAt)
      add(Math.max(failed.since, passedAt), first, failed.answers, false);
    if (!ends.some((pod) => isYoung(pod, last))) passedAt = Math.min(passedAt, answered);
    failed = undefined;
  }
  if (passedAt < Infinity) passed.add(path);
  if (failed !== undefined && !hasEnded) add(failed.since, failed.last, failed.answers, true);
  return windows;
}

function longest(windows: readonly Window[]): Window[] {
  const byWatch = new Map<string, Window>();
  for (const window of windows) {
    const known = byWatch.get(window.watch.name);
    if (known === undefined || lengthOf(known) < lengthOf(window)) byWatch.set(window.watch.name, window);
  }
  return [...byWatch.values()].toSorted((one, other) => other.length - one.length);
}

/** The windows that somebody notices: those that lasted, and those that did not end. */
export function lasting(windows: readonly Window[]): readonly Window[] {
  return windows.filter((window) => lengthOf(window) >= shortest);
}

function lengthOf({ length, isOpen }: Window): number {
  return isOpen ? Infinity : length;
}

/**
 * The watches that say nothing when they are refused: those of targets on which nobody was seen to listen, and requests that
 * no gate was seen to answer.
 */
export function silent(watches: readonly Watch[], seen: readonly Seen[]): readonly string[] {
  const answered = new Set(
    seen
      .filter(({ stretches }) =>
        stretches.some(({ answer }) => answer === 'open' || answer.startsWith('status ')),
      )
      .map(({ watch }) => watch.name),
  );
  return watches
    .filter((watch) => isOfItself(watch) || 'request' in watch.asked)
    .filter(({ name }) => !answered.has(name))
    .map(({ name }) => name);
}

/** The watches that were asked too rarely to say anything. A workload that ends may have done so before. */
export function hardlyAsked(watches: readonly Watch[], seen: readonly Seen[]): readonly string[] {
  const times = new Map<string, number>();
  for (const { watch, stretches } of seen)
    times.set(
      watch.name,
      stretches.reduce((sum, { count }) => sum + count, times.get(watch.name) ?? 0),
    );
  return watches
    .filter(({ from }) => from.kind !== 'party' || !from.party.ends)
    .filter(({ name, everyNth = 1 }) => (times.get(name) ?? 0) < (everyNth === 1 ? fewest : 1))
    .map((watch) => `${titleOf(watch)}: ${times.get(watch.name) ?? 0} times`);
}

/** A watch in words. */
export function titleOf({ name, from, to, asked }: Pick<Watch, 'name' | 'from' | 'to' | 'asked'>): string {
  if ('request' in asked) return name;
  return `${named(from)} → ${named(to)} ${asked.protocol} ${asked.port}`;
}
