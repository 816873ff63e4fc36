import type { KubernetesObject } from './object.ts';

/**
 * Writes objects as one YAML file with one document per object, separated by `---`, and a final line break. Keys keep
 * their order. See {@link toYamlText} for values.
 */
export function toYaml(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => toYamlText(object)).join('---\n');
}

/**
 * Writes a JSON value as one YAML document that readers of YAML 1.1 (kubectl, kustomize, Flux) and 1.2 read as the
 * same value. A string is plain only if no reader could take it for something else. Text with several lines is a
 * literal block if that keeps every byte.
 *
 * Fields that are `undefined` are left out, as in JSON. A lone surrogate becomes U+FFFD. The writer is our own because
 * a general one takes at least four times as long, which slows a cold start; tests compare it with `yaml` and kubectl.
 *
 * @throws TypeError for values that JSON does not have: functions, symbols, bigints, NaN and infinities.
 */
export function toYamlText(value: unknown): string {
  const text = node(value, '', 'root');
  return text.startsWith('\n') ? text.slice(1) : text.trimStart();
}

/** The place of a node determines where its first line begins. */
type Place = 'root' | 'field' | 'item';

/** The text after a `key:` or a `-`, including the leading space or line break. */
function node(value: unknown, indent: string, place: Place): string {
  if (Array.isArray(value)) return value.length === 0 ? ' []\n' : list(value, indent, place);
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return fields.length === 0 ? ' {}\n' : map(fields, indent, place);
  }
  if (typeof value === 'string' && place !== 'root' && isLossless(value)) return ` ${literal(value, indent)}`;
  return ` ${scalar(value)}\n`;
}

function map(fields: [string, unknown][], indent: string, place: Place): string {
  const text = fields.map(([key, value]) => {
    const name = string(key);
    if (name.length <= longestSimpleKey) return `${indent}${name}:${node(value, `${indent}  `, 'field')}`;
    return `${indent}? ${name}\n${indent}:${node(value, `${indent}  `, 'item')}`;
  });
  return opened(text.join(''), indent, place);
}

function list(values: unknown[], indent: string, place: Place): string {
  const text = values.map((value) => `${indent}-${node(value ?? null, `${indent}  `, 'item')}`);
  return opened(text.join(''), indent, place);
}

/** A collection starts in a new line after a key, and in the same line after a dash. */
function opened(text: string, indent: string, place: Place): string {
  return place === 'item' ? ` ${text.slice(indent.length)}` : `\n${text}`;
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return string(value);
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) {
    return JSON.stringify(value);
  }
  throw new TypeError(
    `YAML for Kubernetes has no ${typeof value === 'number' ? String(value) : typeof value}`,
  );
}

/** Readers refuse simple keys of more than 1024 characters, and some count escapes several times. */
const longestSimpleKey = 128;

/** Characters that cannot start, end or split a scalar. A colon only inside of a word; no `$`, because of Flux. */
const plain = /^[A-Za-z_/](?:[\w./@+=,()-]|:(?=[\w./@+=,()-])| (?=[\w./@+=,()-]))*$/;
/** Words with a meaning, and `e3`, which some readers of YAML 1.1 take for a number. */
const words = /^(?:y|n|yes|no|on|off|true|false|null|e[\d_]+)$/i;

function string(value: string): string {
  return plain.test(value) && !words.test(value) ? value : quoted(value);
}

/** Characters that JSON does not escape, but that Go refuses or takes for a line break. */
const needsEscape = /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A JSON string is a double-quoted scalar in both versions of YAML. */
function quoted(value: string): string {
  const byNumber = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(wellFormed(value)).replace(needsEscape, byNumber);
}

function wellFormed(value: string): string {
  return value.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Characters that a literal block cannot contain. Line breaks and tabs are allowed. */
const unprintable = /[\0-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff\p{Surrogate}]/u;

/** A first line with leading white space hides the indentation, and a blank last line would be lost. */
function isLossless(value: string): boolean {
  return value.includes('\n') && /^\S/.test(value) && !/\n[ \t]+\n*$/.test(value) && !unprintable.test(value);
}

function literal(value: string, indent: string): string {
  const breaks = value.length - value.replace(/\n+$/, '').length;
  const chomping = breaks === 0 ? '-' : breaks === 1 ? '' : '+';
  const lines = (breaks === 0 ? value : value.slice(0, -1)).split('\n');
  return `|${chomping}\n${lines.map((line) => (line === '' ? '\n' : `${indent}${line}\n`)).join('')}`;
}
