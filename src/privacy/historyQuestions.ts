import { PassThrough, type Writable } from 'node:stream';
import { ended, type Git, gitOutput, startGit } from './git.ts';

/**
 * Starts Git, so that it walks the history already, and sends its answer on as questions for another when asked to.
 * The answer waits in a stream of its own: Node drops what nobody reads when a child ends.
 */
function later(git: Git, args: readonly string[]): (to: Writable) => Promise<number> {
  const child = startGit(git, args);
  const end = ended(child);
  child.stdin.on('error', () => undefined);
  child.stdin.end();
  child.stderr.resume();
  const answer = child.stdout.pipe(new PassThrough());
  return async (to) => {
    const stop = () => {
      child.kill();
      answer.destroy();
    };
    const closed = new Promise<void>((resolve) => answer.once('close', resolve));
    to.once('close', stop);
    if (to.destroyed) stop();
    answer.pipe(to, { end: false });
    const [code] = await Promise.all([end, closed]);
    to.off('close', stop);
    return code;
  };
}

/**
 * Writes the question for every object of the history to `git cat-file`: annotated tags (with their names), commits
 * (bare), then each blob once (with the path that it had first). What a partial clone does not have is asked for as
 * well, with a question mark before it, and answered as missing; nothing is fetched.
 *
 * @returns the exit codes of what was asked
 */
export async function askForHistory(git: Git, to: Writable): Promise<number[]> {
  to.on('error', () => undefined);
  const blobFilter = ['--filter=object:type=blob', '--filter-provided-objects'];
  const sendBlobs = later(git, ['rev-list', '--objects', '--missing=print', ...blobFilter, '--all']);
  const sendCommits = later(git, ['rev-list', '--all']);
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
  const commits = await sendCommits(to);
  const blobs = await sendBlobs(to);
  to.end();
  return [tags.code, commits, blobs];
}
