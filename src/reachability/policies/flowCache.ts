import type { Evidence, FlowVerdict, Reach } from '../model/analysis.ts';
import type { Truth } from '../model/truth.ts';
import type { Network } from './network.ts';
import type { Direction, Rule } from './policy.ts';

/** What one end of a connection says, and why. */
export interface Decision {
  reach: Reach;
  because: readonly Evidence[];
  /** The place of one that comes again in the cache's list; nothing for one that was made for this question only. */
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

/** What one evaluator has found out already. */
interface FlowCache {
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
