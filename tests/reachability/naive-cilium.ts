import { inside, type NaiveCluster, type NaivePod, type NaiveSelector, naive } from './naive.ts';

/**
 * A literal reading of the documentation of Cilium policies, as a second opinion: no compiled rules, no cache, no third
 * value. It supports only certain facts about connections between pods: labels, entities, ports, denials.
 */
export interface CiliumPorts {
  ports: { port: string; endPort?: number; protocol?: string }[];
}
export interface CiliumRule {
  fromEndpoints?: NaiveSelector[];
  toEndpoints?: NaiveSelector[];
  fromEntities?: string[];
  toEntities?: string[];
  fromCIDR?: string[];
  toCIDR?: string[];
  toPorts?: CiliumPorts[];
}
export interface CiliumSpec {
  endpointSelector: NaiveSelector;
  ingress?: CiliumRule[];
  ingressDeny?: CiliumRule[];
  egress?: CiliumRule[];
  egressDeny?: CiliumRule[];
  enableDefaultDeny?: { ingress?: boolean; egress?: boolean };
}
export interface CiliumPolicy {
  name: string;
  /** Undefined for a policy of the whole cluster. */
  namespace: string | undefined;
  specs: CiliumSpec[];
}
export interface CiliumCluster extends NaiveCluster {
  cilium: CiliumPolicy[];
}

type Direction = 'ingress' | 'egress';

/** The labels of an endpoint, each with its source. */
function endpointLabels(cluster: CiliumCluster, pod: NaivePod): Record<string, string> {
  const labels: Record<string, string> = { 'k8s:io.kubernetes.pod.namespace': pod.namespace };
  for (const key in pod.labels) labels[`k8s:${key}`] = pod.labels[key] ?? '';
  const own = cluster.namespaces[pod.namespace] ?? {};
  for (const key in own) labels[`k8s:io.cilium.k8s.namespace.labels.${key}`] = own[key] ?? '';
  labels['k8s:io.cilium.k8s.policy.serviceaccount'] = 'default';
  return labels;
}

/** The value of a selector key: from the source that it names, or from any source. */
function labelOf(labels: Record<string, string>, key: string): string | undefined {
  if (key.startsWith('k8s:')) return labels[key];
  return labels[`k8s:${key.startsWith('any:') ? key.slice(4) : key}`];
}

function matches(selector: NaiveSelector, labels: Record<string, string>): boolean {
  for (const key in selector.matchLabels) {
    if (labelOf(labels, key) !== selector.matchLabels[key]) return false;
  }
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const value = labelOf(labels, key);
    if (operator === 'Exists' && value === undefined) return false;
    if (operator === 'DoesNotExist' && value !== undefined) return false;
    if (operator === 'In' && (value === undefined || !values.includes(value))) return false;
    if (operator === 'NotIn' && value !== undefined && values.includes(value)) return false;
  }
  return true;
}

function namesNamespace(selector: NaiveSelector): boolean {
  const keys = [
    ...Object.keys(selector.matchLabels ?? {}),
    ...(selector.matchExpressions ?? []).map(({ key }) => key),
  ];
  return keys.some((key) => key.replace(/^(?:any|k8s):/, '') === 'io.kubernetes.pod.namespace');
}

/** An address that is no endpoint has no namespace. */
const isOutside = ({ namespace }: NaivePod): boolean => namespace === '';

function isPeer(cluster: CiliumCluster, policy: CiliumPolicy, rule: CiliumRule, pod: NaivePod): boolean {
  const endpoints = rule.fromEndpoints ?? rule.toEndpoints;
  const entities = rule.fromEntities ?? rule.toEntities;
  const blocks = rule.fromCIDR ?? rule.toCIDR;
  if (endpoints === undefined && entities === undefined && blocks === undefined)
    return rule.toPorts !== undefined;
  if (isOutside(pod)) {
    const named = (entities ?? []).some((entity) => entity === 'all' || entity === 'world');
    return named || (blocks ?? []).some((block) => inside(pod.ip, block));
  }
  for (const selector of endpoints ?? []) {
    const inside =
      policy.namespace === undefined || namesNamespace(selector) || pod.namespace === policy.namespace;
    if (inside && matches(selector, endpointLabels(cluster, pod))) return true;
  }
  return (entities ?? []).some((entity) => entity === 'all' || entity === 'cluster');
}

function coversPort(rule: CiliumRule, protocol: string, port: number, destination: NaivePod): boolean {
  if (rule.toPorts === undefined) return true;
  for (const { ports } of rule.toPorts) {
    for (const { port: wanted, endPort, protocol: own = 'ANY' } of ports) {
      if (own !== 'ANY' && own !== protocol) continue;
      if (/^\d+$/.test(wanted)) {
        const first = Number(wanted);
        if (first === 0 || (first <= port && port <= (endPort ?? first))) return true;
      } else {
        for (const served of destination.ports)
          if (served.name === wanted && served.protocol === protocol && served.containerPort === port)
            return true;
      }
    }
  }
  return false;
}

/** Whether the policies of one side, of both kinds, allow a connection between pods. */
export function naiveCilium(
  cluster: CiliumCluster,
  direction: Direction,
  from: NaivePod,
  to: NaivePod,
  protocol: string,
  port: number,
): 'allowed' | 'blocked' {
  const [subject, peer] = direction === 'ingress' ? [to, from] : [from, to];
  const isolated = new Set<boolean>();
  let allowed = false;
  for (const policy of cluster.cilium) {
    if (policy.namespace !== undefined && policy.namespace !== subject.namespace) continue;
    for (const spec of policy.specs) {
      if (!matches(spec.endpointSelector, endpointLabels(cluster, subject))) continue;
      const allows = spec[direction] ?? [];
      const denies = spec[direction === 'ingress' ? 'ingressDeny' : 'egressDeny'] ?? [];
      const applies = (rule: CiliumRule): boolean =>
        isPeer(cluster, policy, rule, peer) && coversPort(rule, protocol, port, to);
      if (denies.some(applies)) return 'blocked';
      if (allows.some(applies)) allowed = true;
      const isDefault = spec.enableDefaultDeny?.[direction];
      if (isDefault ?? (allows.length > 0 || denies.length > 0)) isolated.add(true);
    }
  }
  const plain = naive(cluster, direction, from, to, protocol, port);
  const isolatedByPlain =
    naive({ ...cluster, policies: cluster.policies.map(closed) }, direction, from, to, protocol, port) ===
    'blocked';
  if (allowed || (isolatedByPlain && plain === 'allowed')) return 'allowed';
  return isolatedByPlain || isolated.size > 0 ? 'blocked' : 'allowed';
}

/** The same policy without rules: it blocks if it isolates. */
function closed<Policy extends NaiveCluster['policies'][number]>(policy: Policy): Policy {
  const { podSelector, policyTypes, egress } = policy.spec;
  const types = policyTypes ?? ['Ingress', ...((egress ?? []).length > 0 ? ['Egress'] : [])];
  return { ...policy, spec: { podSelector, policyTypes: types } };
}

/** The policies of Cilium as objects. A policy with one spec holds it in `spec`. */
export function ciliumObjects({ cilium }: CiliumCluster): unknown[] {
  return cilium.map(({ name, namespace, specs }) => ({
    apiVersion: 'cilium.io/v2',
    kind: namespace === undefined ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    ...(specs.length === 1 ? { spec: specs[0] } : { specs }),
  }));
}
