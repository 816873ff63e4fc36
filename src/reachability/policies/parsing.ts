import { listAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { parseBlock, subtract } from '../model/addresses.ts';
import type { Peer } from './policy.ts';

/** Reads an address block with its exceptions: `cidr` and `except`. */
export function parseAddressBlock(block: unknown): Peer {
  const set = parseBlock(textAt(block, 'cidr') ?? '');
  if (set === undefined) return { kind: 'unknown' };
  let rest = set;
  for (const except of listAt(block, 'except')) {
    const hole = typeof except === 'string' ? parseBlock(except) : undefined;
    if (hole === undefined) return { kind: 'unknown' };
    rest = subtract(rest, hole);
  }
  return { kind: 'addresses', set: rest };
}

/** True for a value that exists and is not a list. A rule with one admits unknown peers, not everyone. */
export function isMalformedList(rule: unknown, key: string): boolean {
  const value = valueAt(rule, key);
  return value !== undefined && value !== null && !Array.isArray(value);
}
