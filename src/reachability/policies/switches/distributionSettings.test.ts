import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { denial as denialBeside } from './testDenial.ts';

const daemonSet = (image: string): string =>
  `- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: r, namespace: kube-system}, spec: {template: {spec: {containers: [{name: c, image: ${image}}]}}}}\n`;
const ciliumRelease = `
- apiVersion: helm.cattle.io/v1
  kind: HelmChart
  metadata: {name: cilium, namespace: kube-system}
  spec: {chart: cilium}
`;

/** The verdict about namespace x beside a file that configures nodes. */
const denial = (file: string, text: string, enforcer: string, more = '') =>
  denialBeside({ [file]: text }, enforcer, more);

const k0s = (network: string): string =>
  `apiVersion: k0s.k0sproject.io/v1beta1\nkind: ClusterConfig\nmetadata: {name: k0s}\nspec: {network: ${network}}\n`;
const k0sctl = (config: string): string =>
  `apiVersion: k0sctl.k0sproject.io/v1beta1\nkind: Cluster\nmetadata: {name: home}\nspec: {hosts: [], k0s: ${config}}\n`;
const kind = (more: string): string => `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n${more}`;
const machine = (cluster = ''): string =>
  `version: v1alpha1\nmachine:\n  type: controlplane\n  token: x\ncluster:\n  controlPlane: {endpoint: "https://192.0.2.1:6443"}\n${cluster}`;
const capi = (kindName: string, spec: string): string =>
  `apiVersion: controlplane.cluster.x-k8s.io/v1beta2\nkind: ${kindName}\nmetadata: {name: cp}\nspec: ${spec}\n`;

