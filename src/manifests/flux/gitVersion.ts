import { textAt } from '../../kubernetes/fields.ts';

/**
 * One text for what a GitRepository checks out: the same repository by HTTPS and by SSH has the same, another branch
 * has not. Without a reference it is the branch `master` (source-controller v1, `GitRepositoryRef`).
 *
 * @param reference `spec.ref` of a GitRepository
 */
export function gitVersion(url: string, reference: unknown): string {
  return `${repositoryOf(url)} ${referenceOf(reference)}`;
}

function repositoryOf(url: string): string {
  const [, host = '', path = ''] =
    /^(?:[a-z+]+:\/\/)?(?:[^/@]*@)?([^/:]+)(?::\d+(?=\/))?[/:]+(.*)$/i.exec(url.trim()) ?? [];
  if (host === '') return url;
  const name = host.toLowerCase().replace(/^ssh\.(?=github\.com$)/, '');
  return `${name}/${path.replace(/\/+$/, '').replace(/\.git$/, '')}`;
}

/** The later ones of `branch`, `tag`, `semver`, `name` and `commit` win. */
function referenceOf(reference: unknown): string {
  const commit = textAt(reference, 'commit');
  if (commit) return `commit ${commit}`;
  const name = textAt(reference, 'name');
  if (name) return name.replace(/^refs\/heads\//, 'branch ');
  const semver = textAt(reference, 'semver');
  if (semver) return `semver ${semver}`;
  const tag = textAt(reference, 'tag');
  if (tag) return `tag ${tag}`;
  return `branch ${textAt(reference, 'branch') || 'master'}`;
}
