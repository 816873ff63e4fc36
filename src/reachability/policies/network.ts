import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import type { AddressSet } from '../model/addresses.ts';
import { nameLabel, unknownLabels } from '../model/selector.ts';
import { and, type Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import type { Deviation } from './deviations.ts';
import { type NetworkContext, selectsNamespace, selectsPod } from './peers.ts';
import type { Direction, PodSelector, Policy } from './policy.ts';
import type { TierOrder } from './tiers.ts';

export { nameLabel };

/** A policy, or a chart that may contain policies, that is not modelled and may change what is allowed. */
export interface UnmodelledPolicy {
  ref: ObjectRef;
  /** The pods that it may select. */
  subject: PodSelector;
  why: string;
  /** It only admits more to the pods that it selects, which are not all of a namespace. */
  ofSomePods?: true;
}

/** A policy that may select a workload. */
export interface Selected {
  policy: Policy;
  truth: Truth;
}

/** Everything that decides whether a packet arrives. */
export interface Network extends NetworkContext {
  workloads: readonly Workload[];
  /** Policies that may select a workload, by its index. */
  selected: ReadonlyMap<number, readonly Selected[]>;
  /** A number for each policy. */
  policies: ReadonlyMap<Policy, number>;
  tierOrder: TierOrder;
  unmodelled: readonly UnmodelledPolicy[];
  /** A policy of nodes. It may block connections of workloads on their network. */
  nodePolicy: ObjectRef | undefined;
  /** Whether something enforces network policies. */
  enforced: boolean;
  /** The policies that the enforcer enforces otherwise than documented. */
  deviations: readonly Deviation[];
}

/** One end of a connection: a workload, or addresses outside the cluster. */
export type Party = { workload: Workload } | { addresses: AddressSet };

/** A pod in a namespace that the objects do not define. Its egress is open. */
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
      const truth = policy.uncertainty === undefined ? selects : and(selects, 'maybe');
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

/** The unmodelled policies that may select a workload. */
export function unmodelledOver(network: Network, workload: Workload): readonly UnmodelledPolicy[] {
  return network.unmodelled.filter(({ subject }) => selectsPod(network, subject, workload) !== 'no');
}

/** The unmodelled policies that may select pods of a namespace. */
export function unmodelledIn(network: Network, namespace: string): readonly UnmodelledPolicy[] {
  return network.unmodelled.filter(({ subject }) => selectsNamespace(network, subject, namespace) !== 'no');
}

/** The policies that may isolate a workload in a direction. */
export function isolating(network: Network, direction: Direction, { index }: Workload): readonly Selected[] {
  return (network.selected.get(index) ?? []).filter(({ policy }) => policy[direction]?.isolates === true);
}
