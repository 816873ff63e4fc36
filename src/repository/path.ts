/** The directory in which Gatehouse remembers what it wrote. */
export const stateDirectory = '.gatehouse';
/** Where new files stand until all of them are complete. */
export const stagingDirectory = `${stateDirectory}/staging`;
/** There while a write is under way, or after one was interrupted. */
export const journalFile = `${stateDirectory}/journal.json`;
/** The journal while it is written, before its rename decides the write. */
export const stagedJournal = `${stagingDirectory}/journal.json`;
/** The journal of a write that failed and is being taken back. */
export const undoFile = `${stateDirectory}/undo.json`;
/** One empty file for each run that writes, or wants to. */
export const lockDirectory = `${stateDirectory}/lock`;
/** What stands in the state directory and is for Git to keep, or to keep out. */
export const ignoreFile = `${stateDirectory}/.gitignore`;
/** What was written last into the committed tree. */
export const manifestFile = `${stateDirectory}/manifest.json`;
/**
 * What was written last into files that Git ignores. It is ignored too: the hash of a document in which only a
 * private name is unknown lets anybody try names until one fits.
 */
export const localManifestFile = `${stateDirectory}/local.json`;

const reserved = [
  stagingDirectory,
  journalFile,
  undoFile,
  lockDirectory,
  ignoreFile,
  manifestFile,
  localManifestFile,
].map(foldPath);

/**
 * Two paths with the same folded form are one file on the disks of macOS and Windows, which ignore case and
 * Unicode's composition.
 */
export function foldPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** The directories of a path, outermost first, without the tree's root. */
export function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * Says why a path may not be written, or nothing. A path is relative to the tree, with `/` between its parts, on
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
    if (foldPath(part) === '.git') return "lies in Git's own directory";
  }
  return undefined;
}

/** Whether a path is one that this room keeps for itself, or lies under one. */
export function isReserved(path: string): boolean {
  const folded = foldPath(path);
  return folded === stateDirectory || reserved.some((own) => folded === own || folded.startsWith(`${own}/`));
}
