import { decodeText } from '../../config/text.ts';
import {
  type EditSession,
  newProblems,
  openEditSession,
  problemsWith,
  type Saved,
  savePrivateValues,
} from '../../private-values/editSession.ts';
import { encryptedPrivateFile, plainPrivateFile } from '../../private-values/privateValuesFile.ts';
import {
  memoryDirectories,
  type TemporaryFile,
  temporaryFile,
  wipeLeftovers,
  withTemporaryFile,
} from '../../private-values/temporaryFile.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Environment } from '../../system/environment.ts';
import { runEditor } from './editor.ts';

/** The decision of the user about a text with problems. */
export type Answer = 'again' | 'save' | 'discard';

/**
 * Asks what to do with a text that has problems.
 *
 * @param worse - whether some of the problems are new
 */
export type AskAbout = (problems: readonly Problem[], worse: boolean) => Promise<Answer>;

const empty = `# The private values and secrets of cluster.yaml, in the same structure. "gatehouse explain" explains the fields.
`;

/**
 * Lets the user edit the private values file. It is decrypted to a file system in memory if the machine has one,
 * checked together with `cluster.yaml` when the editor ends, and encrypted again. Unchanged values keep their
 * ciphertext.
 */
export async function editPrivateValues(
  directory: string,
  environment: Environment,
  ask: AskAbout,
): Promise<Outcome<Saved>> {
  const opened = await openEditSession(directory, environment);
  if (!opened.ok) return opened;
  const session = opened.value;
  const directories = memoryDirectories(environment);
  wipeLeftovers(directories);
  const file = temporaryFile(plainPrivateFile, session.text || empty, directories);
  if (!file.ok) return file;
  return withTemporaryFile(file.value, async (path, stop) => {
    const edit = () => runEditor(path.path, environment, stop);
    const text = await editUntilGood(session, path, edit, ask);
    if (!text.ok) return text;
    if (text.value === (session.text || empty) && session.privateFile.source?.file !== plainPrivateFile)
      return ok({ changed: false, tookOver: false });
    return savePrivateValues(session, text.value, environment.now());
  });
}

async function editUntilGood(
  session: EditSession,
  path: TemporaryFile,
  edit: () => Promise<Outcome<undefined>>,
  ask: AskAbout,
): Promise<Outcome<string>> {
  for (;;) {
    const edited = await edit();
    if (!edited.ok) return edited;
    const decoded = decodeText({ file: encryptedPrivateFile, bytes: path.read() });
    const text = 'text' in decoded ? decoded.text : undefined;
    const problems = 'problem' in decoded ? [decoded.problem] : problemsWith(session, decoded.text);
    if (text !== undefined && (problems.length === 0 || text === session.text)) return ok(text);
    const worse = text === undefined || newProblems(session, text).length > 0;
    const answer = await ask(problems, worse);
    if (answer === 'discard') return err(...problems);
    if (answer === 'save' && text !== undefined) return ok(text);
  }
}
