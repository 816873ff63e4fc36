import type { Condition, FluxObject } from './fluxObject.ts';
import { awaited, type FluxObjects, ledTo, needs, parentOf } from './order.ts';

/** How far an object is. */
export type State =
  /** Something must be done before it is asked. */
  | 'waiting'
  /** Everything before it is done: it is to be asked, or was asked and is at work. */
  | 'working'
  | 'done'
  | 'failed'
  /** It is not reconciled, because somebody said so. */
  | 'suspended'
  /** What must be done before it has failed or is suspended. */
  | 'blocked';

/** An object of a run, and why it is as it is. */
export interface Judged {
  object: FluxObject;
  state: State;
  /** What it waits for or why it failed; empty where nothing is to be said. */
  reason: string;
}

/** What a run knows beside the objects. */
export interface RunFacts {
  /** The key of the GitRepository of this configuration. */
  source: string;
  /** The objects as they were before the run. */
  before: FluxObjects;
  /** The request that was sent to an object, by its key. */
  asked: ReadonlyMap<string, string>;
  /** Why an object could not be asked, by its key. */
  refused: ReadonlyMap<string, string>;
  /** Whether a revision of the source is older than what was pushed. */
  isOld: (revision: string) => boolean;
}

/** Judges every object that the source leads to. */
export function judgeAll(objects: FluxObjects, run: RunFacts): Map<string, Judged> {
  const keys = [...ledTo(objects, run.source)];
  const judged = new Map<string, Judged>();
  const open = new Set<string>();
  const judge = (key: string): Judged | undefined => {
    const object = objects.get(key);
    const known = judged.get(key);
    // A circle: nobody in it waits for the other.
    if (object === undefined || known !== undefined || open.has(key)) return known;
    open.add(key);
    const result = judgeOne(object, objects, run, judge);
    open.delete(key);
    judged.set(key, result);
    return result;
  };
  for (const key of keys) judge(key);
  return judged;
}

type Judge = (key: string) => Judged | undefined;

function judgeOne(object: FluxObject, objects: FluxObjects, run: RunFacts, judge: Judge): Judged {
  const as = (state: State, reason = ''): Judged => ({ object, state, reason });
  const refused = run.refused.get(object.key);
  if (object.leaving) return as('working', 'it is being removed');
  if (object.suspended) return as('suspended');
  if (refused !== undefined) return as('failed', refused);
  const asked = run.asked.get(object.key);
  const before = obstacle(object, objects, run, judge);
  // Who was asked does not wait any more, unless it says so itself.
  const counts = asked === undefined || (before?.final && object.ready?.reason === 'DependencyNotReady');
  if (before !== undefined && counts) return as(before.final ? 'blocked' : 'waiting', before.reason);
  if (isDone(object, objects, run)) {
    const missing = awaited(object, objects);
    if (missing.length > 0) return as('working', `${missing.join(', ')} is not there yet`);
    if (object.key === run.source && run.isOld(object.revision ?? ''))
      return as('working', `it has fetched ${object.revision}, which is older than what was pushed`);
    return as('done');
  }
  const failure = asked !== undefined && object.handled === asked ? failureOf(object) : undefined;
  return failure === undefined
    ? as('working', progressOf(object, wantedBy(object, objects)))
    : as('failed', conditionText(failure));
}

interface Obstacle {
  /** Whether it does not go away during the run. */
  final: boolean;
  reason: string;
}

/** What must be done before an object is asked and is not. */
function obstacle(
  object: FluxObject,
  objects: FluxObjects,
  run: RunFacts,
  judge: Judge,
): Obstacle | undefined {
  for (const key of needs(object)) {
    const need = judge(key);
    if (need === undefined) {
      if (objects.has(key) || !object.dependsOn.includes(key)) continue;
      return { final: false, reason: `${key} does not exist` };
    }
    if (need.state === 'done' || (need.state === 'suspended' && isAsWanted(need.object, objects, run)))
      continue;
    if (need.state === 'suspended') return { final: true, reason: `${key} is suspended` };
    const isFinal = need.state === 'failed' || need.state === 'blocked';
    return { final: isFinal, reason: isFinal ? `${key} is not ready` : `waits for ${key}` };
  }
  // Sources come first, though a Kustomization applies them: it reads one of them itself.
  if (object.role === 'source') return undefined;
  const parent = parentOf(object, objects);
  const applying = parent && judge(parent.key)?.state;
  if (parent === undefined || applying === undefined || applying === 'done' || applying === 'suspended')
    return;
  if (hasApplied(parent, objects)) return;
  return applying === 'failed' || applying === 'blocked'
    ? { final: true, reason: `${parent.key} has not applied it` }
    : { final: false, reason: `waits for ${parent.key} to apply it` };
}

