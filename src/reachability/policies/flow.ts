import { type AddressSet, containsOneOf, isEmpty, noAddress, union } from '../model/addresses.ts';
import type { Evidence, FlowVerdict, Protocol, Reach } from '../model/analysis.ts';
import { and, type Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import { compiledRulesOf, means, shared, untouched } from './compiledRules.ts';
import {
  type CachedNetwork,
  type CompiledRule,
  type CompiledRules,
  type Decision,
  withCache,
} from './flowCache.ts';
import type { Network, Party } from './network.ts';
import { addressesOf, mayBeAmong } from './peers.ts';
import { coversPort, type Direction } from './policy.ts';

/**
 * Whether a connection is let through, and by what. Addresses that are a range count as allowed where all of
 * them are, as blocked where none is. Replies need no rule. Two equal answers may be the same object.
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

/** What runs on a node's own network reaches the pods of that node whatever the policies of those say. */
function nodeToPod(network: CachedNetwork, from: Party, to: Party): Decision | undefined {
  if (!('workload' in from) || !('workload' in to) || !from.workload.hostNetwork) return undefined;
  const apart =
    from.workload.nodeName !== undefined &&
    to.workload.nodeName !== undefined &&
    from.workload.nodeName !== to.workload.nodeName;
  return apart ? undefined : untouched(network, from.workload.ref, nodeRule);
}

/** One direction: `subject` is the side whose policies speak, `peer` the other. */
function decide(
  network: CachedNetwork,
  direction: Direction,
  subject: Party,
  peer: Party,
  protocol: Protocol,
  port: number,
): Decision {
  // Policies of the cluster say nothing about who is outside of it.
  if (!('workload' in subject)) return shared(network, 'outside', 'allowed', []);
  const lines = compiledRulesOf(network, direction, subject.workload);
  if (lines.fixed !== undefined) return lines.fixed;
  const destination = direction === 'ingress' ? subject : peer;
  const question = {
    protocol,
    port,
    destination: 'workload' in destination ? destination.workload : undefined,
  };
  if ('workload' in peer) return decideOnWorkload(network, lines, peer.workload, question);
  return enforced(network, concluded(lines, question, rangeReader(network, lines, peer.addresses, question)));
}

/** A port of a destination, which has no named ports where it is outside of the cluster. */
interface Question {
  protocol: Protocol;
  port: number;
  destination: Workload | undefined;
}

/** What is remembered of all workloads together may take 64 MB. */
const mostRemembered = 2 ** 25;

/** A large cluster is asked about every pair, so that most questions are one look into a row. */
function decideOnWorkload(
  network: CachedNetwork,
  lines: CompiledRules,
  peer: Workload,
  question: Question,
): Decision {
  const { cache } = network;
  const key = question.port * 4 + (question.protocol === 'TCP' ? 0 : question.protocol === 'UDP' ? 1 : 2);
  let row = lines.decided.get(key);
  const known = row?.[peer.index + 1] ?? 0;
  if (known > 0) return cache.decisions[known - 1] as Decision;
  const decision = enforced(
    network,
    concluded(lines, question, (line) => means(network, line, peer)),
  );
  if (decision.number === undefined || decision.number >= 0xffff) return decision;
  const size = network.workloads.length + 1;
  if (row === undefined && cache.remembered + size <= mostRemembered) {
    cache.remembered += size;
    row = new Uint16Array(size);
    lines.decided.set(key, row);
  }
  if (row !== undefined) row[peer.index + 1] = decision.number + 1;
  return decision;
}

/** What would be blocked is not known, where nothing is named that enforces it. */
function enforced(network: CachedNetwork, decision: Decision): Decision {
  const { reach, because, number } = decision;
  if (reach !== 'blocked' || network.enforced) return decision;
  const suffix = '(nothing is named that enforces policies)';
  const unsure = because.map(({ object, rule }) => ({ object, rule: `${rule} ${suffix}` }));
  return number === undefined
    ? { reach: 'unknown', because: unsure }
    : shared(network, `${number} is not enforced`, 'unknown', unsure);
}

/** A denial decides before every rule, and a rule before what isolates. `meant` says whom a line means. */
function concluded(lines: CompiledRules, question: Question, meant: (line: CompiledRule) => Truth): Decision {
  let doubts: Evidence[] | undefined;
  for (const line of lines.denials) {
    const applied = applies(line, question, meant(line));
    if (applied === 'yes') return line.decision;
    if (applied === 'no') continue;
    doubts = [...(doubts ?? []), { ...line.because, rule: `${line.because.rule}, which may deny it` }];
  }
  let perhaps: CompiledRule[] | undefined;
  for (const line of lines.rules) {
    const applied = applies(line, question, meant(line));
    if (applied === 'yes')
      return doubts === undefined ? line.decision : { reach: 'unknown', because: doubts };
    if (applied === 'maybe') perhaps = [...(perhaps ?? []), line];
  }
  return withDoubts(lines.otherwise, doubts ?? [], perhaps ?? []);
}

function applies(
  { rule, truth }: CompiledRule,
  { protocol, port, destination }: Question,
  meant: Truth,
): Truth {
  if (meant === 'no') return meant;
  const covered = coversPort(rule, protocol, port, destination);
  return covered === 'yes' && meant === 'yes' ? truth : and(meant, truth, covered);
}

function withDoubts(rest: Decision, doubts: readonly Evidence[], perhaps: readonly CompiledRule[]): Decision {
  if (perhaps.length === 0 && (doubts.length === 0 || rest.reach === 'blocked')) return rest;
  // What Cilium reads of a request is kept to, even where nothing else is kept out.
  const filtered = perhaps.some(({ rule }) => rule.layer7 !== undefined);
  if (rest.reach === 'allowed' && doubts.length === 0 && !filtered) return rest;
  const because = [...doubts, ...perhaps.map((line) => line.because), ...rest.because];
  return { reach: 'unknown', because };
}

/** Whom a line means of a range: several blocks may cover it together, and one that covers a part leaves it unknown. */
function rangeReader(
  network: CachedNetwork,
  { denials }: CompiledRules,
  addresses: AddressSet,
  { protocol, port, destination }: Question,
): (line: CompiledRule) => Truth {
  let gathered = noAddress;
  return (line) => {
    const named = addressesOf(line.rule);
    const together = denials.includes(line) ? named : union(gathered, named);
    const covered = and(line.truth, coversPort(line.rule, protocol, port, destination));
    if (covered === 'yes' && !denials.includes(line)) gathered = together;
    const found = isEmpty(named) || covered === 'no' ? 'no' : containsOneOf(together, addresses);
    if (found !== 'no') return found;
    return line.rule.peers?.some((peer) => mayBeAmong(network, peer, addresses)) ? 'maybe' : found;
  };
}
