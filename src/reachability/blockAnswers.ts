import {
  type AddressSet,
  cutAt,
  intersect,
  isEmpty,
  isSubset,
  union,
  writtenRanges,
} from './model/addresses.ts';
import type { Evidence, FlowVerdict, Protocol, Reach } from './model/analysis.ts';
import type { Workload } from './model/workload.ts';
import type { Flow } from './policies/flow.ts';
import { type Network, type Party, unknownPod } from './policies/network.ts';

/** The answer about a part of a block. */
export interface AnswerPart {
  /** Ranges in CIDR notation, or as `first-last`. */
  addresses: readonly string[];
  verdict: Reach;
  ingress: Reach;
  egress: Reach;
}

/** The answer about a block of addresses. */
export interface BlockAnswer extends FlowVerdict {
  /** The parts whose answers differ; undefined if the whole block has one answer. */
  parts?: readonly AnswerPart[];
}

/** A block that policies cut into more parts is not compared part by part. */
const mostParts = 4096;

/** Which way a connection between a workload and a block goes. */
export interface BlockQuestion {
  workload: Workload;
  block: AddressSet;
  /** `from` if the block is the source. */
  side: 'from' | 'to';
  protocol: Protocol;
  port: number;
}

/**
 * Creates an evaluator of connections between a workload and a block of addresses. A block is cut where a policy of the
 * workload, the ranges of pods and nodes, or the address of a pod cuts it. A part in the ranges of pods may be any pod
 * without a known address, also one that is not among the objects.
 */
export function createBlockAnswerer(network: Network, flow: Flow): (question: BlockQuestion) => BlockAnswer {
  const placed = network.workloads.filter(
    ({ addresses, hostNetwork }) => addresses !== undefined && !hostNetwork,
  );
  const unplaced = network.workloads.filter(
    ({ addresses, hostNetwork }) => addresses === undefined && !hostNetwork,
  );
  const known = [network.pods, network.nodes, ...placed.map(({ addresses }) => addresses)].flatMap(
    (set) => set ?? [],
  );
  return (question) => {
    const { workload, block } = question;
    const cuts = [...known, ...blocksOf(network, workload)];
    const pieces = cutAt(block, cuts, mostParts);
    if (pieces === undefined) return undecided(workload, 'policies cut the block into too many parts');
    const answers = pieces.map((piece) => ({
      piece,
      answer: merged(
        partiesOf(network, piece, { placed, unplaced }).map((party) => ask(flow, question, party)),
      ),
    }));
    return joined(answers);
  };
}

function ask(flow: Flow, { workload, side, protocol, port }: BlockQuestion, other: Party): FlowVerdict {
  const own = { workload };
  return side === 'from' ? flow(other, own, protocol, port) : flow(own, other, protocol, port);
}

/** Whoever may have the addresses of a piece. */
function partiesOf(
  { pods, nodes }: Network,
  piece: AddressSet,
  { placed, unplaced }: Record<'placed' | 'unplaced', readonly Workload[]>,
): readonly Party[] {
  const outside = { addresses: piece };
  const exact = placed.filter(({ addresses }) => addresses !== undefined && isSubset(piece, addresses));
  if (exact.length > 0) return exact.map((workload) => ({ workload }));
  if (pods !== undefined && isSubset(piece, pods))
    return [outside, { workload: unknownPod }, ...unplaced.map((workload) => ({ workload }))];
  // A node always reaches its own pods.
  if (nodes !== undefined && !isEmpty(intersect(piece, nodes)))
    return [outside, { workload: { ...unknownPod, hostNetwork: true } }];
  return [outside];
}

/** The blocks in the policies that may select a workload. */
function blocksOf(network: Network, { index }: Workload): readonly AddressSet[] {
  return (network.selected.get(index) ?? []).flatMap(({ policy }) =>
    [policy.ingress, policy.egress].flatMap((side) =>
      (side?.rules ?? []).flatMap(({ peers = [] }) =>
        peers.flatMap((peer) => (peer.kind === 'addresses' ? [peer.set] : [])),
      ),
    ),
  );
}

function agreed(reaches: readonly Reach[]): Reach {
  const [first = 'unknown'] = reaches;
  return reaches.every((each) => each === first) ? first : 'unknown';
}

/** One answer for whoever may have the same addresses: unknown where they differ. */
function merged(answers: readonly FlowVerdict[]): FlowVerdict {
  const [only] = answers;
  if (only !== undefined && answers.length === 1) return only;
  return {
    verdict: agreed(answers.map(({ verdict }) => verdict)),
    ingress: agreed(answers.map(({ ingress }) => ingress)),
    egress: agreed(answers.map(({ egress }) => egress)),
    because: distinct(answers),
  };
}

function joined(answers: readonly { piece: AddressSet; answer: FlowVerdict }[]): BlockAnswer {
  const groups = new Map<string, { pieces: AddressSet[]; answer: FlowVerdict }>();
  for (const { piece, answer } of answers) {
    const key = `${answer.verdict} ${answer.ingress} ${answer.egress}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { pieces: [piece], answer });
    else group.pieces.push(piece);
  }
  const all = merged(answers.map(({ answer }) => answer));
  if (groups.size < 2) return { ...all, because: distinct(answers.map(({ answer }) => answer)) };
  const parts = [...groups.values()].map(({ pieces, answer: { verdict, ingress, egress } }) => ({
    addresses: writtenRanges(union(...pieces)),
    verdict,
    ingress,
    egress,
  }));
  return { ...all, parts };
}

/** The evidence of several answers, each once. */
function distinct(answers: readonly FlowVerdict[]): readonly Evidence[] {
  const found = new Map<string, Evidence>();
  for (const { because } of answers)
    for (const each of because) {
      const { kind, namespace = '', name } = each.object;
      found.set(`${kind} ${namespace}/${name} ${each.rule}`, each);
    }
  return [...found.values()];
}

function undecided({ ref }: Workload, rule: string): BlockAnswer {
  return { verdict: 'unknown', ingress: 'unknown', egress: 'unknown', because: [{ object: ref, rule }] };
}
