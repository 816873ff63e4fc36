import type { Plan } from '../../compile/plan.ts';
import type { Component } from '../../components/contract/component.ts';
import type { CheckResult } from '../../live/check.ts';
import type { Deployment, Missing } from './deployment.ts';
import type { StatusItem } from './item.ts';
import { oldBecause, type Verified } from './verified.ts';

/**
 * How far a component has come, as the first step that it has not taken. `verified` is only what a run of `verify` saw,
 * of the commit that is checked out, and in the last week; an older one is `verified before`.
 */
export type ComponentState =
  | 'broken'
  | 'not enabled'
  /** `cluster.yaml` does not compile, so that nothing tells what belongs to the component. */
  | 'not known'
  | 'configuration missing'
  | 'not written'
  | 'written, not pushed'
  | 'pushed, not applied'
  /** Nothing on this computer tells what Flux applied. */
  | 'pushed, not verified'
  | 'applied, not verified'
  | 'verified before'
  | 'verified'
  /** It is configuration that others use. */
  | 'nothing to apply';

/** What is still to be done with a component: something by the user, or only a look at the cluster. */
export function workOn({ state }: Pick<ComponentStatus, 'state'>): 'something' | 'verification' | undefined {
  switch (state) {
    case 'broken':
    case 'configuration missing':
    case 'not written':
    case 'written, not pushed':
    case 'pushed, not applied':
      return 'something';
    case 'not known':
    case 'pushed, not verified':
    case 'applied, not verified':
    case 'verified before':
      return 'verification';
    case 'verified':
    case 'nothing to apply':
    case 'not enabled':
      return undefined;
  }
}

/** A component with what decides its state. */
export interface ComponentStatus {
  name: string;
  state: ComponentState;
  /** What decides it, as a clause. */
  because?: string;
  /** The command that brings it further. */
  command?: string;
  /** The fields that wait for a value. */
  fields?: readonly string[];
  /** How long that takes, as its entries say. */
  minutes?: number;
  /** When it was verified last, and at which commit. */
  verified?: { at: string; commit: string; old?: string };
  /** What the last run of `verify` found about it. */
  promises?: readonly CheckResult[];
}

/** What the state of components depends on. */
export interface Known {
  plan: Pick<Plan, 'objects' | 'checks' | 'filesOf'>;
  deployment: Deployment;
  verified: Verified | undefined;
  now: Date;
}

/** The state of every component of the catalogue, those that are broken first. */
export function componentStates(
  catalogue: readonly Component[],
  left: readonly StatusItem[],
  known: Known,
): ComponentStatus[] {
  const states = catalogue.map(({ name, section }): ComponentStatus => {
    const items = left.filter(({ component }) => component === name);
    const files = known.plan.filesOf.get(name);
    // A component without a section is there for others, and does nothing where none needs it.
    const isOn = files !== undefined && (section !== undefined || files.length > 0 || items.length > 0);
    return isOn ? stateOf(name, items, known) : { name, state: 'not enabled' };
  });
  return brokenFirst(states);
}

/**
 * The states where the configuration has no plan, because values are missing.
 *
 * @param sections those of `cluster.yaml`
 */
export function statesWithoutPlan(
  catalogue: readonly Component[],
  left: readonly StatusItem[],
  sections: ReadonlySet<string>,
): ComponentStatus[] {
  return catalogue.map(({ name, section }) => {
    const items = left.filter(({ component }) => component === name);
    if (items.length > 0) return configurationMissing(name, items);
    if (section !== undefined && !sections.has(section)) return { name, state: 'not enabled' };
    return { name, state: 'not known', because: 'the configuration does not compile yet' };
  });
}

function brokenFirst(states: readonly ComponentStatus[]): ComponentStatus[] {
  const isBroken = ({ state }: ComponentStatus) => state === 'broken';
  return [...states.filter(isBroken), ...states.filter((each) => !isBroken(each))];
}

