import { describeObject } from '../../manifests/sourcedObject.ts';
import { type AddressSet, isEmpty, noAddress, subtract, union } from '../model/addresses.ts';
import type { Evidence, Reach } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { containersOf, imageNameOf, type Workload } from '../model/workload.ts';
import { admittedAddresses, admittedNodes } from '../policies/admitted.ts';
import { createCandidateFinder } from '../policies/candidates.ts';
import type { Flow } from '../policies/flow.ts';
import { unknownPod, unmodelledOver } from '../policies/network.ts';
import { selectsPod } from '../policies/peers.ts';
import { admittingRules, coversPort, type Peer, type Rule } from '../policies/policy.ts';
import { rulesOver } from '../policies/ruleOrder.ts';
import { furtherPorts, type Served, servedPorts, servicePortsOf } from './servedPorts.ts';

/** A workload inside the cluster that may connect to another. */
export interface PotentialClient {
  workload: Workload;
  reach: Exclude<Reach, 'blocked'>;
  served: Served;
  because: readonly Evidence[];
}

/** Finds the workloads inside the cluster that may connect to a workload. */
export interface ClientFinder {
  /**
   * The clients of a workload on the ports that it serves, without the workload itself: workloads among the objects,
   * those that charts may create, and a pod of a namespace that the objects do not define.
   */
  potentialClientsOf: (target: Workload) => readonly PotentialClient[];
  /** The same for some of the ports. */
  potentialClientsOn: (target: Workload, ports: readonly Served[]) => readonly PotentialClient[];
}

/** The finder remembers the clients of each workload, so use one for all questions. */
export function createClientFinder(model: Model, flow: Flow): ClientFinder {
  const candidatesFor = createCandidateFinder(model);
  const known = new Map<Workload, readonly PotentialClient[]>();
  const potentialClientsOn: ClientFinder['potentialClientsOn'] = (target, ports) => {
    const [first] = ports;
    if (first !== undefined && isOpenToAll(model, target)) return [openClient(flow, target, first)];
    return candidatesFor(target).flatMap((workload) =>
      workload === target || isSameOwner(workload, target)
        ? []
        : (potentialClient(flow, workload, target, ports) ?? []),
    );
  };
  const potentialClientsOf: ClientFinder['potentialClientsOf'] = (target) => {
    const found = known.get(target) ?? potentialClientsOn(target, servedPorts(model, target));
    known.set(target, found);
    return found;
  };
  return { potentialClientsOf, potentialClientsOn };
}

/** Represents every pod as the client of a workload that is open to all. */
function openClient(flow: Flow, target: Workload, served: Served): PotentialClient {
  const { because } = flow({ workload: unknownPod }, { workload: target }, served.protocol, served.port);
  return { workload: everyPod, reach: 'allowed', served, because };
}

/** The best result of a workload on some ports; undefined if it is blocked on each. */
function potentialClient(
  flow: Flow,
  workload: Workload,
  target: Workload,
  ports: readonly Served[],
): PotentialClient | undefined {
  const found = ports.flatMap((served): readonly PotentialClient[] => {
    const { verdict, because } = flow({ workload }, { workload: target }, served.protocol, served.port);
    if (verdict === 'blocked') return [];
    return [{ workload, reach: workload.perhaps === true ? 'unknown' : verdict, served, because }];
  });
  return found.find(({ reach }) => reach === 'allowed') ?? found[0];
}

/** Represents all pods if a workload blocks none. */
const everyPod: Workload = { ...unknownPod, name: 'every pod of the cluster' };

/** Whether no policy restricts the clients of a workload. */
export function isOpenToAll({ network }: Model, workload: Workload): boolean {
  if (workload.hostNetwork) return network.nodePolicy === undefined;
  const selected = network.selected.get(workload.index) ?? [];
  return (
    selected.every(({ policy }) => policy.ingress === undefined) &&
    unmodelledOver(network, workload).length === 0
  );
}

/** Whether a controller creates both pods for the same object. */
function isSameOwner(a: Workload, b: Workload): boolean {
  return (
    a.provenance === 'controller' &&
    b.provenance === 'controller' &&
    describeObject(a.ref) === describeObject(b.ref)
  );
}

/** Addresses outside the cluster that a workload admits although they are not allowed. */
export interface UnexpectedSource {
  served: Served;
  /** Undefined for nodes, since no policy contains their addresses. */
  set: AddressSet | undefined;
  certain: boolean;
  because: Evidence;
}

/**
 * The addresses beyond `allowed` that a workload's policies admit, without those of nodes and pods: a node always
 * reaches its own pods, and pods are checked one by one.
 */
export function unexpectedAddresses(
  model: Model,
  target: Workload,
  allowed: AddressSet,
  ports: readonly Served[] = servedPorts(model, target),
): readonly UnexpectedSource[] {
  const { network } = model;
  const known = union(allowed, network.nodes ?? noAddress, network.pods ?? noAddress);
  return ports.flatMap((served): readonly UnexpectedSource[] => {
    const { protocol, port } = served;
    const beyond = admittedAddresses(network, target, protocol, port).flatMap(({ set, ...why }) => {
      const rest = subtract(set, known);
      return isEmpty(rest) ? [] : [{ served, set: rest, ...why }];
    });
    const nodes = admittedNodes(network, target, protocol, port).map((because) => ({
      served,
      set: undefined,
      certain: false,
      because,
    }));
    return [...beyond, ...nodes];
  });
}

