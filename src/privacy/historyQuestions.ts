import type { Writable } from 'node:stream';
import { ended, type Git, gitOutput, startGit } from './git.ts';

/** Sends one answer of Git on as questions for another. */
async function pass(git: Git, args: readonly string[], to: Writable): Promise<number> {
  const child = startGit(git, args);
  const end = ended(child);
  const stop = () => child.kill();
  child.stdin.on('error', () => undefined);
  child.stdin.end();
  child.stderr.resume();
  to.once('close', stop);
  if (to.destroyed) stop();
  child.stdout.pipe(to, { end: false });
  const code = await end;
  to.off('close', stop);
  return code;
}

/**
 * Writes the question for every object of the history to `git cat-file`: annotated tags (with their names), commits
 * (bare), then each blob once (with the path that it had first).
 *
 * @returns the exit codes of what was asked
 */
export async function askForHistory(git: Git, to: Writable): Promise<number[]> {
  to.on('error', () => undefined);
  const tags = await gitOutput(git, [
    'for-each-ref',
    '--format=%(objecttype) %(objectname) %(refname:strip=2)',
    'refs/tags',
  ]);
  const annotated = tags.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('tag '));
  to.write(annotated.map((line) => `${line.slice('tag '.length)}\n`).join(''));
  const commits = await pass(git, ['rev-list', '--all'], to);
  const blobFilter = ['--filter=object:type=blob', '--filter-provided-objects'];
  const blobs = await pass(git, ['rev-list', '--objects', ...blobFilter, '--all'], to);
  to.end();
  return [tags.code, commits, blobs];
}
