import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { reference } from '../../config/private.ts';
import type { CiliumNetworkPolicy, NetworkPolicy, NetworkPolicySpec } from '../../kubernetes/types.ts';
import type { Context, Manifest } from '../contract/component.ts';
import type { ExternalPeer, Workload } from '../contract/network.ts';
import type { ConnectionRequirement } from '../contract/requirements.ts';
import { objectLabels } from '../shared/labels.ts';
import { internetBlocks } from './internet.ts';

type Ingress = NonNullable<NetworkPolicySpec['ingress']>[number];
type Egress = NonNullable<NetworkPolicySpec['egress']>[number];
type Peer = NonNullable<Egress['to']>[number];
type Network = ClusterSettings['cluster']['network'];
type AddressFamily = Context<unknown>['addressFamily'];

/** Nothing in the namespace talks or listens, unless a policy of its own allows it. */
export function defaultDeny(namespace: string): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace, labels: { 'app.kubernetes.io/managed-by': 'gatehouse' } },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
}

/** What one workload may do, as it is collected from the requirements. */
interface Rules {
  workload: Workload;
  ingress: Ingress[];
  egress: Egress[];
  /** The ports at the control plane, and those at which it calls, where only Cilium can say where that is. */
  entities: Record<'egress' | 'ingress', ConnectionRequirement['ports'][number][]>;
  field: string;
}

/** Both ends of every connection: one policy for each workload that talks or is talked to, in that workload's directory. */
export function policiesOf(
  requirements: readonly ConnectionRequirement[],
  context: Pick<Context<unknown>, 'settings' | 'addressFamily'>,
): Manifest[] {
  const { network } = context.settings.cluster;
  const workloads = new Map<string, Rules>();
  const peers = peersIn(network, context.addressFamily);
  const rulesFor = (workload: Workload, field: string) => {
    const key = `${workload.namespace}/${workload.name}`;
    const rules = workloads.get(key) ?? {
      workload,
      ingress: [],
      egress: [],
      entities: { egress: [], ingress: [] },
      field,
    };
    workloads.set(key, rules);
    return rules;
  };
  for (const { from, to, ports, requester } of requirements) {
    const { field } = requester;
    if (!('external' in from)) {
      const rules = rulesFor(from, field);
      if (isEntity(to, network)) for (const port of ports) add(rules.entities.egress, port);
      else add(rules.egress, { to: peers(to), ports: [...ports] });
    }
    if (!('external' in to)) {
      const rules = rulesFor(to, field);
      if (isEntity(from, network)) for (const port of ports) add(rules.entities.ingress, port);
      else add(rules.ingress, { from: peers(from), ports: [...ports] });
    }
  }
  const directories = new Map<string, Manifest & { objects: (NetworkPolicy | CiliumNetworkPolicy)[] }>();
  for (const rules of workloads.values()) {
    const { directory } = rules.workload;
    const manifest = directories.get(directory) ?? {
      directory,
      file: 'networkpolicy.yaml',
      field: rules.field,
      objects: [],
    };
    directories.set(directory, manifest);
    manifest.objects.push(policy(rules), ...entityPolicy(rules));
  }
  return [...directories.values()];
}

/** Several requirements may come to the same rule: the volumes of a namespace all go to one store. */
function add<Rule>(rules: Rule[], rule: Rule): void {
  const text = JSON.stringify(rule);
  if (!rules.some((other) => JSON.stringify(other) === text)) rules.push(rule);
}

function policy({ workload, ingress, egress }: Rules): NetworkPolicy {
  if (workload.ownApp === true && egress.length > 0)
    throw new Error('a rule for what an app of a person connects to would cut it off from everything else');
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: workload.name, namespace: workload.namespace, labels: objectLabels(workload) },
    spec: {
      podSelector: { matchLabels: workload.labels },
      policyTypes: workload.ownApp === true ? ['Ingress'] : ['Ingress', 'Egress'],
      // The API server stores no empty list, so that one would be a change at every apply.
      ...(ingress.length > 0 ? { ingress } : {}),
      ...(egress.length > 0 ? { egress } : {}),
    },
  };
}

function isEntity(end: Workload | ExternalPeer, { policyEnforcer }: Network): boolean {
  return 'external' in end && end.external === 'api-server' && policyEnforcer === 'cilium';
}

/**
 * To Cilium the API server has an identity of its own, which no block of addresses matches (its documentation,
 * "Entities"). What it calls sees it as the node that it runs on, since it shares the network of that.
 */
function entityPolicy({ workload, entities: { egress, ingress } }: Rules): CiliumNetworkPolicy[] {
  if (egress.length + ingress.length === 0) return [];
  const toPorts = (list: ConnectionRequirement['ports']) => [
    { ports: list.map(({ port, protocol }) => ({ port: String(port), protocol })) },
  ];
  return [
    {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: {
        name: `${workload.name}-api-server`,
        namespace: workload.namespace,
        labels: objectLabels(workload),
      },
      spec: {
        endpointSelector: { matchLabels: workload.labels },
        ...(ingress.length > 0
          ? {
              ingress: [
                { fromEntities: ['kube-apiserver', 'remote-node', 'host'], toPorts: toPorts(ingress) },
              ],
            }
          : {}),
        ...(egress.length > 0
          ? { egress: [{ toEntities: ['kube-apiserver'], toPorts: toPorts(egress) }] }
          : {}),
      },
    },
  ];
}

/**
 * Tells the peers of an end. There is always one: a rule without peers would admit everybody. The internet is one end
 * in a hundred requirements, and its blocks are made once.
 *
 * @throws Error for an end that names none, which the rules of the component forbid
 */
function peersIn(network: Network, addressFamily: AddressFamily): (end: Workload | ExternalPeer) => Peer[] {
  const known = new Map<Workload | ExternalPeer, Peer[]>();
  return (end) => {
    const peers = known.get(end) ?? namedPeers(end, network, addressFamily);
    if (peers.length === 0) throw new Error('a rule without peers would admit everybody');
    known.set(end, peers);
    return peers;
  };
}

function namedPeers(end: Workload | ExternalPeer, network: Network, addressFamily: AddressFamily): Peer[] {
  if (!('external' in end)) return [inNamespace(end.namespace, end.labels)];
  switch (end.external) {
    case 'dns':
      return [inNamespace('kube-system', { 'k8s-app': 'kube-dns' })];
    case 'pods':
      return [inNamespace(end.namespace, end.labels)];
    case 'api-server':
      return network.controlPlane.map((range) => ({ ipBlock: { cidr: reference(range) } }));
    case 'internet':
      return internetBlocks(network, addressFamily).map((ipBlock) => ({ ipBlock }));
    case 'addresses':
      return end.ranges.map((range) => ({ ipBlock: { cidr: range } }));
  }
}

function inNamespace(namespace: string, labels: Record<string, string>): Peer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: labels },
  };
}
