import type { ConfigData } from '../../../tests/testDirectory.ts';
import {
  eachAdded,
  eachChanged,
  type Family,
  type Mutation,
  nameOfWorkload,
  namespacesOf,
  templateOf,
  workloadsOf,
} from '../operator.ts';
import type { Tree } from '../tree.ts';

const pod = (namespace: string, spec: ConfigData, metadata: ConfigData = {}): ConfigData => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'opened', namespace, ...metadata },
  spec: { containers: [{ name: 'c', image: 'example.org/tool:1.0.0' }], ...spec },
});

/** A mutation of each namespace: a Pod is added. */
function eachPod(tree: Tree, spec: ConfigData, more: Partial<Mutation> = {}): readonly Mutation[] {
  return namespacesOf(tree).map(([namespace, place]) => ({
    where: namespace,
    change: (draft) => draft.add(place, pod(namespace, spec)),
    ...more,
  }));
}

const containersOf = (workload: ConfigData): ConfigData[] => templateOf(workload).spec.containers;

const sidecar = (more: ConfigData): ConfigData => ({
  name: 'opened',
  image: 'docker.io/alpine/socat:1.8.0.3',
  args: ['TCP-LISTEN:18080,fork', 'TCP:127.0.0.1:8080'],
  ...more,
});

/** A mutation of each workload: a container is added to its pods. */
const eachSidecar = (tree: Tree, container: ConfigData, more: Partial<Mutation> = {}): readonly Mutation[] =>
  eachChanged(
    workloadsOf(tree),
    (workload) => containersOf(workload).push(sidecar(container)),
    () => more,
  );

const annotated =
  (annotations: Record<string, string>) =>
  (workload: ConfigData): void => {
    const template = templateOf(workload);
    template.metadata ??= {};
    template.metadata.annotations = { ...template.metadata.annotations, ...annotations };
  };

const servesPorts = (workload: ConfigData): boolean =>
  containersOf(workload).some(({ ports }) => ports?.length > 0);

const networks =
  'Multus, quickstart: a pod gets a further interface for each network, and NetworkPolicy holds for the first one only';
const tunnelImage = 'docker.io/cloudflare/cloudflared:2026.8.2';
const outside = [{ invariant: 'outside-gated' }] as const;

