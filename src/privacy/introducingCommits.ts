import { type Git, gitOutput } from '../system/git.ts';

/** With more blobs, the lookup would take longer than the scan, and the history must be rewritten anyway. */
const maximumBlobs = 200;

/**
 * The oldest commit that introduced each blob at its path, for blobs with findings. Walks the history of these paths once,
 * which takes a third of a walk over all of it.
 *
 * @param blobs - paths by blob
 * @returns commits by blob; empty when there are too many blobs
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
    // Also commits that a merge dropped.
    '--full-history',
  ];
  const { stdout } = await gitOutput(git, ['log', '--all', ...shape, ...finds, '--', ...paths]);
  let commit = '';
  for (const line of stdout.toString('latin1').split('\n')) {
    if (line.startsWith('commit ')) commit = line.slice('commit '.length);
    const blob = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) /.exec(line)?.[1] ?? '';
    // Newest first: the last one is the oldest.
    if (blobs.has(blob)) commits.set(blob, commit);
  }
  return commits;
}
