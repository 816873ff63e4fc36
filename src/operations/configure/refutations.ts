import type { Proof } from '../../reachability/invariants/registry.ts';
import type { FileProof } from './fileProofs.ts';
import type { FutureTree } from './futureTree.ts';

export type AnyProof = Proof | FileProof;

/** Refuted proofs by whose files refute them. */
export interface Refutations {
  /** Objects of Gatehouse's own files refute these, so that nothing is written. */
  ours: readonly AnyProof[];
  /** Objects or kept files of the user refute these, which does not keep Gatehouse from writing its own. */
  users: readonly AnyProof[];
}

/**
 * Decides whose each refuted proof is. It is the user's where every object that refutes it is in a file that Gatehouse
 * does not write. Where some are, or where the user keeps files of Gatehouse, it is the user's if the planned files
 * alone do not refute the same claim. Otherwise it is Gatehouse's.
 *
 * @param planAlone the proofs of the planned files without any file of the user; asked for only where it decides
 */
export async function refutationsOf(
  proofs: readonly AnyProof[],
  { written, kept }: Pick<FutureTree, 'written' | 'kept'>,
  planAlone: () => Promise<readonly AnyProof[]>,
): Promise<Refutations> {
  const refuted = proofs.filter(({ verdict }) => verdict === 'refuted');
  const isOurs = ({ object }: AnyProof['evidence'][number]): boolean => written.has(object.file);
  const concerned = refuted.filter(({ evidence }) => evidence.length === 0 || evidence.some(isOurs));
  if (concerned.length === 0) return { ours: [], users: refuted };
  const isCertain = ({ evidence }: AnyProof): boolean => kept.length === 0 && evidence.every(isOurs);
  const alone = concerned.every(isCertain) ? [] : await planAlone();
  const refutedAlone = new Set(alone.filter(({ verdict }) => verdict === 'refuted').map(keyOf));
  const ours = concerned.filter((proof) => isCertain(proof) || refutedAlone.has(keyOf(proof)));
  return { ours, users: refuted.filter((proof) => !ours.includes(proof)) };
}

function keyOf({ invariant, claim }: AnyProof): string {
  return `${invariant}\n${claim}`;
}
