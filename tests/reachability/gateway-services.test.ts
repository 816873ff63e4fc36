// Crosses the classes and settings of Gateways, the model and the invariants.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/reachability/analyse.ts';
import { buildModel } from '../../src/reachability/model/model.ts';
import { backendsOf } from '../../src/reachability/model/service.ts';
import { home, readYaml } from './home.ts';

const served = (controller = 'gateway.envoyproxy.io/gatewayclass-controller'): string =>
  `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: eg}
spec: {controllerName: ${controller}, parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, namespace: edge, name: proxy}}
---
`;
const proxy = (provider: string): string =>
  `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyProxy
metadata: {name: proxy, namespace: edge}
spec: {provider: {type: Kubernetes, kubernetes: {${provider}}}}
---
`;
const gateway = (rest = '', listeners = '{name: web, protocol: HTTP, port: 80}'): string =>
  `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gate, namespace: edge}
spec: {gatewayClassName: eg, ${rest}listeners: [${listeners}]}
---
`;
/** Without an expected number, at most one node port may be open. */
const { expectedNodePorts: _, ...assumptions } = home;
const verdicts = (yaml: string, ...invariants: readonly string[]): readonly string[] => {
  const { proofs } = analyse(readYaml(yaml), assumptions);
  return invariants.flatMap((name) =>
    proofs.flatMap(({ invariant, verdict }) => (invariant === name ? [verdict] : [])),
  );
};
const ports = ['load-balancers', 'node-ports', 'host-ports'] as const;

