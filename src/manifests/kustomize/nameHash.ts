import { createHash } from 'node:crypto';
import { isFields, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

/**
 * The hash suffix in the name of a generated ConfigMap or Secret: ten characters of the SHA-256 of its content.
 * kustomize replaces some digits and letters so that no words appear.
 *
 * @returns undefined if not all of the content is text
 */
export function nameHashOf(object: KubernetesObject): string | undefined {
  const { kind } = object;
  const data = stringsOf(object['data']);
  const more = kind === 'Secret' ? 'stringData' : 'binaryData';
  const others = object[more] === undefined ? undefined : stringsOf(object[more]);
  if (data === undefined || (others === undefined && object[more] !== undefined)) return undefined;
  if (kind !== 'Secret' && kind !== 'ConfigMap') return undefined;
  const fields: [string, string][] = [
    ['data', typeof data === 'string' ? goString(data) : goMap(data)],
    ['kind', goString(kind)],
    // kustomize reads the name from a key that does not exist, so the name is always empty here.
    ['name', goString('')],
    ...(others === undefined || others === '' ? [] : [[more, goMap(others)] satisfies [string, string]]),
    ...(kind === 'Secret'
      ? [['type', goString(textAt(object, 'type') ?? '')] satisfies [string, string]]
      : []),
  ];
  const content = fields
    .toSorted(([a], [b]) => byBytes(a, b))
    .map(([key, text]) => `${goString(key)}:${text}`)
    .join(',');
  const digest = createHash('sha256').update(`{${content}}`).digest('hex').slice(0, 10);
  return digest.replace(/[013ae]/g, (character) => replacements[character] ?? character);
}

const replacements: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };

/** The strings of a map, or an empty string if there is no map. */
function stringsOf(value: unknown): Readonly<Record<string, string>> | '' | undefined {
  if (value === undefined) return '';
  if (!isFields(value)) return undefined;
  const entries = Object.entries(value);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return undefined;
  return Object.fromEntries(entries);
}

/** A map in Go's JSON: keys are sorted by bytes. */
function goMap(texts: Readonly<Record<string, string>>): string {
  const entries = Object.entries(texts).toSorted(([a], [b]) => byBytes(a, b));
  return `{${entries.map(([key, text]) => `${goString(key)}:${goString(text)}`).join(',')}}`;
}

/** A string in Go's JSON, which escapes the characters that are special in HTML. */
function goString(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