export const podFamily: Family = {
  title: 'Pods',
  operators: [
    {
      id: 'host-network',
      does: 'Puts the pods of a workload on the network of their node',
      mutations: (tree) =>
        eachChanged(workloadsOf(tree), (workload) => {
          templateOf(workload).spec.hostNetwork = true;
        }),
    },
    {
      id: 'host-port',
      does: 'Gives the first container of a workload a `hostPort`',
      mutations: (tree) =>
        eachChanged(workloadsOf(tree), (workload) => {
          const [container] = containersOf(workload);
          container.ports = [
            ...(container.ports ?? []),
            { name: 'opened', containerPort: 18_080, hostPort: 18_080 },
          ];
        }),
    },
    {
      id: 'host-port-of-declared-port',
      does: 'Sets `hostPort` on a declared port',
      mutations: (tree) =>
        eachChanged(
          workloadsOf(tree).filter(({ object }) =>
            containersOf(object).some(({ ports }) => ports?.length > 0),
          ),
          (workload) => {
            for (const { ports = [] } of containersOf(workload))
              for (const port of ports) port.hostPort = port.containerPort;
          },
        ),
    },
    {
      id: 'pod-on-host-network',
      does: 'Adds a Pod on the network of its node',
      mutations: (tree) => eachPod(tree, { hostNetwork: true }),
    },
    {
      id: 'sidecar-with-host-port',
      does: 'Adds a privileged sidecar proxy with a `hostPort`',
      mutations: (tree) =>
        eachSidecar(tree, {
          securityContext: { privileged: true },
          ports: [{ containerPort: 18_080, hostPort: 18_080 }],
        }),
    },
    {
      id: 'native-sidecar-with-host-port',
      does: 'Adds an init container with `restartPolicy: Always` and a `hostPort`',
      mutations: (tree) =>
        eachChanged(workloadsOf(tree), (workload) => {
          const { spec } = templateOf(workload);
          spec.initContainers = [
            ...(spec.initContainers ?? []),
            sidecar({ restartPolicy: 'Always', ports: [{ containerPort: 18_080, hostPort: 18_080 }] }),
          ];
        }),
    },
    {
      id: 'sidecar-tunnel',
      does: 'Adds a cloudflared sidecar with a token: its rules are at Cloudflare',
      source: 'cloudflared, Run as a service with a token: remotely managed tunnels ignore local rules',
      mutations: (tree) =>
        eachSidecar(
          tree,
          {
            image: tunnelImage,
            args: ['tunnel', 'run'],
            env: [{ name: 'TUNNEL_TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'token' } } }],
          },
          { breaks: outside },
        ),
    },
    {
      id: 'second-tunnel',
      does: 'Adds a Pod with cloudflared that leads to a workload with `--url`',
      source: 'cloudflared 2026.8.2, cmd/cloudflared/tunnel: `--url` makes one rule for every request',
      mutations: (tree) =>
        workloadsOf(tree).map((target) => {
          const { namespace = 'default', name } = target.object.metadata;
          return {
            where: nameOfWorkload(target.object),
            change: (draft) =>
              draft.add(
                target,
                pod(namespace, {
                  containers: [
                    {
                      name: 'c',
                      image: tunnelImage,
                      args: ['tunnel', '--url', `http://${name}.${namespace}:8080`],
                    },
                  ],
                }),
              ),
            breaks: outside,
          };
        }),
    },
    {
      id: 'second-tunnel-with-token',
      does: 'Adds a Deployment of cloudflared with a token',
      source: 'cloudflared, Run as a service with a token',
      mutations: (tree) =>
        namespacesOf(tree).map(([namespace, place]) => ({
          where: namespace,
          change: (draft) =>
            draft.add(place, {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              metadata: { name: 'opened', namespace },
              spec: {
                selector: { matchLabels: { app: 'opened' } },
                template: {
                  metadata: { labels: { app: 'opened' } },
                  spec: {
                    containers: [
                      {
                        name: 'c',
                        image: tunnelImage,
                        args: ['tunnel', 'run', '--token', 'abc'],
                      },
                    ],
                  },
                },
              },
            }),
          breaks: outside,
        })),
    },
    {
      id: 'pod-with-labels-of-another',
      does: 'Adds a Pod with the labels of a workload, which then connects to what that workload may connect to',
      equivalent: 'no policy lets that workload connect to a workload of the objects',
      mutations: (tree) =>
        eachAdded(workloadsOf(tree), ({ object }) => [
          pod(object.metadata.namespace, {}, { labels: templateOf(object).metadata?.labels ?? {} }),
        ]),
    },
    {
      id: 'label-of-another',
      does: 'Gives a workload the labels of another one of its namespace',
      equivalent: 'no policy lets the other one connect, or names it as a client',
      mutations: (tree) =>
        workloadsOf(tree).flatMap((document) =>
          workloadsOf(tree).flatMap((other): Mutation[] => {
            const labels = templateOf(other.object).metadata?.labels;
            const isOther =
              other !== document && other.object.metadata.namespace === document.object.metadata.namespace;
            if (!isOther || labels === undefined) return [];
            return [
              {
                where: `${nameOfWorkload(document.object)} as ${nameOfWorkload(other.object)}`,
                change: (draft) => {
                  const workload = draft.get(document);
                  templateOf(workload).metadata = { ...templateOf(workload).metadata, labels: { ...labels } };
                  if (workload.spec.selector?.matchLabels) workload.spec.selector.matchLabels = { ...labels };
                },
              },
            ];
          }),
        ),
    },
    {
      id: 'label-misspelt',
      does: 'Misspells a label of the pods of a workload, so that its policies do not select it',
      equivalent: 'the default denial still isolates it',
      mutations: (tree) =>
        eachChanged(
          workloadsOf(tree).filter(({ object }) => templateOf(object).metadata?.labels !== undefined),
          (workload) => {
            const { labels } = templateOf(workload).metadata;
            const [key = ''] = Object.keys(labels);
            labels[key] = 'misspelt';
            if (workload.spec.selector?.matchLabels) workload.spec.selector.matchLabels[key] = 'misspelt';
          },
        ),
    },
    ...(
      [
        ['multus-network', 'k8s.v1.cni.cncf.io/networks', 'lan'],
        [
          'multus-network-as-json',
          'k8s.v1.cni.cncf.io/networks',
          '[{"name": "lan", "namespace": "kube-system"}]',
        ],
        ['multus-default-network', 'v1.multus-cni.io/default-network', 'kube-system/lan'],
      ] as const
    ).map(([id, key, value]) => ({
      id,
      does: `Puts the pods of a workload on another network with the annotation \`${key}\``,
      source: networks,
      mutations: (tree: Tree) =>
        eachChanged(workloadsOf(tree), annotated({ [key]: value }), ({ object }) => ({
          breaks: servesPorts(object)
            ? [{ invariant: 'clients', subject: nameOfWorkload(object) }]
            : [{ invariant: 'any' }],
        })),
    })),
    {
      id: 'istio-excluded-ports',
      does: 'Excludes ports from a sidecar of Istio with an annotation',
      equivalent: 'no promise rests on a mesh',
      mutations: (tree) =>
        eachChanged(workloadsOf(tree), annotated({ 'traffic.sidecar.istio.io/excludeInboundPorts': '*' })),
    },
    {
      id: 'cilium-no-track',
      does: 'Takes ports of a workload out of connection tracking with an annotation of Cilium',
      equivalent: 'only the node’s own connections are concerned, and policies are still enforced',
      mutations: (tree) =>
        eachChanged(workloadsOf(tree), annotated({ 'policy.cilium.io/no-track-port': '8080' })),
    },
  ],
};