describe('the Service that Envoy Gateway makes for a Gateway', () => {
  it('is a load balancer with one node port for each listener', () => {
    const two = '{name: web, protocol: HTTP, port: 80}, {name: side, protocol: HTTP, port: 81}';
    expect(verdicts(served() + proxy('') + gateway(), ...ports)).toEqual(['refuted', 'proved', 'proved']);
    expect(verdicts(served() + proxy('') + gateway('', two), ...ports)).toEqual([
      'refuted',
      'refuted',
      'proved',
    ]);
  });

  it.each([
    ['type: ClusterIP', ['proved', 'proved', 'proved']],
    ['type: NodePort', ['proved', 'proved', 'proved']],
    ['type: LoadBalancer, allocateLoadBalancerNodePorts: false', ['refuted', 'proved', 'proved']],
    ['type: ClusterIP, patch: {value: {spec: {type: LoadBalancer}}}', ['unknown', 'unknown', 'unknown']],
    ['type: ClusterIP, later: x', ['unknown', 'unknown', 'unknown']],
  ])('is as its EnvoyProxy says: %s', (service, expected) => {
    expect(verdicts(served() + proxy(`envoyService: {${service}}`) + gateway(), ...ports)).toEqual(expected);
  });

  it('has the addresses of the Gateway, unless it is a ClusterIP', () => {
    const addresses = 'addresses: [{type: IPAddress, value: 192.0.2.9}], ';
    const withType = (type: string) => served() + proxy(`envoyService: {type: ${type}}`) + gateway(addresses);
    expect(verdicts(withType('NodePort'), 'load-balancers')).toEqual(['refuted']);
    expect(verdicts(withType('ClusterIP'), 'load-balancers')).toEqual(['proved']);
  });

  const policy = (target: string, authorization: string, name = 'deny') =>
    `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: ${name}, namespace: edge}
spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, ${target}}], authorization: {${authorization}}}
---
`;
  const denying = 'defaultAction: Deny';
  const balanced = served() + proxy('envoyService: {allocateLoadBalancerNodePorts: false}');
  const two = '{name: web, protocol: HTTP, port: 80}, {name: side, protocol: HTTP, port: 81}';

  it.each([
    ['denies by default', policy('name: gate', denying), 'proved'],
    [
      'denies ranges and everybody else',
      policy('name: gate', `${denying}, rules: [{action: Deny, principal: {clientCIDRs: [192.0.2.0/24]}}]`),
      'proved',
    ],
    [
      'allows a range',
      policy('name: gate', `${denying}, rules: [{action: Allow, principal: {clientCIDRs: [192.0.2.0/24]}}]`),
      'refuted',
    ],
    ['allows by default', policy('name: gate', 'defaultAction: Allow'), 'refuted'],
    ['denies on one of two listeners', policy('name: gate, sectionName: web', denying), 'refuted'],
    [
      'denies, but on one listener',
      policy('name: gate', denying) + policy('name: gate, sectionName: side', 'defaultAction: Allow', 'open'),
      'refuted',
    ],
    [
      'denies by one of two policies',
      policy('name: gate', denying) + policy('name: gate', 'defaultAction: Allow', 'allow'),
      'refuted',
    ],
    ['denies for another Gateway', policy('name: other', denying), 'refuted'],
  ])('is no breach only of a Gateway that denies by default: it %s', (_, policies, expected) => {
    expect(verdicts(balanced + gateway('', two) + policies, 'load-balancers')).toEqual([expected]);
  });

  it('is no breach where a listener that opens no TLS has a policy, which is that of its routes', () => {
    const sealed =
      '{name: web, protocol: HTTP, port: 80}, {name: side, protocol: TLS, port: 443, hostname: notes.example.org, tls: {mode: Passthrough}}';
    const plain = '{name: web, protocol: HTTP, port: 80}, {name: side, protocol: TCP, port: 443}';
    const allowing = `${denying}, rules: [{action: Allow, principal: {clientCIDRs: [192.0.2.0/24]}}]`;
    const policies =
      policy('name: gate', denying) + policy('name: gate, sectionName: side', allowing, 'side');
    expect(verdicts(balanced + gateway('', sealed) + policies, 'load-balancers')).toEqual(['proved']);
    expect(verdicts(balanced + gateway('', plain) + policies, 'load-balancers')).toEqual(['refuted']);
    // Without one of its own the policy of the Gateway applies, which must deny.
    expect(
      verdicts(
        balanced + gateway('', sealed) + policy('name: gate', 'defaultAction: Allow'),
        'load-balancers',
      ),
    ).toEqual(['refuted']);
    // What the routes demand is proved of each of them.
    const led =
      application +
      route('TLSRoute', 'v1', '{name: gate, namespace: edge, sectionName: side}') +
      balanced +
      gateway(
        '',
        sealed.replace(
          'hostname: notes.example.org',
          'hostname: notes.example.org, allowedRoutes: {namespaces: {from: All}}',
        ),
      ) +
      policies;
    expect(verdicts(led, 'load-balancers', 'outside-gated')).toEqual(['proved', 'unknown']);
  });

  it('has a port of UDP for HTTP/3', () => {
    const tls = '{name: tls, protocol: HTTPS, port: 443, tls: {certificateRefs: [{name: certificate}]}}';
    const traffic = `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: fast, namespace: edge}
spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: gate}], http3: {}}
---
`;
    const all = served() + proxy('') + gateway('', tls);
    expect(verdicts(all, 'node-ports')).toEqual(['proved']);
    expect(verdicts(all + traffic, 'node-ports')).toEqual(['refuted']);
  });

  it('is unknown with another provider, a missing EnvoyProxy, or another controller', () => {
    const host = proxy('').replace('type: Kubernetes', 'type: Host');
    const unknown = ['unknown', 'unknown', 'unknown'];
    expect(verdicts(served() + host + gateway(), ...ports)).toEqual(unknown);
    expect(verdicts(served() + gateway(), ...ports)).toEqual(unknown);
    expect(verdicts(served('istio.io/gateway-controller') + proxy('') + gateway(), ...ports)).toEqual(
      unknown,
    );
    expect(verdicts(proxy('') + gateway(), ...ports)).toEqual(unknown);
  });

  it('is none if Envoy Gateway accepts no listener', () => {
    const none = gateway('', '{name: web, protocol: HTTPS, port: 443}');
    expect(verdicts(served() + proxy('') + none, ...ports)).toEqual(['proved', 'proved', 'proved']);
  });
});

const application = `apiVersion: v1
kind: Namespace
metadata: {name: apps}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: apps}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: v1
kind: Service
metadata: {name: notes, namespace: apps}
spec: {selector: {app: notes}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: notes, namespace: apps}
spec: {template: {metadata: {labels: {app: notes}}, spec: {containers: [{name: main, image: notes, ports: [{containerPort: 8080}]}]}}}
---
`;
const route = (
  kind: string,
  version: string,
  parent: string,
): string => `apiVersion: gateway.networking.k8s.io/${version}
kind: ${kind}
metadata: {name: notes, namespace: apps}
spec: {parentRefs: [${parent}], rules: [{backendRefs: [{name: notes, port: 80}]}]}
---
`;
const open = '{name: web, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: All}}}';

