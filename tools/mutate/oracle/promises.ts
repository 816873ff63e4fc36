import type { ConfigData } from '../../../tests/testDirectory.ts';
import type { BrokenPromise } from '../operator.ts';
import { isWorkload, templateOf } from '../operator.ts';
import type { Tree } from '../tree.ts';
import { clusterOf, type SimulatedCluster } from './cluster.ts';
import { type Clients, clientsOf, openNamespaces } from './network.ts';
import { hostsOf, openRequests } from './tunnel.ts';

/** What is open in a cluster, as simple simulators read it. */
interface Openness {
  cluster: SimulatedCluster;
  clients: ReadonlyMap<string, Clients>;
  openNamespaces: Set<string>;
  nodePorts: number;
  /** How many may be open. */
  expectedNodePorts: number;
  loadBalancers: Set<string>;
  ingresses: Set<string>;
  /** What the API server refuses. */
  refused: Set<string>;
  hostPorts: Set<string>;
  clearSecrets: Set<string>;
}

/** @param isInternal whether a workload is not reached from outside */
export function opennessOf(tree: Tree, isInternal: (workload: string) => boolean): Openness {
  const cluster = clusterOf(tree);
  const { lan, vpn } = tree.assumptions;
  const services = cluster.objects.filter(({ kind }) => kind === 'Service');
  return {
    cluster,
    clients: clientsOf(cluster, { lan, vpn }, ({ workload }) => isInternal(workload)),
    openNamespaces: openNamespaces(cluster),
    nodePorts: services.reduce((sum, service) => sum + nodePortsOf(service), 0),
    expectedNodePorts: tree.assumptions.expectedNodePorts ?? 1,
    loadBalancers: named(
      services.filter(
        ({ spec }) =>
          !isHeadless(spec) && (spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0),
      ),
    ),
    ingresses: named(cluster.objects.filter(({ kind }) => kind === 'Ingress')),
    refused: named(
      services.filter(({ spec }) => isHeadless(spec) && /^(?:NodePort|LoadBalancer)$/.test(spec.type)),
    ),
    hostPorts: named(cluster.objects.filter((object) => isWorkload(object) && opensNode(object))),
    clearSecrets: named(
      cluster.objects.filter(
        ({ kind, data, stringData }) =>
          kind === 'Secret' &&
          Object.values({ ...data, ...stringData }).some((value) => !String(value).startsWith('ENC[')),
      ),
    ),
  };
}

function named(objects: readonly ConfigData[]): Set<string> {
  return new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`));
}

/** A proxy of Services takes none of their ports. Source: Kubernetes, pkg/proxy/util, `ShouldSkipService`. */
const isHeadless = ({ clusterIP }: ConfigData): boolean => clusterIP === 'None';

/** How many node ports the API server allocates. */
function nodePortsOf({ spec }: ConfigData): number {
  if (isHeadless(spec)) return 0;
  const allocates =
    spec.type === 'NodePort' ||
    (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  return allocates ? (spec.ports ?? []).length : (spec.ports ?? []).filter(hasNodePort).length;
}

const hasNodePort = ({ nodePort }: ConfigData): boolean => nodePort !== undefined;

function opensNode(workload: ConfigData): boolean {
  const { spec } = templateOf(workload);
  return (
    spec.hostNetwork === true ||
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].some(({ ports = [] }) =>
      ports.some(({ hostPort }: ConfigData) => hostPort !== undefined && hostPort !== 0),
    )
  );
}

/** The promises that a change breaks, by what is more open after it. */
export function brokenPromises(
  before: Openness,
  after: Openness,
  { isBackend }: { isBackend: (workload: string) => boolean },
): readonly BrokenPromise[] {
  const broken: BrokenPromise[] = [];
  for (const [workload, { undeclared }] of after.clients) {
    const known = before.clients.get(workload)?.all ?? new Set();
    const home = isBackend(workload) ? ['LAN', 'VPN'] : [];
    if ([...undeclared].some((client) => !known.has(client) && !home.includes(client)))
      broken.push({ invariant: 'clients', subject: workload });
  }
  for (const namespace of after.openNamespaces)
    if (!before.openNamespaces.has(namespace))
      broken.push({ invariant: 'default-deny', subject: `namespace ${namespace}` });
  if (after.nodePorts > Math.max(before.nodePorts, before.expectedNodePorts))
    broken.push({ invariant: 'node-ports' });
  const more = (key: 'loadBalancers' | 'ingresses' | 'hostPorts' | 'clearSecrets' | 'refused'): boolean =>
    [...after[key]].some((name) => !before[key].has(name));
  if (more('loadBalancers')) broken.push({ invariant: 'load-balancers' });
  if (more('ingresses')) broken.push({ invariant: 'ingresses' });
  if (more('hostPorts')) broken.push({ invariant: 'host-ports' });
  if (more('clearSecrets')) broken.push({ invariant: 'secrets-encrypted' });
  if (more('refused')) broken.push({ invariant: 'objects-valid' });
  const hosts = hostsOf(before.cluster, after.cluster);
  const openBefore = openRequests(before.cluster, hosts);
  if ([...openRequests(after.cluster, hosts)].some((request) => !openBefore.has(request)))
    broken.push({ invariant: 'outside-gated' });
  return broken;
}
