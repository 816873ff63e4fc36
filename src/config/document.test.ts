import { describe, expect, it } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { readDocument } from './document.ts';

const read = (text: string) => readDocument('cluster.yaml', text);
const found = (text: string) => read(text).problems.map(({ code, at }) => [code, at?.line, at?.column]);

describe('a malformed document is refused at its position:', () => {
  it.each<[string, string, [string, number | undefined, number | undefined][]]>([
    ['nothing', '', [['text-empty', undefined, undefined]]],
    ['comments alone', '# a\n\n', [['text-empty', undefined, undefined]]],
    ['a list', '- a\n', [['not-a-map', 1, 1]]],
    ['a text', 'hello\n', [['not-a-map', 1, 1]]],
    ['a key twice', 'a: 1\nb:\n  c: 1\n  c: 2\n', [['duplicate-key', 4, 3]]],
    ['a tab', 'a:\n\tb: 1\n', [['tab-as-indent', 2, 1]]],
    ['an anchor', 'a: &x 1\n', [['yaml-indirection', 1, 7]]],
    [
      'an anchor and its alias',
      'a: &x 1\nb: *x\n',
      [
        ['yaml-indirection', 1, 7],
        ['yaml-indirection', 2, 4],
      ],
    ],
    ['a merge', 'a:\n  <<: {b: 1}\n', [['yaml-indirection', 2, 3]]],
    ['a tag', 'a: !secret b\n', [['yaml-indirection', 1, 12]]],
    ['a tag of YAML itself', 'a: !!str 1\n', [['yaml-indirection', 1, 10]]],
    ['a directive', '%YAML 1.1\n---\na: yes\n', [['yaml-indirection', 1, 1]]],
    ['a second document', 'a: 1\n---\nb: 1\n', [['many-documents', 2, 1]]],
    ['an open quote', 'a: "b\n', [['yaml-syntax', 2, 1]]],
  ])('%s', (_, text, problems) => {
    expect(found(text)).toEqual(problems);
    expect(read(text).document).toBeUndefined();
  });

  it('reports several problems at once', () => {
    expect(found('a: 1\na: 2\nb: &x 1\n')).toEqual([
      ['duplicate-key', 2, 1],
      ['yaml-indirection', 3, 7],
    ]);
  });

  it.each([
    ['[', 500_000],
    ['{a: ', 100_000],
    ['- ', 400_000],
    ['? ', 400_000],
    ['[ ', 101],
  ])('refuses %j nested %i times, which would overflow the stack', (opening, times) => {
    expect(found(opening.repeat(times))).toEqual([['yaml-syntax', undefined, undefined]]);
  });

  it('reports many parser errors at one position once', () => {
    const places = read('a: {b: ]]]]]]]]\n c').problems.map(({ at }) => `${at?.line}:${at?.column}`);
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('a document', () => {
  const text = 'a:\n  b: 1\n  list:\n    - x\n    - y: 2\nempty:\n';

  it.each([['\n'], ['\r\n']])('knows where its values stand, with line endings %j', (ending) => {
    const { document } = read(text.replaceAll('\n', ending));
    expect(document?.value).toEqual({ a: { b: 1, list: ['x', { y: 2 }] }, empty: null });
    expect(document?.locate(['a', 'b'])).toEqual({ line: 2, column: 6 });
    expect(document?.locate(['a', 'b'], 'key')).toEqual({ line: 2, column: 3 });
    expect(document?.locate(['a', 'list', 1, 'y'])).toEqual({ line: 5, column: 10 });
    expect(document?.locate(['a', 'list', 0], 'key')).toEqual({ line: 4, column: 7 });
    // A field as text, such as a.list.1.y, has its indexes as text too.
    expect(document?.locate(['a', 'list', '1', 'y'])).toEqual({ line: 5, column: 10 });
    expect(document?.locate(['a', 'list', 'first'])).toBeUndefined();
    expect(document?.locate(['empty'], 'key')).toEqual({ line: 6, column: 1 });
    expect(document?.locate(['a', 'c'])).toBeUndefined();
    expect(document?.locate(['a', 'b', 'c'])).toBeUndefined();
  });

  it('reads words and numbers as YAML 1.2 does, and every key as text', () => {
    expect(read('a: yes\nb: 010\nc: 1_000\n1: x\ntrue: y\n').document?.value).toEqual({
      a: 'yes',
      b: 10,
      c: '1_000',
      1: 'x',
      true: 'y',
    });
  });

  it('does not reach the prototype', () => {
    const { document } = read('__proto__:\n  polluted: true\n');
    expect(Object.keys(document?.value ?? {})).toEqual(['__proto__']);
    expect(Object.hasOwn({}, 'polluted') || 'polluted' in {}).toBe(false);
  });

  it('never throws, and returns a document or problems', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '\t',
      '-',
      '&x',
      '*x',
      '!',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      '#',
      '|',
      '>',
      '<<',
      '---',
      '%',
      '\r',
      '?',
      '1',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (input) => {
          const { document, problems } = read(input);
          expect(document === undefined).toBe(problems.length > 0);
          for (const { at } of problems) if (at) expect(Math.min(at.line, at.column)).toBeGreaterThan(0);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

it.each([
  'cluster: "x\n',
  'a: b: c\n',
  'x: @a\n',
  'a:\n  x: 1\n y: 2\n',
  'a: |x\n  b\n',
  'a: "\\q"\n',
  'a: [1, 2\nb: 3\n',
])('says what is wrong with the text, not the name of an error of the parser: %j', (text) => {
  const [problem] = readDocument('cluster.yaml', text).problems;
  expect(problem?.message).toMatch(/^invalid YAML: .{20}/);
  expect(problem?.message).not.toMatch(/implicit|scalar|bad |dq|token|char\b/);
});
