import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { gitOutput, nulSeparated } from '../../system/git.ts';
import { decode, isManifestPath, type TreeFiles } from './treeFiles.ts';

/**
 * Reads the files of a commit below a directory, without a work tree. Files that are not text are left out.
 *
 * @param reference a branch, a tag or a commit, as Git names it
 */
export async function readGitTree(directory: string, reference: string): Promise<Outcome<TreeFiles>> {
  const git = { directory };
  const commit = await gitOutput(git, [
    ...['rev-parse', '--verify', '--quiet', '--end-of-options'],
    `${reference}^{commit}`,
  ]);
  if (commit.code === -1)
    return err({
      code: 'git-not-found',
      message: 'git could not be started',
      expected: 'git on the PATH',
    });
  const id = commit.stdout.toString('utf8').trim();
  if (commit.code !== 0 || !/^[0-9a-f]{40,64}$/.test(id))
    return err({
      code: 'reference-unknown',
      message: `Git knows no commit ${reference} here`,
      expected: 'a branch, a tag or a commit',
      remedy: 'fetch it first: a checkout in CI often has the last commit only',
    });
  const listed = await gitOutput(git, ['ls-tree', '-r', '-z', id]);
  const blobs = nulSeparated(listed.stdout).flatMap((entry) => {
    const [, mode, hash, path] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
    // 120000 is a symbolic link: its text is a path.
    return mode === undefined || mode === '120000' || hash === undefined || path === undefined
      ? []
      : [{ hash, path }];
  });
  const read = await gitOutput(git, ['cat-file', '--batch'], blobs.map(({ hash }) => `${hash}\n`).join(''));
  if (listed.code !== 0 || read.code !== 0)
    return err({ code: 'git-failed', message: `Git could not read ${reference}` });
  return ok(filesOf(blobs, read.stdout));
}

function filesOf(blobs: readonly { path: string }[], batch: Buffer): TreeFiles {
  const files: TreeFiles = { tree: new Map(), unread: [] };
  let at = 0;
  for (const { path } of blobs) {
    const end = batch.indexOf(10, at);
    const size = Number(batch.toString('latin1', at, end).split(' ')[2]);
    if (end < 0 || !Number.isInteger(size)) break;
    const text = decode(batch.subarray(end + 1, end + 1 + size));
    if (typeof text === 'string') files.tree.set(path, text);
    else if (isManifestPath(path)) files.unread.push({ file: path, sentence: text.sentence });
    at = end + 1 + size + 1;
  }
  return files;
}
