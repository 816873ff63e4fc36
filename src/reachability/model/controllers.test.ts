import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyse } from '../analyse.ts';
import type { InvariantId } from '../invariants/registry.ts';
import { readObjects } from '../queries.ts';
import { buildModel } from './model.ts';

const assumptions = { enforcer: 'cilium', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };
const objects = (text: string) => readObjects(parse(text), 'list');
const verdictsOf = (text: string, invariant: InvariantId): readonly string[] =>
  analyse(objects(text), assumptions)
    .proofs.filter((proof) => proof.invariant === invariant)
    .map(({ verdict }) => verdict);

const open = (text: string) => ({
  loadBalancers: verdictsOf(text, 'load-balancers').join(),
  ingresses: verdictsOf(text, 'ingresses').join(),
  hostPorts: verdictsOf(text, 'host-ports').join(),
});
const closed = { loadBalancers: 'proved', ingresses: 'proved', hostPorts: 'proved' };

/** One object of a kind, with a spec. */
const one = (apiVersion: string, kind: string, spec: string): string =>
  `[{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a, namespace: x}, spec: ${spec}}]`;

describe('what a controller makes', () => {
  it.each([
    ['a Cluster', 'postgresql.cnpg.io/v1', 'Cluster', '{instances: 1}', closed],
    [
      'a Cluster with a load balancer',
      'postgresql.cnpg.io/v1',
      'Cluster',
      '{managed: {services: {additional: [{selectorType: rw, serviceTemplate: {metadata: {name: b}, spec: {type: LoadBalancer}}}]}}}',
      { ...closed, loadBalancers: 'refuted' },
    ],
    [
      'a Cluster with an external address',
      'postgresql.cnpg.io/v1',
      'Cluster',
      '{managed: {services: {additional: [{selectorType: ro, serviceTemplate: {metadata: {name: b}, spec: {externalIPs: [192.0.2.1]}}}]}}}',
      { ...closed, loadBalancers: 'refuted' },
    ],
    ['a Pooler', 'postgresql.cnpg.io/v1', 'Pooler', '{cluster: {name: pg}}', closed],
    [
      'a Pooler with a load balancer',
      'postgresql.cnpg.io/v1',
      'Pooler',
      '{serviceTemplate: {spec: {type: LoadBalancer}}}',
      { ...closed, loadBalancers: 'refuted' },
    ],
    [
      'a Pooler on the network of its node',
      'postgresql.cnpg.io/v1',
      'Pooler',
      '{template: {spec: {hostNetwork: true}}}',
      { ...closed, hostPorts: 'refuted' },
    ],
    ['a Dragonfly', 'dragonflydb.io/v1alpha1', 'Dragonfly', '{replicas: 1}', closed],
    [
      'a Dragonfly with a load balancer',
      'dragonflydb.io/v1alpha1',
      'Dragonfly',
      '{serviceSpec: {type: LoadBalancer}}',
      { ...closed, loadBalancers: 'refuted' },
    ],
    [
      'a Dragonfly with a sidecar at a port of its node',
      'dragonflydb.io/v1alpha1',
      'Dragonfly',
      '{additionalContainers: [{name: b, ports: [{containerPort: 80, hostPort: 80}]}]}',
      { ...closed, hostPorts: 'refuted' },
    ],
    ['an EMQX', 'apps.emqx.io/v2beta1', 'EMQX', '{image: emqx}', closed],
    [
      'an EMQX with a load balancer',
      'apps.emqx.io/v2beta1',
      'EMQX',
      '{listenersServiceTemplate: {spec: {type: LoadBalancer}}}',
      { ...closed, loadBalancers: 'refuted' },
    ],
    [
      'an EMQX whose dashboard is disabled',
      'apps.emqx.io/v2beta1',
      'EMQX',
      '{dashboardServiceTemplate: {enabled: false, spec: {type: LoadBalancer}}}',
      closed,
    ],
    ['a Grafana', 'grafana.integreatly.org/v1beta1', 'Grafana', '{}', closed],
    [
      'a Grafana with a load balancer',
      'grafana.integreatly.org/v1beta1',
      'Grafana',
      '{service: {spec: {type: LoadBalancer}}}',
      { ...closed, loadBalancers: 'refuted' },
    ],
    [
      'a Grafana with an Ingress',
      'grafana.integreatly.org/v1beta1',
      'Grafana',
      '{ingress: {spec: {rules: [{host: a.example.org}]}}}',
      { ...closed, ingresses: 'refuted' },
    ],
    [
      'a Grafana on the network of its node',
      'grafana.integreatly.org/v1beta1',
      'Grafana',
      '{deployment: {spec: {template: {spec: {hostNetwork: true}}}}}',
      { ...closed, hostPorts: 'refuted' },
    ],
    [
      'an external Grafana',
      'grafana.integreatly.org/v1beta1',
      'Grafana',
      '{external: {url: a}, service: {spec: {type: LoadBalancer}}}',
      closed,
    ],
    ['a Keycloak', 'k8s.keycloak.org/v2alpha1', 'Keycloak', '{}', { ...closed, ingresses: 'refuted' }],
    [
      'a Keycloak without an Ingress',
      'k8s.keycloak.org/v2alpha1',
      'Keycloak',
      '{ingress: {enabled: false}}',
      closed,
    ],
    [
      'a Keycloak on the network of its node',
      'k8s.keycloak.org/v2alpha1',
      'Keycloak',
      '{ingress: {enabled: false}, unsupported: {podTemplate: {spec: {hostNetwork: true}}}}',
      { ...closed, hostPorts: 'refuted' },
    ],
    [
      'a mover with a load balancer',
      'volsync.backube/v1alpha1',
      'ReplicationDestination',
      '{rsyncTLS: {serviceType: LoadBalancer}}',
      { ...closed, loadBalancers: 'refuted' },
    ],
    [
      'a virtual machine',
      'kubevirt.io/v1',
      'VirtualMachine',
      '{template: {spec: {networks: [{name: default, pod: {}}]}}}',
      closed,
    ],
    [
      'a virtual machine on another network',
      'kubevirt.io/v1',
      'VirtualMachine',
      '{template: {spec: {networks: [{name: lan, multus: {networkName: lan}}]}}}',
      { ...closed, hostPorts: 'unknown' },
    ],
    [
      'a Rollout on the network of its node',
      'argoproj.io/v1alpha1',
      'Rollout',
      '{template: {spec: {hostNetwork: true}}}',
      { ...closed, hostPorts: 'refuted' },
    ],
    [
      'a ScaledJob at a port of its node',
      'keda.sh/v1alpha1',
      'ScaledJob',
      '{jobTargetRef: {template: {spec: {containers: [{name: a, ports: [{containerPort: 1, hostPort: 1}]}]}}}}',
      { ...closed, hostPorts: 'refuted' },
    ],
  ])('%s', (_, apiVersion, kind, spec, expected) => {
    expect(open(one(apiVersion, kind, spec))).toEqual(expected);
  });

  it('leads from an HTTPRoute of a Grafana to its pods', () => {
    const text = `
- {apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: envoy}, spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}}
- {apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: g, namespace: x}, spec: {gatewayClassName: envoy, listeners: [{name: http, port: 80, protocol: HTTP}]}}
- {apiVersion: grafana.integreatly.org/v1beta1, kind: Grafana, metadata: {name: a, namespace: x}, spec: {httpRoute: {spec: {parentRefs: [{name: g}], hostnames: [a.example.org]}}}}`;
    expect(verdictsOf(text, 'outside-gated')).toEqual(['unknown']);
    const { entries } = analyse(objects(text), assumptions);
    expect(entries.map(({ to }) => to?.kind)).toContain('Grafana');
  });

  it('counts the policy of a Dragonfly for its own pods only', () => {
    const deny = `- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: x}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}`;
    const app = `- {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: x, labels: {app: p}}, spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}}`;
    const cache = (spec: string): string =>
      `- {apiVersion: dragonflydb.io/v1alpha1, kind: Dragonfly, metadata: {name: a, namespace: x}, spec: ${spec}}`;
    const found = (spec: string) => {
      const text = [deny, app, cache(spec)].join('\n');
      return [...verdictsOf(text, 'default-deny'), ...verdictsOf(text, 'internal-clients')];
    };
    expect(found('{networkPolicyEnabled: false}')).toEqual(['proved', 'proved', 'proved']);
    expect(found('{}')).toEqual(['proved', 'proved', 'unknown']);
  });

  it('counts the policy of a Keycloak for its own pods only', () => {
    const text = (spec: string): string => `
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: x}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}
- {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: x, labels: {app: p}}, spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}}
- {apiVersion: k8s.keycloak.org/v2alpha1, kind: Keycloak, metadata: {name: a, namespace: x}, spec: ${spec}}`;
    expect(verdictsOf(text('{}'), 'internal-clients')).toEqual(['proved', 'unknown']);
    expect(verdictsOf(text('{networkPolicy: {http: [{podSelector: {}}]}}'), 'internal-clients')).toContain(
      'unknown',
    );
  });

  it.each([
    ['k8s.keycloak.org/v2alpha1', 'Keycloak', '{}', [8080, 8443, 9000]],
    [
      'k8s.keycloak.org/v2alpha1',
      'Keycloak',
      '{http: {httpsPort: 443}, httpManagement: {port: 1}}',
      [8080, 443, 1],
    ],
    ['volsync.backube/v1alpha1', 'ReplicationDestination', '{rsyncTLS: {capacity: 1Gi}}', [8000]],
    ['volsync.backube/v1alpha1', 'ReplicationSource', '{syncthing: {}}', [22000, 8384]],
    ['volsync.backube/v1alpha1', 'ReplicationSource', '{rsyncTLS: {address: a.example.org}}', []],
    ['volsync.backube/v1alpha1', 'ReplicationSource', '{restic: {}}', []],
  ])('knows the ports of %s %s %s', (apiVersion, kind, spec, ports) => {
    const { workloads } = buildModel(objects(one(apiVersion, kind, spec)), assumptions);
    expect(workloads[0]?.ports.map(({ port }) => port)).toEqual(ports);
  });

  it('knows that DataVolumes of a virtual machine make more', () => {
    const machine = (more: string): string =>
      one('kubevirt.io/v1', 'VirtualMachine', `{template: {spec: {domain: {}}}${more}}`);
    expect(open(machine(''))).toEqual(closed);
    expect(open(machine(', dataVolumeTemplates: [{metadata: {name: d}}]'))).toMatchObject({
      hostPorts: 'unknown',
    });
  });

  it('names the Services of a Cluster, without those that are disabled', () => {
    const text = one(
      'postgresql.cnpg.io/v1',
      'Cluster',
      '{managed: {services: {disabledDefaultServices: [ro, r]}}}',
    );
    expect(buildModel(objects(text), assumptions).services.map(({ name }) => name)).toEqual(['a-rw']);
  });
});
