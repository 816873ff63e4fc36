import type { PrivateQuestions } from '../components/contract/privateQuestions.ts';
import type { ClusterSettings } from '../config/clusterSettings.ts';
import { nameOf, type Private, type PrivateValues } from '../config/private.ts';
import { familyOf, isAddress, isForwarded, overlap } from '../config/values/address.ts';

/** Answers about the private values of a configuration. */
export function privateQuestions(
  { cluster: { network } }: Pick<ClusterSettings, 'cluster'>,
  values: PrivateValues,
): PrivateQuestions {
  const textOf = (value: Private): string => values.get(nameOf(value)) ?? '';
  const hostOf = (value: Private): string => foldedHost(textOf(value));
  const { lan, vpn, controlPlane, loadBalancer, pods, services } = network;
  const own = [
    pods,
    services,
    ...[...lan, ...vpn, ...controlPlane, ...('addresses' in loadBalancer ? loadBalancer.addresses : [])].map(
      textOf,
    ),
  ];
  return {
    addressFamily: (range) => familyOf(textOf(range)),
    isOneLabelBelow: (host, domain) => labelsBelow(hostOf(host), hostOf(domain)) === 1,
    isBelow: (host, domain) => labelsBelow(hostOf(host), hostOf(domain)) > 0,
    isSameHost: (one, other) => hostOf(one) === hostOf(other),
    isSameAddress: (one, other) => overlap(single(textOf(one)), single(textOf(other))),
    isInRanges: (address, ranges) => ranges.some((range) => overlap(single(textOf(address)), textOf(range))),
    targetKind(target) {
      const value = textOf(target);
      if (!isAddress(value)) return 'name';
      return isForwarded(value) && !isAtHome(value, own) ? 'internet-address' : 'home-address';
    },
  };
}

/** The range with this address alone. */
function single(address: string): string {
  return `${address}/${familyOf(address) === 'ipv4' ? 32 : 128}`;
}

/** Names in DNS are the same whatever their case, and with the dot of the root behind them. */
function foldedHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

/** How many labels a host has before the domain; 0 for the domain itself and for what is not below it. */
function labelsBelow(host: string, domain: string): number {
  if (domain === '' || !host.endsWith(`.${domain}`)) return 0;
  return host.slice(0, -domain.length - 1).split('.').length;
}

/** An IPv6 address of the home network may be one of the internet as well, since nothing translates it. */
function isAtHome(address: string, own: readonly string[]): boolean {
  return familyOf(address) === 'ipv4' && own.some((range) => overlap(`${address}/32`, range));
}
