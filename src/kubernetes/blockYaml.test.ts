import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import fc from '../../tests/fastCheck.ts';
import { readBlockYaml } from './blockYaml.ts';
import { kubernetesTags, kustomizeTags, readPlain, readPlainForKustomize } from './kubernetesTags.ts';
import { parseWithLibrary } from './manifests.ts';
import { toYamlText } from './yaml.ts';

/** The result of the library, or undefined if it finds an error. */
function byLibrary(text: string, tags: typeof kubernetesTags): unknown {
  const { documents, problems } = parseWithLibrary(text, tags);
  return problems.length > 0 ? undefined : documents;
}

/** Checks that the fast reader, if it reads the text, returns what the library returns: for kubectl and for kustomize. */
function agrees(text: string): void {
  const quick = readBlockYaml(text, readPlain);
  if (quick !== undefined) expect(quick).toEqual(byLibrary(text, kubernetesTags));
  const forKustomize = readBlockYaml(text, readPlainForKustomize);
  if (forKustomize !== undefined) expect(forKustomize).toEqual(byLibrary(text, kustomizeTags));
}

const words = fc.constantFrom(
  ...[
    'yes',
    'No',
    'on',
    'null',
    '~',
    '',
    '012',
    '0x1f',
    '1e3',
    '1_000',
    '.5',
    '-',
    '- a',
    'a: b',
    'a #b',
    '#a',
    '<<',
  ],
  ...[
    '${HOST}',
    '{{ .x }}',
    "it's",
    '"',
    'two words',
    'line\nbreak',
    ' led',
    'trailed ',
    'tab\there',
    'ü',
    '*',
    '&a',
  ],
  ...[
    '2026-11-26',
    '12:30',
    'a:b',
    '/path',
    '.hidden',
    '!tag',
    '|',
    '>',
    '%',
    '@',
    '`',
    '-1',
    '+1',
    '__proto__',
  ],
);
const key = fc.oneof(fc.constantFrom('a', 'name', 'key-1', 'x.y/z', '1a', 'on', '12', 'null'), words);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(words, fc.boolean(), fc.integer(), fc.constant(null), fc.string()),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}));

describe('readBlockYaml', () => {
  it('reads what toYamlText writes, like the library', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value), (map) => agrees(toYamlText(map))),
      { numRuns: 300 },
    );
  });

  it('reads every style that the library writes, like the library', () => {
    const options = fc.record({
      indentSeq: fc.boolean(),
      collectionStyle: fc.constantFrom('any', 'block', 'flow'),
      defaultStringType: fc.constantFrom(
        'PLAIN',
        'QUOTE_DOUBLE',
        'QUOTE_SINGLE',
        'BLOCK_LITERAL',
        'BLOCK_FOLDED',
      ),
      lineWidth: fc.constantFrom(0, 20, 80),
    });
    fc.assert(
      fc.property(fc.dictionary(key, value), options, (map, style) =>
        agrees(
          stringify(map, {
            ...style,
            defaultStringType: style.defaultStringType as never,
            collectionStyle: style.collectionStyle as never,
          }),
        ),
      ),
      { numRuns: 300 },
    );
  });

  it('agrees with the library, or leaves the text to it, after a random typing error', () => {
    const slip = fc.record({
      at: fc.nat(),
      remove: fc.nat(3),
      put: fc.constantFrom(
        '',
        ' ',
        '\n',
        ':',
        '- ',
        '#',
        '"',
        "'",
        '[',
        '}',
        '|',
        '&a ',
        '*a',
        '\t',
        '---\n',
        '  ',
      ),
    });
    const text = fc.oneof(
      fc.constant(
        'a:\n  - b: 1\n    c: |\n      x\n       y\n\n  - d\ne: {f: [1, "2"]}\n---\n# only\ng: &h i\nj: *h\nk: >-\n  one\n  two\n\n  three\n',
      ),
      fc.dictionary(key, value).map((map) => toYamlText(map)),
    );
    fc.assert(
      fc.property(text, fc.array(slip, { minLength: 1, maxLength: 3 }), (whole, slips) => {
        let changed = whole;
        for (const { at, remove, put } of slips) {
          const from = whole.length === 0 ? 0 : at % whole.length;
          changed = changed.slice(0, from) + put + changed.slice(from + remove);
        }
        agrees(changed);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [
      'a map with lists, literals, comments and documents',
      '---\n# top\na: 1 # one\nb:\n- x: |\n    text\n    more\n  y: "q\\n"\n- {z: [1, two]}\n---\nc: *d\n',
      undefined,
    ],
    ['an alias that has an anchor of its own', 'a: &a x\nb: &b *a\n', undefined],
    ['anchors of scalars', 'name: &app web\nlabels:\n  app: *app\n', { name: 'web', labels: { app: 'web' } }],
    [
      'words of YAML 1.1',
      'a: yes\nb: 012\nc: 2026-11-26\nd: ~\n',
      { a: true, b: 10, c: '2026-11-26', d: null },
    ],
  ])('reads %s', (_name, text, expected) => {
    const quick = readBlockYaml(text, readPlain);
    if (expected === undefined) expect(quick).toBeUndefined();
    else expect(quick).toEqual([{ line: 1, value: expected }]);
    agrees(text);
  });

  it('reads words as kustomize does', () => {
    const text = 'a: yes\nb: [off, 2026-11-26]\ny: True\n';
    expect(readBlockYaml(text, readPlainForKustomize)).toEqual([
      { line: 1, value: { a: 'yes', b: ['off', '2026-11-26T00:00:00Z'], y: true } },
    ]);
    agrees(text);
  });

  it.each([
    ['a key twice', 'a: 1\na: 2\n'],
    ['an alias of a map', 'a: &b {c: 1}\nd: *b\n'],
    ['a scalar of several lines', 'a: one\n  two\n'],
    ['a tab where the indentation is', 'a:\n\tb: 1\n'],
    ['line breaks of Windows', 'a: 1\r\n'],
    ['a key for the prototype', '__proto__: {a: 1}\n'],
    ['a list beside keys', 'a: 1\n- b\n'],
  ])('leaves %s to the library', (_name, text) => {
    expect(readBlockYaml(text, readPlain)).toBeUndefined();
  });
});
