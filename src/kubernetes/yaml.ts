import type { KubernetesObject } from './object.ts';

/**
 * Writes objects as one YAML file, a document each, with `---` between them and a line break at the end.
 * Keys keep the order in which they are given. See {@link toYamlText} for what is promised of values.
 */
export function toYaml(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => toYamlText(object)).join('---\n');
}

/**
 * Writes a value of JSON as one YAML document that readers of YAML 1.1 (kubectl, kustomize, Flux) and of 1.2
 * read as the same value. A string is plain only where nobody could take it for something else; text of
 * several lines is a literal block where that keeps every byte.
 *
 * Fields that are `undefined` are left out, as in JSON. A lone surrogate, which is no text, becomes U+FFFD.
 * It writes the block subset itself because a library's general writer takes four times as long or more,
 * which a cold start feels; `yaml` and kubectl judge it in the tests.
 *
 * @throws TypeError for what JSON does not have: functions, symbols, bigints, NaN and infinities.
 */
export function toYamlText(value: unknown): string {
  const text = node(value, '', 'root');
  return text.startsWith('\n') ? text.slice(1) : text.trimStart();
}

/** Where a node stands decides where its first line may begin. */
type Place = 'root' | 'field' | 'item';

/** The text after a `key:` or a `-`, starting with the blank or line break that belongs there. */
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

/** Below a key a collection starts in a line of its own; after a dash it starts in the same line. */
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

/** Readers refuse a simple key of more than 1024 characters; escapes in other readers may count more. */
const longestSimpleKey = 128;

/** Letters and what cannot start, end or split a scalar; a colon only inside a word. No `$`, for Flux. */
const plain = /^[A-Za-z_/](?:[\w./@+=,()-]|:(?=[\w./@+=,()-])| (?=[\w./@+=,()-]))*$/;
/** Words that mean something, and `e3`, which some readers of YAML 1.1 take for a number without digits. */
const words = /^(?:y|n|yes|no|on|off|true|false|null|e[\d_]+)$/i;

function string(value: string): string {
  return plain.test(value) && !words.test(value) ? value : quoted(value);
}

/** What Go's reader refuses or takes for a line break although JSON leaves it as it is. */
const needsEscape = /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A string of JSON is a double-quoted scalar of YAML, of either version. */
function quoted(value: string): string {
  const byNumber = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(wellFormed(value)).replace(needsEscape, byNumber);
}

function wellFormed(value: string): string {
  return value.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** What a literal block cannot hold as it is. Line breaks and tabs it can. */
const unprintable = /[\0-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff\p{Surrogate}]/u;

/** A first line that begins with white space hides the indentation, a blank last line gets lost. */
function isLossless(value: string): boolean {
  return value.includes('\n') && /^\S/.test(value) && !/\n[ \t]+\n*$/.test(value) && !unprintable.test(value);
}

function literal(value: string, indent: string): string {
  const breaks = value.length - value.replace(/\n+$/, '').length;
  const chomping = breaks === 0 ? '-' : breaks === 1 ? '' : '+';
  const lines = (breaks === 0 ? value : value.slice(0, -1)).split('\n');
  return `|${chomping}\n${lines.map((line) => (line === '' ? '\n' : `${indent}${line}\n`)).join('')}`;
}
