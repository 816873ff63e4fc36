import { type Fields, fieldsAt, isFields, mapsAt, textAt, valueAt } from '../../../kubernetes/fields.ts';
import type { NodeSetting } from '../../model/nodeSetting.ts';

type Setting = Omit<NodeSetting, 'file'>;

/** What a plugin that a tool installs enforces: the names of its enforcers, none for a plugin that enforces nothing. */
type Plugins = Readonly<Record<string, readonly string[]>>;

/** The plugin of a tool, and the one that it installs if nothing is said. */
interface Tool {
  plugins: Plugins;
  /** Values with which the tool installs no plugin, or one that is not named. */
  none: readonly string[];
  standard: readonly string[];
}

const calico = ['calico', 'tigera'];

/** rancher/rke2-docs, docs/networking/basic_network_options.md; rancher/rke2, pkg/cli/cmds/server.go (validateCNI). */
const rke2: Tool = {
  plugins: { canal: ['canal'], calico, cilium: ['cilium'], flannel: [] },
  none: ['none'],
  standard: ['canal'],
};

/** k0sproject/k0s, pkg/apis/k0s/v1beta1/network.go: the default is kuberouter. */
const k0s: Tool = {
  plugins: { kuberouter: ['kube-router'], calico },
  none: ['custom'],
  standard: ['kube-router'],
};

/** kubernetes-sigs/kubespray, roles/validate_inventory/tasks/main.yml and older inventories; calico is the default. */
const kubespray: Tool = {
  plugins: {
    calico,
    canal: ['canal'],
    cilium: ['cilium'],
    'kube-ovn': ['kube-ovn'],
    'kube-router': ['kube-router'],
    weave: ['weave', 'weave-net'],
    flannel: [],
    macvlan: [],
  },
  none: ['cni', 'custom_cni', 'cloud', 'none'],
  standard: calico,
};

/** The settings of RKE2, k0s, kubespray and kind in a map. `place` is the file with the keys above the map. */
export function distributionSettings(fields: Fields, place: string): readonly Setting[] {
  const isRke2 = /rke2|machineGlobalConfig|rkeConfig/i.test(place);
  return [
    ...(isRke2 ? rke2Settings('cni', fields['cni']) : []),
    ...rke2Settings('rke2_cni', fields['rke2_cni']),
    ...k0sSettings(fields, place),
    ...kubespraySettings(fields),
    ...kindSettings(fields),
  ];
}

function pluginSetting(rule: string, value: unknown, { plugins, none, standard }: Tool): Setting {
  const name = typeof value === 'string' ? value.trim() : '';
  if (none.includes(name)) return { rule, means: 'replaced', enforcers: standard };
  const enforcers = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
  return enforcers === undefined ? { rule, means: 'unknown' } : { rule, means: 'installs', enforcers };
}

/** Multus goes first, and one plugin after it. A chart has a map of this name. */
function rke2Settings(key: string, value: unknown): readonly Setting[] {
  if (value === undefined || value === null || isFields(value)) return [];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const names = values.flatMap((each) =>
    typeof each === 'string' ? each.split(',').map((name) => name.trim()) : [each],
  );
  const [primary, ...others] = names[0] === 'multus' ? names.slice(1) : names;
  if (names.length === 0 || (names.length === 1 && primary === '')) return [];
  const rule = `${key}: ${JSON.stringify(value)}`;
  return [others.length > 0 ? { rule, means: 'unknown' } : pluginSetting(rule, primary, rke2)];
}

/** A whole configuration of k0s, or of k0sctl, has the default if it names no provider. */
function k0sSettings(fields: Fields, place: string): readonly Setting[] {
  const apiVersion = textAt(fields, 'apiVersion') ?? '';
  const isControl = apiVersion.startsWith('k0sctl.k0sproject.io/');
  if (isControl) {
    const inner = valueAt(fields, 'spec', 'k0s', 'config');
    // The configuration is read by itself where the file holds it.
    return isFields(inner) ? [] : [k0sDefault];
  }
  const isOwn = apiVersion.startsWith('k0s.k0sproject.io/') && textAt(fields, 'kind') === 'ClusterConfig';
  const network = valueAt(fields, 'spec', 'network');
  const isInside = apiVersion === '' && /(?:^|[/._-])k0s/i.test(place) && isFields(fields['spec']);
  const isConfig = /\/config$/.test(place) && isInside;
  if (!isOwn && !isConfig && !(isInside && valueAt(network, 'provider') !== undefined)) return [];
  if (network !== undefined && network !== null && !isFields(network))
    return [{ rule: 'spec.network', means: 'unknown' }];
  const provider = valueAt(network, 'provider');
  if (provider === undefined) return [k0sDefault, ...kubeRouterArguments(network)];
  const rule = `spec.network.provider: ${JSON.stringify(provider)}`;
  return [
    pluginSetting(rule, provider, k0s),
    ...(provider === 'kuberouter' ? kubeRouterArguments(network) : []),
    ...(provider === 'calico' ? felixVariables(network) : []),
  ];
}

