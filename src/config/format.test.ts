import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDocument } from './document.ts';
import { inKnownFormat, inNewestFormat, newestFormat, renamedTo } from './format.ts';
import { textInNewestFormat } from './formatText.ts';

const old = `# A comment.
cluster:
  network:
    loadBalancer: # who
      by: cilium # this one
      announced: arp
immich:
  administrator: { "way": bootstrap }
`;

function read(text: string) {
  const { document, problems } = readDocument('cluster.yaml', text);
  if (document === undefined) throw new Error(JSON.stringify(problems));
  return inNewestFormat(document);
}

function known(text: string) {
  const newest = read(text);
  if ('problem' in newest) throw new Error(newest.problem.message);
  return newest;
}

test('reads a file without a format as format 1, in the newest', () => {
  const { document, format, oldFields } = known(old);
  expect(format).toBe(1);
  expect(document.value).toEqual({
    cluster: { network: { loadBalancer: { kind: 'cilium', announced: 'arp' } } },
    immich: { administrator: { kind: 'bootstrap' } },
  });
  expect(oldFields.map(({ from }) => from.at(-1))).toEqual(['by', 'way']);
});

test('keeps the order of keys and the positions of the file', () => {
  const { document } = known(old);
  const path = ['cluster', 'network', 'loadBalancer'];
  expect(Object.keys(document.value['cluster'] as object)).toEqual(['network']);
  expect(document.locate([...path, 'kind'], 'key')).toEqual({ line: 5, column: 7 });
  expect(document.locate([...path, 'kind'])).toEqual({ line: 5, column: 11 });
  expect(document.locate([...path, 'announced'])).toEqual({ line: 6, column: 18 });
});

test.each([
  ['a file of the newest format', `formatVersion: ${newestFormat}\n${old}`],
  ['both names at once', 'immich:\n  administrator:\n    way: oidc\n    kind: oidc\n'],
  ['the names elsewhere', 'way: 1\nby: 2\nimmich:\n  way: 3\n  administrator: [way]\n'],
  ['a format that is not a number', `formatVersion: two\n${old}`],
  ['a format that is not whole', `formatVersion: 1.5\n${old}`],
])('leaves %s to the schema', (_, text) => {
  const { document, oldFields } = known(text);
  expect(oldFields).toEqual([]);
  expect(document.value).toEqual(readDocument('cluster.yaml', text).document?.value);
});

test.each([newestFormat + 1, 1000, 2 ** 53])('refuses format %d, with a remedy', (format) => {
  expect(read(`a: 1\nformatVersion: ${format}\nunknown: { way: 1 }\n`)).toMatchObject({
    problem: {
      code: 'newer-format',
      file: 'cluster.yaml',
      at: { line: 2, column: 16 },
      remedy: expect.stringContaining('install'),
    },
  });
});

test.each(['"2"', '1.5', '0', '-1', '', '.inf', '.nan', '[2]', '{ a: 2 }', 'true', `${newestFormat + 1}`])(
  'refuses formatVersion: %s where the schema is not asked',
  (format) => {
    const { document } = readDocument('cluster.yaml', `formatVersion: ${format}\nimmich: {}\n`);
    expect(document && inKnownFormat(document)).toMatchObject({
      ok: false,
      problems: [{ file: 'cluster.yaml', at: { line: 1 } }],
    });
  },
);

test.each(['', 'formatVersion: 1\n', 'formatVersion: 2\n', 'formatVersion: 2.0\n', 'formatVersion: 0x2\n'])(
  'takes %j where the schema is not asked',
  (format) => {
    const { document } = readDocument('cluster.yaml', `${format}immich: {}\n`);
    expect(document && inKnownFormat(document)).toMatchObject({ ok: true });
  },
);

test('knows the new name of an old field', () => {
  expect(renamedTo(['immich', 'administrator', 'way'])).toBe('kind');
  expect(renamedTo(['immich', 'way'])).toBeUndefined();
});

test('writes the newest format, and changes nothing but old keys and the format', () => {
  expect(textInNewestFormat(old, known(old).oldFields)).toBe(`# A comment.
formatVersion: 2
cluster:
  network:
    loadBalancer: # who
      kind: cilium # this one
      announced: arp
immich:
  administrator: { "kind": bootstrap }
`);
});

test.each([
  ['CRLF', 'a: 1\r\nb: 2\r\n', 'formatVersion: 2\r\na: 1\r\nb: 2\r\n'],
  ['a format of its own', 'a: 1\nformatVersion: 1 # old\n', 'a: 1\nformatVersion: 2 # old\n'],
  ['a flow map', '{ a: 1 }\n', '{ formatVersion: 2, a: 1 }\n'],
  ['an indented map', '  a: 1\n  b: 2\n', '  formatVersion: 2\n  a: 1\n  b: 2\n'],
  ['an explicit key', '? a\n: 1\n', 'formatVersion: 2\n? a\n: 1\n'],
  ['an explicit key in braces', '{ ? a : 1 }\n', '{ formatVersion: 2, ? a : 1 }\n'],
  ['the style of JSON', '{"a":1}', '{"formatVersion": 2, "a":1}'],
  ['a quoted key', '"a": 1\n', '"formatVersion": 2\n"a": 1\n'],
  [
    'an old key in the style of JSON',
    '{"immich":{"administrator":{"way":"oidc"}}}',
    '{"formatVersion": 2, "immich":{"administrator":{"kind":"oidc"}}}',
  ],
  ['a document marker', '---\na: 1\n', '---\nformatVersion: 2\na: 1\n'],
])('says the format in a file with %s', (_, before, after) => {
  expect(textInNewestFormat(before, known(before).oldFields)).toBe(after);
});

/** Files with the old names, in many styles. */
const files = fc
  .record({
    comment: fc.constantFrom('', '# by: way\n', '\n\n'),
    newline: fc.constantFrom('\n', '\r\n'),
    quote: fc.constantFrom('', '"', "'"),
    format: fc.constantFrom('', 'formatVersion: 1\n'),
    balancer: fc.constantFrom('none', 'cilium', 'metallb', 'kube-vip'),
    isFlow: fc.boolean(),
    space: fc.constantFrom('', ' '),
    explicit: fc.boolean(),
  })
  .map(({ comment, newline, quote, format, balancer, isFlow, space, explicit }) => {
    const way = `${quote}way${quote}`;
    const administrator = isFlow
      ? `administrator: {${way}:${quote === '' ? ' ' : space}bootstrap, done: true}`
      : `administrator:\n    # who\n    ${way}: bootstrap\n    done: true`;
    const network = `${explicit ? '? cluster\n:' : 'cluster:'}\n  network:\n    loadBalancer:\n      ${quote}by${quote}: ${balancer}\n`;
    return `${comment}${format}${network}immich:\n  ${administrator}\n`.replaceAll('\n', newline);
  });

test('the written text is of the newest format and means the same', () => {
  fc.assert(
    fc.property(files, (text) => {
      const { document, oldFields } = known(text);
      const written = known(textInNewestFormat(text, oldFields));
      expect(written.format).toBe(newestFormat);
      expect(written.oldFields).toEqual([]);
      expect(written.document.value).toEqual({ ...document.value, formatVersion: newestFormat });
      expect(
        textInNewestFormat(text, oldFields)
          .split(/\r?\n/u)
          .filter((line) => line.includes('#')),
      ).toEqual(text.split(/\r?\n/u).filter((line) => line.includes('#')));
    }),
  );
});
