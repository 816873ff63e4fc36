import type { Evidence, FlowVerdict, Reach } from '../model/analysis.ts';
import type { Truth } from '../model/truth.ts';
import type { Network } from './network.ts';
import type { Direction, Policy, Rule } from './policy.ts';

/** The decision of the policies of one end of a connection, with its evidence. */
export interface Decision {
  reach: Reach;
  because: readonly Evidence[];
  /** Its position in the cache's list; undefined for a decision about one question only. */
  number?: number;
}

/** A rule of a policy that may select a workload. */
export interface CompiledRule {
  rule: Rule;
  policy: Policy;
  /** Whether the policy selects the workload. */
  truth: Truth;
  because: Evidence;
  /** The decision if the rule certainly applies; undefined for a pass rule. */
  decision: Decision | undefined;
  /** Whether its peers select each workload, by index: the position of a truth, or 0 if not known yet. */
  matched: Uint8Array;
}

/** One tier of the policies that may select a workload. */
export interface CompiledTier {
  /** In the order of their evaluation. */
  rules: readonly CompiledRule[];
  /** Whether policies of the same priority may contradict each other. */
  mayConflict: boolean;
  /** Whether the first matching rule decides, so the order counts between rules of the same action too. */
  isOrdered: boolean;
  /** The decision if no rule of the tier matches; undefined if the connection falls through to the next tier. */
  isolation: Decision | undefined;
}

/** The policies of a workload in one direction. */
export interface CompiledRules {
  /** The decision that does not depend on the other side. */
  fixed: Decision | undefined;
  /** The tiers with a policy for the workload, in order. */
  tiers: readonly CompiledTier[];
  /** The decision if a connection falls through every tier. */
  otherwise: Decision;
  /** The number of a decision, counted from 1, by protocol and port, then by the index of the other workload. */
  decided: Map<number, Uint16Array>;
}

/** What one evaluator has already decided. */
interface FlowCache {
  /** The rules of each workload, by index. */
  compiled: Record<Direction, (CompiledRules | undefined)[]>;
  /** The same by their policies, since many workloads have the same ones. */
  alike: Map<string, CompiledRules>;
  matched: Map<Rule, Uint8Array>;
  /** Shared decisions, as a list and by key. */
  decisions: Decision[];
  shared: Map<string, Decision>;
  /** Verdicts by the numbers of both decisions. */
  verdicts: Map<number, FlowVerdict>[];
  /** The total length of all rows of `decided`. */
  remembered: number;
}

function emptyCache(): FlowCache {
  return {
    compiled: { ingress: [], egress: [] },
    alike: new Map(),
    matched: new Map(),
    decisions: [],
    shared: new Map(),
    verdicts: [],
    remembered: 0,
  };
}

/** A network with the cache of its evaluator. */
export interface CachedNetwork extends Network {
  cache: FlowCache;
}

export function withCache(network: Network): CachedNetwork {
  return { ...network, cache: emptyCache() };
}
