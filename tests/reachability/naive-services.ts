import { inside, type NaiveCluster, type NaivePod, type NaivePolicy, naive, naiveObjects } from './naive.ts';

/**
 * A literal reading of the documentation of Services, as a second opinion: the pods behind a port, the pods that reach
 * them through it, and what the LAN reaches. It supports only clusters in which everything is known.
 */
export interface NaiveService {
  name: string;
  namespace: string;
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  selector?: Record<string, string>;
  ports: {
    name: string;
    port: number;
    protocol: string;
    targetPort?: number | string;
    nodePort?: number;
  }[];
  clusterIP?: 'None';
  externalName?: string;
  externalIPs?: string[];
  externalTrafficPolicy?: 'Local' | 'Cluster';
  internalTrafficPolicy?: 'Local' | 'Cluster';
  allocateLoadBalancerNodePorts?: boolean;
  loadBalancerSourceRanges?: string[];
}
export interface PlacedPod extends NaivePod {
  node: string;
}
export interface ServiceCluster extends NaiveCluster {
  pods: PlacedPod[];
  services: NaiveService[];
}

interface Endpoint {
  pod: PlacedPod;
  port: number;
}

function selected({ pods }: ServiceCluster, { namespace, selector }: NaiveService): PlacedPod[] {
  const found: PlacedPod[] = [];
  for (const pod of pods) {
    if (selector === undefined || pod.namespace !== namespace) continue;
    let matches = true;
    for (const key in selector) if (pod.labels[key] !== selector[key]) matches = false;
    if (matches) found.push(pod);
  }
  return found;
}

/** The pods behind one port, each on the port that it serves under the name or number. */
function endpoints(
  cluster: ServiceCluster,
  service: NaiveService,
  port: NaiveService['ports'][number],
): Endpoint[] {
  const found: Endpoint[] = [];
  if (service.type === 'ExternalName') return found;
  for (const pod of selected(cluster, service)) {
    const { targetPort = port.port } = port;
    if (typeof targetPort === 'number') found.push({ pod, port: targetPort });
    else {
      const own = pod.ports.find(({ name, protocol }) => name === targetPort && protocol === port.protocol);
      if (own !== undefined) found.push({ pod, port: own.containerPort });
    }
  }
  return found;
}

/** The pods that a pod reaches by the name of a Service: lines `pod:port verdict`, or an unknown verdict. */
export function fromPod(
  cluster: ServiceCluster,
  from: PlacedPod,
  service: NaiveService,
  asked: number,
  protocol: string,
): { ways: string[]; verdict: string } | 'no such port' {
  let target: NaiveService | undefined = service;
  for (let step = 0; target?.type === 'ExternalName' && step < 10; step += 1) {
    const [name, namespace, svc]: string[] = (target.externalName ?? '').split('.');
    if (svc !== 'svc') return { ways: [], verdict: 'unknown' };
    target = cluster.services.find((each): boolean => each.name === name && each.namespace === namespace);
  }
  if (target === undefined || target.type === 'ExternalName') return { ways: [], verdict: 'blocked' };
  const port = target.ports.find((each) => each.port === asked && each.protocol === protocol);
  // Clients connect directly to the pods of a headless Service.
  const isHeadless = target.clusterIP === 'None';
  if (!isHeadless && port === undefined)
    return target === service ? 'no such port' : { ways: [], verdict: 'blocked' };
  if (target.selector === undefined) return { ways: [], verdict: 'unknown' };
  const reached =
    isHeadless || port === undefined
      ? selected(cluster, target).map((pod) => ({ pod, port: asked }))
      : endpoints(cluster, target, port);
  const ways = reached.map((endpoint) => {
    const isCarried =
      isHeadless || target.internalTrafficPolicy !== 'Local' || from.node === endpoint.pod.node;
    const isAllowed = (['ingress', 'egress'] as const).every(
      (direction) => naive(cluster, direction, from, endpoint.pod, protocol, endpoint.port) === 'allowed',
    );
    return `${endpoint.pod.namespace}/${endpoint.pod.name}:${endpoint.port} ${isCarried && isAllowed ? 'allowed' : 'blocked'}`;
  });
  return {
    ways: ways.toSorted(),
    verdict: ways.some((way) => way.endsWith(' allowed')) ? 'allowed' : 'blocked',
  };
}

