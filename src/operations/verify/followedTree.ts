import { loadRepository } from '../../manifests/loadRepository.ts';
import type { Repository } from '../../manifests/repository.ts';
import { readGitTree } from '../../manifests/sources/commit.ts';
import { readTreeFiles } from '../../manifests/sources/treeFiles.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { textInGit } from '../../repository/git.ts';
import type { Environment } from '../../system/environment.ts';
import { type Acceptance, acceptancesPath } from '../check/acceptances.ts';
import { acceptancesIn } from '../check/acceptancesFile.ts';
import { readAcceptances } from '../check/readAcceptances.ts';
import { type Clone, readClone } from '../reconcile/pushed.ts';
import { withinBudget } from '../withinBudget.ts';

/** The tree that the cluster should run. */
export interface FollowedTree {
  repository: Repository;
  /** The commit, as its whole hash; undefined for a directory without Git. */
  commit: string | undefined;
  /** What the user accepts there. */
  acceptances: readonly Acceptance[];
  /** Why what is in the directory may be something else than what Flux applies. */
  notes: readonly string[];
}

/**
 * Loads what Flux follows: the branch as it was pushed or fetched last, and not what is in the directory. Private values are
 * filled in, in memory.
 */
export async function followedTree(
  directory: string,
  configuration: Configuration,
  environment: Environment,
): Promise<Outcome<FollowedTree>> {
  const { repository } = configuration.loaded.cluster;
  const clone = await readClone(directory, environment.env, repository);
  if (clone.kind === 'no-commit') return err(nothingCommitted(repository.branch));
  const pushed = clone.kind === 'repository' ? (clone.followed?.commit ?? clone.head) : undefined;
  const files =
    pushed === undefined
      ? ok(await readTreeFiles(directory, { own: true }))
      : await readGitTree(directory, pushed);
  if (!files.ok) return files;
  const values = configuration.loaded.private;
  const loaded = await withinBudget(async () =>
    ok(await loadRepository(files.value, { values, environment })),
  );
  if (!loaded.ok) return loaded;
  return ok({
    repository: loaded.value,
    commit: pushed,
    acceptances: await acceptancesOf(directory, pushed),
    notes: notesOn(clone, repository),
  });
}

/** A file that is only on this computer accepts nothing: what a user accepts is reviewed and pushed. */
async function acceptancesOf(directory: string, commit: string | undefined): Promise<readonly Acceptance[]> {
  if (commit === undefined) return (await acceptancesIn(directory)).entries;
  const text = await textInGit(directory, commit, acceptancesPath);
  return text === undefined ? [] : readAcceptances(text).entries;
}

function notesOn(clone: Clone, { url, branch }: { url: string; branch: string }): readonly string[] {
  if (clone.kind !== 'repository')
    return ['There is no Git repository: the files of the directory are taken for what Flux applies'];
  const { followed, head, uncommitted } = clone;
  const commit = followed?.commit;
  const place = `${followed?.name ?? ''}/${branch}`;
  return [
    ...(commit === undefined
      ? ['Nothing was pushed yet, as far as this clone knows: HEAD is taken for what Flux applies']
      : []),
    ...(commit !== undefined && followed?.isFollowed === false
      ? [`No remote of this clone leads to ${url}: ${place} is taken for what Flux applies`]
      : []),
    ...(commit !== undefined && head !== commit
      ? [`HEAD is not what was pushed: ${place} is asked about, which is ${commit}`]
      : []),
    ...(uncommitted > 0 ? ['Changes that are not committed are not asked about'] : []),
  ];
}

function nothingCommitted(branch: string) {
  return {
    code: 'nothing-to-judge' as const,
    message: 'nothing was committed yet, so nothing can run',
    expected: `a commit on the branch ${branch}, pushed to where Flux fetches it`,
    remedy: 'commit, push, and run "gatehouse reconcile"',
  };
}
