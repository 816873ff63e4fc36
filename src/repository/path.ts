/** The directory with the state of Gatehouse. */
export const stateDirectory = '.gatehouse';
/** Holds new files until all of them are complete. */
export const stagingDirectory = `${stateDirectory}/staging`;
/** Exists during a write, and after an interrupted one. */
export const journalFile = `${stateDirectory}/journal.json`;
/** The journal before its rename commits the write. */
export const stagedJournal = `${stagingDirectory}/journal.json`;
/** The journal of a failed write that is being rolled back. */
export const undoFile = `${stateDirectory}/undo.json`;
/** Holds one empty file for each run that writes or wants to write. */
export const lockDirectory = `${stateDirectory}/lock`;
/** Tells Git which files of the state directory to ignore. */
export const ignoreFile = `${stateDirectory}/.gitignore`;
/** The record of committed files that Gatehouse wrote last. */
export const manifestFile = `${stateDirectory}/manifest.json`;
/**
 * The record of ignored files that Gatehouse wrote last. Git ignores it too: with the hash of a document in which only a
 * private name is unknown, anybody could guess the name.
 */
export const localManifestFile = `${stateDirectory}/local.json`;
/** Holds what only this computer knows, such as the last run of `verify`. Git ignores all of it. */
export const localStateDirectory = `${stateDirectory}/local`;

const reserved = [
  stagingDirectory,
  journalFile,
  undoFile,
  lockDirectory,
  ignoreFile,
  manifestFile,
  localManifestFile,
  localStateDirectory,
].map(foldPath);

/**
 * Folds a path. Two paths with the same folded form are one file on macOS and Windows, which ignore case and Unicode
 * composition.
 */
export function foldPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** The parent directories of a path, outermost first, without the root of the tree. */
export function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * Returns why a path must not be written, or undefined. A path is relative to the tree and has `/` between its parts on
 * every system.
 */
export function pathError(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute';
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return 'holds a control character or a backslash';
  if (/\p{Surrogate}/u.test(path)) return 'is not well-formed Unicode';
  for (const part of path.split('/')) {
    if (part === '..') return 'leaves the directory';
    if (part === '' || part === '.') return 'has an empty part';
    if (foldPath(part) === '.git') return "is in Git's own directory";
  }
  return undefined;
}

/** Whether a path is reserved for the state of Gatehouse, or is below such a path. */
export function isReserved(path: string): boolean {
  const folded = foldPath(path);
  return folded === stateDirectory || reserved.some((own) => folded === own || folded.startsWith(`${own}/`));
}
