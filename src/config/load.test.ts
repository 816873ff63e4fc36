import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import fc from '../../tests/fastCheck.ts';
import type { Problem } from '../problems/problem.ts';
import { clusterSettingsSchema } from './clusterSettings.ts';
import { privateField, publicField, secretField } from './field.ts';
import { loadCluster } from './load.ts';
import { nameOf } from './private.ts';
import { hostname, port } from './values/network.ts';

const schema = clusterSettingsSchema.extend({
  app: z
    .strictObject({
      enabled: publicField('Whether it runs.', z.boolean().default(true)),
      kind: publicField('What it is.', z.enum(['photos', 'films']), { example: 'photos' }),
      port: publicField('Where it listens.', port.default(80)),
      host: privateField('Its name.', hostname, { example: 'photos.example.org' }),
      access: z
        .strictObject({
          key: secretField('Its key.', z.string().min(8), { source: 'openssl rand -hex 32' }),
          people: z
            .array(privateField('A person.', z.string().min(3)))
            .default([])
            .meta({ visibility: 'private', substitution: 'PERSON' }),
        })
        .meta({ description: 'Who may use it.' }),
    })
    .optional(),
});

const example = (file: string) =>
  readFileSync(new URL(`../../examples/home/${file}`, import.meta.url), 'utf8');
const { cluster, repository, secrets } = parse(example('cluster.yaml'));
const overlay = parse(example('cluster.private.yaml'));
const right = {
  cluster: stringify({ cluster, repository, secrets, app: { kind: 'photos' } }),
  overlay: stringify({
    cluster: overlay.cluster,
    secrets: overlay.secrets,
    app: { host: 'photos.example.org', access: { key: 'correct horse', people: ['alice', 'berta'] } },
  }),
};

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const load = (files: { cluster: string; overlay?: string }) =>
  loadCluster(
    {
      cluster: { file: 'cluster.yaml', bytes: encode(files.cluster) },
      ...(files.overlay === undefined
        ? {}
        : { privateFile: { file: 'cluster.private.yaml', bytes: encode(files.overlay) } }),
    },
    schema,
  );
const problems = (change: Partial<Record<'cluster' | 'overlay', (text: string) => string>>): Problem[] =>
  load({
    cluster: change.cluster?.(right.cluster) ?? right.cluster,
    overlay: change.overlay?.(right.overlay) ?? right.overlay,
  }).problems;
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

describe('a configuration that holds', () => {
  it('has handles where private and secret values stood', () => {
    const { loaded } = load(right);
    const app = loaded?.cluster.app;
    expect(app && nameOf(app.host)).toBe('APP_HOST');
    expect(app?.access.people.map(nameOf)).toEqual(['PERSON_1', 'PERSON_2']);
    expect(loaded?.private.get('APP_HOST')).toBe('photos.example.org');
    expect(loaded?.private.get('PERSON_2')).toBe('berta');
    expect(loaded?.private.get('LAN_RANGE_1')).toBe('192.0.2.0/24');
    expect([...(loaded?.secret.keys() ?? [])].sort()).toEqual(['APP_ACCESS_KEY', 'SECRETS_HASH_KEY']);
    expect(app).toMatchObject({ enabled: true, port: 80 });
    expect(JSON.stringify(loaded?.cluster)).not.toContain('photos.example.org');
  });

  it.each([
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['the line endings of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    ['comments everywhere', (text: string) => text.replaceAll('\n', ' # é\n')],
  ])('may have %s', (_, change) => {
    expect(problems({ cluster: change, overlay: change })).toEqual([]);
  });

  it('may name a section and say nothing in it', () => {
    const empty = { cluster: right.cluster.replace(/app:\n {2}kind: photos\n/, 'app:\n') };
    expect(load({ ...right, ...empty }).problems.map(({ code, message }) => [code, message])).toEqual([
      ['missing-field', 'app.kind is missing'],
    ]);
  });
});

describe('the two files', () => {
  it('a private value in the public file', () => {
    const [found, ...more] = problems({
      cluster: (text) => text.replace('kind: photos', 'kind: photos\n  host: photos.example.org'),
      overlay: (text) => text.replace(/ {2}host: .*\n/, ''),
    });
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: 'private-in-public', file: 'cluster.yaml', at: { column: 3 } });
    expect(found?.message).toContain('app.host');
    expect(found?.remedy).toContain('history');
  });

  it('a secret in the public file', () => {
    const found = problems({
      cluster: (text) => text.replace('kind: photos', 'kind: photos\n  access: {key: correct horse}'),
    });
    expect(found.map(({ code }) => code)).toEqual(['private-in-public', 'said-twice']);
  });

  it('a public value in the overlay', () => {
    expect(problems({ overlay: (text) => text.replace('host:', 'port: 443\n  host:') })).toMatchObject([
      {
        code: 'public-in-overlay',
        file: 'cluster.private.yaml',
        message: expect.stringContaining('app.port'),
      },
    ]);
  });

  it('a value in both: the second names the line of the first', () => {
    const found = problems({ overlay: (text) => text.replace('host:', 'kind: films\n  host:') });
    expect(found.map(({ code }) => code)).toEqual(['public-in-overlay', 'said-twice']);
    expect(found[1]?.message).toBe(
      `app.kind stands in cluster.yaml:${lineOf(right.cluster, 'kind: photos')} too`,
    );
  });

  it('no overlay at all: each field is missing from it, by name', () => {
    const { problems: found } = load({ cluster: right.cluster });
    expect(found.map(({ code, file, message }) => [code, file, message.replace(' is missing', '')])).toEqual(
      ['cluster.network.lan', 'secrets.hashKey', 'app.host', 'app.access'].map((field) => [
        'missing-field',
        'cluster.private.yaml',
        field,
      ]),
    );
  });
});

