import {
  type Document,
  type DocumentOptions,
  isMap,
  isScalar,
  isSeq,
  type ParseOptions,
  Scalar,
  type ScalarTag,
  type SchemaOptions,
  type ToStringOptions,
} from 'yaml';
import { stringifyString } from 'yaml/util';
import { literalOf, type PlainValue, resolvePlain } from './value.ts';

// Invisible characters that YAML readers treat as line breaks or refuse.
const hazards = /[\x7f-\xa0\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;
const anyHazard = /[\0-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\uFEFF\uFFFE\uFFFF]/;

const textTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: (value) => typeof value === 'string',
  resolve: (text) => text,
  stringify(item, context, onComment, onChompKeep) {
    const value = String(item.value);
    if (anyHazard.test(value)) return quoted(value);
    return stringifyString({ ...item, value }, context, onComment, onChompKeep);
  },
};

/** Without a schema every scalar keeps its source text: `null` and `0777` stay as they are. */
export const readerOptions: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: 'failsafe',
  prettyErrors: false,
  logLevel: 'silent',
  uniqueKeys: true,
  strict: true,
  customTags: (tags) => [
    textTag,
    ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== textTag.tag),
  ],
};

const writerOptions: ToStringOptions = { indent: 2, lineWidth: 0, minContentWidth: 0 };

/** Writes a tree as YAML (two spaces) or JSON (tabs, as SOPS does). The same tree gives the same bytes. */
export function emit(tree: Document, format: 'yaml' | 'json'): string {
  if (format === 'yaml') return tree.toString(writerOptions);
  return `${jsonOf(tree.contents, '')}\n`;
}

function jsonOf(node: unknown, indent: string): string {
  const inner = `${indent}\t`;
  const block = (open: string, parts: string[], close: string) =>
    parts.length === 0 ? open + close : `${open}\n${parts.join(',\n')}\n${indent}${close}`;
  if (isMap(node))
    return block(
      '{',
      node.items.map(({ key, value }) => `${inner}${jsonOf(key, inner)}: ${jsonOf(value, inner)}`),
      '}',
    );
  if (isSeq(node))
    return block(
      '[',
      node.items.map((item) => inner + jsonOf(item, inner)),
      ']',
    );
  if (!isScalar(node)) return 'null';
  const text = String(node.value);
  if (node.type !== 'PLAIN') return quoted(text);
  const typed = resolvePlain(text, 'json');
  if (typed === 'null') return 'null';
  return typeof typed === 'object' && (typed.type === 'str' || typed.type === 'time') ? quoted(text) : text;
}

/** A string in double quotes, on one line, as both YAML and JSON read it. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    hazards,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A scalar that Kubernetes, go-yaml and SOPS read as the same value, in the most readable form that does. */
export function scalarOf(plain: PlainValue): Scalar<string> {
  const scalar = new Scalar(plain.type === 'str' ? plain.text : literalOf(plain));
  scalar.type = plain.type === 'str' ? styleOf(plain.text) : 'PLAIN';
  return scalar;
}

function styleOf(text: string): Scalar.Type {
  if (text.includes('\n')) return isTidy(text) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
  return isPlainText(text) ? 'PLAIN' : 'QUOTE_DOUBLE';
}

/** Whether a string needs no quotes: no reader takes it for a boolean, a number, null or a date. */
function isPlainText(text: string): boolean {
  return (
    /^[A-Za-z_/][\w ./@+=,;-]*$/.test(text) &&
    !text.endsWith(' ') &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text)
  );
}

// Editors easily remove trailing blanks, and a blank start or end, from a literal block.
function isTidy(text: string): boolean {
  return !/^\s|[ \t]\n|[ \t]$|\n\n$|\t|\r/.test(text) && !anyHazard.test(text.replaceAll('\n', ''));
}
