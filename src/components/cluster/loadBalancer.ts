import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { reference } from '../../config/private.ts';
import type { RuleFinding } from '../contract/component.ts';
import { type Decision, phases, type Step } from '../contract/documents.ts';

type Cluster = ClusterSettings['cluster'];
type LoadBalancer = Cluster['network']['loadBalancer'];

/** What is said to give out addresses, where it cannot be there. */
export function loadBalancerRules({ distribution, network }: Cluster): RuleFinding[] {
  const { loadBalancer, policyEnforcer } = network;
  const field = 'cluster.network.loadBalancer.kind';
  if (loadBalancer.kind === 'servicelb' && distribution !== 'k3s')
    return [
      {
        code: 'needs-another',
        field,
        message: `${field}: ServiceLB is part of k3s, and the cluster runs ${distribution}`,
        expected: 'cilium, metallb or kube-vip, with ranges of their own, or none',
      },
    ];
  if (loadBalancer.kind === 'cilium' && policyEnforcer !== 'cilium')
    return [
      {
        code: 'needs-another',
        field,
        message: `${field}: Cilium gives out addresses where it is the network plugin, and cluster.network.policyEnforcer says ${policyEnforcer}`,
        expected: 'policyEnforcer: cilium, or another one that gives out addresses',
      },
    ];
  return [];
}

/** The ranges that are set apart, as Markdown; where they are those of the nodes there is none. */
function rangesOf(loadBalancer: LoadBalancer): string {
  return 'addresses' in loadBalancer
    ? loadBalancer.addresses.map((range) => `\`${reference(range)}\``).join(', ')
    : '';
}

const title = 'Who gives Services an address at home';

export function addressDecision({ network: { loadBalancer } }: Cluster): Decision {
  const ranges = rangesOf(loadBalancer);
  const decided: Record<LoadBalancer['kind'], string> = {
    none: 'Nobody does, and nothing here asks for one.',
    servicelb: 'ServiceLB of k3s does, with those of the nodes.',
    cilium: `Cilium does, out of ${ranges}.`,
    metallb: `MetalLB does, out of ${ranges}.`,
    'kube-vip': `kube-vip does, out of ${ranges}.`,
  };
  return {
    title,
    decided: decided[loadBalancer.kind],
    because: `A Service of the type LoadBalancer is a way in past every check of who asks. Nothing of this repository is one but a Gateway that
denies each request for which no policy of a route says otherwise, and a name server that policies keep to the home network; \`gatehouse check\` reports whatever else is. Other apps of the cluster may need addresses all the same. ${
      ranges === ''
        ? 'A port of the nodes needs none of its own.'
        : `The ranges are set apart: ${
            'announced' in loadBalancer && loadBalancer.announced === 'bgp'
              ? 'they lie outside of the home network, and its router learns the way to them by BGP.'
              : 'they are part of the home network, where the nodes answer for them, and the router must not give them out by DHCP.'
          }`
    }`,
    field: 'cluster.network.loadBalancer',
  };
}

/** How it shows that the ranges are what the configuration says, where some are set apart. */
export function addressStep({ network: { loadBalancer } }: Cluster): Step[] {
  if (!('addresses' in loadBalancer)) return [];
  const { kind, announced } = loadBalancer;
  if (kind === 'kube-vip') return [kubeVipStep(loadBalancer)];
  const pools = {
    cilium: `kubectl get ciliumloadbalancerippools -o jsonpath='{range .items[*]}{.spec.blocks}{"\\n"}{end}'`,
    metallb: `kubectl get ipaddresspools.metallb.io -A -o jsonpath='{range .items[*]}{.spec.addresses}{"\\n"}{end}'`,
  };
  const announcing = {
    cilium: { arp: 'ciliuml2announcementpolicies', bgp: 'ciliumbgpadvertisements' },
    metallb: { arp: 'l2advertisements.metallb.io -A', bgp: 'bgpadvertisements.metallb.io -A' },
  };
  return [
    {
      phase: phases.prepare,
      title,
      minutes: 2,
      body: `The cluster gives out ${rangesOf(loadBalancer)}, and the router must not${announced === 'arp' ? ': see that its DHCP leaves them out' : ''}.

\`\`\`sh
${pools[kind]}
kubectl get ${announcing[kind][announced]}
\`\`\``,
      check: `the first shows ${rangesOf(loadBalancer)} and nothing else, the second at least one line.`,
    },
  ];
}

/**
 * kube-vip has no kinds of its own. Its settings are variables (1.2.3, `pkg/kubevip/config_envvar.go`), and the ranges of its
 * cloud provider are in a ConfigMap (kube-vip-cloud-provider 0.0.12, README). With `externalTrafficPolicy: Local`, only a node
 * with a pod of the Service answers, and one election for all Services may give the address to another.
 */
function kubeVipStep(loadBalancer: Extract<LoadBalancer, { kind: 'kube-vip' }>): Step {
  const { announced } = loadBalancer;
  const variable = announced === 'arp' ? 'vip_arp' : 'bgp_enable';
  const election = announced === 'arp' ? ['svc_election'] : [];
  const lines = ['svc_enable', variable, ...election].map(
    (name) =>
      `kubectl -n kube-system get pods -l app.kubernetes.io/name=kube-vip-ds -o jsonpath='{.items[*].spec.containers[*].env[?(@.name=="${name}")].value}{"\\n"}'`,
  );
  return {
    phase: phases.prepare,
    title,
    minutes: 2,
    body: `kube-vip announces ${rangesOf(loadBalancer)}, and the router must not give them out${announced === 'arp' ? ': see that its DHCP leaves them out' : ''}. If its cloud
provider runs too, its ConfigMap has the same ranges, and gives no others.${
      announced === 'arp'
        ? ` \`svc_election\` must be on: each Service then has its address
at a node on which one of its pods runs, and sees the address of the client.`
        : ''
    }

\`\`\`sh
${lines.join('\n')}
kubectl -n kube-system get configmap kubevip --ignore-not-found -o jsonpath='{.data}{"\\n"}'
\`\`\``,
    check: `each of the first ${lines.length} lines shows \`true\`, and nothing else; the last shows ${rangesOf(loadBalancer)}, or nothing where the cloud provider does not run.`,
  };
}