/** Whether what is suspended is already as it would be after the run. */
function isAsWanted(object: FluxObject, objects: FluxObjects, run: RunFacts): boolean {
  if (object.ready?.status !== 'True' || !object.current || object.revision === undefined) return false;
  if (object.role === 'kustomization') return object.revision === wantedBy(object, objects);
  return object.key !== run.source || !run.isOld(object.revision);
}

/** The revision that a Kustomization should have applied. */
function wantedBy({ role, from }: FluxObject, objects: FluxObjects): string | undefined {
  return role === 'kustomization' && from !== undefined ? objects.get(from)?.revision : undefined;
}

/**
 * Whether a Kustomization has applied what its source has fetched, and may look now at what became of it: what it has
 * applied must not wait for it then, since it waits for that.
 */
function hasApplied(object: FluxObject, objects: FluxObjects): boolean {
  const { revision, attempted, ready, healthy } = object;
  const wanted = wantedBy(object, objects);
  if (wanted === undefined || attempted !== wanted) return false;
  if (revision === wanted && ready?.status === 'True') return true;
  if (ready?.reason === 'HealthCheckFailed') return true;
  return healthy?.reason === 'Progressing' && healthy.message.includes(wanted);
}

function isDone(object: FluxObject, objects: FluxObjects, run: RunFacts): boolean {
  if (object.ready?.status !== 'True' || !object.current) return false;
  const wanted = wantedBy(object, objects);
  if (wanted !== undefined && object.revision !== wanted) return false;
  const chart = object.from === undefined ? undefined : objects.get(object.from);
  if (chart?.role === 'chart' && chart.revision !== undefined && object.attempted !== chart.revision)
    return false;
  const asked = run.asked.get(object.key);
  if (asked !== undefined) return object.handled === asked;
  // It was made, or has applied the revision, since the run began: nobody has to ask it.
  const before = run.before.get(object.key);
  return before === undefined || (wanted !== undefined && before.revision !== wanted);
}

/** Reasons that end by themselves. */
const passing = new Set([
  'Progressing',
  'ProgressingWithRetry',
  'DependencyNotReady',
  'HealthCheckCanceled',
  'SourceNotReady',
]);
/** After these Flux tries a release again, unless it says that it has tried often enough. */
const retried = new Set([
  'InstallFailed',
  'UpgradeFailed',
  'TestFailed',
  'RollbackSucceeded',
  'RollbackFailed',
  'UninstallSucceeded',
  'UninstallFailed',
]);

function failureOf({ role, ready, stalled, reconciling, current }: FluxObject): Condition | undefined {
  if (stalled?.status === 'True' && current) return withReason(stalled, ready);
  if (ready?.status !== 'False' || passing.has(ready.reason)) return undefined;
  if (role === 'release' && retried.has(ready.reason) && reconciling?.status === 'True') return undefined;
  return ready;
}

/** `RetriesExceeded` alone does not say what failed. */
function withReason(stalled: Condition, ready: Condition | undefined): Condition {
  if (ready === undefined || ready.status === 'True' || ready.message === stalled.message) return stalled;
  return { ...stalled, message: `${stalled.message}; ${ready.reason}: ${ready.message}` };
}

function progressOf({ ready, reconciling, healthy }: FluxObject, wanted: string | undefined): string {
  if (ready?.status === 'False') return conditionText(ready);
  if (healthy?.reason === 'Progressing' && healthy.status === 'Unknown')
    // kustomize-controller does not look at a new revision before it has seen what became of the one before.
    return wanted !== undefined && !healthy.message.includes(wanted)
      ? 'waits for what an older revision has applied'
      : 'waits for what it has applied';
  return reconciling?.message ?? ready?.message ?? 'has no status yet';
}

function conditionText({ reason, message }: Condition): string {
  return message === '' ? reason : `${reason}: ${message}`;
}
