import type { Problem } from '../problems/problem.ts';

/**
 * The problem of a journal that does not fit its tree. It is apart from the reader of journals, which a command that only
 * asks whether there is one need not load.
 *
 * @param journal the journal that the user deletes to keep the current tree.
 */
export function malformedJournal(file: string, message: string, journal: string): Problem {
  return {
    code: 'journal-damaged',
    file,
    message,
    expected: 'each file as it was before the interrupted run, or as that run wrote it',
    remedy: `Undo your own change of the file and run the command again. Or delete ${journal} to keep the directory as it is, and check it with git status`,
  };
}
