import {
  type AddressSet,
  containsOneOf,
  everyAddress,
  isEmpty,
  isSubset,
  noAddress,
  union,
} from './addresses.ts';
import type { Because, FlowVerdict, ObjectRef, Protocol, Reach } from './judgement.ts';
import { coversPort, type Direction, type Peer, type Policy, type Rule } from './policy.ts';
import { type Labels, matches, unknownLabels } from './selector.ts';
import { and, type Truth, truthOf } from './truth.ts';
import type { Workload } from './workload.ts';

/** Something that may change what is allowed and is not modelled: another kind of policy, a chart. */
export interface Cloud {
  ref: ObjectRef;
  /** The namespace that it can touch; nothing for all. */
  namespace: string | undefined;
  why: string;
}

interface Selected {
  policy: Policy;
  truth: Truth;
}

/** Everything that decides whether a packet arrives. */
export interface Network {
  workloads: readonly Workload[];
  /** Labels of each namespace. */
  namespaces: ReadonlyMap<string, Labels>;
  /** Labels of a namespace that is none of those. */
  elsewhere: Labels;
  /** Policies that may select a workload, by its index. */
  selected: ReadonlyMap<number, readonly Selected[]>;
  clouds: readonly Cloud[];
  /** Where pods have their addresses, if that is known. */
  pods: AddressSet | undefined;
  /** Addresses of nodes, if they are known. */
  nodes: AddressSet | undefined;
  /** Whether something enforces NetworkPolicy. */
  enforced: boolean;
  /** Whether address blocks may leave out pods even where they contain their addresses, as Cilium does. */
  blocksMaySkipPods: boolean;
  /** What holds for a workload in a direction whoever the other side is, by index: filled as it is asked for. */
  fixed: Record<Direction, (Decision | 'none' | undefined)[]>;
  /** What is said to whom no rule admits, by index: filled as it is asked for. */
  blocked: Record<Direction, (Decision | undefined)[]>;
  /** What each peer says of each workload, by index: filled as it is asked for. */
  peers: Map<Peer, (Truth | undefined)[]>;
}

/** One end of a connection: a workload, or addresses outside of the cluster. */
export type Party = { workload: Workload } | { addresses: AddressSet };

/** A pod in a namespace that the objects do not define: Kubernetes' own, or somebody's. Its egress is open. */
export const stranger: Workload = {
  index: -1,
  ref: { kind: 'Pod', name: '*', file: '' },
  name: 'a pod of a namespace that is not among the objects',
  namespace: '',
  labels: unknownLabels,
  ports: [],
  hostNetwork: false,
  spec: {},
  standing: 'unseen',
};

/** Which policies may select each workload, by index. */
export function selectPolicies(
  workloads: readonly Workload[],
  policies: readonly Policy[],
): Map<number, Selected[]> {
  const byNamespace = groupByNamespace(policies);
  const selected = new Map<number, Selected[]>();
  for (const workload of workloads) {
    const found: Selected[] = [];
    for (const policy of byNamespace.get(workload.namespace) ?? []) {
      const truth = matches(policy.selector, workload.labels);
      if (truth !== 'no') found.push({ policy, truth });
    }
    selected.set(workload.index, found);
  }
  return selected;
}

