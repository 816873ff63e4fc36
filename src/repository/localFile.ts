import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import { type FileSystem, isSystemError, nodeFileSystem } from './fileSystem.ts';
import { bestEffort } from './lock.ts';
import { localStateDirectory, stateDirectory } from './path.ts';
import { readWithin } from './readWithin.ts';
import { absolute, blocked, diskProblem, inspect, openTree, type Tree } from './tree.ts';

const ignoreAll = '*\n';

/**
 * Reads a file of the directory for what only this computer knows. No link is followed: links come with a repository.
 *
 * @param name the name of the file in {@link localStateDirectory}
 * @returns undefined where there is no such file
 */
export async function readLocalFile(directory: string, name: string): Promise<Outcome<string | undefined>> {
  const read = await readWithin(directory, `${localStateDirectory}/${name}`);
  return read.ok ? ok(read.value?.toString('utf8')) : read;
}

/**
 * Replaces a file of the directory for what only this computer knows, wholly or not at all. The directory tells Git to
 * ignore all of it, before the file is there. Only its owner can read the file.
 */
export async function writeLocalFile(
  directory: string,
  name: string,
  text: string,
  disk: FileSystem = nodeFileSystem,
): Promise<Outcome<undefined>> {
  const opened = openTree(directory, disk);
  if (!opened.ok) return opened;
  const tree = opened.value;
  try {
    for (const [path, mode] of [[stateDirectory], [localStateDirectory, 0o700]] as const) {
      const state = inspect(tree, path);
      if (state.kind === 'obstacle') return err(state.problem);
      if (state.kind === 'file') return err(blocked(path, 'The path is a file, not a directory'));
      if (state.kind === 'absent') disk.makeDirectory(absolute(tree, path), mode);
    }
    const ignoreFile = `${localStateDirectory}/.gitignore`;
    const ignored = inspect(tree, ignoreFile);
    if (ignored.kind !== 'file' || ignored.bytes.toString('utf8') !== ignoreAll)
      await replace(tree, ignoreFile, ignoreAll);
    await replace(tree, `${localStateDirectory}/${name}`, text);
    return ok(undefined);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return err(diskProblem(tree, error, 'write-failed'));
  }
}

/** Throws system errors. A link in the place of the file is replaced, not followed. */
async function replace(tree: Tree, path: string, text: string): Promise<void> {
  const { disk } = tree;
  const staged = absolute(tree, `${path}.${randomUUID()}.new`);
  try {
    disk.writeNew(staged, Buffer.from(text), 0o600);
    await disk.sync([staged]);
    disk.rename(staged, absolute(tree, path));
  } catch (error) {
    bestEffort(() => disk.unlink(staged));
    throw error;
  }
  await disk.sync([absolute(tree, posix.dirname(path))]);
}
