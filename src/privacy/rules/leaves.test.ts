import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import fc from '../../../tests/fastCheck.ts';
import { yamlDocuments } from './leaves.ts';
import type { Leaf } from './rule.ts';
import { simpleLeaves } from './simpleYaml.ts';

const inOrder = (leaves: readonly Leaf[] = []) =>
  leaves.map(({ path, value }) => [path.join('/'), value.trim()]);

describe('the quick reader', () => {
  const word = fc
    .stringMatching(/^[a-z][a-zA-Z0-9_.-]{0,10}$/)
    .filter((text) => !/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text));
  const scalar = fc.oneof(
    word,
    fc.stringMatching(/^[ -~]{1,20}$/),
    fc.constant('two\nlines\n'),
    fc.integer(),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.dictionary(word, fc.oneof(scalar, tie('tree')), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
      fc.array(fc.oneof(scalar, tie('tree')), { minLength: 1, maxLength: 3 }),
    ),
  }));
  const document = fc.dictionary(word, fc.oneof(scalar, tree), {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  });

  /** The value itself, without text around it. */
  function leavesOf(value: unknown, path: string): string[][] {
    if (typeof value !== 'object' || value === null) return [[path, String(value).trim()]];
    return Object.entries(value).flatMap(([name, each]) =>
      leavesOf(each, path === '' ? name : `${path}/${name}`),
    );
  }

  test.each([{ indentSeq: true }, { indentSeq: false }])(
    'reads what was written (%j), or falls back to the parser',
    (options) => {
      let understood = 0;
      fc.assert(
        fc.property(document, (value) => {
          const text = stringify(value, { lineWidth: 0, ...options });
          const quick = simpleLeaves(text, 0);
          if (quick) understood++;
          expect(inOrder(quick ?? yamlDocuments(text)[0]?.leaves)).toEqual(leavesOf(value, ''));
        }),
        { numRuns: 300 },
      );
      expect(understood).toBeGreaterThan(50);
    },
  );

  test('reports the range of a value', () => {
    const text = '---\na: 1\n---\nb:\n- c: "d e" # f\n  g: |\n    h\n- i\n';
    const leaves = yamlDocuments(text)[1]?.leaves ?? [];
    expect(leaves.map(({ path, start, end }) => [path.join('/'), text.slice(start, end)])).toEqual([
      ['b/0/c', '"d e"'],
      ['b/0/g', 'h'],
      ['b/1', 'i'],
    ]);
  });

  const lines = [
    'b: [a, "c d", \'e\', -1] # f',
    'b: []',
    'b: {}',
    'b: &x c',
    'b: &x "c d"',
    'b: &x [c]',
    'b: &x |-\n  c\n  d',
    'b: &x\n  c: d',
    'b:\n- &x c\n- *x\n- d: *x # e',
    'b:\n- [c, d]\n- &x\n  e: f',
    'b: ["${X}", "{{ y }}", "#z", "p: q"]',
    'b: [a.b/c, $d]',
  ];

  test.each(lines)('reads %j as the parser does', (text) => {
    const whole = `&root a: &x z\n${text}\nlast: 1\n`;
    const source = `a: &x z\n${text}\nlast: 1\n`;
    const quick = simpleLeaves(source, 0);
    expect(quick).toBeDefined();
    // Only the parser reads a key with an anchor.
    expect(simpleLeaves(whole, 0)).toBeUndefined();
    const parsed = yamlDocuments(whole)[0]?.leaves ?? [];
    const told = (leaves: readonly Leaf[] = [], shift = 0) =>
      leaves.map(({ start, end, ...leaf }) => ({ ...leaf, start: start - shift, end: end - shift }));
    const isBlock = text.includes('|-');
    expect(told(quick).filter(({ path }) => !isBlock || path[0] !== 'b')).toEqual(
      told(parsed, '&root '.length).filter(({ path }) => !isBlock || path[0] !== 'b'),
    );
    expect(inOrder(quick)).toEqual(inOrder(parsed));
  });

  test.each([
    'a: {b: c}\n',
    'a: [b, {c: d}]\n',
    'a: [b,\n  c]\n',
    'a: [b: c]\n',
    'a: b\n  c\n',
    'a: "b\n  c"\n',
    'a:\n- &x b: c\n',
    'a:\n- b c: d\n',
    'a: !!str b\n',
    '? a\n: b\n',
    '{"a": "b"}',
  ])('leaves %j to the parser', (text) => {
    expect(simpleLeaves(text, 0)).toBeUndefined();
    expect(yamlDocuments(text)).toHaveLength(1);
  });
});
