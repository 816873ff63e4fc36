import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Check } from '../../live/check.ts';
import type { LiveCluster } from '../../live/cluster.ts';
import { counted, notChecked, unlessWrong } from './answers.ts';
import type { DoctorContext } from './context.ts';
import { liveCheck } from './liveCheck.ts';

/** Whether the API server and the nodes are those of `cluster.yaml`. */
export function versionChecks({ configuration }: DoctorContext): Check[] {
  const settings = configuration.loaded.cluster.cluster;
  return [
    liveCheck(
      {
        id: 'api-version',
        promise: 'The API server has the version that cluster.yaml names',
        field: 'cluster.kubernetes',
        remedy:
          'Set cluster.kubernetes in cluster.yaml to the version that runs, and run "gatehouse configure"',
      },
      async (cluster) => {
        const found = textAt(await cluster.version(), 'gitVersion') ?? '';
        const seen = [`The API server is ${found}`];
        if (minorOf(found) === undefined) return notChecked(`The API server calls its version "${found}"`);
        return unlessWrong(
          minorOf(found) === minorOf(settings.kubernetes)
            ? []
            : [`The API server is ${found}, and cluster.yaml says ${settings.kubernetes}`],
          seen,
        );
      },
    ),
    liveCheck(
      {
        id: 'kubelet-version',
        promise: 'Every kubelet is at most three minor versions older than the API server, and none is newer',
        remedy: 'Upgrade the API server first, and each node after it',
      },
      async (cluster) => {
        const server = minorOf(textAt(await cluster.version(), 'gitVersion') ?? '');
        const nodes = await nodesOf(cluster);
        if (server === undefined || nodes.length === 0)
          return notChecked('The version or the nodes are not known');
        const wrong = nodes.flatMap((node) => {
          const minor = minorOf(kubeletOf(node));
          const isGood = minor !== undefined && minor <= server && minor >= server - 3;
          return isGood ? [] : [`The kubelet of ${node.metadata.name} is ${kubeletOf(node)}`];
        });
        return unlessWrong(wrong, [counted(nodes.length, 'node')]);
      },
    ),
    liveCheck(
      {
        id: 'nodes',
        promise: 'The nodes are those of cluster.yaml, and each is Ready',
        field: 'cluster.nodes',
        remedy:
          'Write the names that "kubectl get nodes" prints into cluster.nodes, and start what is not Ready',
      },
      async (cluster) => {
        const nodes = await nodesOf(cluster);
        const names = nodes.map(({ metadata }) => metadata.name);
        const wanted = Object.keys(settings.nodes);
        return unlessWrong(
          [
            ...wanted
              .filter((name) => !names.includes(name))
              .map((name) => `The cluster has no node ${name}`),
            ...names
              .filter((name) => !wanted.includes(name))
              .map((name) => `The node ${name} is not in cluster.yaml`),
            ...nodes
              .filter((node) => !isReady(node))
              .map((node) => `The node ${node.metadata.name} is not Ready`),
          ],
          [names.join(', ')],
        );
      },
    ),
    liveCheck(
      {
        id: 'distribution',
        promise: 'The nodes run the distribution that cluster.yaml names',
        field: settings.distribution === 'talos' ? 'cluster.talos' : 'cluster.distribution',
        remedy:
          'Correct cluster.distribution (and cluster.talos) in cluster.yaml, and run "gatehouse configure"',
      },
      async (cluster) => {
        const nodes = await nodesOf(cluster);
        if (nodes.length === 0) return notChecked('The API server shows no nodes');
        const seen = nodes.map((node) => `${node.metadata.name} is ${distributionOf(node)}`);
        return unlessWrong(
          nodes.flatMap((node, index) => (isOf(node, settings) ? [] : [seen[index] ?? ''])),
          seen,
        );
      },
    ),
  ];
}

/** The nodes as the cluster has them. */
export async function nodesOf(cluster: LiveCluster): Promise<readonly KubernetesObject[]> {
  return (await cluster.list({ apiVersion: 'v1', kind: 'Node' })) ?? [];
}

function minorOf(version: string): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function kubeletOf(node: KubernetesObject): string {
  return textAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? 'unknown';
}

function isReady(node: KubernetesObject): boolean {
  return mapsAt(node, 'status', 'conditions').some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
}

function distributionOf(node: KubernetesObject): string {
  return `${textAt(node, 'status', 'nodeInfo', 'osImage') ?? 'unknown'} with kubelet ${kubeletOf(node)}`;
}

function isOf(
  node: KubernetesObject,
  wanted: { distribution: 'k3s' | 'talos'; talos?: string | undefined },
): boolean {
  const image = textAt(node, 'status', 'nodeInfo', 'osImage') ?? '';
  if (wanted.distribution === 'k3s') return kubeletOf(node).includes('+k3s');
  if (!image.startsWith('Talos')) return false;
  const version = /v(\d+\.\d+\.\d+)/.exec(image)?.[1];
  return wanted.talos === undefined || version === undefined || version === wanted.talos.replace(/^v/, '');
}
