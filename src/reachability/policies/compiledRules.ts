import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import type { Evidence, Reach } from '../model/analysis.ts';
import type { Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import type { CachedNetwork, CompiledRule, CompiledRules, CompiledTier, Decision } from './flowCache.ts';
import { type Selected, unmodelledOver } from './network.ts';
import { isPeer } from './peers.ts';
import { type Direction, evidenceOfRule, type Peer, type Policy, type Rule } from './policy.ts';
import { type OrderedRule, type OrderedTier, orderedTiers, priorityOf } from './ruleOrder.ts';

/** A decision that many questions share, under a key of its own. */
export function shared(
  network: CachedNetwork,
  key: string,
  reach: Reach,
  because: readonly Evidence[],
): Decision {
  const { shared: known, decisions, verdicts } = network.cache;
  const found = known.get(key);
  if (found !== undefined) return found;
  const decision = { reach, because, number: decisions.length };
  decisions.push(decision);
  verdicts.push(new Map());
  known.set(key, decision);
  return decision;
}

/** The decision for a workload that no pod policy selects. A node policy may select it. */
export function untouched(network: CachedNetwork, object: ObjectRef, rule: string): Decision {
  const { nodePolicy } = network;
  const because = [{ object, rule }];
  const key = JSON.stringify(because);
  if (nodePolicy === undefined) return shared(network, key, 'allowed', because);
  return shared(network, key, 'unknown', [
    ...because,
    { object: nodePolicy, rule: 'it may select the node' },
  ]);
}

/** The rules of the policies that may select a workload. */
export function compiledRulesOf(
  network: CachedNetwork,
  direction: Direction,
  workload: Workload,
): CompiledRules {
  const row = network.cache.compiled[direction];
  const known = row[workload.index + 1];
  if (known !== undefined) return known;
  const rules = findRules(network, direction, workload);
  row[workload.index + 1] = rules;
  return rules;
}

function findRules(network: CachedNetwork, direction: Direction, workload: Workload): CompiledRules {
  const fixed = findFixed(network, direction, workload);
  if (fixed !== undefined) return { fixed, tiers: [], otherwise: fixed, decided: new Map() };
  const selected = (network.selected.get(workload.index) ?? []).filter(
    ({ policy }) => policy[direction] !== undefined,
  );
  const { ports, provenance, index } = workload;
  const tiers = orderedTiers(network, direction, workload);
  const key = JSON.stringify([
    direction,
    selected.map(({ policy, truth }) => [policyNumber(network, policy), truth]),
    // The named ports of a rule are those of the pod that serves.
    direction === 'ingress' ? [ports, provenance] : [],
    mayFallThrough(network, direction, tiers) ? index : '',
    // Of two workloads with the same policies, such a rule may apply to one.
    tiers.flatMap(({ rules }) => rules.flatMap(({ rule, truth }, at) => (rule.onlyFor ? [at, truth] : []))),
  ]);
  const known = network.cache.alike.get(key);
  if (known !== undefined) return known;
  const rules = {
    fixed,
    tiers: tiers.map((tier) => compileTier(network, direction, tier)),
    otherwise: fallThrough(network, workload, direction),
    decided: new Map(),
  };
  network.cache.alike.set(key, rules);
  return rules;
}

/** Whether a connection may fall through every tier, so that the decision names the workload. */
function mayFallThrough(
  { tierOrder }: CachedNetwork,
  direction: Direction,
  tiers: readonly OrderedTier[],
): boolean {
  const last = tiers.at(-1);
  if (last === undefined || tierOrder.otherwise !== 'allowed') return true;
  const isIsolated = last.selected.some(({ policy }) => policy[direction]?.isolates === true);
  return !isIsolated || last.rules.some(({ rule }) => rule.action === 'pass');
}

function compileTier(
  network: CachedNetwork,
  direction: Direction,
  { tier, selected, rules }: OrderedTier,
): CompiledTier {
  const isOrdered = tier.order === 'priority';
  const priorities = new Set(selected.map(({ policy }) => priorityOf(policy)));
  return {
    rules: rules.map((rule) => compileRule(network, rule)),
    isOrdered,
    mayConflict: isOrdered && priorities.size < selected.length,
    isolation: isolationBy(network, direction, selected),
  };
}

function policyNumber({ policies }: CachedNetwork, policy: Policy): number {
  return policies.get(policy) ?? -1;
}

/** The decision that does not depend on the other side; undefined if there is none. */
function findFixed(network: CachedNetwork, direction: Direction, workload: Workload): Decision | undefined {
  const { ref, hostNetwork, index } = workload;
  if (hostNetwork) return untouched(network, ref, `hostNetwork: no policy selects its ${direction}`);
  const [unmodelledPolicy] = unmodelledOver(network, workload);
  if (unmodelledPolicy !== undefined) {
    const because = [{ object: unmodelledPolicy.ref, rule: unmodelledPolicy.why }];
    return shared(network, JSON.stringify(because), 'unknown', because);
  }
  const isSelected = (network.selected.get(index) ?? []).some(
    ({ policy }) => policy[direction] !== undefined,
  );
  return isSelected ? undefined : fallThrough(network, workload, direction);
}

function fallThrough(network: CachedNetwork, { ref, index }: Workload, direction: Direction): Decision {
  const { otherwise } = network.tierOrder;
  const rule = `no policy ${otherwise === 'allowed' ? 'isolates' : 'allows'} its ${direction}`;
  return shared(network, `${direction} of ${index} is open`, otherwise, [{ object: ref, rule }]);
}

function compileRule(network: CachedNetwork, { policy, rule, truth }: OrderedRule): CompiledRule {
  let matched = network.cache.matched.get(rule);
  if (matched === undefined) {
    matched = new Uint8Array(network.workloads.length + 1);
    network.cache.matched.set(rule, matched);
  }
  const { uncertainty } = policy;
  const { action, layer7 } = rule;
  const condition = layer7 === undefined ? '' : ` (it asks for ${layer7} too)`;
  const mayHaveNone = uncertainty === undefined ? '' : ` (${uncertainty})`;
  const because = evidenceOfRule(policy, rule, `${condition}${mayHaveNone}`);
  const key = JSON.stringify([action, policyNumber(network, policy), because.rule]);
  const decision =
    action === 'pass'
      ? undefined
      : shared(network, key, action === 'allow' ? 'allowed' : 'blocked', [because]);
  return { rule, policy, truth, because, matched, decision };
}

/** The decision of the isolating policies of a tier: blocked, or unknown if they only may select the workload. */
function isolationBy(
  network: CachedNetwork,
  direction: Direction,
  selected: readonly Selected[],
): Decision | undefined {
  const isolating = selected.filter(({ policy }) => policy[direction]?.isolates === true);
  if (isolating.length === 0) return undefined;
  const certain = isolating.some(({ truth }) => truth === 'yes');
  const because = isolating.map(({ policy }) => ({
    object: policy.ref,
    rule: `isolates ${direction}; no rule of it admits this`,
  }));
  const numbers = isolating.map(({ policy }) => policyNumber(network, policy));
  const key = JSON.stringify([direction, certain, numbers]);
  return shared(network, key, certain ? 'blocked' : 'unknown', because);
}

const truths = ['no', 'maybe', 'yes'] as const;

/** Whether the peers of a rule select a workload. */
export function selectsPeer(
  network: CachedNetwork,
  { rule, matched }: CompiledRule,
  workload: Workload,
): Truth {
  const known = matched[workload.index + 1] ?? 0;
  if (known > 0) return truths[known - 1] ?? 'maybe';
  const found = anyOf(rule, (peer) => isPeer(network, peer, workload));
  matched[workload.index + 1] = truths.indexOf(found) + 1;
  return found;
}

function anyOf({ peers }: Rule, truthOf: (peer: Peer) => Truth): Truth {
  if (peers === undefined) return 'yes';
  let best: Truth = 'no';
  for (const peer of peers) {
    const truth = truthOf(peer);
    if (truth === 'yes') return truth;
    if (truth === 'maybe') best = truth;
  }
  return best;
}
