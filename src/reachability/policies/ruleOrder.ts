import type { Network, Selected } from './network.ts';
import type { Action, Direction, Policy, Rule } from './policy.ts';
import type { Tier } from './tiers.ts';

/** A rule of a policy that may select a workload. */
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
  { tierOrder, selected }: Pick<Network, 'tierOrder' | 'selected'>,
  direction: Direction,
  index: number,
): readonly OrderedTier[] {
  const own = (selected.get(index) ?? []).filter(({ policy }) => policy[direction] !== undefined);
  return tierOrder.tiers.flatMap((tier) => {
    const inTier = own.filter(({ policy }) => policy.tier === tier.name);
    if (inTier.length === 0) return [];
    const rules = inTier.flatMap(({ policy, truth }) =>
      (policy[direction]?.rules ?? []).map((rule) => ({ policy, truth, rule })),
    );
    return [{ tier, selected: inTier, rules: rules.toSorted(comparison(tier)) }];
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