describe('a route on a Gateway that is not known', () => {
  it.each([
    ['HTTPRoute', 'v1'],
    ['GRPCRoute', 'v1'],
    ['TLSRoute', 'v1alpha3'],
    ['TCPRoute', 'v1alpha2'],
    ['UDPRoute', 'v1alpha2'],
  ])('makes it unknown who reaches its backend, for each kind: %s', (kind, version) => {
    const led = application + route(kind, version, '{name: gate, namespace: edge}');
    expect(verdicts(application, 'internal-clients')).toEqual(['proved']);
    expect(verdicts(led + gateway('', open), 'internal-clients')).toEqual(['unknown']);
    expect(verdicts(led, 'internal-clients')).toEqual(['unknown']);
    expect(verdicts(led + served() + proxy('') + gateway('', open), 'internal-clients')).toEqual(['proved']);
  });

  it('makes it unknown what is demanded, also if the Gateway is not among the objects', () => {
    const led = application + route('HTTPRoute', 'v1', '{name: gate, namespace: elsewhere}');
    expect(verdicts(led, 'outside-gated')).toEqual(['unknown']);
    const set = route('HTTPRoute', 'v1', '{kind: ListenerSet, name: gate, namespace: elsewhere}');
    expect(verdicts(application + set, 'outside-gated')).toEqual(['unknown']);
  });

  it('is counted where a filter mirrors requests to a backend', () => {
    const mirror =
      'rules: [{backendRefs: [{name: other, port: 80}], filters: [{type: RequestMirror, requestMirror: {backendRef: {name: notes, port: 80}}}]}]';
    const led = route('HTTPRoute', 'v1', '{name: gate, namespace: edge}').replace(/rules:.*\]/, mirror);
    expect(led).toContain('RequestMirror');
    expect(verdicts(application + led, 'internal-clients')).toEqual(['unknown']);
  });

  it('makes it unknown who is led where, if its parent is a Service, as of a mesh', () => {
    const mesh = route('HTTPRoute', 'v1', '{group: "", kind: Service, name: notes}');
    expect(verdicts(application + mesh, 'outside-gated', 'internal-clients')).toEqual(['unknown', 'unknown']);
  });
});

describe('a tunnel that ends at a Gateway', () => {
  const tunnelled = (host: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: tunnel, namespace: edge}
data:
  config.yaml: |
    tunnel: 6ff42ae2-765d-4adf-8112-31c55c1551ef
    credentials-file: /etc/cloudflared/credentials.json
    ingress:
      - {hostname: notes.example.org, service: "http://${host}:80"}
      - service: http_status:404
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: tunnel, namespace: edge}
spec:
  template:
    metadata: {labels: {app: tunnel}}
    spec:
      containers:
        - {name: cloudflared, image: cloudflared, args: [tunnel, --config, /etc/cloudflared/config.yaml, run], volumeMounts: [{name: config, mountPath: /etc/cloudflared}]}
      volumes: [{name: config, configMap: {name: tunnel}}]
---
`;
  const inOwn = `apiVersion: v1
kind: ConfigMap
metadata: {name: envoy-gateway-config, namespace: edge}
data:
  envoy-gateway.yaml: |
    provider: {type: Kubernetes, kubernetes: {deploy: {type: GatewayNamespace}}}
---
`;
  const entered = (host: string, service = '', more = '') =>
    analyse(
      readYaml(
        served() + proxy(`envoyService: {${service}type: ClusterIP}`) + gateway() + tunnelled(host) + more,
      ),
      assumptions,
    ).proofs.filter(({ claim }) => claim.includes('ingress[0]') && claim.startsWith('What '));

  it.each([
    ['of its Service by name', 'front.edge.svc.cluster.local', 'name: front, ', inOwn, 'proved'],
    [
      'of its Service in a namespace that is not known',
      'front.edge.svc.cluster.local',
      'name: front, ',
      '',
      'unknown',
    ],
    [
      'of the standard namespace',
      'front.envoy-gateway-system.svc.cluster.local',
      'name: front, ',
      '',
      'unknown',
    ],
    ['of another namespace', 'front.apps.svc.cluster.local', 'name: front, ', '', 'refuted'],
    ['of another name', 'other.edge.svc.cluster.local', 'name: front, ', '', 'refuted'],
    ['that is generated', 'envoy-edge-gate-1a2b3c4d.edge.svc.cluster.local', '', '', 'unknown'],
    ['that is generated of another', 'envoy-edge-door-1a2b3c4d.edge.svc.cluster.local', '', '', 'refuted'],
  ])('reaches it by a name: %s', (_name, host, service, more, expected) => {
    expect(entered(host, service, more)).toMatchObject([{ invariant: 'ways-work', verdict: expected }]);
  });
});

it('takes the first word of a command for the program, and not for a Service of that name', () => {
  const blocked = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: apps}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
`;
  const job = (command: string) => `apiVersion: batch/v1
kind: Job
metadata: {name: certificates, namespace: apps}
spec: {template: {spec: {containers: [{name: main, image: tools, command: [${command}]}]}}}
---
`;
  expect(verdicts(application + blocked + job('notes, make'), 'ways-work')).toEqual([]);
  expect(verdicts(application + blocked + job('ask, notes'), 'ways-work')).toEqual(['refuted']);
});

