import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { parseDocument } from '../../src/secrets/sops/document.ts';
import { emit, readerOptions, scalarOf } from '../../src/secrets/sops/emit.ts';
import { leavesOf } from '../../src/secrets/sops/leaves.ts';
import { goFloat } from '../../src/secrets/sops/value.ts';
import fc from '../fastCheck.ts';

/** A generated plain document: its text, and the number of its parts of each kind. */
export interface GeneratedDocument {
  text: string;
  comments: string[];
}

interface Noted<Value> {
  value: Value;
  before?: string | undefined;
  inline?: string | undefined;
}

type Tree = Scalar | { list: Noted<Tree>[]; tail?: string | undefined } | Fields;
interface Fields {
  map: (Noted<Tree> & { key: string })[];
  tail?: string | undefined;
}

const comment = fc
  .stringMatching(/^[A-Za-z0-9äß#: '"{}[\],-]{1,20}$/)
  .map((text) => ` ${text.trim() || 'note'}`);
const noted = fc.option(comment, { nil: undefined, freq: 5 });

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.stringMatching(/^[a-z \n\t:#-]{0,30}$/),
  fc.constantFrom(
    '',
    'yes',
    '0777',
    '1e3',
    '~',
    'null',
    'a: b',
    'x #y',
    '"',
    "'",
    '2024-01-01',
    ' x ',
    '\n',
    '=',
    'ENC[AES256_GCM,data:x]',
  ),
);

/**
 * Without texts that SOPS loses, which are refused (see `seal.ts`). Without multi-line texts that start with a space: in
 * a list go-yaml 3.0.4 writes them as `- |4` with less indentation, and readers disagree about the first space. Without
 * uncommon line breaks: in a nested list go-yaml writes them unescaped, which YAML 1.1 reads as a line break and 1.2 does
 * not (`decrypt.test.ts` refuses them).
 */
const text = anyText.filter(
  (value) =>
    value !== '<<' && !(/^[\t ]/.test(value) && value.includes('\n')) && !/[\x85\u2028\u2029]/.test(value),
);

const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  { weight: 4, arbitrary: text.map((value) => scalarOf({ type: 'str', text: value })) },
  { weight: 2, arbitrary: text.map((value) => styled(value, 'QUOTE_DOUBLE')) },
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => styled(value.toString(), 'PLAIN')),
  fc
    .double({ noDefaultInfinity: true, noNaN: true })
    .map((value) => scalarOf({ type: 'float', text: goFloat(value) })),
  fc.boolean().map((value) => styled(String(value), 'PLAIN')),
  fc
    .constantFrom('null', '~', '0777', '0x1F', '1_000', '.5', '1.', '2024-02-29', 'TRUE', 'yes', '0o17')
    .map((source) => styled(source, 'PLAIN')),
);

function styled(value: string, type: Scalar.Type): Scalar {
  const node = new Scalar(value);
  node.type = type;
  return node;
}

const key = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,12}$/) },
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
);

const { fields } = fc.letrec<{ tree: Tree; fields: Fields; list: Tree }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3, depthSize: 'small' }, scalar, tie('list'), tie('fields')),
  list: fc.record({
    list: fc.array(fc.record({ value: tie('tree'), before: noted, inline: noted }), { maxLength: 4 }),
    tail: noted,
  }),
  fields: fc.record({
    map: fc.uniqueArray(fc.record({ key, value: tie('tree'), before: noted, inline: noted }), {
      selector: (entry) => entry.key,
      maxLength: 5,
    }),
    tail: noted,
  }),
}));

/** Documents in the shape of a Secret: some readable fields, and `data` and `stringData` of any shape. */
export const secretDocuments: fc.Arbitrary<GeneratedDocument> = fc
  .record({ other: fields, data: fields, stringData: fields, head: noted })
  .map(({ other, data, stringData, head }) =>
    written({
      map: [
        { key: 'kind', value: styled('Secret', 'PLAIN'), before: head },
        { key: 'metadata', value: other },
        { key: 'data', value: data },
        { key: 'stringData', value: stringData },
      ],
    }),
  );

/** Documents of any shape, with a map as root. */
export const anyDocuments: fc.Arbitrary<GeneratedDocument> = fields
  .filter(({ map }) => map.length > 0 && map.every((entry) => entry.key !== 'sops'))
  .map(written);

/** JSON documents from the same trees, without comments. */
export const jsonDocuments: fc.Arbitrary<GeneratedDocument> = fields
  .filter(({ map }) => map.length > 0 && map.every((entry) => entry.key !== 'sops'))
  .map((root) => {
    const tree = new Document(null, readerOptions);
    tree.contents = nodeOf(root, [], true);
    return { text: emit(tree, 'json'), comments: [] };
  });

function written(root: Fields): GeneratedDocument {
  const comments: string[] = [];
  const tree = new Document(null, readerOptions);
  tree.contents = nodeOf(root, comments);
  return { text: emit(tree, 'yaml'), comments };
}

function nodeOf(tree: Tree, comments: string[], json = false): Scalar | YAMLMap | YAMLSeq {
  if (tree instanceof Scalar) {
    const copy = new Scalar(tree.value);
    const literal =
      !json || /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)$/.test(String(tree.value));
    copy.type =
      tree.type === 'PLAIN' && literal
        ? 'PLAIN'
        : tree.type === 'PLAIN'
          ? 'QUOTE_DOUBLE'
          : (tree.type ?? 'QUOTE_DOUBLE');
    return copy;
  }
  const node = 'list' in tree ? new YAMLSeq() : new YAMLMap<unknown, unknown>();
  if (node instanceof YAMLSeq && 'list' in tree)
    node.items = tree.list.map((item) => annotate(nodeOf(item.value, comments, json), item, comments));
  if (node instanceof YAMLMap && 'map' in tree)
    node.items = tree.map.map((entry) => {
      const name = annotate(scalarOf({ type: 'str', text: entry.key }), { before: entry.before }, comments);
      return new Pair<unknown, unknown>(
        name,
        annotate(nodeOf(entry.value, comments, json), { inline: entry.inline }, comments),
      );
    });
  if (tree.tail && node.items.length > 0) node.comment = remember(tree.tail, comments);
  return node;
}

function annotate<Node extends Scalar | YAMLMap | YAMLSeq>(
  node: Node,
  { before, inline }: { before?: string | undefined; inline?: string | undefined },
  comments: string[],
): Node {
  if (before) node.commentBefore = remember(before, comments);
  if (inline && node instanceof Scalar && !/\n/.test(String(node.value)))
    node.comment = remember(inline, comments);
  return node;
}

function remember(comment: string, comments: string[]): string {
  comments.push(comment);
  return comment;
}

/**
 * The values of a plain document, one per line, with numbers by their size: SOPS writes the float 1.0 as 1, and JSON dates
 * as strings.
 */
export function meaningOf(file: string, text: string): string[] {
  const parsed = parseDocument(file, text);
  if (!parsed.ok) throw new Error(`unreadable: ${JSON.stringify(parsed.problems)}`);
  return leavesOf(parsed.value).flatMap((leaf) => {
    if (leaf.kind === 'comment' || typeof leaf.value !== 'object') return [];
    const { type, text: value } = leaf.value;
    const kind = type === 'int' || type === 'float' ? 'number' : type;
    const size = type === 'float' || type === 'int' ? value.replace(/^-0$/, '0') : value;
    return [JSON.stringify([leaf.path, kind, size])];
  });
}
