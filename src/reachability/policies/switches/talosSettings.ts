import { type Fields, isFields, textAt, textsIn, valueAt } from '../../../kubernetes/fields.ts';
import type { NodeSetting, NodeSettingMeaning } from '../../model/nodeSetting.ts';

type Setting = Omit<NodeSetting, 'file'>;

/**
 * The settings in a map of the configuration of Talos: a machine configuration or a patch of one, a JSON patch, the
 * document of Talos 1.14 (siderolabs/talos, pkg/machinery/config/types/k8s/flannel.go), and the one of talhelper
 * (budimanjojo/talhelper, pkg/config/schemas/talconfig.json).
 */
export function talosSettings(fields: Fields): readonly Setting[] {
  const path = textAt(fields, 'path');
  const patched =
    path !== undefined && textAt(fields, 'op') !== undefined && /^\/(?:cluster|machine)(?:\/|$)/.test(path)
      ? atPath(path, textAt(fields, 'op') === 'remove' ? {} : fields['value'])
      : undefined;
  return [
    ...(textAt(fields, 'kind') === 'KubeFlannelCNIConfig' ? flannelDocument(fields) : []),
    ...(patched === undefined
      ? []
      : cniSettings(valueAt(patched, 'cluster', 'network', 'cni'), 'cluster.network.cni')),
    ...cniSettings(valueAt(fields, 'cluster', 'network', 'cni'), 'cluster.network.cni'),
    ...cniSettings(fields['cniConfig'], 'cniConfig'),
  ];
}

/**
 * Why a document that describes the nodes of a whole cluster has the default network plugin if it says nothing of one:
 * that of talhelper, or the machine configuration of a control plane. A patch is no whole configuration.
 */
export function silenceOf(value: unknown): string | undefined {
  if (textAt(value, 'clusterName') !== undefined && Array.isArray(valueAt(value, 'nodes')))
    return 'no cniConfig';
  const isControlPlane = /^(?:controlplane|init)$/.test(textAt(value, 'machine', 'type') ?? '');
  const isWhole =
    textAt(value, 'version') === 'v1alpha1' &&
    valueAt(value, 'cluster', 'controlPlane', 'endpoint') !== undefined;
  return isControlPlane && isWhole ? 'no cluster.network.cni, so that Talos installs flannel' : undefined;
}

/** The map of a JSON patch, from the top of what is patched. */
function atPath(path: string, value: unknown): unknown {
  return path
    .split('/')
    .slice(1)
    .reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}

function flannelDocument(fields: Fields): readonly Setting[] {
  if (textAt(fields, '$patch') === 'delete')
    return [{ rule: 'KubeFlannelCNIConfig $patch: delete', means: 'other' }];
  return [flannelSetting(fields, 'KubeFlannelCNIConfig')];
}

/** siderolabs/talos, pkg/machinery/config/types/v1alpha1/v1alpha1_types.go, CNIConfig: flannel is the default. */
function cniSettings(cni: unknown, path: string): readonly Setting[] {
  if (cni === undefined) return [];
  if (!isFields(cni)) return [{ rule: `${path}: ${JSON.stringify(cni)}`, means: 'unknown' }];
  const name = cni['name'] ?? 'flannel';
  if (name === 'flannel') return [flannelSetting(cni['flannel'], `${path}.flannel`)];
  const urls = textsIn(cni['urls']);
  return [{ rule: `${path}.name: ${JSON.stringify(name)}`, means: meaningOf(name, urls) }];
}

function meaningOf(name: unknown, urls: readonly string[]): NodeSettingMeaning {
  if (name === 'none') return 'other';
  if (name !== 'custom') return 'unknown';
  return urls.some((url) => /flannel/i.test(url)) ? 'flannel' : 'other';
}

function flannelSetting(flannel: unknown, path: string): Setting {
  const enabled = valueAt(flannel, 'kubeNetworkPoliciesEnabled');
  if (enabled === undefined || enabled === null) return { rule: path, means: 'flannel' };
  const rule = `${path}.kubeNetworkPoliciesEnabled: ${JSON.stringify(enabled)}`;
  if (enabled === true) return { rule, means: 'flannel-enforcing' };
  return { rule, means: enabled === false ? 'flannel-off' : 'unknown' };
}
