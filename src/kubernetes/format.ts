import { isIPv4, isIPv6 } from 'node:net';
import { parseQuantity } from './quantity.ts';
import type { Format } from './schema.ts';

/** The rule of a format. As in JSON Schema, it accepts values of other types. */
export interface FormatRule {
  holds: (value: string | number) => boolean;
  expected: string;
}

function ofText(holds: (value: string) => boolean, expected: string): FormatRule {
  return { holds: (value) => typeof value !== 'string' || holds(value), expected };
}

function ofNumber(smallest: number, largest: number, expected: string): FormatRule {
  return { holds: (value) => typeof value !== 'number' || (value >= smallest && value <= largest), expected };
}

/** RFC 3339, section 5.6. */
const dateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
/** RFC 4648, section 4, with padding. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const formatRules: Record<Format, FormatRule> = {
  int32: ofNumber(-(2 ** 31), 2 ** 31 - 1, 'a 32-bit integer'),
  int64: ofNumber(-(2 ** 63), 2 ** 63 - 1, 'a 64-bit integer'),
  // Go skips line breaks.
  byte: ofText((value) => base64.test(value.replaceAll(/[\r\n]/g, '')), 'base64'),
  'date-time': ofText((value) => dateTime.test(value), 'an RFC 3339 time, such as 2026-01-31T12:00:00Z'),
  cidr: ofText(isRange, 'an address range in CIDR notation, such as 192.0.2.0/24'),
  ipv4: ofText(isIPv4, 'an IPv4 address, such as 192.0.2.10'),
  ipv6: ofText(isIPv6, 'an IPv6 address, such as 2001:db8::10'),
  quantity: {
    holds: (value) => parseQuantity(value) !== undefined,
    expected: 'a quantity, such as 100m or 2Gi',
  },
};

/** Allows host bits, as `net.ParseCIDR` of Go does. */
function isRange(value: string): boolean {
  const [address = '', bits = '', ...others] = value.split('/');
  if (others.length > 0 || !/^(?:0|[1-9]\d*)$/.test(bits)) return false;
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}
