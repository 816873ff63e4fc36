import type { Unknown } from '../manifests/sourcedObject.ts';
import type { Proof } from './invariants/registry.ts';
import type { Entry } from './model/analysis.ts';

/** The result of an analysis: the access map, and whether each invariant holds. */
export interface Analysis {
  entries: readonly Entry[];
  proofs: readonly Proof[];
  /** The assumptions of the verdicts, which Git does not show. */
  assumptions: readonly string[];
  unknowns: readonly Unknown[];
}
