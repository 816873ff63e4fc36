/**
 * A literal reading of the documentation of NetworkPolicy, as a second opinion: no compiled rules, no cache, no third
 * value. It shares no code with the prover and supports only clusters in which everything is known.
 */
export interface NaiveSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: {
    key: string;
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    values?: string[];
  }[];
}
export interface NaivePeer {
  podSelector?: NaiveSelector;
  namespaceSelector?: NaiveSelector;
  ipBlock?: { cidr: string; except?: string[] };
}
export interface NaiveRule {
  from?: NaivePeer[];
  to?: NaivePeer[];
  ports?: { protocol?: string; port?: number | string; endPort?: number }[];
}
export interface NaivePolicy {
  name: string;
  namespace: string;
  spec: { podSelector: NaiveSelector; policyTypes?: string[]; ingress?: NaiveRule[]; egress?: NaiveRule[] };
}
export interface NaivePod {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  ip: string;
  ports: { name: string; containerPort: number; protocol: string }[];
}
export interface NaiveCluster {
  namespaces: Record<string, Record<string, string>>;
  pods: NaivePod[];
  policies: NaivePolicy[];
}

export function selects(selector: NaiveSelector, labels: Record<string, string>): boolean {
  for (const key in selector.matchLabels) if (labels[key] !== selector.matchLabels[key]) return false;
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const value = labels[key];
    if (operator === 'Exists' && value === undefined) return false;
    if (operator === 'DoesNotExist' && value !== undefined) return false;
    if (operator === 'In' && (value === undefined || !values.includes(value))) return false;
    if (operator === 'NotIn' && value !== undefined && values.includes(value)) return false;
  }
  return true;
}

function bitsOf(address: string): string {
  if (address.includes(':')) return bitsOfIPv6(address);
  return address
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
}

/** The bits of an address of IPv6 without an embedded one of IPv4. */
function bitsOfIPv6(address: string): string {
  const [start = [], end = []] = address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = new Array(8 - start.length - end.length).fill('0');
  return [...start, ...zeros, ...end]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}

export function inside(address: string, cidr: string): boolean {
  const [network = '', length = ''] = cidr.split('/');
  if (address.includes(':') !== network.includes(':')) return false;
  return bitsOf(address).slice(0, Number(length)) === bitsOf(network).slice(0, Number(length));
}

function isPeer(cluster: NaiveCluster, policy: NaivePolicy, peer: NaivePeer, pod: NaivePod): boolean {
  if (peer.ipBlock !== undefined) {
    return (
      inside(pod.ip, peer.ipBlock.cidr) &&
      !(peer.ipBlock.except ?? []).some((except) => inside(pod.ip, except))
    );
  }
  if (peer.namespaceSelector === undefined) {
    if (pod.namespace !== policy.namespace) return false;
  } else if (!selects(peer.namespaceSelector, cluster.namespaces[pod.namespace] ?? {})) return false;
  return peer.podSelector === undefined || selects(peer.podSelector, pod.labels);
}

function coversPort(rule: NaiveRule, protocol: string, port: number, destination: NaivePod): boolean {
  if (rule.ports === undefined || rule.ports.length === 0) return true;
  for (const candidate of rule.ports) {
    if ((candidate.protocol ?? 'TCP') !== protocol) continue;
    if (candidate.port === undefined) return true;
    if (typeof candidate.port === 'string') {
      for (const own of destination.ports) {
        if (own.name === candidate.port && own.protocol === protocol && own.containerPort === port)
          return true;
      }
    } else if (
      candidate.endPort === undefined
        ? candidate.port === port
        : candidate.port <= port && port <= candidate.endPort
    ) {
      return true;
    }
  }
  return false;
}

/** Whether the policies of one side allow a connection. */
export function naive(
  cluster: NaiveCluster,
  direction: 'ingress' | 'egress',
  from: NaivePod,
  to: NaivePod,
  protocol: string,
  port: number,
): 'allowed' | 'blocked' {
  const [subject, peer] = direction === 'ingress' ? [to, from] : [from, to];
  let isolated = false;
  for (const policy of cluster.policies) {
    if (policy.namespace !== subject.namespace || !selects(policy.spec.podSelector, subject.labels)) continue;
    const types = policy.spec.policyTypes ?? [
      'Ingress',
      ...((policy.spec.egress ?? []).length > 0 ? ['Egress'] : []),
    ];
    if (!types.includes(direction === 'ingress' ? 'Ingress' : 'Egress')) continue;
    isolated = true;
    for (const rule of policy.spec[direction] ?? []) {
      const peers = (direction === 'ingress' ? rule.from : rule.to) ?? [];
      const known = peers.length === 0 || peers.some((each) => isPeer(cluster, policy, each, peer));
      if (known && coversPort(rule, protocol, port, to)) return 'allowed';
    }
  }
  return isolated ? 'blocked' : 'allowed';
}

/** A cluster as the objects of an API server. */
export function naiveObjects({ namespaces, pods, policies }: NaiveCluster): unknown[] {
  return [
    ...Object.entries(namespaces).map(([name, own]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: own },
    })),
    ...pods.map((each) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: each.name, namespace: each.namespace, labels: each.labels },
      spec: { containers: [{ name: 'c', ports: each.ports }] },
      status: { podIP: each.ip },
    })),
    ...policies.map(({ name, namespace: own, spec }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: own },
      spec,
    })),
  ];
}
