import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { isKubernetesObject, parseManifests } from './manifests.ts';
import { toYaml } from './yaml.ts';

const read = (text: string) => parseManifests(text).documents.map((document) => document.value);

/** Plain scalars, and the values that kubectl reads from them. */
const scalars: [string, unknown][] = [
  ['yes', true],
  ['Y', true],
  ['n', false],
  ['OFF', false],
  ['tRue', 'tRue'],
  ['~', null],
  ['Null', null],
  ['nULL', 'nULL'],
  ['1_000', 1000],
  ['1_000.5', 1000.5],
  ['_1', '_1'],
  ['._5', '._5'],
  ['.5', 0.5],
  ['+.5', 0.5],
  ['0.', 0],
  ['014', 12],
  ['0o14', 12],
  ['-0O14', -12],
  ['0b11', 3],
  ['+0x1F', 31],
  ['0x', '0x'],
  ['0o8', '0o8'],
  ['09', 9],
  ['0_1', 1],
  ['1e3', 1000],
  ['1E400', '1E400'],
  ['e3', 'e3'],
  ['1e', '1e'],
  ['-0', 0],
  ['1.2.3', '1.2.3'],
  ['1:30', '1:30'],
  ['1:30.5', '1:30.5'],
  ['2024-01-01', '2024-01-01'],
  ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
  ['192.0.2.1', '192.0.2.1'],
  ['12345678901234567890', 12345678901234567000],
  ['NaN', 'NaN'],
  ['=', '='],
  ['"<<"', '<<'],
  ["'yes'", 'yes'],
  ['!!str 1', '1'],
  ['!!int "3"', 3],
  ['!!float 3', 3],
  ['!!bool yes', true],
  ['!!binary aGk=', 'hi'],
  ['!custom x', 'x'],
  ['|\n  a\n  b', 'a\nb\n'],
];

describe('parses as Kubernetes does', () => {
  test.each(scalars)('%s', (text, value) => {
    expect(read(`- ${text}\n`)).toEqual([[value]]);
  });

  const kubectl = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' });
  test.skipIf(kubectl.status !== 0)('kubectl agrees (skipped where kubectl is not installed)', () => {
    const head = 'apiVersion: example.com/v1\nkind: Example\nmetadata: {name: a}\n';
    const edges = [
      '00',
      '1__0',
      '1_',
      '0x_1',
      '+12',
      '1.e3',
      '6.02e23',
      '1,000',
      '0b12',
      '0xg',
      '0B11',
      '1._5',
      '-.5e-3',
      '1e-7',
    ];
    const marks = fc
      .array(fc.constantFrom(...'0123789_.eExob+-aF'), { minLength: 1, maxLength: 6 })
      .map((all) => all.join(''));
    const numbers = fc.sample(marks, { numRuns: 400, seed: 7 }).filter((each) => !/^-+$/.test(each));
    const texts = [
      ...scalars.map(([text]) => text),
      ...edges,
      ...numbers.filter((each) => !each.includes('---')),
    ];
    const input = `${head}spec:\n${texts.map((text) => `  - ${text.replaceAll('\n', '\n  ')}\n`).join('')}`;
    const run = spawnSync('kubectl', ['annotate', '--local', '-o', 'json', '-f', '-', 'a=b'], {
      input,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    const { spec }: { spec: unknown[] } = JSON.parse(run.stdout);
    const [ours] = read(input);
    const pairs = (values: unknown[]) => texts.map((text, at) => [text, values[at]]);
    expect(pairs(Object(ours).spec)).toEqual(pairs(spec));
  });

  test('reads back what toYaml writes', () => {
    const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)));
    fc.assert(
      fc.property(json, (value) => {
        const object = { apiVersion: 'example.com/v1', kind: 'Example', metadata: { name: 'a' }, value };
        expect(read(toYaml([object, object]))).toEqual([object, object]);
      }),
    );
  });

  test('resolves keys like values, and turns them into text', () => {
    expect(read('{on: 1, 014: 2, 1.5: 3}')).toEqual([{ true: 1, 12: 2, 1.5: 3 }]);
  });

  test('resolves anchors and merge keys', () => {
    expect(read('a: &a {x: 1, z: 2}\nb: {<<: *a, z: 3}\nc: *a\n')).toEqual([
      { a: { x: 1, z: 2 }, b: { x: 1, z: 3 }, c: { x: 1, z: 2 } },
    ]);
  });
});

