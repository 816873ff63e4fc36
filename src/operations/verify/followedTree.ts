import { loadRepository } from '../../manifests/loadRepository.ts';
import type { Repository } from '../../manifests/repository.ts';
import { readGitTree } from '../../manifests/sources/commit.ts';
import { readTreeFiles } from '../../manifests/sources/treeFiles.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { followedByFlux } from '../../repository/git.ts';
import type { Environment } from '../../system/environment.ts';
import { gitOutput } from '../../system/git.ts';
import { withinBudget } from '../withinBudget.ts';

/** The tree that the cluster should run. */
export interface FollowedTree {
  repository: Repository;
  /** The commit, as its whole hash; undefined for a directory without Git. */
  commit: string | undefined;
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
  const { branch } = configuration.loaded.cluster.repository;
  const { references } = await followedByFlux(directory, branch);
  const [reference] = references ?? [];
  if (references !== undefined && reference === undefined) return err(nothingCommitted(branch));
  const files =
    reference === undefined
      ? ok(await readTreeFiles(directory, { own: true }))
      : await readGitTree(directory, reference);
  if (!files.ok) return files;
  const values = configuration.loaded.private;
  const loaded = await withinBudget(async () =>
    ok(await loadRepository(files.value, { values, environment })),
  );
  if (!loaded.ok) return loaded;
  const commit = reference === undefined ? undefined : await hashOf(directory, reference);
  return ok({ repository: loaded.value, commit, notes: await notesOn(directory, reference, commit) });
}

async function hashOf(directory: string, reference: string): Promise<string | undefined> {
  const { code, stdout } = await gitOutput({ directory }, ['rev-parse', '--verify', `${reference}^{commit}`]);
  return code === 0 ? stdout.toString('utf8').trim() : undefined;
}

async function notesOn(
  directory: string,
  reference: string | undefined,
  commit: string | undefined,
): Promise<readonly string[]> {
  if (reference === undefined)
    return ['There is no Git repository: the files of the directory are taken for what Flux applies'];
  const head = await hashOf(directory, 'HEAD');
  const { stdout } = await gitOutput({ directory }, ['status', '--porcelain', '--untracked-files=no']);
  return [
    ...(reference === 'HEAD'
      ? ['Nothing was pushed yet, as far as this clone knows: HEAD is taken for what Flux applies']
      : []),
    ...(head !== undefined && head !== commit
      ? [`HEAD is not what was pushed: ${reference} is asked about, which is ${commit ?? 'unknown'}`]
      : []),
    ...(stdout.length > 0 ? ['Changes that are not committed are not asked about'] : []),
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
