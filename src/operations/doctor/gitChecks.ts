import type { Check } from '../../live/check.ts';
import { shellWord } from '../../system/shellWord.ts';
import type { Clone, ClonedRepository } from '../reconcile/pushed.ts';
import { broken, counted, kept, notChecked, unlessWrong } from './answers.ts';

/** What must hold of the clone before Flux can fetch what was written. */
export function gitChecks(clone: Clone, { url, branch }: { url: string; branch: string }): Check[] {
  const inRepository =
    (ask: (repository: ClonedRepository) => ReturnType<typeof kept>): Check['ask'] =>
    async () =>
      clone.kind === 'repository' ? ask(clone) : notChecked('There is no repository with a commit');
  return [
    {
      id: 'git-repository',
      promise: 'This directory is a Git repository with a commit',
      remedy: 'git init && git add -A && git commit -m "What Gatehouse wrote"',
      ask: async () => {
        switch (clone.kind) {
          case 'no-git':
            return notChecked('Git is not on the PATH', 'Install git');
          case 'no-repository':
            return broken(['This directory is in no Git repository']);
          case 'no-commit':
            return broken(['Nothing is committed'], 'git add -A && git commit -m "What Gatehouse wrote"');
          default:
            return kept(`HEAD is ${clone.head.slice(0, 7)}${clone.branch ? ` of ${clone.branch}` : ''}`);
        }
      },
    },
    {
      id: 'git-remote',
      promise: 'A remote leads to the repository that Flux fetches',
      field: 'repository.url',
      remedy: `git remote add origin ${shellWord(url)}`,
      ask: inRepository(({ remotes }) => {
        const found = remotes.filter(({ isFollowed }) => isFollowed);
        if (found.length > 0) return kept(...found.map((each) => `${each.name} is ${each.url}`));
        if (remotes.length === 0) return broken(['The repository has no remote']);
        return broken(
          remotes.map((each) => `${each.name} is ${each.url}, and cluster.yaml says ${url}`),
          `Correct repository.url in cluster.yaml, or: git remote set-url ${shellWord(remotes[0]?.name ?? 'origin')} ${shellWord(url)}`,
        );
      }),
    },
    {
      id: 'git-committed',
      promise: 'Everything of this directory is committed',
      remedy: 'git add -A && gatehouse scan --staged && git commit',
      ask: inRepository(({ uncommitted }) =>
        unlessWrong(
          uncommitted === 0
            ? []
            : [
                `${counted(uncommitted, 'file')} of this directory ${uncommitted === 1 ? 'is' : 'are'} not committed, so that Flux does not get ${uncommitted === 1 ? 'it' : 'them'}`,
              ],
          ['Nothing is left to commit'],
        ),
      ),
    },
    {
      id: 'git-pushed',
      promise: 'The branch that Flux follows has what is committed',
      field: 'repository.branch',
      remedy: `git push origin HEAD:${branch}`,
      ask: inRepository(({ followed, ahead, behind, head }) => {
        const remote = followed?.name ?? 'origin';
        const push = `git push ${shellWord(remote)} HEAD:${branch}`;
        if (followed?.commit === undefined)
          return broken([`No remote has the branch ${branch}, as far as this clone knows`], push);
        const place = `${remote}/${branch}`;
        if (ahead > 0)
          return broken(
            [`HEAD (${head.slice(0, 7)}) is not pushed: ${place} lacks ${counted(ahead, 'commit')} of it`],
            behind > 0 ? `git pull --rebase ${shellWord(remote)} ${branch} && ${push}` : push,
          );
        const more = behind === 0 ? '' : `, with ${counted(behind, 'commit')} that HEAD does not have`;
        return kept(`${place} is at ${followed.commit.slice(0, 7)}, as it was pushed or fetched last${more}`);
      }),
    },
  ];
}
