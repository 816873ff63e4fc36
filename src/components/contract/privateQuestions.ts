import type { Private } from '../../config/private.ts';

/**
 * What a record in DNS leads to: another name, an address that routers of the internet forward, or one of the home
 * network, of the cluster or of a range that is nobody's.
 */
export type TargetKind = 'name' | 'internet-address' | 'home-address';

/** What a component may ask about private values, which it cannot read. The answer is all that manifests show of them. */
export interface PrivateQuestions {
  /** The family of a private address or range. */
  addressFamily(range: Private): 'ipv4' | 'ipv6';
  /** Whether a host is exactly one label below a domain, so that `*.domain` covers it. */
  isOneLabelBelow(host: Private, domain: Private): boolean;
  /** Whether a host is below a domain, at whatever depth. */
  isBelow(host: Private, domain: Private): boolean;
  /** Whether both are the same name in DNS. */
  isSameHost(one: Private, other: Private): boolean;
  /** Whether both are the same address, in whatever form they are written. */
  isSameAddress(one: Private, other: Private): boolean;
  /** Whether an address is in one of the ranges. */
  isInRanges(address: Private, ranges: readonly Private[]): boolean;
  targetKind(target: Private): TargetKind;
}
