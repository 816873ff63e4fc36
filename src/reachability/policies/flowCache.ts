import type { Evidence, FlowVerdict, Reach } from '../model/analysis.ts';
import type { Truth } from '../model/truth.ts';
import type { Network } from './network.ts';
import type { Direction, Policy, Rule } from './policy.ts';

/** What the policies of one end of a connection come to, and why. */
export interface Decision {
  reach: Reach;
  because: readonly Evidence[];
  /** Its place in the cache's list; nothing for a decision about one question only. */
  number?: number;
}

/** A rule of a policy that may select a workload. */
export interface CompiledRule {
  rule: Rule;
  policy: Policy;
  /** Whether the policy selects the workload. */
  truth: Truth;
  because: Evidence;
  /** What it comes to where it applies for certain; a rule that passes on decides nothing. */
  decision: Decision | undefined;
  /** Which workloads its peers select, by index: the place of a truth, and 0 for what is not known yet. */
  matched: Uint8Array;
}

/** One tier of the policies that may select a workload. */
export interface CompiledTier {
  /** In the order of their evaluation. */
  rules: readonly CompiledRule[];
  /** Whether policies of one priority may decide against each other. */
  mayConflict: boolean;
  /** Whether the order between rules of one action counts, since the first that matches decides. */
  isOrdered: boolean;
  /** What the tier decides where no rule of it does; nothing where the connection falls through to the next tier. */
  isolation: Decision | undefined;
}

/** The policies of a workload in one direction. */
export interface CompiledRules {
  /** What holds whoever the other side is. */
  fixed: Decision | undefined;
  /** Those that hold anything for the workload, in order. */
  tiers: readonly CompiledTier[];
  /** What holds where a connection falls through every tier. */
  otherwise: Decision;
  /** Decisions by protocol and port: of each workload on the other side, by index, the number of one, counted from 1. */
  decided: Map<number, Uint16Array>;
}

/** What one evaluator has found out already. */
interface FlowCache {
  /** The rules of each workload, by index. */
  compiled: Record<Direction, (CompiledRules | undefined)[]>;
  /** The same by the policies: many workloads have the same ones. */
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

/** A network with the cache of the evaluator that answers for it. */
export interface CachedNetwork extends Network {
  cache: FlowCache;
}

export function withCache(network: Network): CachedNetwork {
  return { ...network, cache: emptyCache() };
}