describe('a file that names another network plugin than the one that is named', () => {
  it.each<[enforcer: string, file: string, text: string]>([
    ['canal', 'rke2/config.yaml', 'cni: flannel\n'],
    ['canal', 'rke2/config.yaml', 'cni: none\n'],
    ['canal', 'rke2/config.yaml', 'cni: [multus, flannel]\n'],
    ['canal', 'rke2/config.yaml', 'cni: "multus,cilium"\n'],
    ['canal', 'rke2/config.yaml', 'cni: cilium\n'],
    ['canal', 'rke2/config.yaml', 'cni: [none]\n'],
    ['canal', 'rke2/config.yaml', 'cni: multus\n'],
    ['canal', 'rke2/config.yaml', 'cni: [canal, cilium]\n'],
    ['canal', 'rke2/config.yaml', 'cni: "{{ cni }}"\n'],
    ['cilium', 'rke2/config.yaml', 'cni: [multus, canal]\n'],
    ['calico', 'etc/rancher/rke2/config.yaml.d/10.yaml', 'cni:\n  - flannel\n'],
    ['kube-router', 'rke2/config.yaml', 'cni: canal\n'],
    ['canal', 'group_vars/all.yaml', 'rke2_cni: cilium\n'],
    ['canal', 'group_vars/all.yaml', 'rke2_cni: [multus, none]\n'],
    ['canal', 'cluster.yaml', 'spec: {rkeConfig: {machineGlobalConfig: {cni: calico}}}\n'],
    ['canal', 'capi.yaml', capi('RKE2ControlPlane', '{serverConfig: {cni: calico}}')],
    ['cilium', 'k0s.yaml', k0s('{provider: kuberouter}')],
    ['cilium', 'k0s.yaml', k0s('{provider: calico, calico: {mode: vxlan}}')],
    ['kube-router', 'k0s.yaml', k0s('{provider: calico}')],
    ['kube-router', 'k0s.yaml', k0s('{provider: custom}')],
    ['calico', 'k0s.yaml', k0s('{podCIDR: 10.244.0.0/16}')],
    ['calico', 'k0s.yaml', k0s('{kuberouter: {mtu: 0}}')],
    ['kube-router', 'k0s.yaml', k0s('{provider: "${CNI}"}')],
    ['kube-router', 'k0s.yaml', k0s('{kuberouter: {extraArgs: {run-firewall: "false"}}}')],
    ['calico', 'k0s.yaml', k0s('{provider: calico, calico: {envVars: {FELIX_CHAININSERTMODE: Append}}}')],
    ['calico', 'k0s/config.yaml', 'spec: {network: {provider: kuberouter}}\n'],
    ['kube-router', 'k0s/config.yaml', 'spec: {network: {provider: calico}}\n'],
    ['kube-router', 'k0sctl.yaml', k0sctl('{config: {spec: {network: {provider: calico}}}}')],
    ['kube-router', 'k0sctl.yaml', k0sctl(`{config: ${JSON.stringify(parse(k0s('{provider: custom}')))}}`)],
    ['cilium', 'k0sctl.yaml', k0sctl('{version: v1.33.1+k0s.0}')],
    ['cilium', 'k0sctl.yaml', k0sctl('{config: {spec: {api: {}}}}')],
    [
      'kube-router',
      'capi.yaml',
      capi('K0sControlPlane', '{k0sConfigSpec: {k0s: {spec: {network: {provider: calico}}}}}'),
    ],
    ['cilium', 'group_vars/k8s_cluster/k8s-cluster.yml', 'kube_network_plugin: calico\n'],
    ['cilium', 'inventory/hosts.yaml', 'all: {vars: {kube_network_plugin: flannel}}\n'],
    ['calico', 'group_vars/k8s-cluster.yml', 'kube_network_plugin: custom_cni\n'],
    ['calico', 'group_vars/k8s-cluster.yml', 'kube_network_plugin: "{{ plugin }}"\n'],
    ['calico', 'group_vars/k8s-cluster.yml', 'kube_network_plugin: {{ plugin }}\n'],
    [
      'kube-router',
      'group_vars/a.yml',
      'kube_network_plugin: kube-router\nkube_router_run_firewall: false\n',
    ],
    ['kindnet', 'kind.yaml', kind('networking: {disableDefaultCNI: true}\n')],
    ['calico', 'kind.yaml', kind('networking: {disableDefaultCNI: false}\n')],
    ['calico', 'kind.yaml', kind('name: home\n')],
    [
      'kindnet',
      'kind.yaml',
      kind('nodes: [{role: control-plane, image: "kindest/node:v1.29.4@sha256:00"}]\n'),
    ],
    ['cilium', 'talos/controlplane.yaml', machine()],
    ['cilium', 'talos/controlplane.yaml', machine('  network: {dnsDomain: cluster.local}\n')],
    ['kube-network-policies', 'talos/controlplane.yaml', machine()],
    ['cilium', 'talos/talconfig.yaml', 'clusterName: home\ntalosVersion: v1.13.0\nnodes: [{hostname: a}]\n'],
  ])('%s: %s %j', (enforcer, file, text) => {
    const { verdict, sentence } = denial(file, text, enforcer);
    expect(verdict).toBe('unknown');
    expect(sentence).toContain(`${enforcer} is named as what enforces network policies, but ${file} says `);
  });

  it.each<[enforcer: string, file: string, text: string]>([
    ['canal', 'rke2/config.yaml', 'cni: canal\n'],
    ['canal', 'rke2/config.yaml', 'cni: [multus, canal]\n'],
    ['canal', 'rke2/config.yaml', 'cni: "multus, canal"\n'],
    ['canal', 'rke2/config.yaml', 'cni:\n'],
    ['cilium', 'rke2/config.yaml', 'cni: cilium\ndisable-kube-proxy: true\n'],
    ['cilium', 'rke2/config.yaml', 'cni: none\n'],
    ['canal', 'rke2/values.yaml', 'cni: {exclusive: false}\n'],
    ['canal', 'chart/values.yaml', 'cni: cilium\n'],
    [
      'kube-router',
      'k0s.yaml',
      k0s('{provider: kuberouter, kuberouter: {extraArgs: {run-firewall: "true"}}}'),
    ],
    ['kube-router', 'k0s.yaml', k0s('{podCIDR: 10.244.0.0/16}')],
    ['calico', 'k0s.yaml', k0s('{provider: calico, calico: {envVars: {FELIX_LOGSEVERITYSCREEN: Info}}}')],
    ['cilium', 'k0s.yaml', k0s('{provider: custom}')],
    ['kube-router', 'k0sctl.yaml', k0sctl('{version: v1.33.1+k0s.0}')],
    ['calico', 'k0sctl.yaml', k0sctl('{config: {spec: {network: {provider: calico}}}}')],
    ['calico', 'group_vars/k8s-cluster.yml', 'kube_network_plugin: calico\nkube_router_run_firewall: true\n'],
    ['cilium', 'group_vars/k8s-cluster.yml', '# kube_network_plugin: calico\nkube_network_plugin: cni\n'],
    ['kube-ovn', 'group_vars/k8s-cluster.yml', 'kube_network_plugin: kube-ovn\n'],
    ['kindnet', 'kind.yaml', kind('name: home\n')],
    [
      'kindnet',
      'kind.yaml',
      kind('nodes: [{image: "kindest/node:v1.30.4"}, {image: "kindest/node:v1.33.1"}]\n'),
    ],
    ['calico', 'kind.yaml', kind('networking: {disableDefaultCNI: true}\n')],
    ['cilium', 'talos/controlplane.yaml', machine('  network: {cni: {name: none}}\n')],
    [
      'cilium',
      'talos/patch.yaml',
      'machine: {type: controlplane}\ncluster: {allowSchedulingOnControlPlanes: true}\n',
    ],
    ['cilium', 'talos/worker.yaml', machine().replace('controlplane', 'worker')],
  ])('leaves the proof for %s: %s %j', (enforcer, file, text) => {
    expect(denial(file, text, enforcer).verdict).toBe('proved');
  });

  it.each<[enforcer: string, file: string, text: string, object: string]>([
    ['kube-router', 'k0s.yaml', k0s('{provider: custom}'), daemonSet('cloudnativelabs/kube-router:v2')],
    ['kube-router', 'rke2/config.yaml', 'cni: flannel\n', daemonSet('cloudnativelabs/kube-router:v2')],
    ['cilium', 'talos/controlplane.yaml', machine(), ciliumRelease],
    [
      'kube-network-policies',
      'rke2/config.yaml',
      'cni: canal\n',
      daemonSet('registry.k8s.io/networking/kube-network-policies:v1'),
    ],
  ])('%s is among the objects beside %s', (enforcer, file, text, object) => {
    expect(denial(file, text, enforcer, object).verdict).toBe('proved');
  });
});

