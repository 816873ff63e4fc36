/** A step in the evaluation of policies. */
export interface Tier {
  name: string;
  /**
   * Which rule of the tier decides:
   * - `priority`: the first that matches, by the priority of its policy and its position in it. Policies of the same
   *   priority have no order, so they decide only if they agree;
   * - `unordered`: a deny rule before an allow rule, and an allow rule before a pass rule.
   */
  order: 'priority' | 'unordered';
}

/**
 * The tiers in the order of their evaluation. If no rule of a tier matches, the connection is denied if a policy of the
 * tier isolates the pod. Otherwise it falls through to the next tier.
 */
export interface TierOrder {
  tiers: readonly Tier[];
  /** The decision for a connection that falls through every tier. */
  otherwise: 'allowed' | 'blocked';
}