/** What one address of the LAN reaches: lines `Service (kind, port) pod:port verdict`. */
export function fromAddress(cluster: ServiceCluster, address: string): string[] {
  const lines: string[] = [];
  for (const service of cluster.services) {
    // kube-proxy ignores these two, whatever their other fields are.
    if (service.type === 'ExternalName' || service.clusterIP === 'None') continue;
    const { type, externalIPs = [], loadBalancerSourceRanges: ranges = [] } = service;
    const opensNodes =
      type === 'NodePort' || (type === 'LoadBalancer' && service.allocateLoadBalancerNodePorts !== false);
    const isKept = service.externalTrafficPolicy === 'Local';
    // Whether a load balancer enforces its ranges depends on its implementation. No other entry point enforces them.
    const mayBeKeptOut = ranges.length > 0 && !ranges.some((range) => inside(address, range));
    for (const port of service.ports) {
      for (const endpoint of endpoints(cluster, service, port)) {
        const asClient = admits(cluster, endpoint, port.protocol, address);
        const asAnybody = admitsEveryone(cluster, endpoint, port.protocol);
        const verdict = isKept ? asClient : asAnybody ? 'allowed' : 'unknown';
        const note = (kind: string, number: number | undefined, found: string) =>
          lines.push(
            `Service ${service.namespace}/${service.name} (${kind}, ${number === undefined ? 'a port' : `port ${number}`}) ${endpoint.pod.namespace}/${endpoint.pod.name}:${endpoint.port} ${found}`,
          );
        if (opensNodes) note('NodePort', port.nodePort, verdict);
        if (type === 'LoadBalancer')
          note('LoadBalancer', port.port, mayBeKeptOut && verdict === 'allowed' ? 'unknown' : verdict);
        if (externalIPs.length > 0) note('externalIP', port.port, verdict);
      }
    }
  }
  return lines.toSorted();
}

/** Whether an address block matches an outside address, which no other peer can match. */
function admits(cluster: ServiceCluster, { pod, port }: Endpoint, protocol: string, ip: string): string {
  const policies = cluster.policies.map((policy) => withBlocksOnly(policy));
  const client = { name: '', namespace: '', labels: {}, ip, ports: [] };
  return naive({ ...cluster, policies }, 'ingress', client, pod, protocol, port);
}

function withBlocksOnly(policy: NaivePolicy): NaivePolicy {
  const ingress = (policy.spec.ingress ?? []).flatMap((rule) => {
    const from = (rule.from ?? []).filter(({ ipBlock }) => ipBlock !== undefined);
    return (rule.from ?? []).length > 0 && from.length === 0 ? [] : [{ ...rule, from }];
  });
  return { ...policy, spec: { ...policy.spec, ingress } };
}

/** Whether every address is allowed, so it does not matter which address replaces the client's. */
function admitsEveryone(cluster: ServiceCluster, endpoint: Endpoint, protocol: string): boolean {
  const policies = cluster.policies.map((policy) => {
    const ingress = (policy.spec.ingress ?? []).flatMap((rule) => {
      const from = (rule.from ?? []).filter(
        ({ ipBlock }) => ipBlock?.cidr.endsWith('/0') && (ipBlock.except ?? []).length === 0,
      );
      return (rule.from ?? []).length > 0 && from.length === 0 ? [] : [{ ...rule, from }];
    });
    return { ...policy, spec: { ...policy.spec, ingress } };
  });
  return admits({ ...cluster, policies }, endpoint, protocol, '198.51.100.1') === 'allowed';
}

/** The cluster as the objects of an API server. */
export function serviceObjects(cluster: ServiceCluster): unknown[] {
  const nodes = new Map(cluster.pods.map(({ namespace, name, node }) => [`${namespace}/${name}`, node]));
  const placed = naiveObjects(cluster).map((object) => {
    const { kind, metadata, spec } = object as {
      kind: string;
      metadata: { namespace: string; name: string };
      spec: object;
    };
    const nodeName = nodes.get(`${metadata.namespace}/${metadata.name}`);
    return kind === 'Pod' ? { ...(object as object), spec: { ...spec, nodeName } } : object;
  });
  const services = cluster.services.map(({ name, namespace, ...spec }) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec,
  }));
  return [...placed, ...services];
}
