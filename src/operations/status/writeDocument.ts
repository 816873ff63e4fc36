import { catalogue, clusterSchema } from '../../components/catalogue.ts';
import { fieldsOf, isPrivateField } from '../../config/fields.ts';
import { redactor } from '../../private-values/redact.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { readWithin } from '../../repository/readWithin.ts';
import { replaceFiles } from '../../repository/replaceFile.ts';
import { cleaned } from './cleaned.ts';
import { isAsWritten, remainingWork } from './document/document.ts';
import { documentFile } from './documentFile.ts';
import { fieldSteps } from './missingValues.ts';
import type { Status } from './status.ts';

/** The document after a run. */
export interface WrittenDocument {
  file: string;
  version: string;
  changed: boolean;
}

/** How the document is written. */
export interface DocumentOptions {
  /** The time of the run, whose day the document has. */
  now: Date;
  /** Makes a text of one line that nothing acts on. */
  printable: (text: string) => string;
  /** Replaces what was changed by hand outside of the notes and the log. */
  replace: boolean;
}

/**
 * Brings `docs/remaining-work.md` to the status. It is the user's file: `configure` neither lists nor removes it. Nothing is
 * written where nothing changed, and nothing over a text that a user changed outside of the notes and the log.
 */
export async function writeDocument(
  directory: string,
  status: Status,
  { now, printable, replace }: DocumentOptions,
): Promise<Outcome<WrittenDocument>> {
  const read = await readWithin(directory, documentFile);
  if (!read.ok) return read;
  const before = read.value;
  const text = before?.toString('utf8');
  if (text !== undefined && !isAsWritten(text) && !replace) return err(editedByHand);
  const redact = redactor(status.hidden);
  const { components, left } = cleaned(status, (each) => printable(redact(each)));
  const fields = fieldsOf(clusterSchema);
  const made = remainingWork(
    {
      catalogue,
      components,
      left,
      plan: status.plan,
      isPrivate: (field) => isPrivateField(fields, fieldSteps(field)),
    },
    text,
    now.toISOString().slice(0, 10),
  );
  const { version, changed } = made;
  if (!changed) return ok({ file: documentFile, version, changed });
  const written = await replaceFiles(directory, [{ path: documentFile, content: made.text, before }]);
  return written.ok ? ok({ file: documentFile, version, changed }) : written;
}

const editedByHand: Problem = {
  code: 'edited-by-hand',
  file: documentFile,
  message: 'the document was changed by hand outside of your notes, or Gatehouse did not write it',
  expected: 'your text between the two lines "your notes: begin" and "your notes: end"',
  remedy:
    'move your text there and run the command again with --accept theirs, which keeps the notes and the rows of the log, and writes everything else anew',
};
