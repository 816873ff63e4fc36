import { contains, overlap } from '../../config/values/address.ts';
import { mapsAt, numberAt, textAt, textMapAt, textsAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer, Check } from '../../live/check.ts';
import type { LiveCluster } from '../../live/cluster.ts';
import { broken, kept, notChecked, unlessWrong } from './answers.ts';
import type { DoctorContext } from './context.ts';
import { liveCheck } from './liveCheck.ts';
import { nodesOf } from './versionChecks.ts';

/** Whether the network is what every proof about it assumes. */
export function networkChecks({ configuration }: DoctorContext): Check[] {
  const { network } = configuration.loaded.cluster.cluster;
  return [
    liveCheck(
      {
        id: 'pod-range',
        promise: 'Pods have addresses of the range that cluster.yaml names',
        field: 'cluster.network.pods',
        remedy: 'Correct cluster.network.pods in cluster.yaml, and run "gatehouse configure"',
      },
      async (cluster) => {
        const nodes = await nodesOf(cluster);
        const ranges = nodes.flatMap((node) => {
          const several = textsAt(node, 'spec', 'podCIDRs');
          const one = textAt(node, 'spec', 'podCIDR');
          return several.length > 0 ? several : one === undefined ? [] : [one];
        });
        const own = ranges.filter((range) => sameFamily(range, network.pods));
        if (own.length === 0)
          return notChecked(
            'No node says which range its pods have: the network plugin gives the addresses itself',
            'kubectl get pods -A -o wide shows addresses of pods',
          );
        return unlessWrong(
          own
            .filter((range) => !isWithin(network.pods, range))
            .map((range) => `A node has ${range} for its pods, and cluster.yaml says ${network.pods}`),
          [own.join(', ')],
        );
      },
    ),
    liveCheck(
      {
        id: 'service-range',
        promise: 'Services have addresses of the range that cluster.yaml names',
        field: 'cluster.network.services',
        remedy: 'Correct cluster.network.services in cluster.yaml, and run "gatehouse configure"',
      },
      (cluster) => serviceRange(cluster, network.services),
    ),
    liveCheck(
      {
        id: 'policy-enforcer',
        promise: `${network.policyEnforcer === 'none' ? 'Something' : network.policyEnforcer} enforces the network policies`,
        field: 'cluster.network.policyEnforcer',
        remedy:
          'docs/quickstart.md, "See that network policies are enforced", says how to turn it on; correct cluster.network.policyEnforcer where it is another one',
      },
      (cluster) => enforcer(cluster, network.policyEnforcer),
    ),
  ];
}

function sameFamily(one: string, other: string): boolean {
  return one.includes(':') === other.includes(':');
}

/** Whether no address of a range is outside of another one. */
function isWithin(outer: string, inner: string): boolean {
  return overlap(outer, inner) && !contains(inner, outer);
}

