import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { raise } from '../finding.ts';

const dotted = /^\d{1,3}(\.\d{1,3}){3}$/;

/** An IPv4 address in its four-part form or an IPv6 address, without a prefix length. */
export const ipAddress = z.string().superRefine((value, context) => {
  if (isAddress(value)) return;
  raise(context, {
    code: 'not-an-address',
    message: 'invalid IP address',
    shown: `"${value}" is not a valid IP address`,
    expected: 'an address such as 192.0.2.10 or 2001:db8::10',
    ...(value.includes('/')
      ? { remedy: 'remove the prefix length: the field takes one address, not a range' }
      : {}),
  });
});

/** An address range in CIDR notation without host bits, as NetworkPolicy and Service ranges require it. */
export const cidr = z.string().superRefine((value, context) => {
  const [address = '', length, ...more] = value.split('/');
  const version = isAddress(address) ? ipaddr.parse(address).kind() : undefined;
  const bits = version === 'ipv6' ? 128 : 32;
  const prefix = length !== undefined && /^(0|[1-9]\d{0,2})$/.test(length) ? Number(length) : Number.NaN;
  if (version === undefined || more.length > 0 || !(prefix <= bits)) {
    raise(context, {
      code: 'not-a-range',
      message: 'invalid CIDR',
      shown: `"${value}" is not a valid CIDR`,
      expected: 'an address range in CIDR notation, such as 192.0.2.0/24',
      ...(version !== undefined && length === undefined ? { suggestion: `${value}/${bits}` } : {}),
    });
    return;
  }
  const network = networkOf(value);
  if (network === value) return;
  if (sameAddress(network, value)) {
    raise(context, {
      code: 'not-a-range',
      message: 'the CIDR is not in its canonical form',
      shown: `${value} is not in its canonical form`,
      expected: 'the form of RFC 5952: lower case, without leading zeros, such as 2001:db8::/32',
      suggestion: network,
    });
    return;
  }
  raise(context, {
    code: 'host-bits-set',
    message: 'the CIDR has host bits set',
    shown: `${value} has host bits set`,
    expected: 'the first address of the range, such as 192.0.2.0/24',
    suggestion: network,
  });
});

/** Whether a text is one IP address. */
export function isAddress(value: string): boolean {
  if (dotted.test(value)) return ipaddr.IPv4.isValidFourPartDecimal(value);
  // A zone ("%eth0") is valid on one machine only.
  return !value.includes('%') && ipaddr.IPv6.isValid(value);
}

function sameAddress(one: string, other: string): boolean {
  const [first] = ipaddr.parseCIDR(one);
  const [second] = ipaddr.parseCIDR(other);
  return first.toNormalizedString() === second.toNormalizedString();
}

/** The range with its host bits cleared, written canonically. `range` must be valid. */
function networkOf(range: string): string {
  const [address] = ipaddr.parseCIDR(range);
  const [network, length] =
    address.kind() === 'ipv4'
      ? [ipaddr.IPv4.networkAddressFromCIDR(range), range.split('/')[1]]
      : [ipaddr.IPv6.networkAddressFromCIDR(range), range.split('/')[1]];
  return `${network.toString()}/${length}`;
}

/** The family of a valid address or range. */
export function familyOf(value: string): 'ipv4' | 'ipv6' {
  return value.includes(':') ? 'ipv6' : 'ipv4';
}

/**
 * Ranges that no router of the internet forwards (RFC 6890 and its successors), but for those that are reserved for
 * documentation: they stand for addresses of the internet.
 */
export const notForwarded: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Teredo and 6to4 carry an IPv4 address, which may be a private one.
  '2001::/32',
  '2002::/16',
  // All but 2000::/3, from which the addresses of the internet are (RFC 4291, 2.4; the registry of IANA).
  '::/3',
  '4000::/2',
  '8000::/1',
];

/** Whether routers of the internet forward to a valid address. */
export function isForwarded(address: string): boolean {
  const range = `${address}/${familyOf(address) === 'ipv4' ? 32 : 128}`;
  return !notForwarded.some((other) => overlap(range, other));
}

/** Whether two ranges overlap. Ranges of different address families and invalid CIDRs never do. */
export function overlap(one: string, other: string): boolean {
  if (![one, other].every((range) => ipaddr.isValidCIDR(range))) return false;
  const [first, firstLength] = ipaddr.parseCIDR(one);
  const [second, secondLength] = ipaddr.parseCIDR(other);
  if (first.kind() !== second.kind()) return false;
  const length = Math.min(firstLength, secondLength);
  return first.kind() === 'ipv4'
    ? (first as ipaddr.IPv4).match(second as ipaddr.IPv4, length)
    : (first as ipaddr.IPv6).match(second as ipaddr.IPv6, length);
}

/** Whether the first range is a proper superset of the second. False for different address families and invalid CIDRs. */
export function contains(outer: string, inner: string): boolean {
  if (!overlap(outer, inner)) return false;
  return ipaddr.parseCIDR(outer)[1] < ipaddr.parseCIDR(inner)[1];
}

/** The address at an offset in a valid IPv4 or IPv6 range: `10.43.0.0/16`, 10 → `10.43.0.10`. */
export function addressIn(range: string, offset: number): string {
  const bytes = ipaddr.parse(range.split('/')[0] ?? range).toByteArray();
  let carry = offset;
  for (let index = bytes.length - 1; index >= 0 && carry > 0; index--) {
    const sum = (bytes[index] ?? 0) + carry;
    bytes[index] = sum % 256;
    carry = Math.floor(sum / 256);
  }
  return ipaddr.fromByteArray(bytes).toString();
}
