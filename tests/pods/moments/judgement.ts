import { named } from '../fixtures/claims.ts';
import type { Seen, Watch, WatchedPod } from './watch.ts';

/** When kube-router had isolated each pod, by its uid, in milliseconds since 1970. */
export type Isolated = Map<string, number>;

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
  readonly answers: readonly string[];
  /** It did not pass again. */
  readonly isOpen: boolean;
}

/** What questions of some moments come to. */
export interface Judgement {
  readonly asked: { readonly blocked: number; readonly allowed: number };
  /** What passed although both ends were isolated. */
  readonly wrong: readonly Passed[];
  /** What passed while an end was a pod that was not isolated yet. */
  readonly early: readonly Passed[];
  /** The longest window of each watch that failed. */
  readonly windows: readonly Window[];
}

/**
 * Judges what was seen in some moments.
 *
 * A new pod is isolated once it was refused what only its own policies refuse: an address of the world on which somebody
 * listens. kube-router writes all rules of a pass at once, those for what comes in as well (network_policy_controller.go,
 * fullPolicySync).
 *
 * @param isolated - what is known from the moments before; what is learned is added
 */
export function judge(seen: readonly Seen[], isolated: Isolated): Judgement {
  const guarded = new Set<string>();
  for (const { watch, source, stretches } of seen) {
    if (source === undefined || watch.verdict !== 'blocked' || watch.to.kind !== 'address') continue;
    guarded.add(source.party);
    const first = stretches.find(({ answer }) => answer !== 'open')?.first;
    if (first !== undefined) isolated.set(source.uid, Math.min(first, isolated.get(source.uid) ?? first));
  }
  // No policy of its own stops what may go anywhere.
  const isYoung = ({ uid, party }: WatchedPod, at: number): boolean =>
    guarded.has(party) && at <= (isolated.get(uid) ?? Infinity);
  const count = (verdict: Watch['verdict']): number =>
    seen
      .filter(({ watch }) => watch.verdict === verdict)
      .reduce((sum, { stretches }) => sum + stretches.reduce((all, each) => all + each.count, 0), 0);
  const passed = seen.flatMap((each) => passesOf(each, isYoung));
  return {
    asked: { blocked: count('blocked'), allowed: count('allowed') },
    wrong: passed.filter(({ isEarly }) => !isEarly),
    early: passed.filter(({ isEarly }) => isEarly),
    windows: longest(seen.flatMap(windowsOf)),
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

/** What fails before it ever passed belongs to a start, and not to a gap. A pod is asked for by its Service. */
function windowsOf({ watch, target, hasEnded, stretches }: Seen): Window[] {
  if (watch.verdict !== 'allowed' || target !== undefined) return [];
  const begin = stretches.findIndex(({ answer }) => answer === 'open');
  if (begin < 0) return [];
  const windows: Window[] = [];
  let since: number | undefined;
  let answers: string[] = [];
  for (const { answer, first } of stretches.slice(begin)) {
    if (answer !== 'open') {
      since ??= first;
      answers.push(answer);
    } else if (since !== undefined) {
      windows.push({ watch, length: first - since, answers, isOpen: false });
      since = undefined;
      answers = [];
    }
  }
  const last = stretches.at(-1)?.last ?? 0;
  if (since !== undefined && !hasEnded) windows.push({ watch, length: last - since, answers, isOpen: true });
  return windows;
}

function longest(windows: readonly Window[]): Window[] {
  const byWatch = new Map<string, Window>();
  for (const window of windows) {
    const known = byWatch.get(window.watch.name);
    if (known === undefined || known.length < window.length) byWatch.set(window.watch.name, window);
  }
  return [...byWatch.values()].toSorted((one, other) => other.length - one.length);
}

/** The targets that must not be reached and on which nobody was seen to listen: that they are refused says nothing. */
export function silent(seen: readonly Seen[]): readonly string[] {
  const own = seen.filter(({ source, target }) => source !== undefined && source.uid === target?.uid);
  const names = new Set(own.map(({ watch }) => watch.name));
  for (const { watch, stretches } of own)
    if (stretches.some(({ answer }) => answer === 'open')) names.delete(watch.name);
  return [...names];
}

/** A watch in words. */
export function titleOf({ name, from, to, asked }: Watch): string {
  if ('request' in asked) return name;
  return `${named(from)} → ${named(to)} ${asked.protocol} ${asked.port}`;
}