export function groupByNamespace<Item extends { namespace: string }>(
  items: readonly Item[],
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.namespace);
    if (group === undefined) groups.set(item.namespace, [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * Whether a connection is let through, and by what. Addresses that are a range count as allowed where all of
 * them are, as blocked where none is. Replies need no rule.
 */
export function flow(
  network: Network,
  from: Party,
  to: Party,
  protocol: Protocol,
  port: number,
): FlowVerdict {
  const node = nodeToPod(from, to);
  const egress = node ?? decide(network, 'egress', from, to, protocol, port);
  const ingress = node ?? decide(network, 'ingress', to, from, protocol, port);
  const because = node === undefined ? [...egress.because, ...ingress.because] : node.because;
  return {
    verdict: both(egress.reach, ingress.reach),
    ingress: ingress.reach,
    egress: egress.reach,
    because,
  };
}

export interface Decision {
  reach: Reach;
  because: readonly Because[];
}

function both(a: Reach, b: Reach): Reach {
  if (a === 'blocked' || b === 'blocked') return 'blocked';
  return a === 'allowed' && b === 'allowed' ? 'allowed' : 'unknown';
}

/** What runs on a node's own network reaches the pods of that node whatever the policies say. */
function nodeToPod(from: Party, to: Party): Decision | undefined {
  if (!('workload' in from) || !('workload' in to) || !from.workload.hostNetwork) return undefined;
  const apart =
    from.workload.nodeName !== undefined &&
    to.workload.nodeName !== undefined &&
    from.workload.nodeName !== to.workload.nodeName;
  if (apart) return undefined;
  const rule = 'hostNetwork: traffic from a node to its own pods passes every policy';
  return { reach: 'allowed', because: [{ object: from.workload.ref, rule }] };
}

/** One direction: `subject` is the side whose policies speak, `peer` the other. */
function decide(
  network: Network,
  direction: Direction,
  subject: Party,
  peer: Party,
  protocol: Protocol,
  port: number,
): Decision {
  if (!('workload' in subject)) return { reach: 'allowed', because: [] };
  const { workload } = subject;
  const fixed = fixedDecision(network, direction, workload);
  if (fixed !== undefined) return fixed;
  const destination = direction === 'ingress' ? workload : 'workload' in peer ? peer.workload : undefined;
  const decision = judgeRules(network, direction, workload, peer, (rule) =>
    coversPort(rule, protocol, port, destination),
  );
  if (decision.reach !== 'blocked' || network.enforced) return decision;
  return { reach: 'unknown', because: [...decision.because.map(unenforced)] };
}

/** What holds for a workload whoever the other side is, where something does. */
function fixedDecision(network: Network, direction: Direction, workload: Workload): Decision | undefined {
  const row = network.fixed[direction];
  const known = row[workload.index + 1];
  if (known !== undefined) return known === 'none' ? undefined : known;
  const decision = findFixed(network, direction, workload);
  row[workload.index + 1] = decision ?? 'none';
  return decision;
}

function findFixed(network: Network, direction: Direction, workload: Workload): Decision | undefined {
  const { ref, namespace, hostNetwork, index } = workload;
  const always = (reach: Reach, object: ObjectRef, rule: string): Decision => ({
    reach,
    because: [{ object, rule }],
  });
  if (hostNetwork) return always('allowed', ref, `hostNetwork: no policy selects its ${direction}`);
  const cloud = network.clouds.find((each) => each.namespace === undefined || each.namespace === namespace);
  if (cloud !== undefined) return always('unknown', cloud.ref, cloud.why);
  const isolating = (network.selected.get(index) ?? []).some(({ policy }) => policy[direction] !== undefined);
  return isolating ? undefined : always('allowed', ref, `no policy isolates its ${direction}`);
}

function unenforced({ object, rule }: Because): Because {
  return { object, rule: `${rule} (nothing is named that enforces policies)` };
}

function judgeRules(
  network: Network,
  direction: Direction,
  workload: Workload,
  peer: Party,
  covers: (rule: Rule) => Truth,
): Decision {
  const perhaps: Because[] = [];
  let blocks = noAddress;
  for (const { policy, truth } of network.selected.get(workload.index) ?? []) {
    for (const rule of policy[direction] ?? []) {
      const covered = and(truth, covers(rule));
      if (covered === 'no') continue;
      const gathered = 'workload' in peer ? noAddress : union(blocks, addressesOf(rule));
      if (covered === 'yes') blocks = gathered;
      const truths = 'workload' in peer ? peer.workload : { gathered, addresses: peer.addresses };
      const admitted = and(covered, admits(network, policy, rule, truths));
      if (admitted === 'no') continue;
      const because = { object: policy.ref, rule: rule.name };
      if (admitted === 'yes') return { reach: 'allowed', because: [because] };
      perhaps.push(because);
    }
  }
  const blocked = blockedDecision(network, direction, workload);
  if (perhaps.length === 0) return blocked;
  return { reach: 'unknown', because: [...perhaps, ...blocked.because] };
}

/** What a workload's policies say to whom no rule admits: blocked, unless it is not certain that they select it. */
function blockedDecision(network: Network, direction: Direction, { index }: Workload): Decision {
  const row = network.blocked[direction];
  const known = row[index + 1];
  if (known !== undefined) return known;
  const isolating = (network.selected.get(index) ?? []).filter(
    ({ policy }) => policy[direction] !== undefined,
  );
  const certain = isolating.some(({ truth }) => truth === 'yes');
  const because = isolating.map(({ policy }) => ({
    object: policy.ref,
    rule: `isolates ${direction}; no rule of it admits this`,
  }));
  const decision: Decision = { reach: certain ? 'blocked' : 'unknown', because };
  row[index + 1] = decision;
  return decision;
}

/** A range of addresses, and the blocks gathered so far: several may cover it together. */
interface Range {
  gathered: AddressSet;
  addresses: AddressSet;
}

function admits(network: Network, policy: Policy, rule: Rule, party: Workload | Range): Truth {
  if (rule.peers === undefined) return 'yes';
  let best: Truth = 'no';
  for (const peer of rule.peers) {
    const truth =
      'index' in party
        ? isPeer(network, policy, peer, party)
        : containsParty(peer, party.gathered, party.addresses);
    if (truth === 'yes') return truth;
    if (truth === 'maybe') best = truth;
  }
  return best;
}

function containsParty(peer: Peer, gathered: AddressSet, addresses: AddressSet): Truth {
  if (peer.kind === 'pods') return 'no';
  return peer.kind === 'damaged' ? 'maybe' : containsOneOf(gathered, addresses);
}

function isPeer(network: Network, policy: Policy, peer: Peer, workload: Workload): Truth {
  let row = network.peers.get(peer);
  if (row === undefined) {
    row = [];
    network.peers.set(peer, row);
  }
  const known = row[workload.index + 1];
  if (known !== undefined) return known;
  const truth = judgePeer(network, policy, peer, workload);
  row[workload.index + 1] = truth;
  return truth;
}

function judgePeer(network: Network, policy: Policy, peer: Peer, workload: Workload): Truth {
  switch (peer.kind) {
    case 'damaged':
      return 'maybe';
    case 'addresses':
      return admitsAddress(network, peer.set, workload);
    case 'pods': {
      // A pod on the node's network has the node's address: selectors do not find it.
      if (workload.hostNetwork) return 'no';
      const inside =
        peer.namespaces === undefined
          ? truthOf(workload.namespace === policy.namespace)
          : matches(peer.namespaces, namespaceLabels(network, workload.namespace));
      return and(inside, peer.pods === undefined ? 'yes' : matches(peer.pods, workload.labels));
    }
  }
}

/** Whether a block of addresses covers a workload, by its own address or by what is known of pods and nodes. */
export function admitsAddress(network: Network, set: AddressSet, workload: Workload): Truth {
  const where = workload.addresses ?? (workload.hostNetwork ? network.nodes : network.pods);
  if (where === undefined)
    return isSubset(firstFamily, set) ? clouded(network) : isEmpty(set) ? 'no' : 'maybe';
  const truth = containsOneOf(set, where);
  return truth === 'yes' ? clouded(network) : truth;
}

const firstFamily: AddressSet = { intervals: everyAddress.intervals.filter(({ family }) => family === 4) };

function clouded(network: Network): Truth {
  return network.blocksMaySkipPods ? 'maybe' : 'yes';
}

/** Labels of a namespace; Kubernetes gives each its name as `kubernetes.io/metadata.name`. */
export function namespaceLabels(network: Network, namespace: string): Labels {
  const labels = network.namespaces.get(namespace);
  if (labels !== undefined) return labels;
  if (namespace !== '') return { known: new Map([[nameLabel, namespace]]), uncertain: 'every' };
  return network.elsewhere;
}

export const nameLabel = 'kubernetes.io/metadata.name';

/** Addresses that a workload's ingress admits on a port, rule by rule; everything where nothing isolates it. */
export function admittedAddresses(
  network: Network,
  workload: Workload,
  protocol: Protocol,
  port: number,
): readonly { set: AddressSet; because: Because }[] {
  const isolating = (network.selected.get(workload.index) ?? []).filter(
    ({ policy }) => policy.ingress !== undefined,
  );
  if (workload.hostNetwork || !isolating.some(({ truth }) => truth === 'yes')) {
    const rule = workload.hostNetwork
      ? 'hostNetwork: no policy selects it'
      : 'no policy isolates its ingress';
    return [{ set: everyAddress, because: { object: workload.ref, rule } }];
  }
  return isolating.flatMap(({ policy }) =>
    (policy.ingress ?? [])
      .filter((rule) => coversPort(rule, protocol, port, workload) !== 'no')
      .map((rule) => ({ set: addressesOf(rule), because: { object: policy.ref, rule: rule.name } }))
      .filter(({ set }) => !isEmpty(set)),
  );
}

function addressesOf(rule: Rule): AddressSet {
  if (rule.peers === undefined) return everyAddress;
  return union(...rule.peers.flatMap((peer) => (peer.kind === 'addresses' ? [peer.set] : [])));
}
