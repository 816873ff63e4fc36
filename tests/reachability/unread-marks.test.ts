// Crosses the labels, annotations and fields of objects, the model and the invariants.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/reachability/analyse.ts';
import { home, readYaml } from './home.ts';

const { expectedNodePorts: _, ...assumptions } = home;
const application = (pod = '', spec = '', service = '', namespace = ''): string => `apiVersion: v1
kind: Namespace
metadata: {name: apps, ${namespace}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: apps}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: v1
kind: Service
metadata: {name: notes, namespace: apps, ${service}}
spec: {selector: {app: notes}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: notes, namespace: apps}
spec: {template: {metadata: {labels: {app: notes}, ${pod}}, spec: {${spec}containers: [{name: main, image: notes, ports: [{containerPort: 8080}]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other, namespace: apps}
spec: {template: {metadata: {labels: {app: other}}, spec: {containers: [{name: main, image: other, ports: [{containerPort: 8080}]}]}}}
`;
const analysed = (yaml: string) => analyse(readYaml(yaml), assumptions);
const verdicts = (yaml: string, invariant: string): readonly string[] =>
  analysed(yaml).proofs.flatMap((proof) => (proof.invariant === invariant ? [proof.verdict] : []));
const about = (yaml: string, name: string): readonly string[] =>
  analysed(yaml)
    .proofs.filter(({ claim }) => claim.includes(`Deployment apps/${name}`))
    .flatMap(({ invariant, verdict }) => (invariant === 'internal-clients' ? [verdict] : []));

const broken = [
  'load-balancers',
  'node-ports',
  'host-ports',
  'ingresses',
  'internal-clients',
  'default-deny',
];
const unknownOf = (yaml: string) =>
  broken.filter((invariant) => verdicts(yaml, invariant).includes('unknown'));

describe('an annotation or a label that exposes something', () => {
  it('breaks nothing if there is none', () => {
    expect(unknownOf(application())).toEqual([]);
  });

  it.each([
    'k8s.v1.cni.cncf.io/networks: iot',
    'v1.multus-cni.io/default-network: kube-system/macvlan',
    'ovn.kubernetes.io/logical_switch: lan',
    'k8s.ovn.org/pod-networks: "{}"',
  ])('puts a pod on another network, where no policy holds: %s', (annotation) => {
    const yaml = application(`annotations: {${annotation}}`);
    expect(unknownOf(yaml)).toEqual(['host-ports', 'internal-clients', 'default-deny']);
    expect([about(yaml, 'notes'), about(yaml, 'other')]).toEqual([['unknown'], ['proved']]);
    expect(
      analysed(yaml)
        .unknowns.map(({ sentence }) => sentence)
        .join(),
    ).toContain('Deployment apps/notes');
  });

  it.each([
    'tailscale.com/expose: "true"',
    'getambassador.io/config: x',
    'k8s.ngrok.com/domain: x',
    'kube-vip.io/forwardUPNP: "true"',
  ])('leads to a Service: %s', (annotation) => {
    const yaml = application('', '', `annotations: {${annotation}}`);
    expect(unknownOf(yaml)).toEqual(['load-balancers', 'node-ports', 'ingresses']);
  });

  it('shares a Service with other clusters', () => {
    const yaml = application('', '', 'annotations: {service.cilium.io/global: "true"}');
    expect(unknownOf(yaml)).toContain('load-balancers');
  });

  it.each([
    ['labels: {istio-injection: enabled}'],
    ['labels: {istio.io/dataplane-mode: ambient}'],
    ['annotations: {linkerd.io/inject: enabled}'],
  ])('lets a mesh into a namespace: %s', (mark) => {
    const yaml = application('', '', '', mark);
    expect(about(yaml, 'notes')).toEqual(['unknown']);
    expect(verdicts(yaml, 'default-deny')).toContain('unknown');
  });

  it.each([
    ['annotations: {reloader.stakater.com/auto: "true", checksum/config: x}', ''],
    ['', 'annotations: {external-dns.alpha.kubernetes.io/hostname: a.example.org}'],
    ['', 'annotations: {lbipam.cilium.io/ips: 192.0.2.1, metallb.io/address-pool: a}'],
    ['', 'annotations: {kube-vip.io/loadbalancerIPs: 192.0.2.1, kube-vip.io/forwardUPNP: "false"}'],
    ['', 'annotations: {tailscale.com/expose: "false"}, labels: {app.kubernetes.io/name: x}'],
    ['annotations: {sidecar.istio.io/inject: "false"}', ''],
  ])('is none of those that are known and harmless: %s %s', (pod, service) => {
    const yaml = application(pod, '', service);
    expect(unknownOf(yaml)).toEqual([]);
    expect(analysed(yaml).assumptions.join('\n')).not.toContain('expose nothing');
  });

  it('of a domain that is not known is assumed to expose nothing, in one sentence', () => {
    const yaml = application('annotations: {b.example.org/x: y}', '', 'labels: {a.example.org/x: y}');
    expect(unknownOf(yaml)).toEqual([]);
    expect(analysed(yaml).assumptions.filter((each) => each.includes('expose nothing'))).toEqual([
      'Labels and annotations of these domains expose nothing: a.example.org, b.example.org',
    ]);
  });
});

describe('a field of a pod', () => {
  it('may be a claim of a network device', () => {
    const yaml = application('', 'resourceClaims: [{name: nic}], ');
    expect(unknownOf(yaml)).toEqual(['host-ports', 'internal-clients', 'default-deny']);
    expect([about(yaml, 'notes'), about(yaml, 'other')]).toEqual([['unknown'], ['proved']]);
  });

  it.each(['hostPID: true, ', 'volumes: [{name: a, hostPath: {path: /var/run/docker.sock}}], '])(
    'may give rights on the node, which is an assumption: %s',
    (spec) => {
      const sentences = analysed(application('', spec)).assumptions.join('\n');
      expect(sentences).toContain(
        'Pods with rights on their node open nothing there and change no policy: Deployment apps/notes',
      );
      expect(analysed(application()).assumptions.join('\n')).not.toContain('rights on their node');
    },
  );
});