const k0sDefault: Setting = {
  rule: 'no spec.network.provider, so that k0s installs kube-router',
  means: 'installs',
  enforcers: ['kube-router'],
};

/** Arguments of kube-router by name (k0sproject/k0s, docs/configuration.md, spec.network.kuberouter.extraArgs). */
function kubeRouterArguments(network: unknown): readonly Setting[] {
  return Object.entries(fieldsAt(network, 'kuberouter', 'extraArgs'))
    .filter(([name, value]) => /^-*run-firewall$/.test(name) && !isTrue(value))
    .map(([name, value]) => ({
      rule: `spec.network.kuberouter.extraArgs.${name}: ${JSON.stringify(value)}`,
      means: 'replaced',
      enforcers: ['kube-router'],
    }));
}

/** The variables of Felix that decide about policies, as the fields of FelixConfiguration do. */
function felixVariables(network: unknown): readonly Setting[] {
  return Object.entries(fieldsAt(network, 'calico', 'envVars'))
    .filter(([name]) => /^FELIX_(?:CHAININSERTMODE|INTERFACEPREFIX|WORKLOADSOURCESPOOFING|ALLOW)/i.test(name))
    .map(([name, value]) => ({
      rule: `spec.network.calico.envVars.${name}: ${JSON.stringify(value)}`,
      means: 'unknown',
    }));
}

function kubespraySettings(fields: Fields): readonly Setting[] {
  const plugin = fields['kube_network_plugin'];
  const firewall = fields['kube_router_run_firewall'];
  return [
    ...(plugin === undefined || plugin === null
      ? []
      : [pluginSetting(`kube_network_plugin: ${JSON.stringify(plugin)}`, plugin, kubespray)]),
    ...(firewall === undefined || firewall === null || isTrue(firewall)
      ? []
      : [
          {
            rule: `kube_router_run_firewall: ${JSON.stringify(firewall)}`,
            means: 'replaced' as const,
            enforcers: ['kube-router'],
          },
        ]),
  ];
}

/** kubernetes-sigs/kind, pkg/apis/config/v1alpha4/types.go: kindnet is installed unless disableDefaultCNI says not to. */
function kindSettings(fields: Fields): readonly Setting[] {
  const apiVersion = textAt(fields, 'apiVersion') ?? '';
  if (!/^kind\.(?:x-k8s|sigs\.k8s)\.io\//.test(apiVersion) || textAt(fields, 'kind') !== 'Cluster') return [];
  const disabled = valueAt(fields, 'networking', 'disableDefaultCNI');
  const rule = `networking.disableDefaultCNI: ${JSON.stringify(disabled)}`;
  if (disabled === true) return [{ rule, means: 'replaced', enforcers: ['kindnet'] }];
  if (disabled !== undefined && disabled !== null && disabled !== false) return [{ rule, means: 'unknown' }];
  const old = mapsAt(fields, 'nodes')
    .map((node) => textAt(node, 'image') ?? '')
    .find(isBeforePolicies);
  if (old !== undefined) return [{ rule: `image: ${old}`, means: 'installs', enforcers: [] }];
  const standard = 'no networking.disableDefaultCNI, so that kind installs kindnet';
  return [{ rule: disabled === false ? rule : standard, means: 'installs', enforcers: ['kindnet'] }];
}

/** The first images of each version of Kubernetes with the policies of kindnet (kind, release notes of v0.24.0). */
const firstImages: Readonly<Record<number, number>> = { 27: 16, 28: 13, 29: 8, 30: 4 };

function isBeforePolicies(image: string): boolean {
  const [, minor, patch] = /(?:^|\/)kindest\/node:v1\.(\d+)\.(\d+)/.exec(image) ?? [];
  if (minor === undefined || Number(minor) > 30) return false;
  return Number(patch) < (firstImages[Number(minor)] ?? Number.POSITIVE_INFINITY);
}

function isTrue(value: unknown): boolean {
  return /^(?:1|t|true|yes|on)$/i.test(String(value));
}
