import { textWithField } from '../config/formatText.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';

/**
 * The text of `cluster.yaml` with the UID of the cluster in `cluster.uid`. Comments, order, quotes and line ends stay.
 *
 * @param text valid YAML, such as `readDocument` accepts
 */
export function withClusterUid(text: string, uid: string): Outcome<string> {
  // In quotes, because digits with an e could be read as a number.
  const changed = textWithField(text, ['cluster'], 'uid', JSON.stringify(uid));
  if (changed !== undefined) return ok(changed);
  return err({
    code: 'missing-field',
    file: 'cluster.yaml',
    field: 'cluster',
    message: 'the file has no section "cluster", in which the UID belongs',
    expected: 'cluster: with the name of the cluster',
  });
}
