import { isManifestPath } from '../../manifests/sources/treeFiles.ts';
import { readSource } from '../../private-values/readSource.ts';
import type { Problem } from '../../problems/problem.ts';
import { gitOutput, nulSeparated } from '../../system/git.ts';
import { type Acceptance, acceptancesPath, markedAdded } from './acceptances.ts';

/** The acceptances of a directory; none where it has no such file, and a problem where it cannot be read. */
export async function acceptancesIn(
  directory: string,
): Promise<{ entries: Acceptance[]; problems: Problem[] }> {
  const read = await readSource(directory, acceptancesPath);
  if (read === undefined) return { entries: [], problems: [] };
  if ('problem' in read) return { entries: [], problems: [read.problem] };
  const { readAcceptances } = await import('./readAcceptances.ts');
  return readAcceptances(Buffer.from(read.bytes).toString('utf8'));
}

/**
 * The acceptances of a directory, compared with a commit. One that the commit lacks would let a change accept what the
 * change itself breaks. So it counts only where the change is nothing but acceptances.
 *
 * @param base a commit that exists
 * @returns every acceptance, and those that count
 */
export async function acceptancesSince(
  directory: string,
  base: string,
): Promise<{ entries: Acceptance[]; counting: Acceptance[]; problems: Problem[] }> {
  const { entries, problems } = await acceptancesIn(directory);
  if (entries.length === 0) return { entries, counting: [], problems };
  const { readAcceptances } = await import('./readAcceptances.ts');
  const read = await gitOutput({ directory }, ['cat-file', 'blob', `${base}:./${acceptancesPath}`]);
  const before = read.code === 0 ? readAcceptances(read.stdout.toString('utf8')).entries : [];
  const marked = markedAdded(entries, before);
  const isAlone = marked.some(({ added }) => added) && (await changesNothingElse(directory, base));
  return { entries: marked, counting: isAlone ? marked : marked.filter(({ added }) => !added), problems };
}

/**
 * Whether the work tree differs from a commit by its acceptances only. Of what Git does not track, manifests count: a
 * report that was written there is no change.
 */
async function changesNothingElse(directory: string, base: string): Promise<boolean> {
  const prefix = await gitOutput({ directory }, ['rev-parse', '--show-prefix']);
  const changed = await gitOutput({ directory }, [
    ...[
      'diff',
      '--name-only',
      '-z',
      '--no-renames',
      '--no-ext-diff',
      '--no-textconv',
      '--ignore-submodules=none',
    ],
    ...['--no-relative', '--end-of-options', base, '--'],
  ]);
  const added = await gitOutput({ directory }, [
    'ls-files',
    ...['--others', '--exclude-standard', '--full-name', '-z', '--', ':/'],
  ]);
  if ([prefix, changed, added].some(({ code }) => code !== 0)) return false;
  const own = `${prefix.stdout.toString('utf8').replace(/\r?\n$/, '')}${acceptancesPath}`;
  const paths = [...nulSeparated(changed.stdout), ...nulSeparated(added.stdout).filter(isManifestPath)];
  return paths.every((path) => path === own);
}
