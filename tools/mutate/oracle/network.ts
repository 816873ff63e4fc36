import {
  type NaivePod,
  type NaiveRule,
  type NaiveSelector,
  naive,
  selects,
} from '../../../tests/reachability/naive.ts';
import { naiveCilium } from '../../../tests/reachability/naive-cilium.ts';
import type { SimulatedCluster, SimulatedPod } from './cluster.ts';

/** Whoever may connect: a pod of the objects, one that the objects do not make, or an address. */
interface Client extends NaivePod {
  id: string;
  /** No policy of the cluster is asked: it is not in the cluster, or on the network of its node. */
  free: boolean;
}

/** Addresses outside of the cluster from which somebody may connect. */
export interface Outside {
  lan: readonly string[];
  vpn: readonly string[];
}

type Direction = 'ingress' | 'egress';

function allows(
  cluster: SimulatedCluster,
  direction: Direction,
  from: NaivePod,
  to: NaivePod,
  protocol: string,
  port: number,
): boolean {
  const reading = cluster.enforcer === 'cilium' ? naiveCilium : naive;
  return reading(cluster, direction, from, to, protocol, port) === 'allowed';
}

/** The clients of a workload. */
export interface Clients {
  all: ReadonlySet<string>;
  /** Without those that the policies of both ends name. */
  undeclared: ReadonlySet<string>;
}

/**
 * The clients of each workload.
 *
 * @param isInternal whether a workload is not reached from outside: clients that policies name are declared then
 */
export function clientsOf(
  cluster: SimulatedCluster,
  outside: Outside,
  isInternal: (pod: SimulatedPod) => boolean,
): ReadonlyMap<string, Clients> {
  const clients = [...insideClients(cluster), ...outsideClients(outside)];
  return new Map(
    cluster.pods.map((target) => {
      const connecting = clients.filter(
        (client) =>
          client.id !== target.workload &&
          target.ports.some(({ protocol, containerPort }) =>
            connects(cluster, client, target, protocol, containerPort),
          ),
      );
      const mayDeclare = isInternal(target) && !isDataStore(target);
      const undeclared = connecting.filter(
        (client) => !(mayDeclare && namedByBothEnds(cluster, client, target)),
      );
      return [target.workload, { all: idsOf(connecting), undeclared: idsOf(undeclared) }];
    }),
  );
}

const idsOf = (clients: readonly Client[]): ReadonlySet<string> => new Set(clients.map(({ id }) => id));

function connects(
  cluster: SimulatedCluster,
  client: Client,
  target: SimulatedPod,
  protocol: string,
  port: number,
): boolean {
  // A policy selects no pod on the network of its node, and a node reaches the pods that run on it.
  if (target.hostNetwork || (client.free && client.ip === '')) return true;
  return (
    allows(cluster, 'ingress', client, target, protocol, port) &&
    (client.free || allows(cluster, 'egress', client, target, protocol, port))
  );
}

function insideClients(cluster: SimulatedCluster): readonly Client[] {
  const own = cluster.pods.map((pod) => ({
    ...pod,
    id: pod.workload,
    free: pod.hostNetwork,
    ip: pod.hostNetwork ? '' : pod.ip,
  }));
  return [...own, ...strangers(cluster)];
}

/** Pods of namespaces that the objects do not define, with labels that some policy asks for, and without labels. */
function strangers(cluster: SimulatedCluster): readonly Client[] {
  const found = new Map<string, Client>();
  const add = (namespace: string, labels: Record<string, string>): void => {
    if (cluster.known.has(namespace)) return;
    const id = `a pod of namespace ${namespace} with labels ${JSON.stringify(labels)}`;
    found.set(id, { id, name: id, namespace, labels, ip: '10.42.9.9', ports: [], free: true });
  };
  add('elsewhere', {});
  for (const { spec } of cluster.policies)
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])] as NaiveRule[])
      for (const { namespaceSelector, podSelector } of [...(rule?.from ?? []), ...(rule?.to ?? [])])
        if (namespaceSelector !== undefined)
          add(
            labelsThatMatch(namespaceSelector)['kubernetes.io/metadata.name'] ?? 'elsewhere',
            labelsThatMatch(podSelector ?? {}),
          );
  return [...found.values()];
}

function labelsThatMatch({ matchLabels, matchExpressions = [] }: NaiveSelector): Record<string, string> {
  const labels = { ...matchLabels };
  for (const { key, operator, values = [] } of matchExpressions) {
    if (operator === 'In') labels[key] = values[0] ?? '';
    if (operator === 'Exists') labels[key] = 'any';
  }
  return labels;
}

function outsideClients({ lan, vpn }: Outside): readonly Client[] {
  const address = (id: string, ip: string): Client => ({
    ...{ id, ip, name: id, namespace: '', labels: {}, ports: [], free: true },
  });
  return [
    ...lan.map((range) => address('LAN', first(range))),
    ...vpn.map((range) => address('VPN', first(range))),
    address('internet', '198.51.100.77'),
    address('internet by IPv6', '2001:db8:77::1'),
    address('another private network', '10.200.3.4'),
  ];
}

/** An address of a range. */
function first(range: string): string {
  return range
    .replace(/\/\d+$/, '')
    .replace(/\.0$/, '.9')
    .replace(/::$/, '::9');
}

/** Namespaces in which a pod that is added later is not isolated in both directions. */
export function openNamespaces(cluster: SimulatedCluster): Set<string> {
  const namespaces = new Set(
    cluster.pods.filter(({ hostNetwork }) => !hostNetwork).map((pod) => pod.namespace),
  );
  const other = { name: 'o', namespace: 'elsewhere', labels: {}, ip: '198.51.100.78', ports: [] };
  return new Set(
    [...namespaces].filter((namespace) => {
      const later = {
        ...{ name: 'later', namespace, labels: { later: 'yes' }, ip: '10.42.9.8' },
        ports: [{ name: 'p', containerPort: 41_234, protocol: 'TCP' }],
      };
      return (
        allows(cluster, 'ingress', other, later, 'TCP', 41_234) ||
        allows(cluster, 'egress', later, other, 'TCP', 41_234)
      );
    }),
  );
}

/**
 * Whether the policies of both ends name each other by labels of pods. The promise about a workload that is no data
 * store calls such a client declared.
 */
function namedByBothEnds(cluster: SimulatedCluster, client: NaivePod, target: NaivePod): boolean {
  const named = (direction: Direction, subject: NaivePod, peer: NaivePod): boolean =>
    cluster.policies.some(
      ({ namespace, spec }) =>
        namespace === subject.namespace &&
        selects(spec.podSelector ?? {}, subject.labels) &&
        ((spec[direction] ?? []) as NaiveRule[]).some((rule) =>
          ((direction === 'ingress' ? rule.from : rule.to) ?? []).some(
            ({ podSelector }) =>
              Object.keys(podSelector?.matchLabels ?? {}).length > 0 &&
              selects(podSelector ?? {}, peer.labels),
          ),
        ),
    );
  return named('ingress', target, client) && named('egress', client, target);
}

const isDataStore = ({ image }: SimulatedPod): boolean =>
  /postgres|redis|valkey|maria|mysql|mongo/.test(image);
