import { isMap, isScalar, isSeq, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ParsedDocument } from './parsedDocument.ts';
import type { Place } from './rule.ts';
import { type NoValue, type PlainValue, resolvePlain } from './value.ts';

/** A value of a document that is not null. */
export interface ValueLeaf extends Place {
  kind: 'value';
  /** The path as text: `stringData.password`, `list[2].name`. */
  label: string;
  path: readonly (string | number)[];
  node: Scalar;
  value: PlainValue | NoValue;
}

/** One comment line. YAML readers disagree about its level; `keys` is the level that this parser chose. */
export interface CommentLeaf extends Place {
  kind: 'comment';
  label: string;
  /** The line without its `#`. */
  text: string;
  replace(text: string): void;
}

export type Leaf = ValueLeaf | CommentLeaf;

/** The comments before and after a node. Documents have them too. */
interface Commented {
  commentBefore?: string | null;
  comment?: string | null;
}

/** A collection of the current path. `active` are the comment lines since its last value. */
interface Level {
  keys: readonly string[];
  path: readonly (string | number)[];
  above: readonly (readonly string[])[];
  active: string[];
}

/** Every value and comment of a document in the order of SOPS, without the section `sops`. */
export function leavesOf({ tree, root, format }: ParsedDocument): Leaf[] {
  const walk: Walk = { leaves: [], format };
  const top: Level = { keys: [], path: [], above: [], active: [] };
  takeComments(walk, tree, 'commentBefore', top);
  takeComments(walk, root, 'commentBefore', top);
  walkCollection(walk, root, top);
  takeComments(walk, tree, 'comment', top);
  return walk.leaves;
}

interface Walk {
  leaves: Leaf[];
  format: 'yaml' | 'json';
}

function walkCollection(walk: Walk, node: YAMLMap<Scalar> | YAMLSeq, level: Level): void {
  if (isMap<Scalar>(node))
    for (const { key, value } of node.items) {
      takeComments(walk, key, 'commentBefore', level);
      takeComments(walk, key, 'comment', level);
      if (level.path.length === 0 && key.value === 'sops') continue;
      const name = String(key.value);
      if (isScalar(value)) takeOwnComments(walk, value, level);
      walkNode(walk, value, { ...level, keys: [...level.keys, name], path: [...level.path, name] }, true);
      level.active.length = 0;
    }
  else
    for (const [index, item] of node.items.entries()) {
      if (isScalar(item)) takeOwnComments(walk, item, level);
      else takeComments(walk, item, 'commentBefore', level);
      walkNode(walk, item, { ...level, path: [...level.path, index] }, false);
      level.active.length = 0;
    }
  takeComments(walk, node, 'comment', level);
}

/** @param here - the position of the node, with the active comments around it */
function walkNode(walk: Walk, node: unknown, here: Level, takesBefore: boolean): void {
  const { keys, path } = here;
  const comments = [...here.above, [...here.active]];
  if (isScalar(node)) {
    const text = String(node.value);
    const value: ValueLeaf['value'] =
      node.type === 'PLAIN' ? resolvePlain(text, walk.format) : { type: 'str', text };
    if (value === 'null') return;
    const label = labelOf(path);
    walk.leaves.push({ kind: 'value', label, path, node, value, keys, comments, isComment: false });
  } else if (isMap<Scalar>(node) || isSeq(node)) {
    const inner: Level = { keys, path, above: comments, active: [] };
    if (takesBefore) takeComments(walk, node, 'commentBefore', inner);
    walkCollection(walk, node, inner);
  }
}

function takeOwnComments(walk: Walk, node: Scalar, level: Level): void {
  takeComments(walk, node, 'commentBefore', level);
  takeComments(walk, node, 'comment', level);
}

function takeComments(walk: Walk, holder: unknown, field: keyof Commented, level: Level): void {
  if (!isCommented(holder)) return;
  const lines = holder[field]?.split('\n') ?? [];
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue;
    level.active.push(text);
    const replace = (other: string) => {
      lines[index] = other.replaceAll('\n', ' ');
      holder[field] = lines.join('\n');
    };
    const comments = [...level.above, [...level.active]];
    const label = `comment in ${labelOf(level.path)}`;
    walk.leaves.push({ kind: 'comment', label, text, replace, keys: level.keys, comments, isComment: true });
  }
}

function isCommented(holder: unknown): holder is Commented {
  return typeof holder === 'object' && holder !== null;
}

/** The key path of every map and list of a document, the document itself first. */
export function levelsOf(node: unknown, keys: readonly string[] = []): (readonly string[])[] {
  if (isMap<Scalar>(node))
    return [keys, ...node.items.flatMap(({ key, value }) => levelsOf(value, [...keys, String(key.value)]))];
  return isSeq(node) ? [keys, ...node.items.flatMap((item) => levelsOf(item, keys))] : [];
}

/** A path as text. Parts that are not plain names are in brackets. */
export function labelOf(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'the document';
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/**
 * The structure of a document: its keys, their order, lists and nulls. Documents of the same shape differ only in values
 * and comments.
 */
export function shapeOf(root: YAMLMap, format: 'yaml' | 'json'): string {
  const shape = (node: unknown): unknown => {
    if (isMap<Scalar>(node))
      return {
        map: node.items
          .filter(({ key }) => node !== root || key.value !== 'sops')
          .map(({ key, value }) => [key.value, shape(value)]),
      };
    if (isSeq(node)) return node.items.map(shape);
    if (isScalar(node) && (node.type !== 'PLAIN' || resolvePlain(String(node.value), format) !== 'null'))
      return 1;
    return null;
  };
  return JSON.stringify(shape(root));
}
