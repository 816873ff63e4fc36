import type { Problem } from '../../problems/problem.ts';
import type { Difference } from '../../repository/compare.ts';
import type { ClusterChange } from '../upgrade/clusterChange.ts';
import { ofRisk } from '../upgrade/clusterChange.ts';
import type { RunningChanges } from '../upgrade/runningChanges.ts';
import type { DataLoss } from './dataLoss.ts';
import type { FutureTree } from './futureTree.ts';
import { appliedByHand } from './writtenBefore.ts';

/** What a write is asked of. */
interface Written {
  running: RunningChanges | undefined;
  tree: Pick<FutureTree, 'written'>;
  difference: Pick<Difference, 'changes'>;
  losses: readonly DataLoss[];
}

/**
 * The changes of this write that the API server refuses, so that Flux would stand still. What was written before and is
 * not pushed yet is none of them, and neither is what the losses of data say already.
 */
export function refusedWrites({ running, tree, difference, losses }: Written): ClusterChange[] {
  const paths = new Set(difference.changes.map(({ path }) => path));
  const lost = new Set(losses.map(({ name }) => name));
  // The values are in one file, and change objects whose own files stay.
  const valuesChange = [...paths].some((path) => appliedByHand.test(path));
  return ofRisk(running?.changes ?? [], 'refused').filter(
    ({ name, object: { file } }) =>
      tree.written.has(file) && !lost.has(name) && (valuesChange || paths.has(file)),
  );
}

/** Says of objects of the user that the API server refuses their change: Gatehouse writes its own files all the same. */
export function refusedByUser(
  running: RunningChanges | undefined,
  { written }: Pick<FutureTree, 'written'>,
): Problem[] {
  return ofRisk(running?.changes ?? [], 'refused')
    .filter(({ object: { file } }) => !written.has(file))
    .map(refusal);
}

export function refusal({ name, object: { file }, sentence, remedy }: ClusterChange): Problem {
  return {
    code: 'immutable-field',
    file,
    message: `${name}: ${sentence}`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}
