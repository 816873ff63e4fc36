import {
  type Fields,
  fieldsAt,
  listAt,
  mapsAt,
  textAt,
  textsIn,
  valueAt,
} from '../../../kubernetes/fields.ts';
import type { NetworkSwitch } from './networkSwitch.ts';

/** A setting of Cilium's agent that decides about policies. */
interface Setting {
  key: string;
  /** The values with which Cilium enforces policies as they are modelled. */
  isSound: (value: string) => boolean;
  why: string;
  effects?: NetworkSwitch['effects'];
}

/** As Go's strconv.ParseBool; any other text keeps the agent from starting. */
const isTrue = (value: string): boolean => /^(?:1|t|T|TRUE|true|True)$/.test(value);
const isFalse = (value: string): boolean => /^(?:|0|f|F|FALSE|false|False)$/.test(value);
const isOneOf =
  (...values: readonly string[]) =>
  (value: string): boolean =>
    values.includes(value.toLowerCase());

/**
 * Settings of `cilium-config` (cilium/cilium, Documentation/cmdref/cilium-agent.md and pkg/option/config.go, 1.16 to
 * 1.20).
 */
const settings: readonly Setting[] = [
  {
    key: 'enable-policy',
    isSound: isOneOf('', 'default'),
    why: 'Cilium enforces policies as it is modelled in the mode default only; with never it enforces none',
  },
  { key: 'policy-audit-mode', isSound: isFalse, why: 'Cilium only logs what policies forbid' },
  { key: 'enable-k8s-networkpolicy', isSound: isTrue, why: 'Cilium does not read NetworkPolicy' },
  { key: 'enable-cilium-network-policy', isSound: isTrue, why: 'Cilium does not read CiliumNetworkPolicy' },
  {
    key: 'enable-cilium-clusterwide-network-policy',
    isSound: isTrue,
    why: 'Cilium does not read CiliumClusterwideNetworkPolicy',
  },
  {
    key: 'enable-non-default-deny-policies',
    isSound: isTrue,
    why: 'Cilium takes no notice of enableDefaultDeny',
  },
  {
    key: 'labels',
    isSound: isOneOf(''),
    why: 'policies do not see labels that are not part of an identity, so that they may not select a pod',
  },
  { key: 'static-cnp-path', isSound: isOneOf(''), why: 'Cilium reads policies from files of its nodes too' },
  {
    key: 'datapath-mode',
    isSound: isOneOf('', 'auto', 'veth', 'netkit', 'netkit-l2'),
    why: 'Cilium enforces no policy of pods in this mode',
  },
  {
    key: 'enable-remote-node-identity',
    isSound: isTrue,
    why: 'each node counts as the node of the pod, which passes every policy',
  },
  {
    key: 'bpf-lb-external-clusterip',
    isSound: isFalse,
    why: 'the address of each Service is open to clients outside of the cluster',
    effects: ['services'],
  },
];

const known = new Map(settings.map((setting) => [setting.key, setting]));

/** Settings with such a name that make nothing more open. */
const harmless =
  /^(?:bpf-policy-|policy-(?:accounting|cidr-match-mode|default-local-cluster|deny-response|map-|queue-size|secrets-|trigger-interval|update-)|enable-(?:policy-secrets-|k8s-cluster-network-policy$|endpoint-lockdown-on-policy-)|bpf-events-policy-verdict-|hubble-network-policy-|envoy-policy-|endpoint-policy-|.*-external-traffic-policy$)/;

/** The settings of Cilium's agent that keep it from enforcing policies as they are modelled. */
export function ciliumSwitches(config: Fields, prefix = ''): readonly NetworkSwitch[] {
  return Object.entries(config).flatMap(([name, value]): readonly NetworkSwitch[] => {
    const key = name.toLowerCase().replaceAll('_', '-');
    const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
    const rule = `${prefix}${name}: ${text}`;
    const setting = known.get(key);
    if (setting !== undefined) {
      const { isSound, why, effects } = setting;
      if (value === null || isSound(text)) return [];
      return [effects === undefined ? { rule, why } : { rule, why, effects }];
    }
    const mayDecide = /polic|audit/.test(key) && !harmless.test(key);
    return mayDecide ? [{ rule, why: 'whether Cilium enforces policies with it is not known' }] : [];
  });
}