describe('k3s without its policy controller, in the words of other tools', () => {
  it.each<[file: string, text: string]>([
    ['group_vars/all.yaml', 'disable_network_policy: true\n'],
    ['group_vars/all.yaml', 'k3s_disable_network_policy: "{{ off }}"\n'],
    ['group_vars/all.yaml', 'extra_server_args: >-\n  --disable=traefik\n  --disable-network-policy\n'],
    [
      'group_vars/all.yaml',
      'server_config_yaml: |\n  write-kubeconfig-mode: 644\n  disable-network-policy: true\n',
    ],
    ['group_vars/all.yaml', 'server_config_yaml: |\n  flannel-backend: none\n'],
    ['group_vars/all.yaml', 'k3s_server_flannel_backend: none\n'],
    [
      'capi.yaml',
      capi('KThreesControlPlane', '{kthreesConfigSpec: {serverConfig: {disableNetworkPolicy: true}}}'),
    ],
    [
      'capi.yaml',
      capi(
        'KThreesControlPlane',
        '{kthreesConfigSpec: {serverConfig: {disableComponents: [traefik, network-policy]}}}',
      ),
    ],
    [
      'capi.yaml',
      capi(
        'KThreesControlPlaneTemplate',
        '{template: {spec: {kthreesConfigSpec: {files: [{path: /etc/rancher/k3s/config.yaml.d/a.yaml, content: "disable-network-policy: true\\n"}]}}}}',
      ),
    ],
  ])('%s: %j', (file, text) => {
    const { verdict, sentence } = denial(file, text, 'kube-router');
    expect(verdict).toBe('unknown');
    expect(sentence).toContain(file);
  });

  it.each<[file: string, text: string]>([
    ['group_vars/all.yaml', 'disable_network_policy: false\n'],
    ['group_vars/all.yaml', 'disable_network_policy: no\nflannel_backend: host-gw\n'],
    [
      'capi.yaml',
      capi('KThreesControlPlane', '{kthreesConfigSpec: {serverConfig: {disableComponents: [traefik]}}}'),
    ],
    [
      'capi.yaml',
      capi('KThreesControlPlane', '{kthreesConfigSpec: {serverConfig: {disableNetworkPolicy: false}}}'),
    ],
  ])('leaves the proof with %s: %j', (file, text) => {
    expect(denial(file, text, 'kube-router').verdict).toBe('proved');
  });
});