describe('documents', () => {
  test('have the line of their first key, and empty ones are left out', () => {
    const text =
      '# head\n---\n---\n# about a\nkind: A\n---\n\nkind: B\n...\n---\n# nothing\n---\nnull\n--- {kind: C}\n';
    expect(parseManifests(text)).toEqual({
      documents: [
        { value: { kind: 'A' }, line: 5 },
        { value: { kind: 'B' }, line: 8 },
        { value: { kind: 'C' }, line: 14 },
      ],
      problems: [],
    });
  });

  test('may have Windows line breaks and a byte order mark', () => {
    expect(parseManifests('\ufeffkind: A\r\n---\r\nkind: B\r\n').documents).toEqual([
      { value: { kind: 'A' }, line: 1 },
      { value: { kind: 'B' }, line: 3 },
    ]);
  });

  test('are objects if they have an apiVersion, a kind and a name', () => {
    expect(isKubernetesObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } })).toBe(true);
    for (const value of [null, 1, [], { kind: 'A' }, { apiVersion: 'v1', kind: 'List', items: [] }]) {
      expect(isKubernetesObject(value)).toBe(false);
    }
  });
});

describe('errors', () => {
  test('leaves out an invalid document and reads the others', () => {
    const { documents, problems } = parseManifests(
      'a: 1\n---\na: 1\na: 2\n---\nb: [1\n---\n\tc: 1\n---\nd: 1\n',
    );
    expect(documents).toEqual([
      { value: { a: 1 }, line: 1 },
      { value: { d: 1 }, line: 10 },
    ]);
    expect(problems.map(({ code, at }) => [code, at?.line])).toEqual([
      ['duplicate-key', 4],
      ['yaml-syntax', 7],
      ['tab-as-indent', 8],
    ]);
  });

  test('leaves out what follows a line "..." without "---", as kustomize and kubectl do', () => {
    const { documents, problems } = parseManifests(
      'a: 1\n...\nb: 1\n---\nc: 1\n... # end\n---\nd: 1\n...\n# end\n',
    );
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 1 }, { d: 1 }]);
    expect(problems.map(({ at, message }) => [at?.line, message])).toEqual([
      [3, expect.stringContaining('leave it out')],
    ]);
    expect(parseManifests('# a\n...\n%YAML 1.1\n---\nb: 1\n').problems).toEqual([]);
  });

  test('quotes no text in a message', () => {
    const { problems } = parseManifests(
      'hunter2: 1\nhunter2: 2\n---\n*hunter2\n---\na: @hunter2\n---\npassword: "hunter2\n',
    );
    expect(problems.length).toBeGreaterThan(2);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test('refuses aliases that expand too far or refer to themselves', () => {
    const bomb = [
      'a: &a [1,1,1,1,1,1,1,1,1]',
      ...'bcdefgh'
        .split('')
        .map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[at]}`).join()}]`),
    ];
    for (const text of [bomb.join('\n'), 'a: &a [*a]\n']) {
      const { documents, problems } = parseManifests(text);
      expect(documents).toEqual([]);
      expect(problems.map((problem) => problem.code)).toEqual(['too-many-aliases']);
    }
  });

  test.each(['[', '- ', '{a: ', '? ', '&a [', 'a: [-\n '])(
    'refuses %j nested thousands of times',
    (opening) => {
      const { documents, problems } = parseManifests(`a: 1\n---\n${opening.repeat(20_000)}`);
      expect(documents).toEqual([]);
      expect(problems.map(({ code, at }) => [code, at?.line])).toEqual([['nested-too-deeply', 2]]);
    },
  );

  test('reads usual nesting', () => {
    expect(read(`${'['.repeat(150)}1${']'.repeat(150)}`).flat(Number.POSITIVE_INFINITY)).toEqual([1]);
  });

  test('reads or refuses any text', () => {
    const line = fc.array(
      fc.constantFrom(
        'a',
        ':',
        ' ',
        '-',
        '\n',
        '\t',
        '"',
        "'",
        '[',
        '{',
        '&a',
        '*a',
        '|',
        '---',
        '!!',
        '%',
        '\0',
        '\r',
        '0',
        '?',
      ),
    );
    fc.assert(
      fc.property(line, (parts) => {
        const { documents, problems } = parseManifests(parts.join(''));
        for (const document of documents) expect(document.line).toBeGreaterThan(0);
        for (const problem of problems) expect(problem.at?.line).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
