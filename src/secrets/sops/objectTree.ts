import { Document, Pair, Scalar, YAMLMap } from 'yaml';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { toYaml, toYamlText } from '../../kubernetes/yaml.ts';
import { type Outcome, ok } from '../../problems/outcome.ts';
import { parseDocument } from './document.ts';
import { readerOptions } from './emit.ts';
import type { ParsedDocument } from './parsedDocument.ts';

/**
 * The result of writing an object as YAML and reading it with {@link parseDocument}. Maps of one-line texts, as in most
 * Secrets, become nodes directly: writing and reading a hundred of them takes longer than encrypting them.
 */
export function parseObject(file: string, object: KubernetesObject): Outcome<ParsedDocument> {
  const root = /\.ya?ml$/i.test(file) ? mapOf(object) : undefined;
  if (root === undefined) return parseDocument(file, toYaml([object]));
  const tree = new Document(undefined, readerOptions) as unknown as Document.Parsed;
  tree.contents = root as never;
  return ok({ file, format: 'yaml', text: '', tree, root, at: () => ({ line: 1, column: 1 }) });
}

/** @returns undefined when the map needs the reader */
function mapOf(value: object): YAMLMap<Scalar<string>> | undefined {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  if (entries.length === 0 || Array.isArray(value)) return undefined;
  const map = new YAMLMap<Scalar<string>>();
  for (const [key, field] of entries) {
    const name = textOf(key);
    const node = typeof field === 'object' && field !== null ? mapOf(field) : textOf(field);
    if (name === undefined || node === undefined) return undefined;
    map.items.push(new Pair<Scalar<string>, unknown>(name, node));
  }
  return map;
}

function textOf(value: unknown): Scalar<string> | undefined {
  if (typeof value !== 'string' || value.length > 100_000 || !/^[\x20-\x7e]*$/.test(value)) return undefined;
  const scalar = new Scalar(value);
  scalar.type = toYamlText(value).startsWith('"') ? 'QUOTE_DOUBLE' : 'PLAIN';
  return scalar;
}
