import { createHash } from 'node:crypto';
import { isFields, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

/**
 * The suffix that kustomize gives the name of a generated ConfigMap or Secret: ten characters of the SHA-256 of its
 * content, with digits and letters replaced that may make words.
 *
 * @returns nothing for content that is not all text
 */
export function hashOf(object: KubernetesObject): string | undefined {
  const { kind } = object;
  const data = textsOf(object['data']);
  const more = kind === 'Secret' ? 'stringData' : 'binaryData';
  const others = object[more] === undefined ? undefined : textsOf(object[more]);
  if (data === undefined || (others === undefined && object[more] !== undefined)) return undefined;
  if (kind !== 'Secret' && kind !== 'ConfigMap') return undefined;
  const fields: [string, string][] = [
    ['data', typeof data === 'string' ? goText(data) : goMap(data)],
    ['kind', goText(kind)],
    // kustomize looks for the name under a key that is not there, so that no name counts.
    ['name', goText('')],
    ...(others === undefined || others === '' ? [] : [[more, goMap(others)] satisfies [string, string]]),
    ...(kind === 'Secret' ? [['type', goText(textAt(object, 'type') ?? '')] satisfies [string, string]] : []),
  ];
  const content = fields
    .toSorted(([a], [b]) => byBytes(a, b))
    .map(([key, text]) => `${goText(key)}:${text}`)
    .join(',');
  const digest = createHash('sha256').update(`{${content}}`).digest('hex').slice(0, 10);
  return digest.replace(/[013ae]/g, (character) => replacements[character] ?? character);
}

const replacements: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };

/** The texts of a map; an empty text where there is no map. */
function textsOf(value: unknown): Readonly<Record<string, string>> | '' | undefined {
  if (value === undefined) return '';
  if (!isFields(value)) return undefined;
  const entries = Object.entries(value);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return undefined;
  return Object.fromEntries(entries);
}

/** A map as Go writes it in JSON: keys in the order of their bytes. */
function goMap(texts: Readonly<Record<string, string>>): string {
  const entries = Object.entries(texts).toSorted(([a], [b]) => byBytes(a, b));
  return `{${entries.map(([key, text]) => `${goText(key)}:${goText(text)}`).join(',')}}`;
}

/** A text as Go writes it in JSON: what HTML could misread is escaped. */
function goText(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