describe('the pods of a Gateway', () => {
  const inApps = gateway('', open).replace('namespace: edge', 'namespace: apps');
  const admitting = (labels: string, namespaces = ''): string => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: admit, namespace: apps}
spec: {podSelector: {matchLabels: {app: notes}}, policyTypes: [Ingress], ingress: [{from: [{${namespaces}podSelector: {matchLabels: {${labels}}}}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: gate, namespace: apps}
spec: {podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}, policyTypes: [Egress], egress: [{}]}
---
`;
  const named = 'gateway.envoyproxy.io/owning-gateway-name: gate';
  const configured = (text: string, name = 'envoy-gateway-config'): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: envoy-gateway-system}
data:
  envoy-gateway.yaml: |
    apiVersion: gateway.envoyproxy.io/v1alpha1
    kind: EnvoyGateway
    ${text}
---
`;
  const mode = (type: string) => `provider: {type: Kubernetes, kubernetes: {deploy: {type: ${type}}}}`;
  const known = application + served() + proxy('') + inApps;
  const led = route('HTTPRoute', 'v1', '{name: gate}');

  it.each([
    ['of Envoy Gateway, whose mode is not known', '', named, 'unknown'],
    ['in GatewayNamespace mode', configured(mode('GatewayNamespace')), named, 'refuted'],
    ['in a mode that is not known', configured(mode('${MODE}')), named, 'unknown'],
    ['in a configuration that is no YAML', configured('provider: [}'), named, 'unknown'],
    ['in the mode of the controller', configured(mode('ControllerNamespace')), named, 'proved'],
    ['in the standard mode', configured('provider: {type: Kubernetes}'), named, 'proved'],
    ['of another Gateway', configured(mode('GatewayNamespace')), named.replace(/gate$/, 'other'), 'proved'],
    [
      'by other labels',
      configured(mode('GatewayNamespace')),
      'app.kubernetes.io/managed-by: envoy-gateway',
      'refuted',
    ],
    ['by a label of another program', '', 'app.kubernetes.io/name: notes-client', 'proved'],
  ])('are clients where a policy admits them: %s', (_name, configuration, labels, expected) => {
    const text = known + configuration + admitting(labels);
    expect(verdicts(text, 'internal-clients')).toEqual([expected]);
  });

  it.each([
    [
      'infrastructure.labels',
      known.replace(
        'gatewayClassName: eg,',
        'gatewayClassName: eg, infrastructure: {labels: {tier: front}},',
      ),
    ],
    [
      'its EnvoyProxy',
      known.replace('kubernetes: {}', 'kubernetes: {envoyDeployment: {pod: {labels: {tier: front}}}}'),
    ],
  ])('have the labels of %s', (_name, text) => {
    expect(text).not.toBe(known);
    const all = text + configured(mode('GatewayNamespace')) + admitting('tier: front');
    expect(verdicts(all, 'internal-clients')).toEqual(['refuted']);
  });

  it('are declared clients of what a route leads to', () => {
    const all = known + configured(mode('GatewayNamespace')) + admitting(named);
    const { proofs } = analyse(readYaml(all + led), assumptions);
    expect(proofs.find(({ invariant }) => invariant === 'internal-clients')).toMatchObject({
      verdict: 'proved',
      sentence: 'Deployment apps/notes is reached by Gateway apps/gate only',
    });
  });

  it.each([
    ['istio.io/gateway-controller', 'unknown'],
    ['gateway.nginx.org/nginx-gateway-controller', 'unknown'],
    ['kgateway.dev/kgateway', 'unknown'],
    ['example.org/controller', 'unknown'],
    ['io.cilium/gateway-controller', 'proved'],
    ['traefik.io/gateway-controller', 'proved'],
  ])('may be in its own namespace by controller: %s', (controller, expected) => {
    const text =
      application + served(controller) + inApps + admitting('gateway.networking.k8s.io/gateway-name: gate');
    expect(verdicts(text, 'internal-clients')).toEqual([expected]);
    const without = application + inApps + admitting('gateway.networking.k8s.io/gateway-name: gate');
    expect(verdicts(without, 'internal-clients')).toEqual(['unknown']);
  });

  it('are those of their class where it merges its Gateways', () => {
    const merging = known.replace('spec: {provider', 'spec: {mergeGateways: true, provider');
    const named = 'gateway.envoyproxy.io/owning-gatewayclass: eg';
    const elsewhere =
      'namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: envoy-gateway-system}}, ';
    const system = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: envoy-gateway-system}\n---\n';
    const all = merging + configured(mode('ControllerNamespace')) + system;
    expect(verdicts(all + admitting(named, elsewhere), 'internal-clients')).toEqual(['refuted']);
    expect(verdicts(all + led + admitting(named, elsewhere), 'internal-clients')).toEqual(['proved']);
    expect(verdicts(all + admitting(named), 'internal-clients')).toEqual(['proved']);
  });

  it('leave the other promises about their namespace as they are', () => {
    const quiet = verdicts(known + configured(mode('GatewayNamespace')), 'default-deny', 'host-ports');
    expect(quiet).toEqual(['proved', 'proved']);
  });
});

