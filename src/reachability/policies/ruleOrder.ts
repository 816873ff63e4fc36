import { and } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import type { Network, Selected } from './network.ts';
import { appliesTo } from './peers.ts';
import type { Action, Direction, Policy, Rule } from './policy.ts';
import type { Tier } from './tiers.ts';

/** A rule that may apply to a workload. */
export interface OrderedRule extends Selected {
  rule: Rule;
}

/** One tier with the policies that may select a workload, in the order of evaluation. */
export interface OrderedTier {
  tier: Tier;
  selected: readonly Selected[];
  rules: readonly OrderedRule[];
}

const actions: readonly Action[] = ['deny', 'allow', 'pass'];

/** The tiers that hold a policy for a workload in a direction, with their rules in the order of evaluation. */
export function orderedTiers(
  network: Network,
  direction: Direction,
  workload: Workload,
): readonly OrderedTier[] {
  const own = (network.selected.get(workload.index) ?? []).filter(
    ({ policy }) => policy[direction] !== undefined,
  );
  return network.tierOrder.tiers.flatMap((tier) => {
    const inTier = own.filter(({ policy }) => policy.tier === tier.name);
    if (inTier.length === 0) return [];
    const rules = inTier.flatMap((selected) => rulesOf(network, direction, workload, selected));
    return [{ tier, selected: inTier, rules: rules.toSorted(comparison(tier)) }];
  });
}

/** The rules that may apply to a workload, in the order of the policies. */
export function rulesOver(
  network: Network,
  direction: Direction,
  workload: Workload,
): readonly OrderedRule[] {
  return (network.selected.get(workload.index) ?? []).flatMap((selected) =>
    rulesOf(network, direction, workload, selected),
  );
}

function rulesOf(
  network: Network,
  direction: Direction,
  workload: Workload,
  { policy, truth }: Selected,
): readonly OrderedRule[] {
  return (policy[direction]?.rules ?? []).flatMap((rule) => {
    if (rule.onlyFor === undefined) return { policy, truth, rule };
    const applied = and(truth, appliesTo(network, rule, workload));
    return applied === 'no' ? [] : { policy, truth: applied, rule };
  });
}

/** Sorting is stable: equal rules keep the order of the policies, and their order in the policy. */
function comparison({ order }: Tier): (a: OrderedRule, b: OrderedRule) => number {
  return order === 'priority'
    ? (a, b) => priorityOf(a.policy) - priorityOf(b.policy)
    : (a, b) => actions.indexOf(a.rule.action) - actions.indexOf(b.rule.action);
}

export function priorityOf({ priority = 0 }: Policy): number {
  return priority;
}
