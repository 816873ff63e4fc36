import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { gitOutput } from '../../system/git.ts';

/** The branch that Flux follows by default. */
const branch = 'main';

/**
 * Makes a directory a Git repository, with a remote where its URL is known. Nothing is committed and nothing is pushed.
 */
export async function makeGitRepository(
  directory: string,
  url: string | undefined,
): Promise<Outcome<undefined>> {
  const steps = [
    ['init', '--quiet', `--initial-branch=${branch}`],
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
