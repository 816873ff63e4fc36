import * as z from 'zod';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import { malformedJournal } from './journalProblem.ts';
import { ignoreFile, isReserved, localManifestFile, manifestFile, pathError } from './path.ts';

const ownFiles: readonly string[] = [ignoreFile, localManifestFile, manifestFile];
const path = z
  .string()
  .refine((given) => pathError(given) === undefined && (!isReserved(given) || ownFiles.includes(given)));
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const staged = z.string().regex(/^\d{1,9}\.new$/);
const backup = z.string().regex(/^\d{1,9}\.old$/);

const stepSchema = z.discriminatedUnion('do', [
  /** Remove a file; its bytes, with the hash `before`, are kept in the staging directory under the name `backup`. */
  z.strictObject({ do: z.literal('remove'), path, before: hash, backup }),
  z.strictObject({ do: z.literal('remove-folder'), path, mode: z.int().min(0).max(0o777) }),
  z.strictObject({ do: z.literal('make-folder'), path }),
  /** Move the staged file there, in place of the file that `old` describes, if any. */
  z.strictObject({
    do: z.literal('put'),
    path,
    staged,
    after: hash,
    old: z.strictObject({ before: hash, backup }).optional(),
  }),
]);

/** One change of the tree. Repeating a step that is done, or undoing one that has not begun, changes nothing. */
export type Step = z.infer<typeof stepSchema>;

/** All steps of a write, in order. The write is committed once the journal is in the state directory. */
export interface Journal {
  steps: Step[];
}

export function formatJournal(journal: Journal): string {
  return `${JSON.stringify({ version: 1, ...journal })}\n`;
}

/**
 * Reads a journal. It may come from a third-party repository, so its paths are checked like those of a plan.
 *
 * @param file the path to name in a problem.
 */
export function readJournal(text: string, file: string): Outcome<Journal> {
  try {
    const journal = z
      .strictObject({ version: z.literal(1), steps: z.array(stepSchema) })
      .safeParse(JSON.parse(text));
    if (journal.success) return ok({ steps: journal.data.steps });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return err(malformedJournal(file, 'The journal of an interrupted run cannot be read', file));
}
