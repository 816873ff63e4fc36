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
import type { Entity, Peer, PodSelector, Rule } from './policy.ts';

/** What must be known to tell who is meant by a peer. */
export interface NetworkContext {
  /** Labels of each namespace. */
  namespaces: ReadonlyMap<string, Labels>;
  /** Labels of a namespace that is none of those. */
  elsewhere: Labels;
  /** Where pods have their addresses, if that is known. */
  pods: AddressSet | undefined;
  /** Addresses of nodes, if they are known. */
  nodes: AddressSet | undefined;
  /** Whether address blocks may leave out pods even where they contain their addresses, as Cilium does. */
  blocksMaySkipPods: boolean;
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
      // A pod on the node's network has the node's address: selectors do not find it.
      return workload.hostNetwork ? 'no' : selectsPod(context, peer, workload);
    case 'entity':
      return workload.hostNetwork ? hostIs(peer.entity) : podIs(peer.entity, workload);
  }
}

/** What runs on the network of its node is the node to Cilium, its own or another one. */
function hostIs(entity: Entity): Truth {
  switch (entity) {
    case 'all':
    case 'cluster':
    case 'nodes':
      return 'yes';
    case 'world':
    case 'unmanaged':
    case 'init':
      return 'no';
    case 'host':
    case 'remote-node':
    case 'kube-apiserver':
      return 'maybe';
  }
}

function podIs(entity: Entity, { provenance }: Workload): Truth {
  switch (entity) {
    case 'all':
    case 'cluster':
      return 'yes';
    case 'unmanaged':
    case 'init':
      return 'maybe';
    case 'kube-apiserver':
      return provenance === 'unseen' ? 'maybe' : 'no';
    case 'world':
    case 'host':
    case 'remote-node':
    case 'nodes':
      return 'no';
  }
}

/** Whether a block of addresses covers a workload, by its own address or by what is known of pods and nodes. */
export function admitsAddress(context: NetworkContext, set: AddressSet, workload: Workload): Truth {
  const where = workload.addresses ?? (workload.hostNetwork ? context.nodes : context.pods);
  if (where === undefined)
    return isSubset(firstFamily, set) ? clouded(context) : isEmpty(set) ? 'no' : 'maybe';
  const truth = containsOneOf(set, where);
  return truth === 'yes' ? clouded(context) : truth;
}

const firstFamily: AddressSet = { intervals: everyAddress.intervals.filter(({ family }) => family === 4) };

function clouded({ blocksMaySkipPods }: NetworkContext): Truth {
  return blocksMaySkipPods ? 'maybe' : 'yes';
}

/** The addresses outside of the cluster that a rule names for certain. */
export function addressesOf({ peers }: Rule): AddressSet {
  if (peers === undefined) return everyAddress;
  return union(
    ...peers.flatMap((peer) => {
      if (peer.kind === 'addresses') return [peer.set];
      return peer.kind === 'entity' && (peer.entity === 'all' || peer.entity === 'world')
        ? [everyAddress]
        : [];
    }),
  );
}

/** Whether a peer may stand for addresses that no rule names: those of nodes, or of nobody knows whom. */
export function mayBeAmong({ nodes }: NetworkContext, peer: Peer, addresses: AddressSet): boolean {
  if (peer.kind === 'unknown') return true;
  if (peer.kind !== 'entity') return false;
  switch (peer.entity) {
    case 'kube-apiserver':
      return true;
    case 'cluster':
    case 'remote-node':
    case 'nodes':
      return nodes === undefined || !isEmpty(intersect(nodes, addresses));
    // What the own node sends passes every policy anyway.
    case 'host':
    case 'all':
    case 'world':
    case 'unmanaged':
    case 'init':
      return false;
  }
}
