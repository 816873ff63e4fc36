import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import fc from '../../tests/fastCheck.ts';
import type { KubernetesObject } from './object.ts';
import { toYaml, toYamlText } from './yaml.ts';

/** Words, numbers, dates and marks that one reader or another takes for something else than text. */
const treacherous = [
  ...'y N yes No on OFF true False null Null ~ = << --- ... .inf .NaN e3 ._5 2024-01-01 1:30'.split(' '),
  ...'0 -0 1 +1 1_000 0b11 0o14 014 0x1F 1e3 1.e3 .5 -.5 1.0 09 12345678901234567890 1e400'.split(' '),
  ...'a: :a #x x#y - -a ? ! !tag &a *a | > %a @a `a {a} [a] "a" \' \\ \\n ${NAME} $name $$ a, ,a'.split(' '),
  ..."2001-12-14t21:59:43.10-05:00|a: b|x #y|- a|? a|it's| |a | a|a\tb|\ta|a\t||\u0000|\u001b|\u007f".split(
    '|',
  ),
  ...'\n|a\n|a\n\n|\na|a\nb|a\n  b\n|  a\nb\n|\ta\nb|a\n\tb\n|a\n \n|a \nb\n|a\n |a\r\nb\r\n|a\rb'.split('|'),
  ...'# a\nb\n|- a\n- b\n|a:\n  b\n|---\na\n|😀|😀\nü\n|\u0085|\u00a0|\u2028|a\u2029b\n|\ufeff|\ufffe'.split(
    '|',
  ),
  'a: |\n  b\n',
  'x'.repeat(2000),
  `${'x '.repeat(500)}\ny`,
];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...treacherous) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...'ab 01\n\t:#-"\'\\|>'), { maxLength: 14 })
      .map((all) => all.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.oneof(number, fc.boolean(), fc.constant(null)),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(text, tie('any'), { maxKeys: 4 }),
  ),
})).any;

describe('every reader reads the same value', () => {
  test.each(['1.1', '1.2'] as const)('the library, as YAML %s', (version) => {
    const wholeValue = fc.property(value, (written) => {
      expect(parse(toYamlText(written), { version })).toEqual(written);
    });
    fc.assert(wholeValue, { numRuns: 400 });
  });

  test.each(treacherous)('%j as value, as item, as key and as the whole document', (word) => {
    for (const written of [
      { a: word, b: 1 },
      [word, [word]],
      { [word]: 1, b: { [word]: { c: [] } } },
      word,
    ]) {
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(toYamlText(written), { version })).toEqual(written);
      }
    }
  });

  test('for keys that are too long for a simple key', () => {
    const key = 'k'.repeat(3000);
    for (const written of [{ [key]: 1 }, { [key]: [1, { [key]: 'a\nb' }] }, [{ [key]: {} }]]) {
      expect(parse(toYamlText(written), { version: '1.1' })).toEqual(written);
    }
  });

  test('for a list of objects as documents', () => {
    const objects = fc.array(fc.dictionary(text, value, { minKeys: 1 }).map(asObject), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(objects, (written) => {
        const documents = parseAllDocuments(toYaml(written), { version: '1.1' });
        expect([...documents].map((document) => document.toJS())).toEqual(written);
      }),
      { numRuns: 100 },
    );
  });
});

function asObject(fields: Record<string, unknown>, index = 0): KubernetesObject {
  return { apiVersion: 'example.com/v1', kind: 'Example', metadata: { name: `example-${index}` }, fields };
}