describe('the Service of a Gateway as pods find it', () => {
  const release = (
    rest: string,
    chart = 'chart: {spec: {chart: gateway-helm, sourceRef: {kind: HelmRepository, name: eg}}}',
  ) =>
    `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: eg, namespace: edge}
spec: {${chart}, interval: 1h${rest}}
---
`;
  const oci = `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: eg, namespace: edge}
spec: {interval: 1h, url: "oci://docker.io/envoyproxy/gateway-helm", ref: {tag: 1.9.1}}
---
`;
  const byReference = 'chartRef: {kind: OCIRepository, name: eg}';
  const two = '{name: web, protocol: HTTP, port: 80}, {name: side, protocol: HTTP, port: 8443}';
  const named = served() + proxy('envoyService: {name: envoy, type: ClusterIP}') + gateway('', two);
  const found = (yaml: string) => {
    const model = buildModel(readYaml(yaml), home);
    return model.services.flatMap((service) =>
      service.ports.flatMap((port) =>
        backendsOf(model.inNamespace(service.namespace), service, port)
          .filter(({ workload }) => workload.provenance === 'gateway')
          .map(
            (backend) =>
              `${service.namespace}/${service.name}:${port.port} ${backend.workload.ref.name}:${backend.port}`,
          ),
      ),
    );
  };

  it.each([
    ['with its chart from a repository', release(''), 'edge'],
    ['with its chart from a registry', oci + release('', byReference), 'edge'],
    ['in the namespace that the release says', release(', targetNamespace: envoys'), 'envoys'],
  ])('is in the namespace of Envoy Gateway, %s, and leads to where Envoy listens', (_, chart, namespace) => {
    expect(found(chart + named)).toEqual([
      `${namespace}/envoy:80 gate:10080`,
      `${namespace}/envoy:8443 gate:8443`,
    ]);
  });

  it.each([
    ['its namespace is not known', named],
    ['values from elsewhere may move it', release(', valuesFrom: [{kind: ConfigMap, name: v}]') + named],
    ['its name is not said', release('') + named.replace('name: envoy, type', 'type')],
    ['another chart has a similar name', release('').replace('gateway-helm', 'my-gateway-helm') + named],
  ])('is not known where %s', (_, yaml) => {
    expect(found(yaml)).toEqual([]);
  });

  it('follows the mode of the chart: in the namespace of each Gateway', () => {
    const mode =
      ', targetNamespace: envoys, values: {config: {envoyGateway: {provider: {kubernetes: {deploy: {type: GatewayNamespace}}}}}}';
    expect(found(release(mode) + named)).toEqual(['edge/envoy:80 gate:10080', 'edge/envoy:8443 gate:8443']);
  });
});
