import type { ConfigData } from '../../../tests/testDirectory.ts';
import {
  type BrokenPromise,
  type Family,
  type Mutation,
  type Operator,
  ofKind,
  placeOf,
} from '../operator.ts';
import type { Document, Tree } from '../tree.ts';

interface Target {
  name: string;
  namespace: string;
  port: number;
}

const targets = (tree: Tree): readonly [Document, Target][] =>
  ofKind(tree, 'Service')
    .filter(({ object: { spec } }) => (spec.ports ?? []).length > 0)
    .map((document) => {
      const { metadata, spec } = document.object;
      return [document, { name: metadata.name, namespace: metadata.namespace, port: spec.ports[0].port }];
    });

/** A mutation of each Service: objects that lead to it are added. */
const leading = (
  id: string,
  does: string,
  made: (target: Target) => readonly ConfigData[],
  breaks: readonly BrokenPromise[],
  source: string,
): Operator => ({
  ...{ id, does, source },
  mutations: (tree) =>
    targets(tree).map(
      ([place, target]): Mutation => ({
        where: placeOf(place),
        change: (draft) => draft.add(place, ...made(target)),
        breaks,
      }),
    ),
});

const one =
  (apiVersion: string, kind: string, spec: (target: Target) => ConfigData, metadata: ConfigData = {}) =>
  (target: Target): readonly ConfigData[] => [
    {
      apiVersion,
      kind,
      metadata: { name: 'opened', namespace: target.namespace, ...metadata },
      spec: spec(target),
    },
  ];

const ingresses: readonly BrokenPromise[] = [{ invariant: 'ingresses' }];
const gateways: readonly BrokenPromise[] = [{ invariant: 'load-balancers' }];
const any: readonly BrokenPromise[] = [{ invariant: 'any' }];

const ingressSpec = ({ name, port }: Target): ConfigData => ({
  rules: [
    {
      host: 'second.example.org',
      http: {
        paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: port } } } }],
      },
    },
  ],
});

const backend = ({ name, port }: Target): ConfigData => ({ backendRefs: [{ name, port }] });

/** A Gateway of a class, with one listener, and a route of it. */
const gateway =
  (className: string, protocol: string, kind: string, apiVersion = 'gateway.networking.k8s.io/v1') =>
  (target: Target): readonly ConfigData[] => [
    ...(className === 'opened'
      ? [
          {
            apiVersion: 'gateway.networking.k8s.io/v1',
            kind: 'GatewayClass',
            metadata: { name: 'opened' },
            spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
          },
        ]
      : []),
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'opened', namespace: target.namespace },
      spec: {
        gatewayClassName: className,
        listeners: [
          {
            ...{ name: 'l', port: 9080, protocol },
            ...(protocol === 'TLS' ? { tls: { mode: 'Passthrough' } } : {}),
          },
        ],
      },
    },
    {
      apiVersion,
      kind,
      metadata: { name: 'opened', namespace: target.namespace },
      spec: { parentRefs: [{ name: 'opened' }], rules: [backend(target)] },
    },
  ];

const annotatedService = (
  id: string,
  does: string,
  annotations: ConfigData,
  breaks: readonly BrokenPromise[],
  source: string,
): Operator => ({
  ...{ id, does, source },
  mutations: (tree) =>
    ofKind(tree, 'Service').map(
      (document): Mutation => ({
        where: placeOf(document),
        change: (draft) => {
          const { metadata } = draft.get(document);
          metadata.annotations = { ...metadata.annotations, ...annotations };
        },
        breaks,
      }),
    ),
});

const gatewayApi = 'Gateway API 1.6: a Gateway gets an address of its own';

