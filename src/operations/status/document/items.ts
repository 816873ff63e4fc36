import type { Plan } from '../../../compile/plan.ts';
import type { Component } from '../../../components/contract/component.ts';
import type { Listing } from '../../../components/contract/listing.ts';
import type { ComponentState, ComponentStatus } from '../components.ts';
import type { StatusItem } from '../item.ts';

/** What is left of a component: an item of the document. */
export interface RemainingItem extends Listing {
  component: Component;
  state: ComponentState;
  status: ItemStatus;
  level: Level;
  /** What only the user can supply. */
  entries: readonly StatusItem[];
  /** Promises that the last `verify` did not find kept, each with what to do. */
  open: readonly { promise: string; remedy: string; broken: boolean }[];
  /** What `verify` asks of it. */
  promises: readonly { promise: string; replaces?: string | undefined }[];
  /** Commands that show whether it runs. */
  looks: readonly string[];
  minutes: number;
}

/** What kind of work is left, in the order of urgency, as the headings and the summary name it. */
export type ItemStatus =
  | 'PROMISE BROKEN'
  | 'CONFIG INCOMPLETE'
  | 'DEPLOYMENT PENDING'
  | 'DEPLOYMENT VERIFICATION PENDING'
  | 'STATE UNKNOWN'
  | 'OPTIONAL';

export type Level = 'high' | 'medium' | 'low';

const statusOf: Readonly<Record<ComponentState, ItemStatus>> = {
  broken: 'PROMISE BROKEN',
  'configuration missing': 'CONFIG INCOMPLETE',
  'not written': 'DEPLOYMENT PENDING',
  'written, not pushed': 'DEPLOYMENT PENDING',
  'pushed, not applied': 'DEPLOYMENT PENDING',
  'pushed, not verified': 'DEPLOYMENT VERIFICATION PENDING',
  'applied, not verified': 'DEPLOYMENT VERIFICATION PENDING',
  'verified before': 'DEPLOYMENT VERIFICATION PENDING',
  'not known': 'STATE UNKNOWN',
  // Of these only what may stay as it is can be left.
  verified: 'OPTIONAL',
  'nothing to apply': 'OPTIONAL',
  'not enabled': 'OPTIONAL',
};

/** How long each step takes that is still to do, beside what the entries say. */
const stepMinutes: Readonly<Record<ComponentState, number>> = {
  broken: 30,
  'configuration missing': 20,
  'not written': 20,
  'written, not pushed': 20,
  'pushed, not applied': 15,
  'pushed, not verified': 5,
  'applied, not verified': 5,
  'verified before': 5,
  'not known': 5,
  verified: 0,
  'nothing to apply': 0,
  'not enabled': 0,
};

const areas: readonly Listing['area'][] = ['recovery', 'operations', 'access', 'app'];
const levels: readonly Level[] = ['high', 'medium', 'low'];

/** What is left, broken promises first, then by priority with disaster recovery at the top. */
export function remainingItems(
  catalogue: readonly Component[],
  components: readonly ComponentStatus[],
  left: readonly StatusItem[],
  plan: Pick<Plan, 'objects' | 'checks'> | undefined,
): RemainingItem[] {
  const items = components.flatMap((status) => {
    const component = catalogue.find(({ name }) => name === status.name);
    const entries = left.filter((item) => item.component === status.name);
    // Without a plan nothing is known of a component but that its values are there.
    const isDone =
      ['verified', 'nothing to apply', 'not enabled'].includes(status.state) ||
      (status.state === 'not known' && plan === undefined);
    if (component === undefined || (isDone && entries.length === 0)) return [];
    return [itemOf(component, status, entries, plan)];
  });
  const rank = ({ status, level, area }: RemainingItem): number =>
    (status === 'PROMISE BROKEN' ? 0 : 100) + levels.indexOf(level) * 10 + areas.indexOf(area);
  return items.sort((one, other) => rank(one) - rank(other));
}

function itemOf(
  component: Component,
  { state, promises = [] }: ComponentStatus,
  entries: readonly StatusItem[],
  plan: Pick<Plan, 'objects' | 'checks'> | undefined,
): RemainingItem {
  const { name } = component;
  const listing: Listing = component.listing ?? { title: name, area: 'app', guide: 'docs/quickstart.md' };
  const status = statusOf[state];
  const open = promises.filter(({ verdict }) => verdict !== 'kept');
  const declared = (plan?.checks ?? []).filter((check) => check.component === name);
  return {
    ...listing,
    component,
    state,
    status,
    level: levelOf(listing.area, status, entries),
    entries,
    open: open.map(({ promise, remedy, verdict }) => ({ promise, remedy, broken: verdict === 'broken' })),
    promises: askedOf([...declared, ...promises]),
    looks: looksAt(name, plan),
    minutes: stepMinutes[state] + entries.reduce((sum, { minutes }) => sum + minutes, 0),
  };
}

/** Each promise once: `verify` answers what the component declares. */
function askedOf(
  all: readonly { promise: string; replaces?: string | undefined }[],
): RemainingItem['promises'] {
  return [...new Map(all.map((each) => [each.promise, each])).values()].map(({ promise, replaces }) => ({
    promise,
    replaces,
  }));
}

/** Whether it can wait. What would be lost with the cluster cannot, nor what nothing works without. */
function levelOf(area: Listing['area'], status: ItemStatus, entries: readonly StatusItem[]): Level {
  if (status === 'OPTIONAL' && entries.every(({ priority }) => priority === 'low')) return 'low';
  if (status === 'PROMISE BROKEN' || area === 'recovery' || area === 'operations') return 'high';
  return entries.some(({ priority }) => priority === 'high') ? 'high' : 'medium';
}

/** What a look at each kind needs. Others say nothing of whether something runs. */
const resources: Readonly<Record<string, string>> = {
  Deployment: 'deployment',
  StatefulSet: 'statefulset',
  DaemonSet: 'daemonset',
  HelmRelease: 'helmrelease',
};

function looksAt(name: string, plan: Pick<Plan, 'objects'> | undefined): string[] {
  return (plan?.objects ?? []).flatMap(({ component, object: { kind, metadata } }) => {
    const resource = resources[kind];
    if (component !== name || resource === undefined) return [];
    return [`kubectl -n ${metadata.namespace ?? 'default'} get ${resource} ${metadata.name}`];
  });
}
