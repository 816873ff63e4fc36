import { fieldsAt } from './fields.ts';
import { readPlain } from './kubernetesTags.ts';
import { parseManifests } from './manifests.ts';

/**
 * The value that Flux makes of a text of an object in which something was filled in. Flux writes the object as YAML,
 * substitutes in that text and reads it again (fluxcd/pkg kustomize 1.24 `kustomize_varsub.go`; sigs.k8s.io/yaml writes
 * and reads), so that `0123` becomes a number, `yes` a boolean and `a: b` a map. The quotes of the file do not count:
 * kustomize has read them before.
 *
 * @param text the text with `${…}`
 * @param filled the text as it is after the substitution
 * @returns undefined if Flux refuses the result, or if it is not known
 */
export function readAgain(text: string, filled: string): { value: unknown } | undefined {
  if (text === filled) return { value: text };
  const [before, after] = [text.split('\n'), filled.split('\n')];
  // What a line break does depends on its place in the text.
  if (before.length !== after.length) return undefined;
  if (breaksOrFails(text) !== breaksOrFails(filled)) return undefined;
  if (isBlock(text)) return isSameBlock(before, after) ? { value: filled } : undefined;
  if (!isWrittenPlain(text)) return hasSameQuotes(text, filled) ? { value: filled } : undefined;
  if (isWrittenPlain(filled)) return { value: readPlain(filled) };
  if (startsNoToken.test(filled)) return undefined;
  const { documents, problems } = parseManifests(`value: ${filled}\n`);
  return problems.length > 0 ? undefined : { value: fieldsAt(documents[0], 'value')['value'] ?? null };
}

/** Whether YAML writes an expression otherwise than it is, inside of a text that it quotes. Go prefers single quotes. */
export function isWrittenOtherwise(expression: string, text: string): boolean {
  if (!isPrintable(text) && !isBlock(text)) return /["\\]|[^\x20-\x7e]/.test(expression);
  return !isBlock(text) && !isWrittenPlain(text) && expression.includes("'");
}

/** Characters with which no value of a block begins (libyaml `yaml_parser_fetch_next_token`). */
const startsNoToken = /^[,\]}%@`]/;

/** The number of characters that Go takes for a line break, or refuses: libyaml `is_break` and `update_buffer`. */
function breaksOrFails(text: string): number {
  return text.match(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/gu)?.length ?? 0;
}

function isBlock(text: string): boolean {
  return text.includes('\n') && isPrintable(text.replaceAll('\n', ''));
}

/** Whether nothing came in that ends a quoted scalar or is an escape in it. */
function hasSameQuotes(text: string, filled: string): boolean {
  const ends = isPrintable(text) ? /'/g : /["\\]/g;
  return text.match(ends)?.length === filled.match(ends)?.length;
}

/** Whether the lines are a block that begins and ends where it did: its first line sets the indentation. */
function isSameBlock(before: readonly string[], after: readonly string[]): boolean {
  const last = before.findLastIndex((line) => line !== '');
  return [0, last].every((at) => /^\s|^$/.test(before[at] ?? '') || /^\S/.test(after[at] ?? ''));
}

/** Whether Go writes a text without quotes. */
function isWrittenPlain(text: string): boolean {
  return (
    !/^[\s#,[\]{}&*!|>'"%@`]|^[-?:](?:\s|$)|\s$|: |:$| #/.test(text) &&
    !/^(?:---|\.\.\.)/.test(text) &&
    isPrintable(text)
  );
}

function isPrintable(text: string): boolean {
  return !/[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/.test(text);
}
