import { describe, expect, it } from 'vitest';
import { denial } from './testDenial.ts';

const router =
  '- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: r, namespace: kube-system}, spec: {template: {spec: {containers: [{name: c, image: cloudnativelabs/kube-router:v2}]}}}}\n';
const policies =
  '- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: p, namespace: kube-system}, spec: {template: {spec: {containers: [{name: c, image: registry.k8s.io/networking/kube-network-policies:v1}]}}}}\n';

const off = 'disable-network-policy: true\n';
const cni = (value: string) => `machine: {type: controlplane}\ncluster:\n  network:\n    cni: ${value}\n`;
const enabled = cni('{name: flannel, flannel: {kubeNetworkPoliciesEnabled: true}}');
const patches = (text: string) =>
  `clusterName: home\ntalosVersion: v1.13.0\nnodes: [{hostname: a}]\ncontrolPlane:\n  patches:\n    - |-\n${text.replace(/^/gm, '      ')}\n`;

describe('k3s without its policy controller', () => {
  it.each<[file: string, text: string]>([
    ['k3s/config.yaml', off],
    ['etc/rancher/k3s/config.yaml.d/10-network.yml', `write-kubeconfig-mode: "0644"\n${off}`],
    ['k3s/config.yaml', 'disable-network-policy: "true"\n'],
    ['k3s/config.yaml', 'disable-network-policy: 1\n'],
    ['k3s/config.yaml', 'disable-network-policy+: true\n'],
    ['k3s/config.yaml', 'disable-network-policy: ${OFF}\n'],
    ['k3s/config.json', '{"disable-network-policy": true}'],
    ['k3s/config.yaml', `{% if first %}\n${off}{% endif %}\n`],
    ['k3s/config.yaml', 'flannel-backend: none\n'],
    ['k3s/config.yaml', 'flannel-backend: "none"\ndisable:\n  - traefik\n'],
    ['k3s/config.yaml', 'disable-kube-proxy: true\n'],
    ['group_vars/all.yaml', `k3s_server:\n  ${off}`],
    ['group_vars/all.yaml', 'extra_server_args: "--disable traefik --disable-network-policy"\n'],
    ['group_vars/all.yaml', 'extra_server_args: --flannel-backend=none --write-kubeconfig-mode 644\n'],
    [
      'k3d.yaml',
      'apiVersion: k3d.io/v1alpha5\nkind: Simple\nmetadata: {name: x}\noptions: {k3s: {extraArgs: [{arg: "--disable-network-policy@server:*"}]}}\n',
    ],
  ])('%s: %j', (file, text) => {
    const { verdict, sentence, files } = denial({ [file]: text }, 'kube-router');
    expect(verdict).toBe('unknown');
    expect(sentence).toContain(file);
    expect(files).toContain(file);
  });

  it.each<[file: string, text: string]>([
    ['k3s/config.yaml', 'disable-network-policy: false\n'],
    ['k3s/config.yaml', 'disable-network-policy: "false"\ndisable: [traefik]\n'],
    ['k3s/config.yaml', 'flannel-backend: wireguard-native\n'],
    ['k3s/config.yaml', '# disable-network-policy: true\ndisable: [traefik]\n'],
    ['group_vars/all.yaml', 'extra_server_args: --flannel-backend=vxlan --disable-network-policy=false\n'],
    ['README.md', `Do not say ${off}`],
    ['.github/k3d.yaml', off],
    ['map.yaml', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  config.yaml: |\n    ${off}`],
  ])('leaves the proof with %s: %j', (file, text) => {
    expect(denial({ [file]: text }, 'kube-router').verdict).toBe('proved');
  });

  it('is no contradiction where an object runs kube-router', () => {
    expect(denial({ 'k3s/config.yaml': off }, 'kube-router', router).verdict).toBe('proved');
  });

  it.each([['cilium'], ['calico']])('is none for %s', (enforcer) => {
    expect(denial({ 'k3s/config.yaml': `flannel-backend: none\n${off}` }, enforcer).verdict).toBe('proved');
  });
});

describe('a network plugin of nodes that is not the named one', () => {
  it.each<[enforcer: string, file: string, text: string]>([
    ['cilium', 'k3s/config.yaml', 'flannel-backend: vxlan\n'],
    ['cilium', 'rke2/config.yaml', 'cni: [multus, flannel]\n'],
    ['cilium', 'talos/patches/cni.yaml', cni('{name: flannel}')],
    ['antrea', 'talos/patches/cni.yaml', cni('{name: flannel}')],
    ['cilium', 'talos/patches/cni.yaml', enabled],
    [
      'cilium',
      'talos/patches/cni.yaml',
      cni('{name: custom, urls: ["https://example.org/kube-flannel.yml"]}'),
    ],
    ['cilium', 'talos/patches/cni.yaml', cni('{name: "${CNI}"}')],
    ['cilium', 'talos/patches/cni.yaml', cni('{name: "ENC[AES256_GCM,data:x]"}')],
    ['calico', 'talos/patches/cni.yaml', cni('weave')],
    ['cilium', 'talos/talconfig.yaml', 'cniConfig: {name: flannel}\n'],
    [
      'cilium',
      'talos/flannel.yaml',
      'apiVersion: v1alpha1\nkind: KubeFlannelCNIConfig\nbackendType: vxlan\n',
    ],
  ])('%s: %s %j', (enforcer, file, text) => {
    const { verdict, sentence } = denial({ [file]: text }, enforcer);
    expect(verdict).toBe('unknown');
    expect(sentence).toContain(file);
  });

  it.each<[enforcer: string, text: string]>([
    ['cilium', cni('{name: none}')],
    ['cilium', cni('{name: custom, urls: ["https://example.org/cilium.yaml"]}')],
    ['calico', cni('{name: flannel}')],
    ['canal', cni('{}')],
    ['cilium', 'cniConfig: {name: none}\n'],
    ['cilium', 'machine: {network: {hostname: cni}}\n'],
    ['cilium', 'apiVersion: v1alpha1\nkind: KubeFlannelCNIConfig\n$patch: delete\n'],
    ['cilium', '- {op: add, path: /cluster/network/cni, value: {name: none}}\n'],
    ['cilium', 'image: {repository: cni, tag: "1"}\ncni: {exclusive: false}\n'],
  ])('%s goes with %j', (enforcer, text) => {
    expect(denial({ 'talos/x.yaml': text }, enforcer).verdict).toBe('proved');
  });
});

describe('Talos without kube-network-policies', () => {
  const off = cni('{flannel: {kubeNetworkPoliciesEnabled: false}}');

  it.each<[file: string, text: string]>([
    ['talos/patch.yaml', cni('{name: flannel}')],
    ['talos/patch.yaml', cni('{}')],
    ['talos/patch.yaml', cni('{name: none}')],
    ['talos/patch.yaml', cni('{name: custom, urls: []}')],
    ['talos/patch.yaml', off],
    ['talos/patch.yaml', cni('{flannel: {kubeNetworkPoliciesEnabled: "${ON}"}}')],
    ['talos/patch.yaml', cni('{flannel: {kubeNetworkPolicies: true}}')],
    ['talos/patch.json', '[{"op": "replace", "path": "/cluster/network/cni", "value": {"name": "none"}}]'],
    ['talos/patch.yaml', '- {op: replace, path: /cluster/network/cni/name, value: none}\n'],
    ['talos/patch.yaml', '- {op: remove, path: /cluster/network/cni}\n'],
    ['talos/talconfig.yaml', 'clusterName: home\ntalosVersion: v1.13.0\nnodes: []\n'],
    [
      'talos/talconfig.yaml',
      'clusterName: home\ntalosVersion: v1.13.0\ncniConfig: {name: none}\nnodes: []\n',
    ],
    ['talos/talconfig.yaml', patches(cni('{name: flannel}'))],
    ['talos/talconfig.yaml', patches('- {op: add, path: /cluster/network/cni, value: {name: none}}')],
    ['talos/all.yaml', 'apiVersion: v1alpha1\nkind: KubeFlannelCNIConfig\nbackendType: vxlan\n'],
    [
      'talos/all.yaml',
      'machine: {}\n---\napiVersion: v1alpha1\nkind: KubeFlannelCNIConfig\n$patch: delete\n',
    ],
    [
      'omni.yaml',
      'kind: Cluster\nname: home\npatches:\n  - inline: {cluster: {network: {cni: {name: none}}}}\n',
    ],
    ['k3s/config.yaml', 'flannel-backend: vxlan\n'],
  ])('%s: %j', (file, text) => {
    const { verdict, sentence } = denial({ [file]: text }, 'kube-network-policies');
    expect(verdict).toBe('unknown');
    expect(sentence).toContain(file);
  });

  it.each<[name: string, files: Readonly<Record<string, string>>]>([
    ['a patch that enables it', { 'talos/a.yaml': enabled }],
    ['a patch of its own', { 'talos/a.yaml': enabled, 'talos/b.yaml': cni('{name: flannel}') }],
    ['a patch of talhelper', { 'talos/talconfig.yaml': patches(enabled) }],
    ['a patch in a file', { 'talos/talconfig.yaml': patches('machine: {}'), 'talos/a.yaml': enabled }],
    [
      'the document of Talos 1.14',
      {
        'a.yaml':
          'apiVersion: v1alpha1\nkind: KubeFlannelCNIConfig\nbackendType: vxlan\nkubeNetworkPoliciesEnabled: true\n',
      },
    ],
    [
      'a JSON patch',
      {
        'a.yaml':
          '- {op: add, path: /cluster/network/cni/flannel, value: {kubeNetworkPoliciesEnabled: true}}\n',
      },
    ],
    [
      'a patch about something else',
      { 'talos/a.yaml': 'machine: {features: {kubernetesTalosAPIAccess: {enabled: true}}}\n' },
    ],
    ['nothing', {}],
  ])('is not what %s says', (_name, files) => {
    expect(denial(files, 'kube-network-policies').verdict).toBe('proved');
  });

  it('counts where another file enables it, if a file turns it off', () => {
    const files = { 'talos/a.yaml': enabled, 'talos/b.yaml': off };
    expect(denial(files, 'kube-network-policies')).toMatchObject({ verdict: 'unknown' });
  });

  it('is no contradiction where an object runs kube-network-policies', () => {
    expect(denial({ 'a.yaml': cni('{name: none}') }, 'kube-network-policies', policies).verdict).toBe(
      'proved',
    );
  });
});
