import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import type { AddressSet } from '../model/addresses.ts';
import type { Evidence, FlowVerdict, Reach } from '../model/analysis.ts';
import { nameLabel, unknownLabels } from '../model/selector.ts';
import { and, type Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import { type NetworkContext, selectsNamespace, selectsPod } from './peers.ts';
import type { Direction, PodSelector, Policy, Rule } from './policy.ts';

export { nameLabel };

/** Something that may change what is allowed and is not modelled: another kind of policy, a chart. */
export interface UnmodelledPolicy {
  ref: ObjectRef;
  /** The pods that it can touch. */
  subject: PodSelector;
  why: string;
}

/** A policy that may select a workload. */
export interface Selected {
  policy: Policy;
  truth: Truth;
}

/** What one end of a connection says, and why. */
export interface Decision {
  reach: Reach;
  because: readonly Evidence[];
  /** The place of one that comes again in the memory's list; nothing for one that was made for this question only. */
  number?: number;
}

/** A rule as it speaks about some workloads. */
export interface CompiledRule {
  rule: Rule;
  /** Whether its policy selects them. */
  truth: Truth;
  because: Evidence;
  /** What it comes to where it applies for certain. */
  decision: Decision;
  /** Whom it means, by index: the place of a truth, and 0 for what is not known yet. */
  matched: Uint8Array;
}

/** The rules that speak about workloads in one direction, and what holds where none of them does. */
export interface CompiledRules {
  /** What holds whoever the other side is. */
  fixed: Decision | undefined;
  denials: readonly CompiledRule[];
  rules: readonly CompiledRule[];
  otherwise: Decision;
  /** What was decided by protocol and port: of each workload on the other side, by index, the number of a decision, counted from 1. */
  decided: Map<number, Uint16Array>;
}

/** What was found out, so that it is not found out twice: filled as it is asked for. */
export interface Memory {
  /** What is said about each workload, by index. */
  compiled: Record<Direction, (CompiledRules | undefined)[]>;
  /** The same by what says it: many workloads have the same policies. */
  alike: Map<string, CompiledRules>;
  matched: Map<Rule, Uint8Array>;
  /** Decisions that come again, and the same by what decides them. */
  decisions: Decision[];
  shared: Map<string, Decision>;
  /** Verdicts by the numbers of both decisions. */
  verdicts: Map<number, FlowVerdict>[];
  /** How many decisions all rows of `decided` have place for. */
  remembered: number;
}

/** A memory of nothing yet. */
export function emptyMemory(): Memory {
  return {
    compiled: { ingress: [], egress: [] },
    ...{
      alike: new Map(),
      matched: new Map(),
      decisions: [],
      shared: new Map(),
      verdicts: [],
      remembered: 0,
    },
  };
}

/** Everything that decides whether a packet arrives. */
export interface Network extends NetworkContext {
  workloads: readonly Workload[];
  /** Policies that may select a workload, by its index. */
  selected: ReadonlyMap<number, readonly Selected[]>;
  /** A number for each policy. */
  policies: ReadonlyMap<Policy, number>;
  unmodelled: readonly UnmodelledPolicy[];
  /** A policy of nodes, which may keep what runs on their network in or out. */
  nodePolicy: ObjectRef | undefined;
  /** Whether something enforces network policies. */
  enforced: boolean;
  memory: Memory;
}

/** One end of a connection: a workload, or addresses outside of the cluster. */
export type Party = { workload: Workload } | { addresses: AddressSet };

/** A pod in a namespace that the objects do not define: Kubernetes' own, or somebody's. Its egress is open. */
export const unknownPod: Workload = {
  index: -1,
  ref: { kind: 'Pod', name: '*', file: '' },
  name: 'a pod of a namespace that is not among the objects',
  namespace: '',
  labels: unknownLabels,
  ports: [],
  hostNetwork: false,
  spec: {},
  provenance: 'unseen',
};

/** Which policies may select each workload, by index. */
export function selectPolicies(
  context: NetworkContext,
  workloads: readonly Workload[],
  policies: readonly Policy[],
): Map<number, Selected[]> {
  const byNamespace = groupByNamespace(policies);
  const everywhere = byNamespace.get(undefined) ?? [];
  const selected = new Map<number, Selected[]>();
  for (const workload of workloads) {
    const found: Selected[] = [];
    for (const policy of [...(byNamespace.get(workload.namespace) ?? []), ...everywhere]) {
      const selects = selectsPod(context, policy.subject, workload);
      const truth = policy.doubt === undefined ? selects : and(selects, 'maybe');
      if (truth !== 'no') found.push({ policy, truth });
    }
    selected.set(workload.index, found);
  }
  return selected;
}

export function groupByNamespace<Name extends string | undefined, Item extends { namespace: Name }>(
  items: readonly Item[],
): ReadonlyMap<Name, readonly Item[]> {
  const groups = new Map<Name, Item[]>();
  for (const item of items) {
    const group = groups.get(item.namespace);
    if (group === undefined) groups.set(item.namespace, [item]);
    else group.push(item);
  }
  return groups;
}

/** What may touch a workload and is not modelled. */
export function unmodelledOver(network: Network, workload: Workload): readonly UnmodelledPolicy[] {
  return network.unmodelled.filter(({ subject }) => selectsPod(network, subject, workload) !== 'no');
}

/** What may touch pods of a namespace and is not modelled. */
export function unmodelledIn(network: Network, namespace: string): readonly UnmodelledPolicy[] {
  return network.unmodelled.filter(({ subject }) => selectsNamespace(network, subject, namespace) !== 'no');
}

/** The policies that may isolate a workload in a direction. */
export function isolating(network: Network, direction: Direction, { index }: Workload): readonly Selected[] {
  return (network.selected.get(index) ?? []).filter(({ policy }) => policy[direction]?.isolates === true);
}
