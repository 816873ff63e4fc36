import { textAt } from '../../kubernetes/fields.ts';
import {
  type AddressSet,
  containsOneOf,
  everyAddress,
  intersect,
  isEmpty,
  isSubset,
  union,
} from '../model/addresses.ts';
import { knownLabels, type Labels, matches, nameLabel, unknownLabels } from '../model/selector.ts';
import type { Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import type { Peer, PeerGroup, PodSelector, Rule } from './policy.ts';

/** The facts that decide which workloads a peer selects. */
export interface NetworkContext {
  /** Labels of each namespace. */
  namespaces: ReadonlyMap<string, Labels>;
  /** Labels of a namespace that is not among them. */
  elsewhere: Labels;
  /** The address ranges of pods, if they are known. */
  pods: AddressSet | undefined;
  /** Addresses of nodes, if they are known. */
  nodes: AddressSet | undefined;
  /** Whether address blocks may exclude pods and nodes although they contain their addresses. */
  blocksMayOmitCluster: boolean;
}

/** Labels of a namespace; Kubernetes gives each its name as `kubernetes.io/metadata.name`. */
export function namespaceLabels({ namespaces, elsewhere }: NetworkContext, namespace: string): Labels {
  const labels = namespaces.get(namespace);
  if (labels !== undefined) return labels;
  return namespace === '' ? elsewhere : { ...nameOnly(namespace), uncertain: 'every' };
}

function nameOnly(namespace: string): Labels {
  return knownLabels(new Map([[nameLabel, namespace]]));
}

/** The name of a pod's service account: `default` where the pod names none. */
function accountOf({ spec, provenance }: Workload): Labels {
  if (provenance !== 'object') return unknownLabels;
  const name = textAt(spec, 'serviceAccountName') ?? textAt(spec, 'serviceAccount') ?? 'default';
  return knownLabels(new Map([['name', name]]));
}

/** Whether a selector may select pods of a namespace, whatever their labels. */
export function selectsNamespace(
  context: NetworkContext,
  { namespace: own, namespaces, names }: PodSelector,
  namespace: string,
): Truth {
  if (own !== undefined && own !== namespace) return 'no';
  const inside = namespaces === undefined ? 'yes' : matches(namespaces, namespaceLabels(context, namespace));
  if (inside === 'no' || names === undefined) return inside;
  const named = matches(names, namespace === '' ? context.elsewhere : nameOnly(namespace));
  return named === 'yes' ? inside : named;
}

/** Whether a selector selects a pod. */
export function selectsPod(context: NetworkContext, selector: PodSelector, workload: Workload): Truth {
  const { pods, accounts, inexact } = selector;
  let truth = selectsNamespace(context, selector, workload.namespace);
  if (truth === 'no') return truth;
  if (pods !== undefined) truth = both(truth, matches(pods, workload.labels));
  if (accounts !== undefined) truth = both(truth, matches(accounts, accountOf(workload)));
  return inexact === undefined ? truth : both(truth, 'maybe');
}

function both(a: Truth, b: Truth): Truth {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'yes' ? b : a;
}

/** Whether a peer is a workload. */
export function isPeer(context: NetworkContext, peer: Peer, workload: Workload): Truth {
  switch (peer.kind) {
    case 'unknown':
      return 'maybe';
    case 'addresses':
      return admitsAddress(context, peer.set, workload);
    case 'pods':
      // A pod on the node's network has the node's address, so selectors do not select it.
      return workload.hostNetwork ? 'no' : selectsPod(context, peer, workload);
    case 'group':
      return workload.hostNetwork ? nodeIsIn(peer.group) : podIsIn(peer.group, workload);
  }
}

/** Whether a group contains workloads on the network of a node: the own node, or another one. */
function nodeIsIn(group: PeerGroup): Truth {
  switch (group) {
    case 'everyone':
    case 'cluster':
    case 'nodes':
      return 'yes';
    case 'outside':
    case 'unmanaged-pods':
      return 'no';
    case 'own-node':
    case 'other-nodes':
    case 'api-server':
    case 'some-beyond-pods':
      return 'maybe';
  }
}

function podIsIn(group: PeerGroup, { provenance }: Workload): Truth {
  switch (group) {
    case 'everyone':
    case 'cluster':
      return 'yes';
    case 'unmanaged-pods':
      return 'maybe';
    case 'api-server':
      return provenance === 'unseen' ? 'maybe' : 'no';
    case 'outside':
    case 'own-node':
    case 'other-nodes':
    case 'nodes':
    case 'some-beyond-pods':
      return 'no';
  }
}

/** Whether a rule applies to a pod that its policy selects. */
export function appliesTo(context: NetworkContext, { onlyFor }: Rule, workload: Workload): Truth {
  if (onlyFor === undefined) return 'yes';
  const truths = onlyFor.map((peer) => isPeer(context, peer, workload));
  return truths.includes('yes') ? 'yes' : truths.includes('maybe') ? 'maybe' : 'no';
}

/** Whether an address block covers a workload, by its own address or by the ranges of pods and nodes. */
export function admitsAddress(context: NetworkContext, set: AddressSet, workload: Workload): Truth {
  const where = workload.addresses ?? (workload.hostNetwork ? context.nodes : context.pods);
  if (where === undefined)
    return isSubset(firstFamily, set) ? inBlock(context) : isEmpty(set) ? 'no' : 'maybe';
  const truth = containsOneOf(set, where);
  return truth === 'yes' ? inBlock(context) : truth;
}

const firstFamily: AddressSet = { intervals: everyAddress.intervals.filter(({ family }) => family === 4) };

function inBlock({ blocksMayOmitCluster }: NetworkContext): Truth {
  return blocksMayOmitCluster ? 'maybe' : 'yes';
}

/** The addresses outside the cluster that a rule certainly matches. */
export function addressesOf({ peers }: Rule): AddressSet {
  if (peers === undefined) return everyAddress;
  return union(
    ...peers.flatMap((peer) => {
      if (peer.kind === 'addresses') return [peer.set];
      return peer.kind === 'group' && (peer.group === 'everyone' || peer.group === 'outside')
        ? [everyAddress]
        : [];
    }),
  );
}

/** The addresses outside the cluster that a rule may match: also those of nodes, and of unknown peers. */
export function possibleAddressesOf(context: NetworkContext, rule: Rule): AddressSet {
  const isPossible = (peer: Peer): boolean => mayBeAmong(context, peer, everyAddress);
  return rule.peers?.some(isPossible) === true ? everyAddress : addressesOf(rule);
}

/** Whether a peer may match addresses that are in no rule: those of nodes, or of an unknown peer. */
export function mayBeAmong({ nodes }: NetworkContext, peer: Peer, addresses: AddressSet): boolean {
  if (peer.kind === 'unknown') return true;
  if (peer.kind !== 'group') return false;
  switch (peer.group) {
    case 'api-server':
    case 'some-beyond-pods':
      return true;
    case 'cluster':
    case 'other-nodes':
    case 'nodes':
      return nodes === undefined || !isEmpty(intersect(nodes, addresses));
    // Connections from the own node pass every policy.
    case 'own-node':
    case 'everyone':
    case 'outside':
    case 'unmanaged-pods':
      return false;
  }
}
