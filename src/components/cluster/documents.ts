import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  type Note,
  phases,
  type Step,
} from '../contract/documents.ts';
import type { Requirement } from '../contract/requirements.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { enumeration } from '../shared/sentences.ts';
import { addressDecision, addressStep } from './loadBalancer.ts';

/** The chapters of the cluster itself in the operator documents: what it must do, and what holds for every namespace. */
export function clusterDocuments({ settings, provided }: BuildContext<undefined>): ComponentDocuments {
  const namespaces = new Map(
    provided('namespace').map((requirement) => [requirement.name, requirement] as const),
  );
  return {
    decisions: [
      twoNamespaces([...namespaces.values()]),
      defaultDeny([...namespaces.keys()]),
      policyEnforcer(settings),
      addressDecision(settings.cluster),
      imagesByDigest,
    ],
    steps: [
      clusterStep(settings),
      enforcerStep(settings),
      ...addressStep(settings.cluster),
      ...monitoringStep(settings),
    ],
    notes: [servicesOfNodes],
  };
}

// Measured with kubelet 1.36 (tests/pods/moments.test.ts): the longest period of a readiness probe is 15 s.
const servicesOfNodes: Note = {
  title: 'When the services of a node start again',
  body: `When k3s starts again, or the kubelet and the container runtime of a node, its pods go on, but may count as not ready until
the kubelet has probed them again. For that time, up to 20 seconds, no Service leads to them: an app may be closed, and
never open.`,
};

function twoNamespaces(requirements: readonly Requirement<'namespace'>[]): Decision {
  const rows = requirements.map(
    ({ name, podSecurity, requester }) =>
      `| \`${name}\` | \`${podSecurity}\` | ${requesterTitle(requester)} |`,
  );
  return {
    title: 'Namespaces by Pod Security level',
    decided: 'Each namespace enforces the strictest level that what lives in it can bear.',
    because: `A namespace has one level for all that lives in it. A directory of a node (\`hostPath\`) is allowed at the level \`privileged\`
only, while what is between the internet and the app needs only \`restricted\`. In one namespace the weaker would
decide for both, so they live apart. Each namespace warns of whatever \`restricted\` would refuse.

| namespace | enforces | first asked for by |
|---|---|---|
${rows.join('\n')}`,
  };
}

function defaultDeny(namespaces: readonly string[]): Decision {
  return {
    title: 'Nothing talks to anything, unless a policy says so',
    decided: `The namespaces ${enumeration(namespaces.map((name) => `\`${name}\``))} deny by default, in both directions.`,
    because: `Any pod could otherwise reach every Service of the cluster, and a hole in any app would lead to all the others.
Each connection that is needed is allowed at both ends, by one policy for each workload. DNS and the few addresses on
the internet are named too: nothing may call out that need not.`,
  };
}

const imagesByDigest: Decision = {
  title: 'Which images have a digest',
  decided:
    'Where `@sha256:…` follows the tag of an image, exactly that image runs, on nodes of every architecture. The other images have a version alone, and so have the charts.',
  because: `What a registry has under a tag can be replaced, and what it has under a digest cannot. Gatehouse writes a digest
where two independent public sources name the same one for that tag. To fix another image, let
\`docker buildx imagetools inspect IMAGE\` print its digest, and write \`IMAGE@sha256:…\` into \`images\` of its section.
That version is then yours to renew, as Renovate does with \`pinDigests\`.`,
};

function policyEnforcer({ cluster }: ClusterSettings): Decision {
  const { policyEnforcer: enforcer } = cluster.network;
  return {
    title: 'Who enforces the network policies',
    decided:
      enforcer === 'none'
        ? 'Nobody does, and so no statement about the network can be proved.'
        : `\`${enforcer}\` does, and every proof about the network rests on it.`,
    because: `A NetworkPolicy is a wish: a cluster whose network plugin does not know them takes them all and enforces none. Git cannot show
which it is, so the configuration says it, \`gatehouse\` prints it as an assumption, and the quickstart tries it
out at its end.${enforcer === 'kube-router' ? ` ${lateIsolation}` : ''}`,
    field: 'cluster.network.policyEnforcer',
  };
}

const lateIsolation = `kube-router isolates a new pod about a tenth of a second after its start, and up to some seconds after it where many
pods start at once. Until then no policy holds for that pod, and a connection of that moment stays open.`;

function clusterStep({ cluster }: ClusterSettings): Step {
  return cluster.distribution === 'k3s'
    ? k3sStep(cluster.network.loadBalancer.kind === 'servicelb')
    : talosStep(Object.keys(cluster.nodes));
}

const noLoadBalancers =
  '`kubectl get services -A --field-selector spec.type=LoadBalancer` prints `No resources found`';