describe('a field', () => {
  it('that is unknown, with what was probably meant; each of several', () => {
    const found = problems({
      cluster: (text) => text.replace('kind: photos', 'kind: photos\n  prot: 80\n  zzzzzz: 1'),
    });
    expect(found).toMatchObject([
      {
        code: 'unknown-key',
        message: 'app.prot is not a field: did you mean port?',
        remedy: 'write port',
        at: { column: 3 },
      },
      { code: 'unknown-key', message: 'app.zzzzzz is not a field', remedy: 'take the line out' },
    ]);
  });

  it('that is unknown in the overlay is not repeated: it may be a value', () => {
    const [found] = problems({
      overlay: (text) => text.replace('host: photos.example.org', 'hots: photos.example.org'),
    }).filter(({ code }) => code === 'unknown-key');
    expect(found).toMatchObject({
      file: 'cluster.private.yaml',
      message: 'a key of app is not a field: did you mean host?',
    });
  });

  it('that is missing, in the file where it belongs', () => {
    expect(problems({ cluster: (text) => text.replace('kind: photos', 'port: 80') })).toMatchObject([
      {
        code: 'missing-field',
        file: 'cluster.yaml',
        at: { line: lineOf(right.cluster, 'app:'), column: 1 },
        expected: 'one of: photos, films',
      },
    ]);
    expect(problems({ overlay: (text) => text.replace(/ {2}host: .*\n/, '') })).toMatchObject([
      {
        code: 'missing-field',
        file: 'cluster.private.yaml',
        at: { line: lineOf(right.overlay, 'app:') },
        remedy: 'add "host: photos.example.org", with your own value',
      },
    ]);
    expect(problems({ overlay: (text) => text.replace(/ {4}key: .*\n/, '') })).toMatchObject([
      { code: 'missing-field', file: 'cluster.private.yaml', remedy: 'openssl rand -hex 32' },
    ]);
  });

  it('that has no value yet is missing, not wrong', () => {
    expect(problems({ overlay: (text) => text.replace('host: photos.example.org', 'host:') })).toMatchObject([
      {
        code: 'missing-field',
        message: 'app.host is missing',
        at: { line: lineOf(right.overlay, 'host:'), column: 3 },
      },
    ]);
  });

  it('of another type, with what it should be', () => {
    const found = problems({
      cluster: (text) => text.replace('kind: photos', 'kind: photos\n  port: "80"\n  enabled: 1'),
    });
    expect(found).toMatchObject([
      {
        code: 'wrong-type',
        expected: 'true or false',
        message: 'app.enabled is of another type than expected',
      },
      { code: 'wrong-type', expected: 'a number', message: 'app.port is of another type than expected' },
    ]);
  });

  it('that is none of its choices', () => {
    expect(problems({ cluster: (text) => text.replace('kind: photos', 'kind: fotos') })).toMatchObject([
      {
        code: 'not-a-choice',
        message: 'app.kind: "fotos" is not one of the choices: did you mean photos?',
        expected: 'one of: photos, films',
      },
    ]);
  });

  it('with host bits set, and the range that was meant', () => {
    expect(problems({ cluster: (text) => text.replace('10.42.0.0/16', '10.10.10.5/24') })).toMatchObject([
      {
        code: 'host-bits-set',
        message: 'cluster.network.pods: 10.10.10.5/24 has host bits set: 10.10.10.0/24?',
        remedy: 'write 10.10.10.0/24',
      },
    ]);
  });

  it('of one range that holds another names both', () => {
    expect(problems({ cluster: (text) => text.replace('10.43.0.0/16', '10.42.128.0/17') })).toMatchObject([
      {
        code: 'ranges-overlap',
        file: 'cluster.yaml',
        at: { line: lineOf(right.cluster, 'services:') },
        message: 'cluster.network.services: the range overlaps cluster.network.pods',
      },
    ]);
    expect(
      problems({ overlay: (text) => text.replace('192.0.2.0/24', '10.0.0.0/8') }).map(
        ({ message }) => message,
      ),
    ).toEqual([
      expect.stringContaining('cluster.network.lan[0]: the range overlaps cluster.network.pods'),
      expect.stringContaining('cluster.network.lan[0]: the range overlaps cluster.network.services'),
    ]);
  });

  it('that Flux would change', () => {
    expect(problems({ overlay: (text) => text.replace('- berta', '- "0123"') })).toMatchObject([
      {
        code: 'lost-in-substitution',
        file: 'cluster.private.yaml',
        at: { line: lineOf(right.overlay, '- berta') },
        message: expect.stringContaining('app.access.people[1]'),
      },
    ]);
  });
});

