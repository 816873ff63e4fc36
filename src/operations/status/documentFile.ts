/** The list of what is left, which `status --write` keeps. */
export const documentFile = 'docs/remaining-work.md';
