import { type Fields, isFields } from '../../../kubernetes/fields.ts';
import type { NetworkSwitch } from './networkSwitch.ts';

const equals =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.some((each) => String(each).toLowerCase() === String(value).toLowerCase());

/**
 * Fields of Calico's FelixConfiguration with which Felix does not enforce policies as they say
 * (docs.tigera.io/calico/latest/reference/resources/felixconfig, 3.31).
 */
const settings: Readonly<Record<string, { isSound: (value: unknown) => boolean; why: string }>> = {
  chainInsertMode: {
    isSound: equals('Insert'),
    why: 'rules of other programs may accept a connection before the policies of Calico are asked',
  },
  interfacePrefix: {
    isSound: equals('cali'),
    why: 'Felix takes only interfaces with this prefix for those of pods',
  },
  workloadSourceSpoofing: {
    isSound: equals('Disabled'),
    why: 'a pod may send from any address, so that rules by address tell nothing',
  },
  allowVXLANPacketsFromWorkloads: { isSound: equals(false), why: 'a pod may send as another pod' },
  allowIPIPPacketsFromWorkloads: { isSound: equals(false), why: 'a pod may send as another pod' },
};

/** Fields about logs, metrics, routes, tunnels and intervals. They decide about no connection of a pod. */
const harmless =
  /^(?:log|prometheus|health|usage|debug|dataplane|flowLogs|dnsLogs|wireguard|vxlan|ipip|route|netlink|mtu|device|floatingIPs|sidecar|policySync|feature|natPort|natOutgoing|removeExternalRoutes|reporting|endpointReporting|endpointStatusPath|interfaceRefresh|iptables(?:Backend|LockFilePath|LockProbe|LockTimeout|MarkMask|NATOutgoing|PostWrite|Refresh)|ipsets|ipv6Support|nftables|bpf|failsafe|genericXDP|xdp|maxIpset|metadata|openstack|kubeNodePortRanges|serviceLoopPrevention|externalNodes|goGCThreshold|goMaxProcs|goMemoryLimit|cgroupV2Path|awsSrcDstCheck|defaultEndpointToHostAction|ebpf|istio|liveMigration|localSubnetL2|requireMTUFile|windows|program|mark)/;

/** The fields of a FelixConfiguration that keep Felix from enforcing policies, or that are not known. */
export function felixSwitches(spec: unknown): readonly NetworkSwitch[] {
  if (!isFields(spec)) return [];
  const fields: Fields = spec;
  return Object.entries(fields).flatMap(([name, value]): readonly NetworkSwitch[] => {
    if (value === null) return [];
    const rule = `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (setting !== undefined) return setting.isSound(value) ? [] : [{ rule, why: setting.why }];
    if (harmless.test(name)) return [];
    return [{ rule, why: 'whether Calico enforces policies with it is not known' }];
  });
}