/** Settings of `cilium-config` that the chart writes from a value, by the path of the value. */
const valuePaths: Readonly<Record<string, string>> = {
  policyEnforcementMode: 'enable-policy',
  policyAuditMode: 'policy-audit-mode',
  'k8sNetworkPolicy.enabled': 'enable-k8s-networkpolicy',
  enableNonDefaultDenyPolicies: 'enable-non-default-deny-policies',
  labels: 'labels',
  'bpf.datapathMode': 'datapath-mode',
  'bpf.lbExternalClusterIP': 'bpf-lb-external-clusterip',
  remoteNodeIdentity: 'enable-remote-node-identity',
};

const harmlessValues =
  /^(?:policy(?:CIDRMatchMode|Accounting|DenyResponse|EnforcementMode|AuditMode)$|.*PullPolicy$)/;

/** Values of the chart cilium that keep Cilium from enforcing policies (install/kubernetes/cilium/values.yaml, 1.20). */
export function ciliumValueSwitches(values: Fields): readonly NetworkSwitch[] {
  const written = Object.entries(valuePaths).flatMap(([path, key]) => {
    const value = valueAt(values, ...path.split('.'));
    if (value === undefined || value === null) return [];
    return ciliumSwitches({ [key]: value }).map((found) => ({ ...found, rule: `${path}: ${show(value)}` }));
  });
  const mesh = [['useAPIServer'], ['config', 'enabled']].filter(
    (path) => ![undefined, null, false].includes(valueAt(values, 'clustermesh', ...path) as undefined),
  );
  const meshed = mesh.map((path) => ({
    rule: `clustermesh.${path.join('.')}: ${show(valueAt(values, 'clustermesh', ...path))}`,
    why: meshReason,
  }));
  const off = [undefined, null, true].includes(values['agent'] as undefined)
    ? []
    : [{ rule: `agent: ${show(values['agent'])}`, why: 'no agent of Cilium runs' }];
  const unknown = Object.keys(values)
    .filter((name) => /polic/i.test(name) && valuePaths[name] === undefined && !harmlessValues.test(name))
    .filter((name) => name !== 'k8sNetworkPolicy')
    .map((name) => ({ rule: name, why: 'whether Cilium enforces policies with it is not known' }));
  return [
    ...written,
    ...meshed,
    ...off,
    ...unknown,
    ...ciliumSwitches(fieldsAt(values, 'extraConfig'), 'extraConfig.'),
    ...ciliumArguments(textsIn(listAt(values, 'extraArgs'))),
    ...ciliumEnvironment(mapsAt(values, 'extraEnv')),
  ];
}

/** Why a mesh of clusters makes everything about clients unknown. */
export const meshReason = 'pods of other clusters are clients too, and no object here shows them';

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The settings in the arguments of the agent: `--key=value`, `--key value`, or `--key` for true. */
export function ciliumArguments(words: readonly string[]): readonly NetworkSwitch[] {
  return words.flatMap((word, at) => {
    const match = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(word);
    if (match === null) return [];
    const [, key = '', value] = match;
    const next = words[at + 1];
    const text = value ?? (next === undefined || next.startsWith('-') ? 'true' : next);
    return ciliumSwitches({ [key]: text }, '--');
  });
}

/** The settings in the environment of the agent: `CILIUM_ENABLE_POLICY`. */
export function ciliumEnvironment(entries: readonly Fields[]): readonly NetworkSwitch[] {
  return entries.flatMap((entry) => {
    const name = textAt(entry, 'name') ?? '';
    if (!name.startsWith('CILIUM_')) return [];
    const key = name.slice('CILIUM_'.length).toLowerCase().replaceAll('_', '-');
    const value = entry['value'] ?? (entry['valueFrom'] === undefined ? '' : 'a value from elsewhere');
    return ciliumSwitches({ [key]: value }).map((found) => ({ ...found, rule: `${name}: ${show(value)}` }));
  });
}
