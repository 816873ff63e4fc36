import { createHmac, randomBytes } from 'node:crypto';
import type { RuleId } from './rules/rule.ts';

/** Hashes of found values. A plain hash of a host name can be guessed; a keyed hash cannot. */
export interface Fingerprint {
  /** 64 hexadecimal digits; equal for the same rule and value under the same key. */
  of(rule: RuleId, value: string): string;
  /** Whether the key lasts longer than the run, so that hashes can be stored. */
  lasts: boolean;
}

/** @param key - the repository's own key; without one the hashes can be compared within the run only */
export function fingerprintWith(key?: Uint8Array): Fingerprint {
  const secret = key ?? randomBytes(32);
  return {
    lasts: key !== undefined,
    of: (rule, value) => createHmac('sha256', secret).update(rule).update('\0').update(value).digest('hex'),
  };
}
