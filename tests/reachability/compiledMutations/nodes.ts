import { type Mutation, pod, server, service, template } from './mutation.ts';

/** Mutations with node ports, own addresses, and the network of the node. */
export const nodeMutations: readonly Mutation[] = [
  // Node ports and own addresses
  [
    'a second node port',
    (home) => {
      home.get('Service', 'immich-postgres').spec.type = 'NodePort';
    },
    'node-ports',
    'refuted',
  ],
  [
    'a second port of the node port',
    (home) => {
      home.get('Service', 'immich-server').spec.ports.push({ name: 'metrics', port: 8081 });
    },
    'node-ports',
    'refuted',
  ],
  [
    'no node port',
    (home) => {
      home.get('Service', 'immich-server').spec.type = 'ClusterIP';
    },
    'node-ports',
    'refuted',
  ],
  [
    'a load balancer',
    (home) => {
      home.get('Service', 'immich-origin-proxy').spec.type = 'LoadBalancer';
    },
    'load-balancers',
    'refuted',
  ],
  [
    'the node ports of a load balancer',
    (home) => {
      home.get('Service', 'immich-origin-proxy').spec.type = 'LoadBalancer';
    },
    'node-ports',
    'refuted',
  ],
  [
    'a load balancer without node ports',
    (home) => {
      Object.assign(home.get('Service', 'immich-origin-proxy').spec, {
        type: 'LoadBalancer',
        allocateLoadBalancerNodePorts: false,
      });
    },
    'load-balancers',
    'refuted',
  ],
  [
    'an address of its own',
    (home) => {
      home.get('Service', 'immich-redis').spec.externalIPs = ['192.0.2.80'];
    },
    'load-balancers',
    'refuted',
  ],
  [
    'sources that are rewritten',
    (home) => {
      home.get('Service', 'immich-server').spec.externalTrafficPolicy = 'Cluster';
    },
    'backend-clients',
    'unknown',
  ],
  [
    'a Service around the proxy',
    (home) =>
      home.add(
        service('side', 'media', {
          type: 'NodePort',
          selector: server,
          ports: [{ port: 2283, nodePort: 30099 }],
        }),
      ),
    'node-ports',
    'refuted',
  ],
  [
    'a Service around the proxy, seen from the app',
    (home) =>
      home.add(
        service('side', 'media', {
          type: 'NodePort',
          selector: server,
          ports: [{ port: 2283, nodePort: 30099 }],
        }),
      ),
    'backend-clients',
    'unknown',
  ],
  [
    'an Ingress',
    (home) =>
      home.add({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'photos', namespace: 'media' },
        spec: { rules: [{ host: 'b.example.org' }] },
      }),
    'ingresses',
    'refuted',
  ],
  // The network of the node
  ...(['immich-server', 'immich-origin-proxy', 'immich-redis', 'cloudflared'] as const).map(
    (name): Mutation => [
      `${name} on the network of its node`,
      (home) => {
        template(home, name).spec.hostNetwork = true;
      },
      'host-ports',
      'refuted',
    ],
  ),
  [
    'the app on the network of its node, seen from its clients',
    (home) => {
      template(home, 'immich-server').spec.hostNetwork = true;
    },
    'backend-clients',
    'refuted',
  ],
  [
    'a port of the node',
    (home) => {
      template(home, 'immich-postgres').spec.containers[0].ports[0].hostPort = 5432;
    },
    'host-ports',
    'refuted',
  ],
  [
    'an unknown pod on the network of the node',
    (home) => home.add(pod('media', { hostNetwork: true })),
    'backend-clients',
    'refuted',
  ],
];
