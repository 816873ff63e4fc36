import { parseBlocks } from './addresses.ts';
import type { Reacher } from './clients.ts';
import { readTunnel, type Tunnel } from './cloudflared.ts';
import { readStores, type Stores } from './configuration.ts';
import { type Made, madeOf } from './controllers.ts';
import { isFields, textAt, textMapAt } from './fields.ts';
import type { Assumptions, SourcedObject, Unknown } from './judgement.ts';
import { readMentions } from './mentions.ts';
import { type Cloud, groupByNamespace, type Network, nameLabel, selectPolicies } from './network.ts';
import { type OriginProxy, readProxy } from './nginx.ts';
import { type Opening, readOpenings } from './openings.ts';
import { isPolicy, type Policy, parsePolicy } from './policy.ts';
import { knownLabels, type Labels } from './selector.ts';
import { indexServices, isService, parseService, type Service, type ServiceWay } from './service.ts';
import { groupOf, refOf, type Workload, workloadOf } from './workload.ts';

/** Everything that is known of a cluster, read once. */
export interface Model {
  objects: readonly SourcedObject[];
  workloads: readonly Workload[];
  services: readonly Service[];
  policies: readonly Policy[];
  stores: Stores;
  /** The Services that lead to each workload. */
  serviceWays: ReadonlyMap<Workload, readonly ServiceWay[]>;
  /** The Services that each workload names. */
  mentions: ReadonlyMap<Workload, ReadonlySet<Service>>;
  /** Ways in past every tunnel. */
  openings: readonly Opening[];
  /** The workloads of a namespace. */
  inNamespace: (namespace: string) => readonly Workload[];
  /** Who reaches a workload: filled as it is asked for. */
  reachers: Map<Workload, readonly Reacher[]>;
  network: Network;
  tunnels: readonly Tunnel[];
  proxies: readonly OriginProxy[];
  /** Objects that may make more objects, which nobody can see. */
  unseen: readonly Unknown[];
}

/** Reads objects into a model. Objects that no part of it knows are left out, never an error. */
export function buildModel(objects: readonly SourcedObject[], assumptions: Assumptions): Model {
  const sound = objects.filter(
    ({ object }) => isFields(object) && textAt(object, 'metadata', 'name') !== undefined,
  );
  const made = sound.flatMap((source) => {
    const found = madeOf(source);
    return found === undefined ? [] : [{ source, ...found }];
  });
  const own = sound.flatMap((source) => workloadOf(source) ?? []);
  const workloads = [...own, ...made.flatMap((each) => each.workloads)].map((workload, index) => ({
    ...workload,
    index,
  }));
  const everything = [...sound, ...made.flatMap((each) => each.services)];
  const policies = sound.filter(({ object }) => isPolicy(object)).map(parsePolicy);
  const stores = readStores(sound);
  const unseen = made.flatMap((each) =>
    each.unseen === undefined ? [] : [{ object: refOf(each.source), ...each.unseen }],
  );
  const services = everything.filter(({ object }) => isService(object)).map(parseService);
  const groups = groupByNamespace(workloads);
  const inNamespace = (namespace: string): readonly Workload[] => groups.get(namespace) ?? [];
  const clouds = [...sound.flatMap(cloudOf), ...made.flatMap(chartCloud)];
  return {
    objects: sound,
    workloads,
    services,
    policies,
    stores,
    serviceWays: indexServices(services, inNamespace),
    mentions: readMentions(workloads, services, stores),
    openings: readOpenings(services, workloads, inNamespace),
    inNamespace,
    reachers: new Map(),
    network: buildNetwork(sound, workloads, policies, clouds, assumptions),
    tunnels: workloads.flatMap((workload) => readTunnel(stores, workload) ?? []),
    proxies: workloads.flatMap((workload) => readProxy(stores, workload) ?? []),
    unseen,
  };
}

function buildNetwork(
  objects: readonly SourcedObject[],
  workloads: readonly Workload[],
  policies: readonly Policy[],
  clouds: readonly Cloud[],
  assumptions: Assumptions,
): Network {
  const enforcer = (assumptions.enforcer ?? 'none').toLowerCase();
  return {
    workloads,
    namespaces: readNamespaces(objects, workloads, assumptions.stored === true),
    selected: selectPolicies(workloads, policies),
    clouds,
    pods: assumptions.podRanges === undefined ? undefined : parseBlocks(assumptions.podRanges).set,
    nodes: assumptions.nodeAddresses === undefined ? undefined : parseBlocks(assumptions.nodeAddresses).set,
    enforced: enforcer !== 'none' && enforcer !== '',
    blocksMaySkipPods: enforcer.includes('cilium'),
    fixed: { ingress: [], egress: [] },
    blocked: { ingress: [], egress: [] },
    peers: new Map(),
  };
}

/** Namespaces among the objects with their labels; of others only the name is known. */
function readNamespaces(
  objects: readonly SourcedObject[],
  workloads: readonly Workload[],
  stored: boolean,
): ReadonlyMap<string, Labels> {
  const namespaces = new Map<string, Labels>();
  for (const { namespace } of workloads) {
    namespaces.set(namespace, { known: new Map([[nameLabel, namespace]]), uncertain: 'every' });
  }
  for (const { object } of objects) {
    if (object.kind !== 'Namespace' || groupOf(object) !== '') continue;
    const name = object.metadata.name;
    const added = stored ? [] : [[nameLabel, name] as const];
    namespaces.set(name, knownLabels(new Map([...added, ...textMapAt(object, 'metadata', 'labels')])));
  }
  return namespaces;
}

/** Kinds of policy that are not modelled, and whether they reach beyond their namespace. */
const otherPolicies: ReadonlyMap<string, 'namespace' | 'cluster'> = new Map([
  ['cilium.io/CiliumNetworkPolicy', 'namespace'],
  ['cilium.io/CiliumClusterwideNetworkPolicy', 'cluster'],
  ['policy.networking.k8s.io/AdminNetworkPolicy', 'cluster'],
  ['policy.networking.k8s.io/BaselineAdminNetworkPolicy', 'cluster'],
  ['policy.networking.k8s.io/ClusterNetworkPolicy', 'cluster'],
  ['crd.projectcalico.org/NetworkPolicy', 'namespace'],
  ['crd.projectcalico.org/GlobalNetworkPolicy', 'cluster'],
  ['projectcalico.org/NetworkPolicy', 'namespace'],
  ['projectcalico.org/GlobalNetworkPolicy', 'cluster'],
]);

function cloudOf(source: SourcedObject): readonly Cloud[] {
  const scope = otherPolicies.get(`${groupOf(source.object)}/${source.object.kind}`);
  if (scope === undefined) return [];
  const ref = refOf(source);
  const namespace = scope === 'cluster' ? undefined : (ref.namespace ?? 'default');
  return [{ ref, namespace, why: `a ${ref.kind} is not modelled and may select it` }];
}

/** A chart that is not rendered may bring policies for the namespace that it is installed in. */
function chartCloud({ source, workloads, unseen }: Made & { source: SourcedObject }): readonly Cloud[] {
  if (unseen === undefined) return [];
  return workloads.map(({ namespace }) => ({ ref: refOf(source), namespace, why: unseen.sentence }));
}
