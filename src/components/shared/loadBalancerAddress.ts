import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { type Private, reference } from '../../config/private.ts';
import type { RuleFinding } from '../contract/component.ts';
import type { PrivateQuestions } from '../contract/privateQuestions.ts';

type LoadBalancer = ClusterSettings['cluster']['network']['loadBalancer'];

/**
 * The annotation by which a Service asks for an address: Cilium (docs, "LoadBalancer IP Address Management"), MetalLB (docs,
 * "Usage"; since 0.15 without `universe.tf`) and kube-vip (1.2.3, `pkg/kubevip/annotations.go`). Each takes several with commas
 * between them.
 */
const annotations: Readonly<Record<'cilium' | 'metallb' | 'kube-vip', string>> = {
  cilium: 'lbipam.cilium.io/ips',
  metallb: 'metallb.io/loadBalancerIPs',
  'kube-vip': 'kube-vip.io/loadbalancerIPs',
};

/** The annotations with which a Service gets an address of its own; none where nobody gives out addresses. */
export function addressAnnotations(
  { kind }: Pick<LoadBalancer, 'kind'>,
  address: Private,
): Record<string, string> {
  return kind in annotations ? { [annotations[kind as keyof typeof annotations]]: reference(address) } : {};
}

/** A Service with an address of its own. A node port would be a way in past it, and `Local` keeps the address of the client. */
export const withOwnAddress = {
  type: 'LoadBalancer',
  allocateLoadBalancerNodePorts: false,
  externalTrafficPolicy: 'Local',
} as const;

/**
 * Whether each node needs a pod of such a Service. Cilium announces an address by ARP from any node, and with
 * `externalTrafficPolicy: Local` one without a pod drops what comes (docs, L2 Announcements, Limitations).
 */
export function needsEveryNode({ cluster: { nodes, network } }: ClusterSettings): boolean {
  const { loadBalancer } = network;
  return loadBalancer.kind === 'cilium' && loadBalancer.announced === 'arp' && Object.keys(nodes).length > 1;
}

/** Who needs an address, and by which field. */
interface Asker {
  field: string;
  what: string;
}

/** What is wrong where a Service asks for an address that nobody gives out: it waits for ever. */
export function outsideRanges(
  context: PrivateQuestions,
  loadBalancer: LoadBalancer,
  address: Private,
  { field, what }: Asker,
): RuleFinding[] {
  if (!('addresses' in loadBalancer) || context.isInRanges(address, loadBalancer.addresses)) return [];
  return [
    {
      code: 'wrong-value',
      field,
      message: `${field} is in none of the ranges of cluster.network.loadBalancer.addresses, so that nobody gives it to ${what}`,
      expected: 'an address of one of these ranges, which no other Service has',
      remedy: `change ${field}, or add its range to cluster.network.loadBalancer.addresses`,
    },
  ];
}

/** What is wrong where a Service needs an address of its own, and nobody can give it one. */
export function withoutAddresses(
  { kind }: Pick<LoadBalancer, 'kind'>,
  { field, what }: Asker,
): RuleFinding[] {
  if (kind in annotations) return [];
  const onNodes = kind === 'servicelb';
  return [
    {
      code: 'needs-another',
      field,
      message: `${field}: ${what} needs an address of its own, and by cluster.network.loadBalancer ${
        onNodes
          ? 'ServiceLB gives those of the nodes: it opens their ports, and needs node ports to keep the address of the client'
          : 'nobody gives Services an address'
      }`,
      expected: 'cluster.network.loadBalancer with kind metallb, kube-vip or cilium, and ranges of its own',
      remedy: onNodes
        ? 'run k3s with --disable=servicelb, and install MetalLB or kube-vip'
        : 'install MetalLB or kube-vip, or let Cilium announce addresses',
    },
  ];
}
