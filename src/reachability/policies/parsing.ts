import { listAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import {
  type AddressSet,
  isEmpty,
  isSubset,
  noAddress,
  parseBlock,
  parseBlocks,
  subtract,
  union,
} from '../model/addresses.ts';
import type { Peer } from './policy.ts';

/** IPv4 addresses written as those of IPv6 (RFC 4291, section 2.5.5.2). */
const mapped = parseBlocks(['::ffff:0:0/96']).set;

/**
 * The addresses of a block. Undefined for IPv4 addresses that are written as those of IPv6, too: some enforcers read them
 * as IPv4, and newer API servers refuse them (Kubernetes KEP-4858), so that it is not known what they are.
 */
export function blockOf(text: string): AddressSet | undefined {
  const set = parseBlock(text);
  return set === undefined || isSubset(set, mapped) ? undefined : set;
}

/** Reads an address block with its exceptions: `cidr` and `except`. */
export function parseAddressBlock(block: unknown): Peer {
  const set = blockOf(textAt(block, 'cidr') ?? '');
  if (set === undefined) return { kind: 'unknown' };
  let except = noAddress;
  for (const written of listAt(block, 'except')) {
    const hole = typeof written === 'string' ? blockOf(written) : undefined;
    if (hole === undefined) return { kind: 'unknown' };
    except = union(except, hole);
  }
  return isEmpty(except)
    ? { kind: 'addresses', set }
    : { kind: 'addresses', set: subtract(set, except), except };
}

/** True for a value that exists and is not a list. A rule with one admits unknown peers, not everyone. */
export function isMalformedList(rule: unknown, key: string): boolean {
  const value = valueAt(rule, key);
  return value !== undefined && value !== null && !Array.isArray(value);
}