export const routeFamily: Family = {
  title: 'Ingresses and routes',
  operators: [
    leading(
      'ingress',
      'Adds an Ingress',
      one('networking.k8s.io/v1', 'Ingress', ingressSpec),
      ingresses,
      'Kubernetes, Ingress',
    ),
    leading(
      'ingress-default-backend',
      'Adds an Ingress with a default backend alone',
      one('networking.k8s.io/v1', 'Ingress', ({ name, port }) => ({
        defaultBackend: { service: { name, port: { number: port } } },
      })),
      ingresses,
      'Kubernetes, Ingress, DefaultBackend',
    ),
    leading(
      'ingress-of-tailscale',
      'Adds an Ingress of class tailscale, with a funnel',
      one(
        'networking.k8s.io/v1',
        'Ingress',
        (target) => ({ ingressClassName: 'tailscale', ...ingressSpec(target) }),
        { annotations: { 'tailscale.com/funnel': 'true' } },
      ),
      ingresses,
      'Tailscale Kubernetes Operator, Cluster ingress, Funnel',
    ),
    leading(
      'ingress-of-cloudflare',
      'Adds an Ingress of class cloudflare-tunnel',
      one('networking.k8s.io/v1', 'Ingress', (target) => ({
        ingressClassName: 'cloudflare-tunnel',
        ...ingressSpec(target),
      })),
      ingresses,
      'STRRL/cloudflare-tunnel-ingress-controller',
    ),
    ...(
      [
        ['ingress-route', 'traefik.io/v1alpha1', 'IngressRoute'],
        ['ingress-route-of-old-group', 'traefik.containo.us/v1alpha1', 'IngressRoute'],
        ['ingress-route-tcp', 'traefik.io/v1alpha1', 'IngressRouteTCP'],
        ['ingress-route-udp', 'traefik.io/v1alpha1', 'IngressRouteUDP'],
      ] as const
    ).map(([id, apiVersion, kind]) =>
      leading(
        id,
        `Adds an ${kind} of Traefik (\`${apiVersion}\`)`,
        one(apiVersion, kind, ({ name, port }) => ({
          entryPoints: ['web'],
          routes: [{ kind: 'Rule', match: 'Host(`b.example.org`)', services: [{ name, port }] }],
        })),
        ingresses,
        'Traefik 3, Kubernetes CRD provider',
      ),
    ),
    leading(
      'contour-proxy',
      'Adds an HTTPProxy of Contour',
      one('projectcontour.io/v1', 'HTTPProxy', ({ name, port }) => ({
        virtualhost: { fqdn: 'b.example.org' },
        routes: [{ services: [{ name, port }] }],
      })),
      ingresses,
      'Contour, HTTPProxy',
    ),
    leading(
      'nginx-virtual-server',
      'Adds a VirtualServer of NGINX',
      one('k8s.nginx.org/v1', 'VirtualServer', ({ name, port }) => ({
        host: 'b.example.org',
        upstreams: [{ name: 'a', service: name, port }],
        routes: [{ path: '/', action: { pass: 'a' } }],
      })),
      ingresses,
      'NGINX Ingress Controller, VirtualServer',
    ),
    leading(
      'istio-virtual-service',
      'Adds a Gateway and a VirtualService of Istio',
      (target) => [
        ...one('networking.istio.io/v1', 'Gateway', () => ({
          selector: { istio: 'ingressgateway' },
          servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
        }))(target),
        ...one('networking.istio.io/v1', 'VirtualService', ({ name, port }) => ({
          hosts: ['*'],
          gateways: ['opened'],
          http: [{ route: [{ destination: { host: name, port: { number: port } } }] }],
        }))(target),
      ],
      any,
      'Istio, Gateway and VirtualService',
    ),
    leading(
      'openshift-route',
      'Adds a Route of OpenShift',
      one('route.openshift.io/v1', 'Route', ({ name }) => ({ to: { kind: 'Service', name } })),
      ingresses,
      'OpenShift, Route',
    ),
    leading(
      'gateway-of-envoy',
      'Adds a Gateway of Envoy with an HTTPRoute',
      gateway('opened', 'HTTP', 'HTTPRoute'),
      gateways,
      gatewayApi,
    ),
    leading(
      'gateway-of-cilium',
      'Adds a Gateway of class cilium with an HTTPRoute',
      gateway('cilium', 'HTTP', 'HTTPRoute'),
      gateways,
      gatewayApi,
    ),
    leading(
      'tcp-route',
      'Adds a Gateway with a TCPRoute',
      gateway('opened', 'TCP', 'TCPRoute'),
      gateways,
      gatewayApi,
    ),
    leading(
      'udp-route',
      'Adds a Gateway with a UDPRoute',
      gateway('opened', 'UDP', 'UDPRoute'),
      gateways,
      gatewayApi,
    ),
    leading(
      'grpc-route',
      'Adds a Gateway with a GRPCRoute',
      gateway('opened', 'HTTP', 'GRPCRoute'),
      gateways,
      gatewayApi,
    ),
    leading(
      'tls-route',
      'Adds a Gateway with a TLSRoute',
      gateway('opened', 'TLS', 'TLSRoute'),
      gateways,
      gatewayApi,
    ),
    leading(
      'tcp-route-of-experimental-group',
      'Adds a Gateway with a TCPRoute of the experimental group',
      gateway('opened', 'TCP', 'TCPRoute', 'gateway.networking.x-k8s.io/v1alpha1'),
      gateways,
      gatewayApi,
    ),
    leading(
      'route-to-a-foreign-gateway',
      'Adds an HTTPRoute to a Gateway that is not among the objects',
      one('gateway.networking.k8s.io/v1', 'HTTPRoute', (target) => ({
        parentRefs: [{ name: 'front', namespace: 'elsewhere' }],
        rules: [backend(target)],
      })),
      any,
      'Gateway API 1.6: the Gateway may be in the cluster',
    ),
    annotatedService(
      'tailscale-expose',
      'Annotates a Service with `tailscale.com/expose`',
      { 'tailscale.com/expose': 'true' },
      any,
      'Tailscale Kubernetes Operator, Cluster ingress: the Service is reached from the tailnet',
    ),
    {
      id: 'service-as-external-name',
      does: 'Makes a Service an ExternalName of another host',
      equivalent: 'it leads out, and a tunnel verifies the token before it',
      mutations: (tree) =>
        ofKind(tree, 'Service').map((document) => ({
          where: placeOf(document),
          change: (draft) => {
            draft.get(document).spec = { type: 'ExternalName', externalName: 'other.example.org' };
          },
        })),
    },
    ...(
      [
        [
          'external-dns',
          'external-dns.alpha.kubernetes.io/hostname',
          'b.example.org',
          'a name in DNS opens nothing by itself',
        ],
        [
          'metallb-address',
          'metallb.io/loadBalancerIPs',
          '192.0.2.80',
          'MetalLB serves Services of type LoadBalancer alone',
        ],
        [
          'cilium-service-type',
          'service.cilium.io/type',
          'LoadBalancer',
          'it limits the types of a Service, and adds none',
        ],
        [
          'cilium-global-service',
          'service.cilium.io/global',
          'true',
          'policies hold for clients of other clusters, too',
        ],
        [
          'tailscale-egress',
          'tailscale.com/tailnet-fqdn',
          'a.tailnet.ts.net',
          'it leads out, and holds for ExternalName alone',
        ],
      ] as const
    ).map(([id, key, value, equivalent]) => ({
      ...annotatedService(id, `Annotates a Service with \`${key}\``, { [key]: value }, [], ''),
      ...{ source: undefined, equivalent },
    })),
  ],
};
