import type { ConfigData } from '../../../tests/testDirectory.ts';
import { eachAdded, eachChanged, type Family, ofKind, templateOf, workloadsOf } from '../operator.ts';
import type { Document, Tree } from '../tree.ts';

/** Workloads whose pods a Service may select. */
const selectable = (tree: Tree): readonly Document[] =>
  workloadsOf(tree).filter(({ object }) => Object.keys(templateOf(object).metadata?.labels ?? {}).length > 0);

const serviceFor = ({ object }: Document, spec: ConfigData): ConfigData => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'opened', namespace: object.metadata.namespace },
  spec: { selector: templateOf(object).metadata.labels, ports: [{ name: 'p', port: 8080 }], ...spec },
});

const plainServices = (tree: Tree): readonly Document[] =>
  ofKind(tree, 'Service').filter(({ object: { spec } }) => (spec.type ?? 'ClusterIP') === 'ClusterIP');

const setType =
  (more: ConfigData) =>
  (service: ConfigData): void => {
    Object.assign(service.spec, more);
  };

export const serviceFamily: Family = {
  title: 'Services',
  operators: [
    {
      id: 'add-load-balancer',
      does: 'Adds a Service of type LoadBalancer for the pods of a workload',
      mutations: (tree) =>
        eachAdded(selectable(tree), (place) => [serviceFor(place, { type: 'LoadBalancer' })]),
    },
    {
      id: 'add-node-port',
      does: 'Adds a Service of type NodePort for the pods of a workload',
      equivalent: 'one node port may be open where no number is expected',
      mutations: (tree) => eachAdded(selectable(tree), (place) => [serviceFor(place, { type: 'NodePort' })]),
    },
    {
      id: 'add-external-ips',
      does: 'Adds a Service with `externalIPs` for the pods of a workload',
      mutations: (tree) =>
        eachAdded(selectable(tree), (place) => [serviceFor(place, { externalIPs: ['192.0.2.80'] })]),
    },
    {
      id: 'add-headless-node-port',
      does: 'Adds a NodePort Service without a selector, with an EndpointSlice of its own',
      equivalent: 'one node port may be open where no number is expected',
      mutations: (tree) =>
        eachAdded(selectable(tree), (place) => {
          const service = serviceFor(place, { type: 'NodePort' });
          delete service.spec.selector;
          return [
            service,
            {
              apiVersion: 'discovery.k8s.io/v1',
              kind: 'EndpointSlice',
              metadata: {
                ...{ name: 'opened-1', namespace: service.metadata.namespace },
                labels: { 'kubernetes.io/service-name': 'opened' },
              },
              addressType: 'IPv4',
              ports: [{ name: 'p', port: 8080, protocol: 'TCP' }],
              endpoints: [{ addresses: ['10.42.7.1'] }],
            },
          ];
        }),
    },
    {
      id: 'type-node-port',
      does: 'Sets `type: NodePort` on a Service',
      equivalent: 'one node port may be open where no number is expected',
      mutations: (tree) => eachChanged(plainServices(tree), setType({ type: 'NodePort' })),
    },
    {
      id: 'type-load-balancer',
      does: 'Sets `type: LoadBalancer` on a Service',
      mutations: (tree) => eachChanged(plainServices(tree), setType({ type: 'LoadBalancer' })),
    },
    {
      id: 'load-balancer-without-node-ports',
      does: 'Sets `type: LoadBalancer` with `allocateLoadBalancerNodePorts: false`',
      mutations: (tree) =>
        eachChanged(
          plainServices(tree),
          setType({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }),
        ),
    },
    {
      id: 'load-balancer-class',
      does: 'Sets `type: LoadBalancer` with the class of Tailscale',
      mutations: (tree) =>
        eachChanged(
          plainServices(tree),
          setType({
            type: 'LoadBalancer',
            loadBalancerClass: 'tailscale',
            allocateLoadBalancerNodePorts: false,
          }),
        ),
    },
    {
      id: 'external-ips',
      does: 'Lists `externalIPs` in a Service',
      equivalent: 'nothing serves the addresses of a headless Service',
      mutations: (tree) => eachChanged(ofKind(tree, 'Service'), setType({ externalIPs: ['192.0.2.80'] })),
    },
    {
      id: 'more-node-ports',
      does: 'Adds a port to a Service of type NodePort',
      mutations: (tree) =>
        eachChanged(
          ofKind(tree, 'Service').filter(({ object: { spec } }) => spec.type === 'NodePort'),
          (service) => service.spec.ports.push({ name: 'more', port: 8099, targetPort: 8099 }),
        ),
    },
    {
      id: 'rewritten-sources',
      does: 'Sets `externalTrafficPolicy: Cluster`: the address of a node takes the place of the client’s, and address rules no longer tell who asks',
      source: 'Kubernetes, Using Source IP, Source IP for Services with Type=NodePort',
      mutations: (tree) =>
        eachChanged(
          ofKind(tree, 'Service').filter(({ object: { spec } }) => spec.externalTrafficPolicy === 'Local'),
          setType({ externalTrafficPolicy: 'Cluster' }),
          ({ object }) => ({ breaks: servedBy(tree, object) }),
        ),
    },
  ],
};

/** The promises about who connects to the pods of a Service. */
function servedBy(tree: Tree, service: ConfigData): { invariant: 'clients'; subject: string }[] {
  return workloadsOf(tree)
    .filter(
      ({ object }) =>
        object.metadata.namespace === service.metadata.namespace &&
        Object.entries(service.spec.selector).every(
          ([key, value]) => templateOf(object).metadata?.labels?.[key] === value,
        ),
    )
    .map(({ object: { kind, metadata } }) => ({
      invariant: 'clients',
      subject: `${kind} ${metadata.namespace}/${metadata.name}`,
    }));
}
