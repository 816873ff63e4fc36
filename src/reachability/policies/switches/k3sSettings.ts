import { type Fields, textsIn } from '../../../kubernetes/fields.ts';
import type { NodeSetting, NodeSettingMeaning } from '../../model/nodeSetting.ts';

type Setting = Omit<NodeSetting, 'file'>;

/**
 * Settings of k3s in a map: the names of a configuration file are those of the options, and a plus sign adds to what
 * other files say (k3s-io/docs, docs/installation/configuration.md, "Configuration File"). RKE2 names the plugins in
 * `cni` (rancher/rke2-docs, docs/networking/basic_network_options.md).
 */
export function k3sSettings(fields: Fields, file: string): readonly Setting[] {
  return Object.entries(fields).flatMap(([key, value]): readonly Setting[] => {
    const name = key.replace(/\+$/, '');
    const means = name === 'cni' && /rke2/i.test(file) ? pluginMeaning(value) : meaningOf(name, value);
    return means === undefined ? [] : [{ rule: `${key}: ${JSON.stringify(value)}`, means }];
  });
}

/** The same as arguments, of a text such as `--flannel-backend=none --disable-network-policy`. */
export function k3sArguments(text: string): readonly Setting[] {
  const found = text.matchAll(
    /(?:^|[\s"'])--(disable-network-policy|disable-kube-proxy|flannel-backend|no-flannel)(?:[= ]([\w-]+))?(?=@|["'\s]|$)/g,
  );
  return [...found].flatMap(([all, name = '', value]) => {
    const isSwitch = name !== 'flannel-backend';
    const given = isSwitch && !all.includes('=') ? true : value;
    const means = meaningOf(name, given);
    return means === undefined ? [] : [{ rule: all.trim(), means }];
  });
}

/** k3s-io/docs, docs/cli/server.md and docs/networking/basic-network-options.md. */
function meaningOf(name: string, value: unknown): NodeSettingMeaning | undefined {
  if (name === 'disable-network-policy') return isFalse(value) ? undefined : 'k3s-off';
  if (name === 'disable-kube-proxy' || name === 'no-flannel') return isFalse(value) ? undefined : 'k3s-other';
  if (name !== 'flannel-backend') return undefined;
  const backend = String(value).toLowerCase();
  if (backend === 'none') return 'k3s-other';
  return /^(?:vxlan|host-gw|wireguard-native|wireguard|ipsec)$/.test(backend) ? 'flannel' : 'unknown';
}

function pluginMeaning(value: unknown): NodeSettingMeaning | undefined {
  const plugins = typeof value === 'string' ? [value] : textsIn(value);
  return plugins.includes('flannel') ? 'flannel' : undefined;
}

/** As Go reads a switch. */
function isFalse(value: unknown): boolean {
  return /^(?:false|f|0)$/i.test(String(value));
}
