import { readFileSync } from 'node:fs';
import type { AdmissionPair } from './corePairs.ts';

const file: {
  pairs: (AdmissionPair & { kind: string })[];
  without: string[];
} = JSON.parse(readFileSync(new URL('rulePairs.json', import.meta.url), 'utf8'));

/** A pair of objects for each rule of our definitions for which one was found by `generateRulePairs.ts`. */
export const rulePairs: readonly (AdmissionPair & { kind: string })[] = file.pairs;

/**
 * The other rules, each with its kind and which object is missing: no random object broke the rule and no other. Each is
 * compiled and type-checked all the same.
 */
export const rulesWithoutPair: readonly string[] = file.without;
