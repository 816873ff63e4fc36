import { type AddressSet, containsOneOf, isEmpty, noAddress, union } from '../model/addresses.ts';
import type { FlowVerdict, Protocol, Reach } from '../model/analysis.ts';
import { and } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import { compiledRulesOf, selectsPeer, shared, untouched } from './compiledRules.ts';
import { type CachedNetwork, type CompiledRules, type Decision, withCache } from './flowCache.ts';
import type { Network, Party } from './network.ts';
import { addressesOf, mayBeAmong } from './peers.ts';
import { coversPort, type Direction } from './policy.ts';
import { evaluateTiers, type PeerMatcher, type Question } from './tierEvaluation.ts';

/**
 * Whether a connection is allowed, and the evidence. A range of addresses is allowed if each address is, and blocked if
 * none is. Replies need no rule. Two equal answers may be the same object.
 */
export type Flow = (from: Party, to: Party, protocol: Protocol, port: number) => FlowVerdict;

/** Evaluates connections in one network. It remembers what it decided, so use one evaluator for all questions. */
export function createFlowEvaluator(network: Network): Flow {
  const cached = withCache(network);
  return (from, to, protocol, port) => evaluate(cached, from, to, protocol, port);
}

function evaluate(
  network: CachedNetwork,
  from: Party,
  to: Party,
  protocol: Protocol,
  port: number,
): FlowVerdict {
  const node = nodeToPod(network, from, to);
  if (node !== undefined) return verdictOf(network, node, node);
  const egress = decide(network, 'egress', from, to, protocol, port);
  return verdictOf(network, egress, decide(network, 'ingress', to, from, protocol, port));
}

function verdictOf({ cache: { verdicts } }: CachedNetwork, egress: Decision, ingress: Decision): FlowVerdict {
  const row = egress.number === undefined ? undefined : verdicts[egress.number];
  if (row === undefined || ingress.number === undefined) return joined(egress, ingress);
  const known = row.get(ingress.number);
  if (known !== undefined) return known;
  const verdict = joined(egress, ingress);
  row.set(ingress.number, verdict);
  return verdict;
}

function joined(egress: Decision, ingress: Decision): FlowVerdict {
  return {
    verdict: both(egress.reach, ingress.reach),
    ingress: ingress.reach,
    egress: egress.reach,
    because: egress === ingress ? egress.because : [...egress.because, ...ingress.because],
  };
}

function both(a: Reach, b: Reach): Reach {
  if (a === 'blocked' || b === 'blocked') return 'blocked';
  return a === 'allowed' && b === 'allowed' ? 'allowed' : 'unknown';
}

const nodeRule = 'hostNetwork: traffic from a node to its own pods passes every policy';

/** A workload on a node's network reaches the pods of that node, whatever their policies are. */
function nodeToPod(network: CachedNetwork, from: Party, to: Party): Decision | undefined {
  if (!('workload' in from) || !('workload' in to) || !from.workload.hostNetwork) return undefined;
  const apart =
    from.workload.nodeName !== undefined &&
    to.workload.nodeName !== undefined &&
    from.workload.nodeName !== to.workload.nodeName;
  return apart ? undefined : untouched(network, from.workload.ref, nodeRule);
}

/** Decides one direction: `subject` is the side whose policies count, `peer` the other side. */
function decide(
  network: CachedNetwork,
  direction: Direction,
  subject: Party,
  peer: Party,
  protocol: Protocol,
  port: number,
): Decision {
  // No policy of the cluster selects addresses outside of it.
  if (!('workload' in subject)) return shared(network, 'outside', 'allowed', []);
  const rules = compiledRulesOf(network, direction, subject.workload);
  if (rules.fixed !== undefined) return rules.fixed;
  const end = direction === 'ingress' ? subject : peer;
  const destination = 'workload' in end ? end.workload : undefined;
  if ('workload' in peer) return decideOnWorkload(network, rules, peer.workload, protocol, port, destination);
  const question = { protocol, port, destination };
  const matcher = () => rangeMatcher(network, peer.addresses, question);
  return enforced(network, evaluateTiers(rules, question, matcher));
}

/** The decisions about all workloads may take 64 MB. */
const mostRemembered = 2 ** 25;

/** A large cluster needs the answer for every pair, so most answers are one look-up in a row. */
function decideOnWorkload(
  network: CachedNetwork,
  rules: CompiledRules,
  peer: Workload,
  protocol: Protocol,
  port: number,
  destination: Workload | undefined,
): Decision {
  const { cache } = network;
  const key = port * 4 + (protocol === 'TCP' ? 0 : protocol === 'UDP' ? 1 : 2);
  let row = rules.decided.get(key);
  const known = row?.[peer.index + 1] ?? 0;
  if (known > 0) return cache.decisions[known - 1] as Decision;
  const decision = enforced(
    network,
    evaluateTiers(rules, { protocol, port, destination }, () => (rule) => selectsPeer(network, rule, peer)),
  );
  if (decision.number === undefined || decision.number >= 0xffff) return decision;
  const size = network.workloads.length + 1;
  if (row === undefined && cache.remembered + size <= mostRemembered) {
    cache.remembered += size;
    row = new Uint16Array(size);
    rules.decided.set(key, row);
  }
  if (row !== undefined) row[peer.index + 1] = decision.number + 1;
  return decision;
}

/** Without a named enforcer, a blocked connection becomes unknown. */
function enforced(network: CachedNetwork, decision: Decision): Decision {
  const { reach, because, number } = decision;
  if (reach !== 'blocked' || network.enforced) return decision;
  const suffix = '(nothing is named that enforces policies)';
  const unsure = because.map(({ object, rule }) => ({ object, rule: `${rule} ${suffix}` }));
  return number === undefined
    ? { reach: 'unknown', because: unsure }
    : shared(network, `${number} is not enforced`, 'unknown', unsure);
}

/**
 * Matches a range of addresses in one tier. Several blocks of allow rules may cover it together. A block that covers
 * only a part makes the result unknown.
 */
function rangeMatcher(
  network: CachedNetwork,
  addresses: AddressSet,
  { protocol, port, destination }: Question,
): PeerMatcher {
  let gathered = noAddress;
  return ({ rule, truth }) => {
    const named = addressesOf(rule);
    const together = rule.action === 'allow' ? union(gathered, named) : named;
    const covered = and(truth, coversPort(rule, protocol, port, destination));
    if (covered === 'yes' && rule.action === 'allow') gathered = together;
    const found = isEmpty(named) || covered === 'no' ? 'no' : containsOneOf(together, addresses);
    if (found !== 'no') return found;
    return rule.peers?.some((peer) => mayBeAmong(network, peer, addresses)) ? 'maybe' : found;
  };
}
