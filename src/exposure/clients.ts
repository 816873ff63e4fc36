import { type AddressSet, isEmpty, noAddress, subtract, union } from './addresses.ts';
import { environmentOf, mountedFiles } from './configuration.ts';
import type { Because, Reach } from './judgement.ts';
import type { Model } from './model.ts';
import { admittedAddresses, flow, namespaceLabels, stranger } from './network.ts';
import { coversPort, type Peer, type Rule } from './policy.ts';
import { matches } from './selector.ts';
import type { Service } from './service.ts';
import { describe, type Served, servedPorts, servicePortsOf } from './ways.ts';
import { containersOf, imageNameOf, type Workload, wordsOf } from './workload.ts';

/** Somebody inside the cluster who may reach a workload. */
export interface Reacher {
  workload: Workload;
  reach: Exclude<Reach, 'blocked'>;
  served: Served;
  because: readonly Because[];
}

/**
 * Everyone inside the cluster who reaches a workload on a port that it serves, itself left out: workloads among
 * the objects, those that charts may make, and a pod of a namespace that the objects do not define.
 */
export function reachersOf(model: Model, target: Workload): readonly Reacher[] {
  const ports = servedPorts(model, target);
  return [...model.workloads, stranger].flatMap((workload) => {
    if (workload === target || isSameOwner(workload, target)) return [];
    const found = ports.flatMap((served): readonly Reacher[] => {
      const { verdict, because } = flow(
        model.network,
        { workload },
        { workload: target },
        served.protocol,
        served.port,
      );
      return verdict === 'blocked' ? [] : [{ workload, reach: verdict, served, because }];
    });
    return found.find(({ reach }) => reach === 'allowed') ?? found[0] ?? [];
  });
}

/** Pods that one object of a controller makes belong together. */
function isSameOwner(a: Workload, b: Workload): boolean {
  return a.standing === 'controller' && b.standing === 'controller' && describe(a.ref) === describe(b.ref);
}

/** Addresses outside of the cluster that a workload admits beyond those that it may. */
export interface Excess {
  served: Served;
  set: AddressSet;
  because: Because;
}

/**
 * What a workload's policies admit by address beyond `allowed`. Nodes and pods are left out: a node always
 * reaches its own pods, and pods are judged one by one.
 */
export function excessAddresses(model: Model, target: Workload, allowed: AddressSet): readonly Excess[] {
  const { network } = model;
  const known = union(allowed, network.nodes ?? noAddress, network.pods ?? noAddress);
  return servedPorts(model, target).flatMap((served) =>
    admittedAddresses(network, target, served.protocol, served.port).flatMap(({ set, because }) => {
      const rest = subtract(set, known);
      return isEmpty(rest) ? [] : [{ served, set: rest, because }];
    }),
  );
}

/** True where a workload's environment, arguments or mounted files name a Service that leads to the target. */
export function namesServiceOf(model: Model, client: Workload, target: Workload): boolean {
  const services = servicePortsOf(model, target).map(({ service }) => service);
  if (services.length === 0) return false;
  const texts = textsOf(model, client);
  return services.some((service) => texts.some((text) => namesService(text, service, client.namespace)));
}

function textsOf(model: Model, { namespace, spec }: Workload): readonly string[] {
  return containersOf(spec).flatMap((container) => [
    ...wordsOf(container),
    ...[...environmentOf(model.stores, namespace, container).values()].flatMap((text) => text ?? []),
    ...mountedFiles(model.stores, namespace, spec, container).flatMap(({ text }) => text ?? []),
  ]);
}

/** Finds a Service's name as a whole host name: not as a part of a longer one, and not as the scheme of a URL. */
function namesService(text: string, service: Service, namespace: string): boolean {
  const name = escapeForPattern(service.name);
  const inside = `\\.${escapeForPattern(service.namespace)}(?:\\.svc(?:\\.[a-z0-9.-]+)?)?`;
  const host = service.namespace === namespace ? `${name}(?:${inside})?` : `${name}${inside}`;
  return new RegExp(`(?:^|[^a-zA-Z0-9_.-])${host}(?=$|[^a-zA-Z0-9_.:-]|:(?!//))`).test(text);
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * True where both ends name each other: the target's ingress and the client's egress each have a rule that
 * picks the other by the labels of its pods.
 */
export function isNamedByPolicies(model: Model, client: Workload, target: Workload, served: Served): boolean {
  return (
    picks(model, 'ingress', target, client, target, served) &&
    picks(model, 'egress', client, target, target, served)
  );
}

function picks(
  model: Model,
  direction: 'ingress' | 'egress',
  subject: Workload,
  other: Workload,
  destination: Workload,
  { protocol, port }: Served,
): boolean {
  const isPicked = (namespace: string) => (peer: Peer) =>
    peer.kind === 'pods' &&
    peer.pods !== undefined &&
    peer.pods.requirements.length > 0 &&
    peer.namespaces?.requirements.length !== 0 &&
    matches(peer.pods, other.labels) === 'yes' &&
    (peer.namespaces === undefined
      ? namespace === other.namespace
      : matches(peer.namespaces, namespaceLabels(model.network, other.namespace)) === 'yes');
  const admits = (namespace: string) => (rule: Rule) =>
    coversPort(rule, protocol, port, destination) === 'yes' && (rule.peers ?? []).some(isPicked(namespace));
  return (model.network.selected.get(subject.index) ?? []).some(
    ({ policy, truth }) => truth === 'yes' && (policy[direction] ?? []).some(admits(policy.namespace)),
  );
}

/** Images of data stores, by the last part of their name. */
const storeImages =
  /^(?:postgres|postgresql|pgvecto-rs|timescaledb|mysql|mariadb|mongo|mongodb|redis|valkey|keydb|dragonfly|memcached|etcd|cassandra|elasticsearch|opensearch|clickhouse|influxdb|rustfs|minio)(?:$|[-_.])/;

/** Ports that data stores alone use. */
const storePorts = new Set([5432, 3306, 6379, 27017, 11211, 2379, 9042]);

/** True where a workload is a database or a cache, told by its image or by its port. */
export function isDataStore(model: Model, workload: Workload): boolean {
  if (containersOf(workload.spec).some((container) => storeImages.test(imageNameOf(container)))) return true;
  return servedPorts(model, workload).some(
    ({ protocol, port }) => protocol === 'TCP' && storePorts.has(port),
  );
}