/** @param serviceLb - whether ServiceLB of k3s assigns the addresses of load balancers */
function k3sStep(serviceLb: boolean): Step {
  return {
    phase: phases.prepare,
    title: serviceLb ? 'Turn off Traefik' : 'Turn off Traefik and ServiceLB',
    minutes: 3,
    body: `k3s opens the ports 80 and 443 of every node for an ingress controller that is in no Git repository. Nothing here needs
it. On each node that runs the control plane:

\`\`\`sh
sudo mkdir -p /etc/rancher/k3s/config.yaml.d
sudo tee /etc/rancher/k3s/config.yaml.d/gatehouse.yaml > /dev/null <<'END'
disable+:
  - traefik${serviceLb ? '' : '\n  - servicelb'}
END
sudo systemctl restart k3s
\`\`\``,
    check: `${noLoadBalancers}${serviceLb ? ' but those that you made' : ''}, and \`kubectl get nodes\` says \`Ready\`.`,
    again: true,
  };
}

function talosStep(nodes: readonly string[]): Step {
  return {
    phase: phases.prepare,
    title: 'Look at the nodes',
    minutes: 2,
    body: `Talos has no shell and mounts no shares on its host: whatever is needed on a node is said in its machine configuration, and the
kubelet mounts them itself. Nothing is to be installed for that. Pods that use a directory of a node are refused by
Talos's default level of Pod Security, \`baseline\`; the namespace that needs them says so itself.

\`\`\`sh
kubectl get nodes
kubectl get services -A --field-selector spec.type=LoadBalancer
\`\`\``,
    check: `the first prints ${nodes.map((name) => `\`${name}\``).join(', ')}, each \`Ready\`, and ${noLoadBalancers} unless you put one there yourself.`,
    again: true,
  };
}

/** How to turn each enforcer on, and how to see that it runs. */
const enforcers: Record<
  ClusterSettings['cluster']['network']['policyEnforcer'],
  { body: string; check: string }
> = {
  'kube-router': {
    body: `k3s brings the policy controller of kube-router, unless it was told not to. On each node:

\`\`\`sh
sudo grep -rs disable-network-policy /etc/rancher/k3s /etc/systemd/system/k3s.service /etc/systemd/system/k3s.service.env
\`\`\`

If that prints a line, take the option away and restart k3s.`,
    check: 'the command prints nothing.',
  },
  cilium: {
    body: `Cilium replaces the network plugin that came with the cluster. On k3s the options \`flannel-backend: none\` and
\`disable-network-policy: true\` turn that plugin off, on Talos \`cluster.network.cni.name: none\` in the machine configuration.

\`\`\`sh
kubectl -n kube-system rollout status daemonset/cilium --timeout=60s
\`\`\``,
    check: 'the command ends with `successfully rolled out`.',
  },
  calico: {
    body: `Calico replaces the network plugin that came with the cluster, or adds policies to it.

\`\`\`sh
kubectl get daemonsets -A --field-selector metadata.name=calico-node
\`\`\``,
    check: 'DESIRED and READY are the number of your nodes.',
  },
  'kube-network-policies': {
    body: `On Talos 1.13 and later, flannel enforces policies once the machine configuration says so
(\`cluster.network.cni.flannel.kubeNetworkPoliciesEnabled: true\`; from 1.14 on in the document \`KubeFlannelCNIConfig\`).
Elsewhere kube-network-policies runs as a DaemonSet of its own.

\`\`\`sh
kubectl -n kube-system get daemonsets -o custom-columns='NAME:.metadata.name,CONTAINERS:.spec.template.spec.containers[*].name'
\`\`\``,
    check: 'a line names `kube-network-policies`.',
  },
  none: {
    body: `\`cluster.network.policyEnforcer\` says \`none\`: every pod reaches every other, databases included. Turn an
enforcer on and name it, before anything is published.`,
    check: '`gatehouse explain cluster.network.policyEnforcer` lists what there is to choose from.',
  },
};

/** With `monitoring.enabled` there are objects of two kinds that only the Prometheus operator defines. */
function monitoringStep({ monitoring }: ClusterSettings): Step[] {
  if (!monitoring.enabled) return [];
  return [
    {
      phase: phases.prepare,
      title: 'The definitions of the Prometheus operator',
      minutes: 1,
      body: `\`monitoring.enabled\` says that the cluster has them. Nothing here installs them: kube-prometheus-stack does. Without them Flux
applies nothing (\`no matches for kind "PodMonitor"\`).

\`\`\`sh
kubectl get crd podmonitors.monitoring.coreos.com servicemonitors.monitoring.coreos.com prometheusrules.monitoring.coreos.com
kubectl get namespace ${monitoring.namespace}
\`\`\``,
      check:
        'the first prints three lines, the second the namespace of Prometheus. If not, install them, or set `monitoring.enabled: false`.',
      again: true,
    },
  ];
}

function enforcerStep({ cluster }: ClusterSettings): Step {
  return {
    phase: phases.prepare,
    title: 'See that network policies are enforced',
    minutes: 2,
    ...enforcers[cluster.network.policyEnforcer],
    again: true,
  };
}
