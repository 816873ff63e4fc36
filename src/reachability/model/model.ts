import { isFields, isTemplate, textAt, textMapAt } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import { type ConfigurationSources, readConfigurationSources } from '../../manifests/configurationSources.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { type ExposedPort, readExposedPorts } from '../entrypoints/exposedPorts.ts';
import { readDataPlanes } from '../gateways/dataPlanes.ts';
import { readGatewayServices, type UnplacedService } from '../gateways/gatewayServices.ts';
import { readMarks } from '../kinds/annotations.ts';
import { rightsOfEveryone } from '../kinds/apiRights.ts';
import { routesOfOtherParents } from '../kinds/routeParents.ts';
import { announcedByRouters } from '../kinds/routerArguments.ts';
import { unreadFieldsOf } from '../kinds/unreadFields.ts';
import { unreadObjects } from '../kinds/unreadObjects.ts';
import { enforcerNamed } from '../policies/enforcers.ts';
import { groupByNamespace, type Network, nameLabel, selectPolicies } from '../policies/network.ts';
import type { Policy } from '../policies/policy.ts';
import { type Enforcement, readEnforcement, tierOrder } from '../policies/registry.ts';
import { enforcerContradictions } from '../policies/switches/contradictions.ts';
import { enforcementSwitches, networkProgramsIn } from '../policies/switches/enforcementSwitches.ts';
import type { ProxyWorkload } from '../proxies/proxy.ts';
import { readProxies } from '../proxies/registry.ts';
import { parseBlocks } from './addresses.ts';
import type { Assumptions } from './analysis.ts';
import { controllerOutputOf } from './controllers.ts';
import { readResourceSets } from './resourceSets.ts';
import { knownLabels, type Labels } from './selector.ts';
import { indexServices, isService, parseService, type Service, type ServicePath } from './service.ts';
import { readServiceReferences } from './serviceReferences.ts';
import { type Unmodelled, unseenPods, unseenPolicies } from './unmodelled.ts';
import { unresolvedObjects } from './unresolved.ts';
import { type Workload, workloadOf } from './workload.ts';
import { readWrittenEndpoints, type WrittenEndpoints } from './writtenEndpoints.ts';

/** Everything that is known of a cluster, read once. */
export interface Model {
  objects: readonly SourcedObject[];
  workloads: readonly Workload[];
  services: readonly Service[];
  /** Services of Gateways of which the name or the namespace is not known. */
  unplacedServices: readonly UnplacedService[];
  /** The policies as they are documented; `network` has them as they are enforced. */
  policies: readonly Policy[];
  /** Policies that have no effect, since the enforcer does not read their kind. */
  ineffective: readonly ObjectRef[];
  configurationSources: ConfigurationSources;
  /** The Services that lead to each workload. */
  servicePaths: ReadonlyMap<Workload, readonly ServicePath[]>;
  /** The addresses that someone wrote for a Service, by `namespace/name`. */
  writtenEndpoints: WrittenEndpoints;
  /** The Services that each workload names. */
  serviceReferences: ReadonlyMap<Workload, ReadonlySet<Service>>;
  /** Ports and addresses that are exposed beside the tunnels. */
  exposedPorts: readonly ExposedPort[];
  /** The workloads of a namespace. */
  inNamespace: (namespace: string) => readonly Workload[];
  /** Workloads whose address is not that of any pod: their own is known, or it is a node's. */
  nonPodAddresses: readonly Workload[];
  /** Namespaces whose name is a variable. */
  templatedNamespaces: readonly string[];
  /** The policies of a namespace, and those of the whole cluster. */
  policiesIn: (namespace: string) => readonly Policy[];
  /** The origin proxy that a workload is. */
  proxyOf: (workload: Workload) => ProxyWorkload | undefined;
  /** The workloads that name a Service. */
  clientsOf: (service: Service) => readonly Workload[];
  /** The exposed ports that lead to a workload. */
  exposedPortsTo: (workload: Workload) => readonly ExposedPort[];
  network: Network;
  /** What is assumed of the systems of policies in use, as sentences. */
  policyAssumptions: readonly string[];
  tunnels: readonly ProxyWorkload[];
  proxies: readonly ProxyWorkload[];
  /** What is not read, or not completely, and what it may bring to the cluster. */
  unmodelled: readonly Unmodelled[];
  /** The domains of labels and annotations of which nothing is known. */
  unknownDomains: readonly string[];
}