function stateOf(name: string, items: readonly StatusItem[], known: Known): ComponentStatus {
  const promises = known.verified?.results.filter(({ component }) => component === name) ?? [];
  const seen = seenOf(promises, known);
  const found = promises.length === 0 ? {} : { promises };
  const broken = promises.filter(({ verdict }) => verdict === 'broken');
  if (broken.length > 0) {
    const because = broken.map(({ promise }) => promise).join('; ');
    return { name, state: 'broken', because, ...seen, ...found };
  }
  const isKept =
    promises.length > 0 &&
    promises.every(({ verdict }) => verdict === 'kept') &&
    unanswered(name, promises, known) === 0;
  const isFresh = isKept && seen.verified?.old === undefined;
  // Pods that are ready have the Secrets that a user made by hand.
  const waiting = items.filter(
    ({ priority, place }) => priority !== 'low' && !(place === 'cluster' && isFresh),
  );
  if (waiting.length > 0) return { ...configurationMissing(name, waiting), ...seen, ...found };
  const behind = notThere(name, known);
  if (behind !== undefined) return { ...behind, ...seen, ...found };
  if (isKept) return { name, state: isFresh ? 'verified' : 'verified before', ...seen, ...found };
  if (promises.length === 0 && known.plan.filesOf.get(name)?.length === 0)
    return { name, state: 'nothing to apply', because: 'other components use what it says' };
  const applied = 'has' in known.deployment.notApplied && hasObjects(name, known);
  return {
    name,
    state: applied ? 'applied, not verified' : 'pushed, not verified',
    because: whyNotVerified(name, promises, known),
    command: 'gatehouse verify',
    ...seen,
    ...found,
  };
}

function seenOf(
  promises: readonly CheckResult[],
  { verified, now }: Known,
): Pick<ComponentStatus, 'verified'> {
  if (verified === undefined || promises.length === 0) return {};
  const old = oldBecause(verified, promises, now);
  const { at, commit } = verified;
  return { verified: old === undefined ? { at, commit } : { at, commit, old } };
}

function configurationMissing(name: string, items: readonly StatusItem[]): ComponentStatus {
  const [first] = items;
  return {
    name,
    state: 'configuration missing',
    because: [...new Set(items.map(({ field }) => field))].join(', '),
    ...(items.length === 1 && first?.command !== undefined ? { command: first.command } : {}),
    fields: [...new Set(items.map(({ field }) => field))],
    minutes: items.reduce((sum, { minutes }) => sum + minutes, 0),
  };
}

/** The first place to which some file of the component has not got. */
function notThere(name: string, known: Known): ComponentStatus | undefined {
  const { notWritten, notPushed, notApplied } = known.deployment;
  const files = known.plan.filesOf.get(name) ?? [];
  if (files.length === 0) return undefined;
  const step = (
    state: ComponentState,
    missing: Missing,
    command: string,
    what: string,
  ): ComponentStatus | undefined => {
    if ('unknown' in missing) return undefined;
    const count = files.filter(missing.has).length;
    if (count === 0) return undefined;
    const because = missing.note ?? `${count} ${count === 1 ? 'file is' : 'files are'} not ${what}`;
    return { name, state, because, command };
  };
  if ('unknown' in notWritten) return { name, state: 'not known', because: notWritten.unknown };
  const written = step('not written', notWritten, 'gatehouse configure', 'as cluster.yaml says');
  if (written !== undefined) return written;
  if ('unknown' in notPushed) return { name, state: 'not known', because: notPushed.unknown };
  const pushed = step('written, not pushed', notPushed, 'git push', 'pushed');
  if (pushed !== undefined) return pushed;
  // Flux applies none of the files that are for other programs.
  if (!hasObjects(name, known)) return undefined;
  return step('pushed, not applied', notApplied, 'gatehouse reconcile', 'applied');
}

function hasObjects(name: string, { plan }: Known): boolean {
  return plan.objects.some(({ component }) => component === name);
}

/** How many promises of the component the last run of `verify` did not ask. */
function unanswered(name: string, promises: readonly CheckResult[], { plan }: Known): number {
  const answered = new Set(promises.map(({ id }) => id));
  return plan.checks.filter(({ component, id }) => component === name && !answered.has(id)).length;
}

function whyNotVerified(name: string, promises: readonly CheckResult[], known: Known): string {
  if (known.verified === undefined) return 'no verify has run on this computer';
  const open = promises.filter(({ verdict }) => verdict !== 'kept');
  const count = open.length + unanswered(name, promises, known);
  if (count === 0) return 'the last verify asked nothing of it';
  const [first] = open;
  const reason = first === undefined ? '' : `: ${first.evidence[0] ?? first.promise}`;
  return `${count} of its ${count === 1 ? 'promises was' : 'promises were'} not checked${reason}`;
}