describe('the text', () => {
  test('has blocks in the given order, and quotes only what some reader would misread', () => {
    const object = {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web' } },
      spec: {
        replicas: 1,
        paused: false,
        image: 'ghcr.io/example/web:v1.2.3@sha256:0a',
        version: '1.10',
        host: '${WEB_HOST}',
        args: ['--listen', '/bin/sh', 'a b', ''],
        ports: [{ name: 'http', containerPort: 80 }, { name: 'on' }],
        nested: [[1, 2], []],
        empty: {},
        nothing: null,
        absent: undefined,
        script: 'set -eu\n\nif true; then\n  echo hi\nfi\n',
      },
    };
    expect(
      toYaml([object, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } }]),
    ).toMatchInlineSnapshot(`
      "kind: Deployment
      apiVersion: apps/v1
      metadata:
        name: web
        labels:
          app.kubernetes.io/name: web
      spec:
        replicas: 1
        paused: false
        image: ghcr.io/example/web:v1.2.3@sha256:0a
        version: "1.10"
        host: "\${WEB_HOST}"
        args:
          - "--listen"
          - /bin/sh
          - a b
          - ""
        ports:
          - name: http
            containerPort: 80
          - name: "on"
        nested:
          - - 1
            - 2
          - []
        empty: {}
        nothing: null
        script: |
          set -eu

          if true; then
            echo hi
          fi
      ---
      apiVersion: v1
      kind: Namespace
      metadata:
        name: apps
      "
    `);
  });

  test('is the same for the same value', () => {
    fc.assert(fc.property(value, (written) => toYamlText(written) === toYamlText(structuredClone(written))));
  });

  test('has no line that looks like the start of a document', () => {
    fc.assert(
      fc.property(fc.dictionary(text, value, { minKeys: 1 }), (fields) => {
        expect(toYaml([asObject(fields)])).not.toMatch(/^(---|\.\.\.|%)/m);
      }),
    );
  });

  test('refuses values that JSON does not have, and replaces lone surrogates', () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('a'), () => 1]) {
      expect(() => toYamlText({ wrong })).toThrow(TypeError);
    }
    expect(parse(toYamlText(['a\ud800b', '\udc00\n']))).toEqual(['a\ufffdb', '\ufffd\n']);
  });
});

const kubectl = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' });

describe.skipIf(kubectl.status !== 0)(
  'kubectl and kustomize (skipped where kubectl is not installed)',
  () => {
    const wordObjects = treacherous.map((word) => ({ value: word, items: [word, { word }], [word]: word }));
    const samples = fc.sample(fc.dictionary(text, value, { minKeys: 1, maxKeys: 5 }), {
      numRuns: 300,
      seed: 20_261,
    });
    const objects = [...wordObjects, ...samples].map(asObject);

    test('kubectl reads the same values', () => {
      expect(readByKubectl(toYaml(objects))).toEqual(byName(objects));
    });

    test('kustomize reads the same values, and kubectl what it makes of them', () => {
      // kustomize 5.5 breaks off at these characters and at keys that are so long, whatever wrote the file,
      // and takes a quoted `<<` for a merge.
      const unfit = /[\u007f-\u009f\ufffe\uffff]|"[^"]{1025,}":|"<<":/;
      const fit = objects.filter((object) => !unfit.test(JSON.stringify(object)));
      const directory = mkdtempSync(join(tmpdir(), 'gatehouse-yaml-'));
      try {
        writeFileSync(join(directory, 'objects.yaml'), toYaml(fit));
        writeFileSync(join(directory, 'kustomization.yaml'), toYamlText({ resources: ['objects.yaml'] }));
        expect(readByKubectl(run(['kustomize', directory]))).toEqual(byName(fit));
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
  },
);

function run(flags: string[], input = ''): string {
  const { stdout, stderr } = spawnSync('kubectl', flags, { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  expect(stderr).toBe('');
  return stdout;
}

/** kubectl reads YAML and prints JSON, one object after another; it will only do so while it sets something. */
function readByKubectl(text: string): Record<string, unknown> {
  const printed = run(['annotate', '--local', '-o', 'json', '-f', '-', 'read=yes'], text);
  const objects: KubernetesObject[] = JSON.parse(`[${printed.replaceAll(/^}\n{$/gm, '},{')}]`);
  return byName(
    objects.map(({ metadata: { annotations: _, ...metadata }, ...rest }) => ({ ...rest, metadata })),
  );
}

/** kustomize puts objects in an order of its own. */
function byName(objects: { metadata: { name: string } }[]): Record<string, unknown> {
  return Object.fromEntries(objects.map((object) => [object.metadata.name, object]));
}
