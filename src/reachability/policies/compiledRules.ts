import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import type { Evidence, Reach } from '../model/analysis.ts';
import type { Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import type { CachedNetwork, CompiledRule, CompiledRules, Decision } from './flowCache.ts';
import { isolating, unmodelledOver } from './network.ts';
import { isPeer } from './peers.ts';
import type { Direction, Peer, Policy, Rule } from './policy.ts';

/** A decision that comes again, under a key of its own. */
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

/** What no policy of pods touches; a policy of nodes might. */
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

/** What the policies say about a workload in a direction. */
export function compiledRulesOf(
  network: CachedNetwork,
  direction: Direction,
  workload: Workload,
): CompiledRules {
  const row = network.cache.compiled[direction];
  const known = row[workload.index + 1];
  if (known !== undefined) return known;
  const lines = findLines(network, direction, workload);
  row[workload.index + 1] = lines;
  return lines;
}

function findLines(network: CachedNetwork, direction: Direction, workload: Workload): CompiledRules {
  const fixed = findFixed(network, direction, workload);
  if (fixed !== undefined) return { fixed, denials: [], rules: [], otherwise: fixed, decided: new Map() };
  const selected = (network.selected.get(workload.index) ?? []).filter(
    ({ policy }) => policy[direction] !== undefined,
  );
  const { ports, provenance, index } = workload;
  const key = JSON.stringify([
    direction,
    selected.map(({ policy, truth }) => [policyNumber(network, policy), truth]),
    // The named ports of a rule are those of the pod that serves.
    direction === 'ingress' ? [ports, provenance] : [],
    isolating(network, direction, workload).length === 0 ? index : '',
  ]);
  const known = network.cache.alike.get(key);
  if (known !== undefined) return known;
  const linesIn = (part: 'rules' | 'denials'): readonly CompiledRule[] =>
    selected.flatMap(({ policy, truth }) =>
      (policy[direction]?.[part] ?? []).map((rule) => lineOf(network, policy, rule, truth, part)),
    );
  const lines = {
    fixed,
    rules: linesIn('rules'),
    denials: linesIn('denials'),
    otherwise: otherwise(network, direction, workload),
    decided: new Map(),
  };
  network.cache.alike.set(key, lines);
  return lines;
}

function policyNumber({ policies }: CachedNetwork, policy: Policy): number {
  return policies.get(policy) ?? -1;
}

/** What holds for a workload whoever the other side is, where something does. */
function findFixed(network: CachedNetwork, direction: Direction, workload: Workload): Decision | undefined {
  const { ref, hostNetwork, index } = workload;
  if (hostNetwork) return untouched(network, ref, `hostNetwork: no policy selects its ${direction}`);
  const [unmodelledPolicy] = unmodelledOver(network, workload);
  if (unmodelledPolicy !== undefined) {
    const because = [{ object: unmodelledPolicy.ref, rule: unmodelledPolicy.why }];
    return shared(network, JSON.stringify(because), 'unknown', because);
  }
  const speaks = (network.selected.get(index) ?? []).some(({ policy }) => policy[direction] !== undefined);
  return speaks ? undefined : openTo(network, workload, direction);
}

function openTo(network: CachedNetwork, { ref, index }: Workload, direction: Direction): Decision {
  const because = [{ object: ref, rule: `no policy isolates its ${direction}` }];
  return shared(network, `${direction} of ${index} is open`, 'allowed', because);
}

function lineOf(
  network: CachedNetwork,
  policy: Policy,
  rule: Rule,
  truth: Truth,
  part: 'rules' | 'denials',
): CompiledRule {
  let meant = network.cache.matched.get(rule);
  if (meant === undefined) {
    meant = new Uint8Array(network.workloads.length + 1);
    network.cache.matched.set(rule, meant);
  }
  const { ref, doubt } = policy;
  const asked = rule.layer7 === undefined ? '' : ` (it asks for ${rule.layer7} too)`;
  const because = { object: ref, rule: `${rule.name}${asked}${doubt === undefined ? '' : ` (${doubt})`}` };
  const key = JSON.stringify([part, policyNumber(network, policy), because.rule]);
  const decision = shared(network, key, part === 'rules' ? 'allowed' : 'blocked', [because]);
  return { rule, truth, because, matched: meant, decision };
}

/** What a workload's policies say to whom no rule admits: blocked, unless it is not certain that they select it. */
function otherwise(network: CachedNetwork, direction: Direction, workload: Workload): Decision {
  const selected = isolating(network, direction, workload);
  if (selected.length === 0) return openTo(network, workload, direction);
  const certain = selected.some(({ truth }) => truth === 'yes');
  const because = selected.map(({ policy }) => ({
    object: policy.ref,
    rule: `isolates ${direction}; no rule of it admits this`,
  }));
  const numbers = selected.map(({ policy }) => policyNumber(network, policy));
  const key = JSON.stringify([direction, certain, numbers]);
  return shared(network, key, certain ? 'blocked' : 'unknown', because);
}

const truths = ['no', 'maybe', 'yes'] as const;

/** Whether a line means a workload. */
export function means(
  network: CachedNetwork,
  { rule, matched: meant }: CompiledRule,
  workload: Workload,
): Truth {
  const known = meant[workload.index + 1] ?? 0;
  if (known > 0) return truths[known - 1] ?? 'maybe';
  const found = anyOf(rule, (peer) => isPeer(network, peer, workload));
  meant[workload.index + 1] = truths.indexOf(found) + 1;
  return found;
}

function anyOf({ peers }: Rule, judge: (peer: Peer) => Truth): Truth {
  if (peers === undefined) return 'yes';
  let best: Truth = 'no';
  for (const peer of peers) {
    const truth = judge(peer);
    if (truth === 'yes') return truth;
    if (truth === 'maybe') best = truth;
  }
  return best;
}
