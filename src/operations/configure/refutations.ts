import type { Proof } from '../../reachability/invariants/registry.ts';
import type { FileProof } from './fileProofs.ts';
import type { FutureTree } from './futureTree.ts';

export type AnyProof = Proof | FileProof;

/** Refuted proofs by whose files refute them. */
export interface Refutations {
  /**
   * Objects of Gatehouse refute these: as planned, or as a user's own files change them. Nothing is written then.
   */
  ours: readonly AnyProof[];
  /** Objects or kept files of the user refute these, which does not keep Gatehouse from writing its own. */
  users: readonly AnyProof[];
}

/** The tree with what a user's files change in it. */
export interface ChangedTree extends Pick<FutureTree, 'written'> {
  /** Namespaces in which a user's files change or remove objects of Gatehouse; empty text for objects without one. */
  changed: ReadonlySet<string>;
}

/**
 * Decides whose each refuted proof is. It is the user's where every object that refutes it is in a file that Gatehouse
 * does not write. Otherwise it is Gatehouse's if the planned files alone refute the same invariant, or if a user's files
 * change objects of Gatehouse in a namespace that it is about. It is the user's where the plan alone holds: a pod of the
 * user may refute a promise about an object of ours.
 *
 * @param planAlone the proofs of the planned files without any file of the user; asked for only where it decides
 */
export async function refutationsOf(
  proofs: readonly AnyProof[],
  { written, changed }: ChangedTree,
  planAlone: () => Promise<readonly AnyProof[]>,
): Promise<Refutations> {
  const refuted = proofs.filter(({ verdict }) => verdict === 'refuted');
  const isWritten = ({ object }: AnyProof['evidence'][number]): boolean => written.has(object.file);
  const concerned = refuted.filter(({ evidence }) => evidence.length === 0 || evidence.some(isWritten));
  if (concerned.length === 0) return { ours: [], users: refuted };
  const alone = await planAlone();
  // By invariant, not by claim: a claim may name objects of the user.
  const refutedAlone = new Set(
    alone.filter(({ verdict }) => verdict === 'refuted').map(({ invariant }) => invariant),
  );
  const isChanged = ({ evidence }: AnyProof): boolean =>
    evidence.some((each) => isWritten(each) && changed.has(each.object.namespace ?? ''));
  const ours = concerned.filter((proof) => refutedAlone.has(proof.invariant) || isChanged(proof));
  return { ours, users: refuted.filter((proof) => !ours.includes(proof)) };
}
