import { decodeText } from '../../config/text.ts';
import {
  newProblems,
  type OverlayDesk,
  openOverlay,
  problemsWith,
  type Saved,
  saveOverlay,
} from '../../private-values/editSession.ts';
import { encryptedOverlay, plainOverlay } from '../../private-values/privateValuesFile.ts';
import {
  memoryFolders,
  type PrivateFile,
  privateFile,
  withPrivateFile,
} from '../../private-values/temporaryFile.ts';
import { done, failed, type Outcome } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Surroundings } from '../../system/environment.ts';
import { runEditor } from './editor.ts';

/** What a person answers to problems of what they wrote. */
export type Answer = 'again' | 'save' | 'discard';

/**
 * Asks what becomes of a text with problems.
 *
 * @param worse - whether some of them were not there before
 */
export type AskAbout = (problems: readonly Problem[], worse: boolean) => Promise<Answer>;

const empty = `# The private values and the secrets of cluster.yaml, in the same structure. "gatehouse explain" tells the fields.
`;

/**
 * Lets a person edit the overlay. It is decrypted into memory where the machine has a file system there, checked
 * together with `cluster.yaml` when the editor ends, and encrypted again. Values that did not change keep their
 * ciphertext.
 */
export async function editOverlay(
  directory: string,
  surroundings: Surroundings,
  ask: AskAbout,
): Promise<Outcome<Saved>> {
  const opened = await openOverlay(directory, surroundings);
  if (!opened.ok) return opened;
  const desk = opened.value;
  const file = privateFile(plainOverlay, desk.text || empty, memoryFolders(surroundings));
  if (!file.ok) return file;
  return withPrivateFile(file.value, async (draft, stop) => {
    const edit = () => runEditor(draft.path, surroundings, stop);
    const text = await editUntilGood(desk, draft, edit, ask);
    if (!text.ok) return text;
    if (text.value === (desk.text || empty) && desk.overlay.source?.file !== plainOverlay)
      return done({ changed: false, tookOver: false });
    return saveOverlay(desk, text.value, surroundings.now());
  });
}

async function editUntilGood(
  desk: OverlayDesk,
  draft: PrivateFile,
  edit: () => Promise<Outcome<undefined>>,
  ask: AskAbout,
): Promise<Outcome<string>> {
  for (;;) {
    const edited = await edit();
    if (!edited.ok) return edited;
    const decoded = decodeText({ file: encryptedOverlay, bytes: draft.read() });
    const text = 'text' in decoded ? decoded.text : undefined;
    const problems = 'problem' in decoded ? [decoded.problem] : problemsWith(desk, decoded.text);
    if (text !== undefined && (problems.length === 0 || text === desk.text)) return done(text);
    const worse = text === undefined || newProblems(desk, text).length > 0;
    const answer = await ask(problems, worse);
    if (answer === 'discard') return failed(...problems);
    if (answer === 'save' && text !== undefined) return done(text);
  }
}
