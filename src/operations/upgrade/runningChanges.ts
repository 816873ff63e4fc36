import { defined } from '../../kubernetes/defined.ts';
import type { Repository } from '../../manifests/repository.ts';
import { redactValues } from '../../private-values/redactValues.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Followed } from '../../repository/git.ts';
import { type ClusterChange, eachOnce } from './clusterChange.ts';
import { compareTrees } from './compareTrees.ts';
import { type RunningContext, type RunningTree, runningTrees } from './runningTree.ts';

/** What a running cluster gets of a change. */
export interface RunningChanges {
  /** The commits that Flux may apply now, as Git names them; a directory outside of Git has no name. */
  comparedWith: readonly (string | undefined)[];
  changes: readonly ClusterChange[];
  /** The trees of those commits that are not the one that will be there. */
  trees: readonly RunningTree[];
  /** What could not be compared. */
  unknown: readonly Problem[];
}

/**
 * Compares what Flux applies now with what it will apply. Git says what runs, so what was written and not pushed is a
 * change too.
 *
 * @returns undefined where nothing runs yet: nothing was committed, or no commit has an object
 */
export async function runningChanges(
  context: RunningContext & { repository: Repository },
  followed: Followed,
): Promise<RunningChanges | undefined> {
  const { compared, changed, unread } = await runningTrees(context, followed);
  if (compared.length + unread.length === 0) return undefined;
  const trees = changed.filter(({ repository }) => repository.objects.length + repository.outside.length > 0);
  if (trees.length === 0 && changed.length > 0) return undefined;
  const { repository, configuration } = context;
  const after = configuration.loaded.private;
  const found = trees.flatMap(({ repository: before, values }) => {
    const changes = compareTrees(before, repository);
    return redactValues(redactValues(changes, values), after);
  });
  return {
    comparedWith: compared,
    // Several remotes may be at different commits.
    changes: eachOnce(found),
    trees,
    unknown: [
      ...unread.map(notRead),
      ...trees.flatMap(({ unopened }) => unopened.map(notOpened)),
      ...notBuilt(trees, repository),
    ],
  };
}

function notRead(reference: string): Problem {
  return {
    code: 'cannot-compare',
    message: `Git cannot read ${reference}, so what runs now is not known`,
    expected: 'a commit that Git has',
    remedy: 'fetch it: git fetch',
  };
}

function notOpened(file: string): Problem {
  return {
    code: 'cannot-compare',
    file,
    message:
      'none of your keys opens what this file holds in Git, so what its change does to what runs is not known',
    expected: 'a key of one of the recipients that the file was encrypted for',
    remedy: 'set SOPS_AGE_KEY_FILE, or run this where the key is',
  };
}

/** Parts of a tree that cannot be built, so that their objects are not compared. */
function notBuilt(trees: readonly RunningTree[], after: Repository): Problem[] {
  const unseen = [...trees.flatMap(({ repository }) => repository.unseen), ...after.unseen];
  const bySentence = new Map(unseen.map((each) => [each.sentence, each]));
  return [...bySentence.values()].map(({ object, sentence, remedy }) =>
    defined({
      code: 'cannot-compare' as const,
      file: object?.file,
      message: `not everything is compared: ${sentence}`,
      remedy: remedy.replace(/^./, (first) => first.toLowerCase()),
    }),
  );
}