/** Reads objects into a model. It leaves out objects of other kinds, and never fails. */
export function buildModel(objects: readonly SourcedObject[], assumptions: Assumptions): Model {
  const given = objects.filter(
    ({ object }) => isFields(object) && textAt(object, 'metadata', 'name') !== undefined,
  );
  const sets = readResourceSets(given);
  const sound = sets.objects.length === 0 ? given : [...given, ...sets.objects];
  const output = sound.flatMap((source) => {
    const found = controllerOutputOf(source, sound);
    return found === undefined ? [] : [{ source, ...found }];
  });
  const own = sound.flatMap((source) => workloadOf(source) ?? []);
  const gatewayServices = readGatewayServices(sound);
  const everything = [...sound, ...output.flatMap((each) => each.services), ...gatewayServices.services];
  const known = [...own, ...output.flatMap((each) => each.workloads)];
  const programs = networkProgramsIn(sound);
  const marks = readMarks(sound);
  const unmodelled = [
    ...enforcementSwitches(programs),
    ...enforcerContradictions(programs, assumptions.nodeSettings ?? [], assumptions.enforcer ?? ''),
    ...output.flatMap(({ source, unmodelled: made }) =>
      made === undefined ? [] : [{ object: refOf(source), ...made }],
    ),
    ...sets.unmodelled,
    ...unreadObjects(sound),
    ...unresolvedObjects(everything, own),
    ...gatewayServices.unmodelled,
    ...marks.unmodelled,
    ...unreadFieldsOf(sound),
    ...routesOfOtherParents(sound),
    ...announcedByRouters(known),
    ...rightsOfEveryone(sound),
  ];
  const unseen = unseenPods(unmodelled, readNamespaces(sound, known, false).keys());
  const workloads = [...known, ...readDataPlanes(sound), ...unseen].map((workload, index) => ({
    ...workload,
    index,
  }));
  const enforcement = readEnforcement(sound, assumptions);
  const { policies } = enforcement;
  const configurationSources = readConfigurationSources(sound);
  const services = everything.filter(({ object }) => isService(object)).map(parseService);
  const groups = groupByNamespace(workloads);
  const inNamespace = (namespace: string): readonly Workload[] => groups.get(namespace) ?? [];
  const unmodelledPolicies = [...enforcement.unmodelled, ...unseenPolicies(unmodelled)];
  const network = buildNetwork(
    sound,
    workloads,
    { ...enforcement, unmodelled: unmodelledPolicies },
    assumptions,
  );
  const serviceReferences = readServiceReferences(workloads, services, configurationSources);
  const exposedPorts = [
    ...readExposedPorts(services, workloads, inNamespace),
    ...gatewayServices.exposedPorts,
  ];
  const forwarding = workloads.flatMap((workload) => readProxies(configurationSources, workload));
  const proxies = forwarding.filter(({ kind }) => kind === 'server');
  return {
    ...indexModel({ workloads, policies, network, serviceReferences, exposedPorts, proxies }),
    objects: [...sound, ...output.flatMap(({ routes = [] }) => routes)],
    workloads,
    services,
    unplacedServices: gatewayServices.unplaced,
    policies,
    ineffective: enforcement.ineffective,
    configurationSources,
    servicePaths: indexServices(services, inNamespace),
    writtenEndpoints: writtenEndpointsOf(sound, services),
    serviceReferences,
    exposedPorts,
    inNamespace,
    network,
    policyAssumptions: enforcement.semantics.map(({ assumption }) => assumption),
    tunnels: forwarding.filter(({ kind }) => kind === 'tunnel'),
    proxies,
    unmodelled,
    unknownDomains: marks.unknownDomains,
  };
}