async function serviceRange(cluster: LiveCluster, wanted: string): Promise<Answer> {
  // Since Kubernetes 1.33 the API server says its ranges; every version has the Service of the API server itself.
  const listed = (await cluster.list({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' })) ?? [];
  const ranges = listed.flatMap((range) => textsAt(range, 'spec', 'cidrs'));
  const own = ranges.filter((range) => sameFamily(range, wanted));
  if (own.length > 0)
    return unlessWrong(
      own
        .filter((range) => !isWithin(wanted, range))
        .map((range) => `The API server gives addresses of ${range}, and cluster.yaml says ${wanted}`),
      [own.join(', ')],
    );
  const service = await cluster.get({
    apiVersion: 'v1',
    kind: 'Service',
    name: 'kubernetes',
    namespace: 'default',
  });
  const address = textAt(service, 'spec', 'clusterIP');
  if (address === undefined || !sameFamily(address, wanted))
    return notChecked('The Service default/kubernetes has no address of that family');
  const range = `${address}/${address.includes(':') ? 128 : 32}`;
  return unlessWrong(
    overlap(wanted, range) ? [] : [`default/kubernetes has ${address}, and cluster.yaml says ${wanted}`],
    [`default/kubernetes has ${address}`],
  );
}

type Enforcer = DoctorContext['configuration']['loaded']['cluster']['cluster']['network']['policyEnforcer'];

const grep =
  'On each node: sudo grep -rs disable-network-policy /etc/rancher/k3s /etc/systemd/system/k3s.service /etc/systemd/system/k3s.service.env';

async function enforcer(cluster: LiveCluster, name: Enforcer): Promise<Answer> {
  switch (name) {
    case 'none':
      return broken(['cluster.network.policyEnforcer is "none": every pod reaches every other']);
    case 'kube-router':
      return kubeRouter(await nodesOf(cluster));
    case 'cilium':
      return cilium(cluster);
    case 'calico':
      return byDaemonSet(cluster, ({ metadata }) => metadata.name === 'calico-node', 'calico-node');
    case 'kube-network-policies':
      return byDaemonSet(
        cluster,
        (set) =>
          mapsAt(set, 'spec', 'template', 'spec', 'containers').some(
            (container) => container['name'] === 'kube-network-policies',
          ),
        'with a container kube-network-policies',
      );
  }
}

/** k3s writes the options of each node, those of its files too, into an annotation (`pkg/nodeconfig`). */
function kubeRouter(nodes: readonly KubernetesObject[]): Answer {
  const said = nodes.map((node) => ({
    name: node.metadata.name,
    options: textMapAt(node.metadata, 'annotations').get('k3s.io/node-args'),
  }));
  const silent = said.filter(({ options }) => options === undefined).map(({ name }) => name);
  if (silent.length > 0 || said.length === 0)
    return notChecked(
      `The controller of kube-router is a part of k3s, and nothing in the API shows it on ${silent.join(', ') || 'any node'}`,
      grep,
    );
  const off = said.filter(({ options }) => options?.includes('disable-network-policy'));
  return unlessWrong(
    off.map(({ name }) => `k3s of ${name} runs with --disable-network-policy`),
    said.map(({ name }) => `k3s of ${name} runs without --disable-network-policy`),
    `Take the option away, and restart k3s. ${grep}`,
  );
}

async function cilium(cluster: LiveCluster): Promise<Answer> {
  const running = await byDaemonSet(cluster, ({ metadata }) => metadata.name === 'cilium', 'cilium');
  if (running.verdict !== 'kept') return running;
  const settings = await cluster.get({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'cilium-config',
    namespace: 'kube-system',
  });
  const mode = textAt(settings, 'data', 'enable-policy') ?? 'default';
  if (mode === 'never')
    return broken(
      ['cilium-config says enable-policy: never'],
      'Set policyEnforcementMode: default in its chart',
    );
  return kept(...running.evidence, `Its policy mode is "${mode}"`);
}

async function byDaemonSet(
  cluster: LiveCluster,
  isIt: (set: KubernetesObject) => boolean,
  what: string,
): Promise<Answer> {
  const sets = (await cluster.list({ apiVersion: 'apps/v1', kind: 'DaemonSet' })) ?? [];
  const found = sets.filter(isIt);
  if (found.length === 0) return broken([`The cluster has no DaemonSet ${what}`]);
  const states = found.map((set) => ({
    name: `${set.metadata.namespace}/${set.metadata.name}`,
    ready: numberAt(set, 'status', 'numberReady') ?? 0,
    wanted: numberAt(set, 'status', 'desiredNumberScheduled') ?? 0,
  }));
  const text = states.map(({ name, ready, wanted }) => `${name} is ready on ${ready} of ${wanted} nodes`);
  const wrong = states.flatMap(({ ready, wanted }, index) =>
    wanted === 0 || ready < wanted ? [text[index] ?? ''] : [],
  );
  return unlessWrong(wrong, text);
}
