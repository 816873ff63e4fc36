import { type Git, gitOutput } from './git.ts';

/** Above this many, asking for each would take longer than the scan, and somebody has to rewrite the history anyway. */
const mostAsked = 200;

/**
 * The oldest commit that brought each blob, for blobs in which something was found: one walk over the history for
 * all of them.
 *
 * @returns commits by blob; empty when there are too many to ask for
 */
export async function commitsThatBrought(git: Git, blobs: readonly string[]): Promise<Map<string, string>> {
  const commits = new Map<string, string>();
  if (blobs.length === 0 || blobs.length > mostAsked) return commits;
  const wanted = new Set(blobs);
  const finds = blobs.map((blob) => `--find-object=${blob}`);
  const shape = [
    '--format=commit %H',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--diff-merges=first-parent',
    '--root',
  ];
  const { stdout } = await gitOutput(git, ['log', '--all', ...shape, ...finds]);
  let commit = '';
  for (const line of stdout.toString('latin1').split('\n')) {
    if (line.startsWith('commit ')) commit = line.slice('commit '.length);
    const brought = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) /.exec(line)?.[1] ?? '';
    // Newest first: the last one that is seen is the oldest.
    if (wanted.has(brought)) commits.set(brought, commit);
  }
  return commits;
}