function writtenEndpointsOf(
  objects: readonly SourcedObject[],
  services: readonly Service[],
): WrittenEndpoints {
  const selecting = new Set(
    services.flatMap(({ selector, namespace, name }) =>
      selector === undefined ? [] : `${namespace}/${name}`,
    ),
  );
  return readWrittenEndpoints(objects, (service) => selecting.has(service));
}

/** Look-ups by objects of which a large cluster has many. */
function indexModel({
  workloads,
  policies,
  network,
  serviceReferences,
  exposedPorts,
  proxies,
}: Pick<Model, 'workloads' | 'policies' | 'network' | 'serviceReferences' | 'exposedPorts' | 'proxies'>) {
  const policiesByNamespace = groupByNamespace(policies);
  const proxyByWorkload = new Map(proxies.map((proxy) => [proxy.workload, proxy]));
  const clients = grouped(
    [...serviceReferences].flatMap(([client, named]) =>
      [...named].map((service) => [service, client] as const),
    ),
  );
  const leading = grouped(
    exposedPorts.flatMap((exposedPort) =>
      [...new Set(exposedPort.backends.map(({ workload }) => workload))].map(
        (workload) => [workload, exposedPort] as const,
      ),
    ),
  );
  return {
    nonPodAddresses: workloads.filter(({ hostNetwork, addresses }) => hostNetwork || addresses !== undefined),
    templatedNamespaces: [...network.namespaces.keys()].filter(isTemplate),
    policiesIn: (namespace: string) => [
      ...(policiesByNamespace.get(namespace) ?? []),
      ...(policiesByNamespace.get(undefined) ?? []),
    ],
    proxyOf: (workload: Workload) => proxyByWorkload.get(workload),
    clientsOf: (service: Service) => clients.get(service) ?? [],
    exposedPortsTo: (workload: Workload) => leading.get(workload) ?? [],
  };
}

function grouped<Key, Item>(pairs: readonly (readonly [Key, Item])[]): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const [key, item] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function buildNetwork(
  objects: readonly SourcedObject[],
  workloads: readonly Workload[],
  { policies, unmodelled, nodePolicy, enforced, semantics }: Enforcement,
  assumptions: Assumptions,
): Network {
  const namespaces = readNamespaces(objects, workloads, assumptions.stored === true);
  const blocks = (texts: readonly string[] | undefined) =>
    texts === undefined ? undefined : parseBlocks(texts).set;
  const context = {
    namespaces,
    elsewhere: {
      known: new Map(),
      uncertain: 'every' as const,
      excluded: new Map([[nameLabel, new Set(namespaces.keys())]]),
    },
    pods: blocks(assumptions.podRanges),
    nodes: blocks(assumptions.nodeAddresses),
    blocksMayOmitCluster: semantics.some(({ blocksMayOmitCluster }) => blocksMayOmitCluster),
  };
  const read = enforcerNamed(assumptions.enforcer ?? '')?.deviations?.read;
  const asEnforced = read?.(context, workloads, policies) ?? { policies, deviations: [] };
  return {
    ...context,
    workloads,
    unmodelled,
    nodePolicy,
    enforced,
    deviations: asEnforced.deviations,
    selected: selectPolicies(context, workloads, asEnforced.policies),
    policies: new Map(asEnforced.policies.map((policy, number) => [policy, number])),
    tierOrder,
  };
}

/** Namespaces among the objects with their labels; of others only the name is known. */
function readNamespaces(
  objects: readonly SourcedObject[],
  workloads: readonly Pick<Workload, 'namespace'>[],
  stored: boolean,
): ReadonlyMap<string, Labels> {
  const namespaces = new Map<string, Labels>();
  for (const { namespace } of workloads) {
    namespaces.set(namespace, { known: new Map([[nameLabel, namespace]]), uncertain: 'every' });
  }
  for (const { object, uncertain } of objects) {
    if (object.kind !== 'Namespace' || groupOf(object) !== '' || uncertain !== undefined) continue;
    const name = object.metadata.name;
    const added = stored ? [] : [[nameLabel, name] as const];
    namespaces.set(name, knownLabels(new Map([...textMapAt(object, 'metadata', 'labels'), ...added])));
  }
  return namespaces;
}
