import type { BuildFinding } from './kustomize/build.ts';
import type { ObjectRef } from './sourcedObject.ts';

/** What of a tree was left out, is broken, or is not understood. */
export interface TreeFinding {
  /**
   * - `unlisted`: a manifest that no kustomization lists;
   * - `unreached`: a kustomization that nothing includes or applies;
   * - `not-enabled`: an optional Component that nothing lists, which is no mistake;
   * - `unapplied`: a Flux Kustomization that nothing applies, so that it may be applied by hand;
   * - the others: what goes wrong, or is not known, while objects are built.
   */
  kind: 'unlisted' | 'unreached' | 'not-enabled' | 'unapplied' | BuildFinding['kind'];
  file: string;
  /** What the finding is about, if it is not the file. */
  object?: ObjectRef;
  sentence: string;
}

/** Whether objects may be missing, or may be others, because of the finding. */
export function leavesOpen({ kind }: TreeFinding): boolean {
  return kind !== 'unlisted' && kind !== 'unreached' && kind !== 'not-enabled';
}
