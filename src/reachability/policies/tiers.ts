/** A step in the evaluation of policies. */
export interface Tier {
  name: string;
  /**
   * Which rule of the tier decides:
   * - `priority`: the first that matches, by the priority of its policy and its place in it. Policies of one priority
   *   have no order, so that they decide only what all of them agree on;
   * - `unordered`: a denial before what allows, and that before what passes on.
   */
  order: 'priority' | 'unordered';
}

/**
 * The tiers in the order of their evaluation. What no rule of a tier decides is denied where a policy of the tier
 * isolates the pod, and falls through to the next tier otherwise.
 */
export interface TierOrder {
  tiers: readonly Tier[];
  /** What becomes of a connection that falls through every tier. */
  otherwise: 'allowed' | 'blocked';
}
