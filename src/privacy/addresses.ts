import ipaddr from 'ipaddr.js';

/** An address or a range. */
export interface Address {
  address: ipaddr.IPv4 | ipaddr.IPv6;
  /** The prefix length of a range. */
  prefix?: number;
}

/** Parses an address or a range. IPv4 addresses must have four decimal numbers. */
export function addressOf(text: string): Address | undefined {
  const [host = '', prefix, more] = text.split('/');
  if (more !== undefined || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return undefined;
  if (!/^[\d.]+$|^[\da-f.:]*:[\da-f.:]*$/i.test(host)) return undefined;
  const isAddress =
    ipaddr.IPv4.isValidFourPartDecimal(host) || (host.includes(':') && ipaddr.IPv6.isValid(host));
  if (!isAddress) return undefined;
  const address = ipaddr.parse(host);
  return prefix === undefined ? { address } : { address, prefix: Number(prefix) };
}

/** `5.1.168.192.in-addr.arpa`, and nibble by nibble for IPv6 (RFC 1035, section 3.5; RFC 3596, section 2.5). */
function reverseName(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  const bytes = address.toByteArray();
  if (address.kind() === 'ipv4') return `${bytes.toReversed().join('.')}.in-addr.arpa`;
  const nibbles = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${[...nibbles].toReversed().join('.')}.ip6.arpa`;
}

function fullSpelling(address: ipaddr.IPv6): string {
  return address.parts.map((part) => part.toString(16).padStart(4, '0')).join(':');
}

/**
 * The other notations of an address or a range: the reverse name of an address, and the compressed, plain and full
 * spellings of IPv6, without `written`.
 */
export function addressForms({ address, prefix }: Address, written: string): string[] {
  const tail = prefix === undefined ? '' : `/${prefix}`;
  const spellings =
    address.kind() === 'ipv6' && address instanceof ipaddr.IPv6
      ? [address.toRFC5952String(), address.toNormalizedString(), fullSpelling(address)]
      : [address.toString()];
  const forms = spellings.map((each) => each + tail);
  if (prefix === undefined) forms.push(reverseName(address));
  return [...new Set(forms)].filter((each) => each !== written.toLowerCase());
}
