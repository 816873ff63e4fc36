import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyse } from '../../analyse.ts';
import { readObjects } from '../../queries.ts';

const denied = `
- {apiVersion: v1, kind: Namespace, metadata: {name: x}}
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: x, labels: {app: web}}
  spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: deny, namespace: x}
  spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;

/** The verdict about namespace x with one more object, and what is not seen. */
function denial(more: string, enforcer = 'cilium') {
  const objects = readObjects(parse(denied + more), 'list.yaml');
  const { proofs, unknowns } = analyse(objects, { enforcer, lan: [], vpn: [], podRanges: ['10.42.0.0/16'] });
  const proof = proofs.find(({ invariant, claim }) => invariant === 'default-deny' && claim.includes(' x '));
  return { verdict: proof?.verdict, sentence: proof?.sentence ?? '', unknowns };
}

const config = (data: string, name = 'cilium-config') =>
  `- {apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: kube-system}, data: {${data}}}\n`;
const nodeConfig = (defaults: string) =>
  `- {apiVersion: cilium.io/v2, kind: CiliumNodeConfig, metadata: {name: n, namespace: kube-system}, spec: {defaults: {${defaults}}}}\n`;
const release = (values: string, chart = 'cilium', more = '') =>
  `- {apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: ${chart}, namespace: kube-system}, spec: {chart: {spec: {chart: ${chart}, sourceRef: {kind: HelmRepository, name: r}}}, values: {${values}}${more}}}\n`;
const k3sChart = (values: string, kind = 'HelmChart', name = 'cilium') =>
  `- {apiVersion: helm.cattle.io/v1, kind: ${kind}, metadata: {name: ${name}, namespace: kube-system}, spec: {valuesContent: ${JSON.stringify(values)}}}\n`;
const daemonSet = (image: string, container = '') =>
  `- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: net, namespace: kube-system}, spec: {template: {spec: {hostNetwork: true, containers: [{name: c, image: ${image}${container}}]}}}}\n`;
const felix = (spec: string) =>
  `- {apiVersion: crd.projectcalico.org/v1, kind: FelixConfiguration, metadata: {name: default}, spec: {${spec}}}\n`;

describe('a setting that keeps Cilium from enforcing', () => {
  it.each<[named: string, object: string]>([
    ['enable-policy: never', config('enable-policy: never')],
    ['enable-policy: Never', config('enable-policy: Never')],
    ['enable-policy: ${MODE}', config('enable-policy: "${MODE}"')],
    ['enable-policy: always', config('enable-policy: always')],
    ['policy-audit-mode: true', config('policy-audit-mode: "true"')],
    ['policy-audit-mode: 1', config('policy-audit-mode: "1"')],
    ['policy-audit-mode: yes', config('policy-audit-mode: "yes"')],
    ['enable-k8s-networkpolicy: false', config('enable-k8s-networkpolicy: "false"')],
    ['enable-cilium-clusterwide-network-policy: f', config('enable-cilium-clusterwide-network-policy: f')],
    ['labels: k8s:app', config('labels: "k8s:app"')],
    ['datapath-mode: lb-only', config('datapath-mode: lb-only')],
    ['some-new-policy-switch: x', config('some-new-policy-switch: x')],
    ['spec.defaults.policy-audit-mode: true', nodeConfig('policy-audit-mode: "true"')],
    ['spec.defaults.enable-policy: never', nodeConfig('enable-policy: never')],
    ['policyEnforcementMode: never', release('policyEnforcementMode: never')],
    ['policyAuditMode: true', release('policyAuditMode: true')],
    ['policyAuditMode: true', release('policyAuditMode: "true"')],
    ['k8sNetworkPolicy.enabled: false', release('k8sNetworkPolicy: {enabled: false}')],
    ['extraConfig.enable-policy: never', release('extraConfig: {enable-policy: never}')],
    ['--policy-audit-mode: true', release('extraArgs: ["--policy-audit-mode"]')],
    ['--enable-policy: never', release('extraArgs: ["--enable-policy=never"]')],
    ['--enable-policy: never', release('extraArgs: ["--enable-policy", "never"]')],
    [
      'CILIUM_POLICY_AUDIT_MODE: true',
      release('extraEnv: [{name: CILIUM_POLICY_AUDIT_MODE, value: "true"}]'),
    ],
    ['agent: false', release('agent: false')],
    ['clustermesh.useAPIServer: true', release('clustermesh: {useAPIServer: true}')],
    ['policyNewSwitch', release('policyNewSwitch: true')],
    ['policyEnforcementMode: ${MODE}', release('policyEnforcementMode: "${MODE}"')],
    ['values that are not known', release('', 'cilium', ', valuesFrom: [{kind: ConfigMap, name: gone}]')],
    ['policyAuditMode: true', k3sChart('policyAuditMode: true')],
    ['policyAuditMode: true', k3sChart('policyAuditMode: true', 'HelmChartConfig', 'rke2-cilium')],
    ['valuesContent', k3sChart('a: [', 'HelmChartConfig')],
    [
      '--enable-policy: never',
      daemonSet('quay.io/cilium/cilium:v1.18.0', ', args: ["--enable-policy=never"]'),
    ],
    [
      'CILIUM_ENABLE_POLICY: never',
      daemonSet('quay.io/cilium/cilium:v1.18.0', ', env: [{name: CILIUM_ENABLE_POLICY, value: never}]'),
    ],
  ])('%s is named, and nothing is proved', (named, object) => {
    const { verdict, sentence, unknowns } = denial(object);
    expect(verdict).toBe('unknown');
    expect(sentence).toContain(named);
    expect(unknowns.map((each) => each.sentence).join('\n')).toContain(named);
  });

  it.each<[string]>([
    [config('enable-policy: default, policy-audit-mode: "false", enable-k8s-networkpolicy: "true"')],
    [config('policy-cidr-match-mode: nodes, bpf-policy-map-max: "16384", enable-ipv4: "true", labels: ""')],
    [config('enable-policy: never', 'another')],
    [nodeConfig('bpf-lb-acceleration: native')],
  ])('%s leaves the proof', (object) => {
    expect(denial(object).verdict).toBe('proved');
  });

  it.each<[string]>([
    [release('kubeProxyReplacement: true, policyEnforcementMode: default, policyAuditMode: false')],
    [release('operator: {replicas: 1}, hubble: {relay: {enabled: true}}, image: {pullPolicy: Always}')],
    [release('cluster: {name: home, id: 1}')],
  ])('%s is no setting of this kind', (object) => {
    expect(denial(object).unknowns.filter(({ sentence }) => sentence.includes(' says '))).toEqual([]);
    expect(denial(object).verdict).toBe('proved');
  });

  it('counts whatever the user names: the policies of the cluster are read by Cilium then', () => {
    expect(denial(config('enable-policy: never'), 'kube-router').verdict).toBe('unknown');
    expect(denial(config('enable-policy: never'), 'given').verdict).toBe('unknown');
  });
});

describe('a setting of Calico', () => {
  it.each([
    ['chainInsertMode: Append'],
    ['interfacePrefix: eth'],
    ['workloadSourceSpoofing: Any'],
    ['allowVXLANPacketsFromWorkloads: true'],
    ['someNewField: true'],
  ])('%s is named', (spec) => {
    const { verdict, sentence } = denial(felix(spec), 'calico');
    expect(verdict).toBe('unknown');
    expect(sentence).toContain(spec);
  });

  it.each([
    ['logSeverityScreen: Info, bpfEnabled: true, defaultEndpointToHostAction: Accept, ipipEnabled: true'],
    ['chainInsertMode: insert, interfacePrefix: cali, floatingIPs: Disabled, vxlanEnabled: true'],
  ])('%s leaves the proof', (spec) => {
    expect(denial(felix(spec), 'calico').verdict).toBe('proved');
  });
});

describe('an object that contradicts the named enforcer', () => {
  it.each<[enforcer: string, object: string]>([
    ['kube-router', release('', 'cilium')],
    ['kube-router', release('', 'tigera-operator')],
    ['kube-router', config('enable-policy: default')],
    ['calico', daemonSet('quay.io/cilium/cilium:v1.18.0')],
    ['cilium', daemonSet('docker.io/calico/node:v3.30.0')],
    ['cilium', release('', 'flannel')],
    ['kube-network-policies', release('', 'flannel')],
    ['kube-network-policies', daemonSet('ghcr.io/flannel-io/flannel:v0.27.0')],
    ['kube-router', daemonSet('cloudnativelabs/kube-router:v2', ', args: ["--run-firewall=false"]')],
  ])('%s: %s', (enforcer, object) => {
    const { verdict, sentence } = denial(object, enforcer);
    expect(verdict).toBe('unknown');
    expect(sentence).toContain(`${enforcer} is named as what enforces network policies`);
  });

  it.each<[enforcer: string, object: string]>([
    ['calico', release('', 'tigera-operator')],
    ['canal', daemonSet('docker.io/calico/node:v3.30.0')],
    ['kube-router', daemonSet('ghcr.io/flannel-io/flannel:v0.27.0')],
    ['kube-router', daemonSet('cloudnativelabs/kube-router:v2')],
    ['cilium', daemonSet('cloudnativelabs/kube-router:v2', ', args: ["--run-firewall=false"]')],
    ['cilium', daemonSet('example.org/node:22')],
    ['kube-network-policies', release('netpol: {enabled: true}', 'flannel')],
  ])('none with %s: %s', (enforcer, object) => {
    expect(denial(object, enforcer).verdict).toBe('proved');
  });
});
