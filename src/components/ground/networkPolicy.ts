import ipaddr from 'ipaddr.js';
import type { NetworkPolicy, NetworkPolicySpec } from '../../kubernetes/types.ts';
import type { Outside, ReachClaim, Workload } from '../claim.ts';
import type { Manifest } from '../component.ts';
import { objectLabels } from '../labels.ts';

type Ingress = NonNullable<NetworkPolicySpec['ingress']>[number];
type Egress = NonNullable<NetworkPolicySpec['egress']>[number];
type Peer = NonNullable<Egress['to']>[number];

/** Nothing in the namespace talks or listens, unless a policy of its own allows it. */
export function defaultDeny(namespace: string): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace, labels: { 'app.kubernetes.io/managed-by': 'gatehouse' } },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
}

/** Both ends of every reach: one policy for each workload that talks or is talked to, in that workload's folder. */
export function policiesOf(claims: readonly ReachClaim[]): Manifest[] {
  const workloads = new Map<
    string,
    { workload: Workload; ingress: Ingress[]; egress: Egress[]; field: string }
  >();
  const rulesFor = (workload: Workload, field: string) => {
    const key = `${workload.namespace}/${workload.name}`;
    const rules = workloads.get(key) ?? { workload, ingress: [], egress: [], field };
    workloads.set(key, rules);
    return rules;
  };
  for (const { from, to, ports, field } of claims) {
    if (!('outside' in from)) rulesFor(from, field).egress.push({ to: peersOf(to), ports: [...ports] });
    if (!('outside' in to)) rulesFor(to, field).ingress.push({ from: peersOf(from), ports: [...ports] });
  }
  const folders = new Map<string, Manifest & { objects: NetworkPolicy[] }>();
  for (const { workload, ingress, egress, field } of workloads.values()) {
    const manifest = folders.get(workload.folder) ?? {
      folder: workload.folder,
      file: 'networkpolicy.yaml',
      field,
      objects: [],
    };
    folders.set(workload.folder, manifest);
    manifest.objects.push(policy(workload, ingress, egress));
  }
  return [...folders.values()];
}

function policy(workload: Workload, ingress: Ingress[], egress: Egress[]): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: workload.name, namespace: workload.namespace, labels: objectLabels(workload) },
    spec: {
      podSelector: { matchLabels: workload.labels },
      policyTypes: ['Ingress', 'Egress'],
      ingress,
      egress,
    },
  };
}

function peersOf(end: Workload | Outside): Peer[] {
  if (!('outside' in end)) return [inNamespace(end.namespace, end.labels)];
  if (end.outside === 'dns') return [inNamespace('kube-system', { 'k8s-app': 'kube-dns' })];
  const except = end.except ?? [];
  return end.ranges.map((range) => {
    const cut = except.filter((inner) => ipaddr.isValidCIDR(range) && contains(range, inner));
    return { ipBlock: { cidr: range, ...(cut.length > 0 ? { except: cut } : {}) } };
  });
}

function inNamespace(namespace: string, labels: Record<string, string>): Peer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: labels },
  };
}

/** The API server refuses an `except` that is not inside of its `cidr`. */
function contains(outer: string, inner: string): boolean {
  const [first, firstLength] = ipaddr.parseCIDR(outer);
  const [second, secondLength] = ipaddr.parseCIDR(inner);
  if (first.kind() !== second.kind() || secondLength <= firstLength) return false;
  return first.kind() === 'ipv4'
    ? (second as ipaddr.IPv4).match(first as ipaddr.IPv4, firstLength)
    : (second as ipaddr.IPv6).match(first as ipaddr.IPv6, firstLength);
}