describe('everything that is wrong', () => {
  it('in both files is told in one run', () => {
    const found = problems({
      cluster: (text) =>
        text
          .replace('k3s', 'k4s')
          .replace('10.42.0.0/16', '10.42.0.0/160')
          .replace('kind: photos', 'kind: 1\n  host: photos.example.org\n  x: 1'),
      overlay: (text) =>
        text.replace('192.0.2.0/24', '192.0.2.9/24').replace('correct horse', '[]').replace('- alice', '- a'),
    });
    expect(new Set(found.map(({ code }) => code))).toEqual(
      new Set([
        'private-in-public',
        'said-twice',
        'not-a-choice',
        'not-a-range',
        'unknown-key',
        'host-bits-set',
        'wrong-type',
        'wrong-value',
      ]),
    );
    for (const problem of found) {
      expect(problem.file).toBeDefined();
      expect(problem.at).toBeDefined();
      expect(problem.expected).toBeTruthy();
    }
  });

  it('is told of the file where it stands, when a section is of another type', () => {
    expect(problems({ cluster: (text) => text.replace(/app:\n {2}kind: photos/, 'app: 5') })).toMatchObject([
      { code: 'wrong-type', file: 'cluster.yaml' },
    ]);
    expect(problems({ overlay: (text) => text.replace(/app:\n[\s\S]*$/, 'app: 5\n') })).toMatchObject([
      { code: 'wrong-type', file: 'cluster.private.yaml' },
    ]);
  });
});

/** A value that nobody could meet by chance in a message. */
const unusual = fc
  .string({ unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyz23456789'), minLength: 12, maxLength: 20 })
  .map((text) => `q${text}`);
const damage = fc.constantFrom<(value: string) => string>(
  (value) => value,
  (value) => `"${value}`,
  (value) => `'${value}' x`,
  (value) => `&${value} 1`,
  (value) => `*${value}`,
  (value) => `!${value} 1`,
  (value) => `{${value}: 1}`,
  (value) => `[${value}, ${value}]`,
  (value) => `${value}: ${value}`,
  (value) => `\n  ${value}: 1\n  ${value}: 2`,
  (value) => `\n\t${value}`,
  (value) => `https://${value}`,
  (value) => `${value}.example.org/24`,
  (value) => `|\n   ${value}\n  ${value}`,
  (value) => `"${value}\\x"`,
  (value) => `${value}\n---\n${value}: 1`,
);

it('no problem repeats a private value, however it is damaged', () => {
  const places = [
    'photos.example.org',
    'correct horse',
    'alice',
    '192.0.2.0/24',
    overlay.secrets.hashKey,
    'host',
    'access',
    'people',
    'network',
  ];
  const move = fc.constantFrom('in place', 'as another field', 'in the public file');
  fc.assert(
    fc.property(
      unusual,
      damage,
      fc.constantFrom(...places),
      move,
      fc.nat(400),
      (value, damaged, place, where, cut) => {
        const inserted = right.overlay.replace(place, () => damaged(value));
        const moved =
          where === 'as another field'
            ? inserted.replace('app:', `app:\n  kind: ${value}\n  port: ${value}\n  ${value}: 1`)
            : inserted;
        const shortened = cut % 3 === 0 ? moved.slice(0, cut) + moved.slice(cut + 1) : moved;
        const publicFile =
          where === 'in the public file'
            ? right.cluster.replace('kind: photos', () => `kind: photos\n  host: ${damaged(value)}`)
            : right.cluster;
        const { problems: found } = load({ cluster: publicFile, overlay: shortened });
        expect(JSON.stringify(found)).not.toContain(value);
      },
    ),
    { numRuns: 1500 },
  );
});
