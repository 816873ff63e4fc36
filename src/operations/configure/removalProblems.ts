import { removingDataFile as page } from '../../compile/documents/removingData.ts';
import type { Problem } from '../../problems/problem.ts';
import type { ClusterChange } from '../upgrade/clusterChange.ts';
import type { DataLoss } from './dataLoss.ts';
import { refusal } from './refusedWrites.ts';

/**
 * Why a change may not be written: what would be lost without the consent of the user, what Flux would prune although
 * the user consents, and consent to what is not removed.
 *
 * @param immutable changes that the API server refuses until the object is deleted
 * @param allowed names of losses and of such objects, as `--allow-removal` gives them
 */
export function removalProblems(
  losses: readonly DataLoss[],
  immutable: readonly ClusterChange[],
  allowed: readonly string[],
): Problem[] {
  const names = new Set([...losses, ...immutable].map(({ name }) => name));
  const replaced = immutable.filter(({ name }) => !allowed.includes(name));
  const unknown = [...new Set(allowed)].filter((name) => !names.has(name));
  const unprotected = losses.filter((loss) => loss.unprotected);
  const refused = losses.filter(({ name, how }) => how !== 'moved' && !allowed.includes(name));
  const listed = losses.filter((loss) => loss.unprotected || refused.includes(loss));
  return [
    ...unknown.map((name) => notRemoved(name, [...names])),
    ...(unprotected.length > 0 ? [notKeptYet] : []),
    ...(refused.length > 0 ? [notAllowed(refused)] : []),
    ...listed.map(problemOf),
    ...(replaced.length > 0 ? [notReplaceable(replaced)] : []),
    ...replaced.map(refusal),
  ];
}

const notKeptYet: Problem = {
  code: 'prune-not-disabled',
  message:
    'Flux would prune objects with data: the commit that it follows does not keep it from doing so, and it reads the annotation from the live objects',
  expected: 'a commit that adds the annotation, before the one that removes or moves the objects',
  remedy:
    'run "gatehouse configure", which writes the annotation alone; commit and push it; wait until "flux get kustomizations" shows that revision; then run "gatehouse configure" again',
};

function notAllowed(losses: readonly DataLoss[]): Problem {
  const names = [...new Set(losses.map(({ name }) => name))];
  return {
    code: 'removes-data',
    message: `this change takes data away from what runs: ${names.join(', ')}`,
    expected: 'a configuration that keeps what holds data, or your consent to each of them by its name',
    remedy: `undo the change in cluster.yaml or in the private values. Or move the data first, as ${page} says, and then run: gatehouse configure ${names.map((name) => `--allow-removal ${name}`).join(' ')}`,
  };
}

function notReplaceable(changes: readonly ClusterChange[]): Problem {
  const names = [...new Set(changes.map(({ name }) => name))];
  return {
    code: 'immutable-field',
    message: `this change sets fields that cannot change in what runs, and Flux would stand still: ${names.join(', ')}`,
    expected: 'a configuration that keeps these fields, or your consent to delete each object after the push',
    remedy: `undo the change in cluster.yaml. Or write it, push it, and delete the objects as is said below: gatehouse configure ${names.map((name) => `--allow-removal ${name}`).join(' ')}`,
  };
}

function problemOf({ name, file, how, sentence, unprotected }: DataLoss): Problem {
  return {
    code: unprotected ? 'prune-not-disabled' : 'removes-data',
    file,
    message: `${name}: ${sentence}`,
    ...(how === 'removed' && !unprotected
      ? { expected: 'Flux leaves it in the cluster, and nothing looks after it any more' }
      : {}),
  };
}

function notRemoved(name: string, names: readonly string[]): Problem {
  return {
    code: 'not-a-choice',
    message: `--allow-removal ${JSON.stringify(name)}: nothing of this name is removed`,
    expected: names.length === 0 ? 'no --allow-removal, since no data is removed' : names.join(', '),
  };
}
