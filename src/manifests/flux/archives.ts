/**
 * Whether a path is in a hidden directory, or in one that is called an archive. What nothing includes there is not
 * applied by hand either.
 */
export function isArchived(path: string): boolean {
  return isInDirectory(path, archive);
}

/** Whether a path is in a directory of which the name says that it is no root of what is applied. */
export function isSetAside(path: string): boolean {
  return isInDirectory(path, setAside);
}

function isInDirectory(path: string, name: RegExp): boolean {
  return path
    .split('/')
    .slice(0, -1)
    .some((part) => name.test(part));
}

const archive = /^(?:\..+|[._-]*(?:archived?s?|attic|graveyard|trash)[._-]*)$/i;
const setAside =
  /^(?:\..+|[._-]*(?:archived?s?|attic|deprecated|disabled|examples?|graveyard|inactive|legacy|obsolete|old|retired|samples?|templates?|trash|unused|wip)[._-]*)$/i;
