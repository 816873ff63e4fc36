import { err, type Outcome, ok } from '../problems/outcome.ts';
import { readRegularFile, whyUnread } from '../system/regularFile.ts';
import { isSystemError } from './fileSystem.ts';
import { absolute, blocked, diskProblem, lookAt, openTree } from './tree.ts';

/**
 * Reads a file of a directory. No link is followed: links come with a repository, and may lead to what is none of its
 * business.
 *
 * @returns undefined where there is no such file
 */
export async function readWithin(directory: string, path: string): Promise<Outcome<Buffer | undefined>> {
  const opened = openTree(directory);
  if (!opened.ok) return opened;
  const tree = opened.value;
  try {
    const found = lookAt(tree, path);
    if (found.kind === 'absent') return ok(undefined);
    if (found.kind === 'obstacle') return err(found.problem);
    if (found.kind === 'directory') return err(blocked(path, 'The path is a directory, not a file'));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return err(diskProblem(tree, error, 'read-failed'));
  }
  try {
    return ok(await readRegularFile(absolute(tree, path)));
  } catch (error) {
    return err({
      code: 'read-failed',
      file: path,
      message: `The file could not be read (${whyUnread(error)})`,
      remedy: 'Move it out of the way, and run the command again',
    });
  }
}
