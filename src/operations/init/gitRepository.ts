import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { gitOutput } from '../../system/git.ts';
import { isInGit } from '../gitRoot.ts';

/** The branch that Flux follows by default. */
const branch = 'main';

/** What a directory lacks of a Git repository with a remote. */
export type LacksInGit = 'repository' | 'remote';

/** @param url the URL of the remote; a repository lacks none of which the URL is not known */
export async function lackingInGit(
  directory: string,
  url: string | undefined,
): Promise<LacksInGit | undefined> {
  if (!isInGit(directory)) return 'repository';
  if (url === undefined) return undefined;
  const { code, stdout } = await gitOutput({ directory }, ['remote']);
  return code === 0 && stdout.length === 0 ? 'remote' : undefined;
}

/**
 * Makes a directory a Git repository, with a remote where its URL is known, or adds the remote to the repository that it
 * is. Nothing is committed and nothing is pushed.
 */
export async function makeGitRepository(
  directory: string,
  url: string | undefined,
  lacks: LacksInGit,
): Promise<Outcome<undefined>> {
  const steps = [
    ...(lacks === 'repository' ? [['init', '--quiet', `--initial-branch=${branch}`]] : []),
    ...(url === undefined ? [] : [['remote', 'add', 'origin', url]]),
  ];
  for (const step of steps) {
    const { code } = await gitOutput({ directory }, step);
    if (code !== 0)
      return err({
        code: code === -1 ? 'git-not-found' : 'git-failed',
        file: directory,
        message: `"git ${step[0]}" failed; the configuration is written`,
        expected: 'Git 2.28 or later',
        remedy: `run in the directory: git ${step.join(' ')}`,
      });
  }
  return ok(undefined);
}
