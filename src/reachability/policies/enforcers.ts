import type { Deviations } from './deviations.ts';
import { asKubeRouterReads } from './kubeRouter/kubeRouter.ts';

/** A program that enforces network policies. */
export interface Enforcer {
  /** The name by which a user says it, in lower case. */
  name: string;
  /** Other names of the same program. */
  aliases?: readonly string[];
  /** Under which condition it enforces NetworkPolicy, as an assumption; undefined if it always does. */
  condition?: string;
  /**
   * What is assumed of a pod that has just started, where it is not isolated before its first container. Kubernetes
   * demands that it is (kubernetes.io, Network Policies, "Pod lifecycle"). Undefined where nothing says otherwise:
   * Cilium generates the endpoint of a pod before the container runtime goes on (docs.cilium.io, Endpoint Lifecycle), and
   * Calico drops all of a pod until its policies are there (docs.tigera.io, Enabling policy setup timeout).
   */
  atStart?: string;
  /** What it is known to decide otherwise than the documentation of NetworkPolicy says. */
  deviations?: Deviations;
  /** Where it is written that it enforces NetworkPolicy. */
  source: string;
}

/** Every program that is known to enforce NetworkPolicy. Which other kinds it reads is said by their systems. */
const enforcers: readonly Enforcer[] = [
  {
    name: 'kube-router',
    condition: 'The policy controller of kube-router is on, as it is in k3s without disable-network-policy',
    // cloudnativelabs/kube-router, issue 873 and pull request 2079 (--netpol-default-deny); k3s-io/k3s, issue 13432.
    // The times were measured with kube-router 2.1.0 (tests/pods/moments.test.ts).
    atStart:
      'Nothing connects to or from a new pod before kube-router isolates it, about 0.1 s after its start, or some seconds where many pods start at once: until then no policy holds for it, and what connects then stays connected',
    deviations: { until: '2.11.1', read: asKubeRouterReads },
    source:
      'cloudnativelabs/kube-router, docs/user-guide.md (--run-firewall); k3s-io/docs, Network Policy Controller',
  },
  { name: 'cilium', source: 'docs.cilium.io, Network Policy' },
  {
    name: 'calico',
    aliases: ['tigera'],
    source: 'docs.tigera.io, Get started with Kubernetes network policy',
  },
  { name: 'canal', source: 'docs.tigera.io, Install Calico for policy and flannel for networking' },
  { name: 'antrea', source: 'antrea-io/antrea, docs/design/architecture.md' },
  {
    name: 'kube-network-policies',
    source: 'kubernetes-sigs/kube-network-policies, README; Talos 1.13, kubeNetworkPoliciesEnabled',
  },
  { name: 'ovn-kubernetes', source: 'ovn-kubernetes.io, Network Policy' },
  { name: 'kube-ovn', source: 'kubeovn/kube-ovn, README (--enable-np, on by default)' },
  {
    name: 'kindnet',
    condition: 'The kindnet of the cluster has the policy engine of kind 0.24 or later',
    source: 'kubernetes-sigs/kind, release notes of v0.24.0',
  },
  {
    name: 'weave',
    aliases: ['weave-net'],
    condition:
      'Weave Net, which has no maintainer since 2024, implements each field that the network policies use',
    source: 'weaveworks/weave, site/kubernetes/kube-addon.md (archived)',
  },
  {
    name: 'romana',
    condition: 'Romana, which has no maintainer, implements each field that the network policies use',
    source: 'romana/romana, README (archived)',
  },
  {
    name: 'aws-vpc-cni',
    condition: 'The network policy agent of the VPC CNI is on, and owners make all pods that policies select',
    // docs.aws.amazon.com/eks, "Set up policy enforcement at Pod startup".
    atStart:
      'Nothing connects to or from a new pod before the VPC CNI isolates it, or NETWORK_POLICY_ENFORCING_MODE is strict: no policy holds until then',
    source: 'aws/amazon-vpc-cni-k8s, README (enable-network-policy-controller)',
  },
  { name: 'azure-npm', source: 'Azure/azure-container-networking, docs/npm.md' },
];

/** Programs and words that enforce nothing by themselves, each with what to say instead. */
const notEnforcing: ReadonlyMap<string, string> = new Map([
  [
    'flannel',
    'flannel enforces no network policy; name what does beside it: kube-router in k3s, kube-network-policies in Talos with kubeNetworkPoliciesEnabled or with netpol.enabled of its chart, canal with Calico',
  ],
  ['kubenet', 'kubenet enforces no network policy'],
  ['bridge', 'the bridge plugin enforces no network policy'],
  ['multus', 'Multus attaches networks and enforces no network policy'],
  ['kube-proxy', 'kube-proxy forwards Services and enforces no network policy'],
  ['metallb', 'MetalLB announces addresses and enforces no network policy'],
  ['kube-vip', 'kube-vip announces addresses and enforces no network policy'],
  ['istio', 'Istio enforces its own policies and no NetworkPolicy; name the network plugin'],
  ['linkerd', 'Linkerd enforces its own policies and no NetworkPolicy; name the network plugin'],
  ['k3s', 'k3s is a distribution; its policy controller is kube-router'],
  ['rke2', 'RKE2 is a distribution; its network plugin is canal by default'],
  ['k0s', 'k0s is a distribution; its network plugin is kube-router by default'],
  ['microk8s', 'MicroK8s is a distribution; its network plugin is calico by default'],
  [
    'talos',
    'Talos is a distribution; its flannel enforces policies with kubeNetworkPoliciesEnabled from 1.13 on: name kube-network-policies',
  ],
]);

/** The word with which a user says that nothing enforces network policies. */
export const noEnforcer = 'none';

/** The enforcer of objects that are given with the policies that hold: every known system counts. */
export const givenEnforcer = 'given';

/** The words that `--enforcer` takes. */
export const enforcerNames: readonly string[] = [...enforcers.map(({ name }) => name), noEnforcer];

function normalized(text: string): string {
  return text.trim().toLowerCase();
}

/** The enforcer of a name; undefined where nothing of that name is known to enforce NetworkPolicy. */
export function enforcerNamed(text: string): Enforcer | undefined {
  const wanted = normalized(text);
  return enforcers.find(({ name, aliases = [] }) => name === wanted || aliases.includes(wanted));
}

/** Why a name is no enforcer: what it is, if that is known. Undefined for a name that is one, and for `none`. */
export function refusalOf(text: string): string | undefined {
  const name = normalized(text);
  if (name === noEnforcer || enforcerNamed(name) !== undefined) return undefined;
  return notEnforcing.get(name) ?? 'nothing of that name is known to enforce network policies';
}

/** Whether network policies are enforced if a user names this enforcer, or the objects are given with their policies. */
export function doesEnforce(text: string): boolean {
  return normalized(text) === givenEnforcer || enforcerNamed(text) !== undefined;
}
