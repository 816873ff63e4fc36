import type { PrivateValues } from '../../config/private.ts';
import type { Failure } from './failure.ts';
import type { Followed } from './follow.ts';
import type { Judged } from './judge.ts';
import type { Note } from './notes.ts';

export type { Failure } from './failure.ts';

/** What a user says. */
export interface ReconcileInputs {
  /** In milliseconds. */
  timeout: number;
  /** Lets releases that were tried often enough be tried again. */
  reset?: boolean;
  signal: AbortSignal;
  /** Called when something has changed, and from time to time while it waits. */
  onProgress: (progress: ReconcileProgress) => void;
}

/** What is seen while it waits. */
export interface ReconcileProgress {
  judged: readonly Judged[];
  /** Why the API server does not answer for now. */
  trouble: string | undefined;
  /** What a Kustomization waits for, by its key. */
  unready: ReadonlyMap<string, readonly string[]>;
  /** Private values, of which no text may hold one. */
  hidden: PrivateValues;
}

/** What came of a run. */
export interface Reconciled {
  ended: Followed['ended'];
  /** The revision that Flux has fetched. */
  revision: string | undefined;
  judged: readonly Judged[];
  notes: readonly Note[];
  /** The one that is to blame, where something has failed or was not done in time. */
  failure: Failure | undefined;
  hidden: PrivateValues;
}