/** Clients and addresses that may connect on ports that a workload is not known to serve. */
export interface FurtherClients {
  clients: readonly PotentialClient[];
  addresses: readonly UnexpectedSource[];
}

/**
 * Who may connect on ports that the policies of a workload name and that it is not known to serve, without those that
 * its policies select by label, and without nodes.
 */
export function furtherClients(
  model: Model & ClientFinder,
  target: Workload,
  allowed: AddressSet,
): FurtherClients {
  const ports = isOpenToAll(model, target)
    ? []
    : furtherPorts(model, target).filter((served) => !namesItsClients(model, target, served, true));
  if (ports.length === 0) return { clients: [], addresses: [] };
  return {
    clients: model
      .potentialClientsOn(target, ports)
      .filter(({ workload, served }) => !isNamedByPolicies(model, workload, target, served)),
    addresses: unexpectedAddresses(model, target, allowed, ports).filter(({ set }) => set !== undefined),
  };
}

/** Whether a workload's environment, arguments or mounted files name a Service of the target. */
export function namesServiceOf(model: Model, client: Workload, target: Workload): boolean {
  const named = model.serviceReferences.get(client);
  return named !== undefined && servicePortsOf(model, target).some(({ service }) => named.has(service));
}

/** The workloads whose environment, arguments or mounted files name a Service of the target. */
export function clientsNaming(model: Model, target: Workload): ReadonlySet<Workload> {
  const clients = servicePortsOf(model, target).flatMap(({ service }) => model.clientsOf(service));
  return new Set(clients.filter((client) => client !== target));
}

/**
 * Whether both ends select each other: the target's ingress and the client's egress each have a rule that selects the
 * other by pod labels.
 */
export function isNamedByPolicies(model: Model, client: Workload, target: Workload, served: Served): boolean {
  return (
    selectsByLabel(model, 'ingress', target, client, target, served) &&
    selectsByLabel(model, 'egress', client, target, target, served)
  );
}

/**
 * Whether a workload's policies admit only pods that they select by label in selected namespaces, and optionally nodes,
 * to a port.
 */
export function namesItsClients(
  { network }: Model,
  target: Workload,
  { protocol, port }: Served,
  nodesToo = false,
): boolean {
  const isMeant = (peer: Peer): boolean => selectsPodsByLabel(peer) || (nodesToo && isNode(peer));
  const selected = network.selected.get(target.index) ?? [];
  const isIsolated = selected.some(
    ({ policy, truth }) => truth === 'yes' && policy.ingress?.isolates === true,
  );
  if (!network.enforced || !isIsolated || target.hostNetwork || unmodelledOver(network, target).length > 0)
    return false;
  const rules = rulesOver(network, 'ingress', target)
    .map(({ rule }) => rule)
    .filter((rule) => rule.action !== 'deny' && coversPort(rule, protocol, port, target) !== 'no');
  return rules.length > 0 && rules.every(({ peers }) => peers?.every(isMeant) === true);
}

function isNode(peer: Peer): boolean {
  return peer.kind === 'group' && ['own-node', 'other-nodes', 'nodes', 'api-server'].includes(peer.group);
}

/** Whether a peer selects pods by label, in one namespace or in namespaces by label. */
function selectsPodsByLabel(peer: Peer): peer is Peer & { kind: 'pods' } {
  return (
    peer.kind === 'pods' &&
    (peer.pods?.requirements.length ?? 0) > 0 &&
    (peer.namespace !== undefined || [peer.namespaces, peer.names].some((part) => part?.requirements[0]))
  );
}

function selectsByLabel(
  model: Model,
  direction: 'ingress' | 'egress',
  subject: Workload,
  other: Workload,
  destination: Workload,
  { protocol, port }: Served,
): boolean {
  const isPicked = (peer: Peer): boolean =>
    selectsPodsByLabel(peer) && selectsPod(model.network, peer, other) === 'yes';
  const admits = (rule: Rule): boolean =>
    coversPort(rule, protocol, port, destination) === 'yes' && (rule.peers ?? []).some(isPicked);
  return (model.network.selected.get(subject.index) ?? []).some(
    ({ policy, truth }) => truth === 'yes' && admittingRules(policy[direction]).some(admits),
  );
}

/** Matches the images of data stores by the last part of their name. */
const dataStoreImages =
  /^(?:postgres|postgresql|pgvecto-rs|timescaledb|mysql|mariadb|mongo|mongodb|redis|valkey|keydb|dragonfly|memcached|etcd|cassandra|elasticsearch|opensearch|clickhouse|influxdb|rustfs|minio)(?:$|[-_.])/;

/** Ports that only data stores use. That of etcd's requests over HTTP is 2383 since Talos 1.14. */
const dataStorePorts = new Set([5432, 3306, 6379, 27017, 11211, 2379, 2383, 9042]);

/** Whether a workload is a database or a cache, according to its image or port. */
export function isDataStore(model: Model, workload: Workload): boolean {
  if (containersOf(workload.spec).some((container) => dataStoreImages.test(imageNameOf(container))))
    return true;
  return servedPorts(model, workload).some(
    ({ protocol, port }) => protocol === 'TCP' && dataStorePorts.has(port),
  );
}
