import { type Git, gitOutput } from '../system/git.ts';

/** Above this many, asking for each would take longer than the scan, and somebody has to rewrite the history anyway. */
const maximumBlobs = 200;

/**
 * The oldest commit that brought each blob to its path, for blobs in which something was found: one walk over the
 * history of these paths, which takes a third of one over all of it.
 *
 * @param blobs - paths by blob
 * @returns commits by blob; empty when there are too many to ask for
 */
export async function introducingCommits(
  git: Git,
  blobs: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const commits = new Map<string, string>();
  if (blobs.size === 0 || blobs.size > maximumBlobs) return commits;
  const finds = [...blobs.keys()].map((blob) => `--find-object=${blob}`);
  const paths = [...new Set(blobs.values())].map((path) => `:(top,literal)${path}`);
  const shape = [
    '--format=commit %H',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--diff-merges=first-parent',
    '--root',
    // Also what a merge threw away.
    '--full-history',
  ];
  const { stdout } = await gitOutput(git, ['log', '--all', ...shape, ...finds, '--', ...paths]);
  let commit = '';
  for (const line of stdout.toString('latin1').split('\n')) {
    if (line.startsWith('commit ')) commit = line.slice('commit '.length);
    const brought = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) /.exec(line)?.[1] ?? '';
    // Newest first: the last one that is seen is the oldest.
    if (blobs.has(brought)) commits.set(brought, commit);
  }
  return commits;
}
