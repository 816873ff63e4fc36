import { type Fields, textsIn } from '../../../kubernetes/fields.ts';
import type { NodeSetting, NodeSettingMeaning } from '../../model/nodeSetting.ts';

type Setting = Omit<NodeSetting, 'file'>;

/**
 * Settings of k3s in a map: the names of a configuration file are those of the options, and a plus sign adds to what
 * other files say (k3s-io/docs, docs/installation/configuration.md, "Configuration File"). Variables of Ansible have
 * the same names with underscores, often with a prefix, and fields of Cluster API have them in camel case.
 */
export function k3sSettings(fields: Fields): readonly Setting[] {
  return Object.entries(fields).flatMap(([key, value]): readonly Setting[] => {
    const means = meaningOf(optionOf(key), value);
    return means === undefined ? [] : [{ rule: `${key}: ${JSON.stringify(value)}`, means }];
  });
}

function optionOf(key: string): string {
  const name = key
    .replace(/\+$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
  const options = /(?:^|-)(disable-network-policy|disable-kube-proxy|flannel-backend|no-flannel)$/;
  return options.exec(name)?.[1] ?? name;
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
  if (name === 'disable' || name === 'disable-components' || name === 'no-deploy')
    return disablesPolicies(value) ? 'k3s-off' : undefined;
  if (name !== 'flannel-backend') return undefined;
  const backend = String(value).toLowerCase();
  if (backend === 'none') return 'k3s-other';
  return /^(?:vxlan|host-gw|wireguard-native|wireguard|ipsec)$/.test(backend) ? 'flannel' : 'unknown';
}

/** A component of this name is no component of k3s: whether a tool turns the controller off with it is not known. */
function disablesPolicies(value: unknown): boolean {
  return textsIn(value).some((text) =>
    /(?:^|[\s,])(?:network-?polic(?:y|ies)|kube-router)(?:$|[\s,])/i.test(text),
  );
}

/** As Go reads a switch, and as YAML 1.1 does. */
function isFalse(value: unknown): boolean {
  return /^(?:false|f|0|no|n|off)$/i.test(String(value));
}
