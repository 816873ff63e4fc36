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
const privateFile = parse(example('cluster.private.yaml'));
const right = {
  cluster: stringify({ cluster, repository, secrets, app: { kind: 'photos' } }),
  privateFile: stringify({
    cluster: privateFile.cluster,
    secrets: privateFile.secrets,
    app: { host: 'photos.example.org', access: { key: 'correct horse', people: ['alice', 'berta'] } },
  }),
};

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const load = (files: { cluster: string; privateFile?: string }) =>
  loadCluster(
    {
      cluster: { file: 'cluster.yaml', bytes: encode(files.cluster) },
      ...(files.privateFile === undefined
        ? {}
        : { privateFile: { file: 'cluster.private.yaml', bytes: encode(files.privateFile) } }),
    },
    schema,
  );
const problems = (change: Partial<Record<'cluster' | 'privateFile', (text: string) => string>>): Problem[] =>
  load({
    cluster: change.cluster?.(right.cluster) ?? right.cluster,
    privateFile: change.privateFile?.(right.privateFile) ?? right.privateFile,
  }).problems;
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

describe('a valid configuration', () => {
  it('has handles in place of private and secret values', () => {
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
  ])('accepts %s', (_, change) => {
    expect(problems({ cluster: change, privateFile: change })).toEqual([]);
  });

  it('treats an empty section as a section without fields', () => {
    const empty = { cluster: right.cluster.replace(/app:\n {2}kind: photos\n/, 'app:\n') };
    expect(load({ ...right, ...empty }).problems.map(({ code, message }) => [code, message])).toEqual([
      ['missing-field', 'app.kind is missing'],
    ]);
  });
});

describe('the two files', () => {
  it('refuses a private value in the public file', () => {
    const [found, ...more] = problems({
      cluster: (text) => text.replace('kind: photos', 'kind: photos\n  host: photos.example.org'),
      privateFile: (text) => text.replace(/ {2}host: .*\n/, ''),
    });
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: 'private-in-public', file: 'cluster.yaml', at: { column: 3 } });
    expect(found?.message).toContain('app.host');
    expect(found?.remedy).toContain('history');
  });

  it('refuses a secret in the public file', () => {
    const found = problems({
      cluster: (text) => text.replace('kind: photos', 'kind: photos\n  access: {key: correct horse}'),
    });
    expect(found.map(({ code }) => code)).toEqual(['private-in-public', 'said-twice']);
  });

  it('refuses a public value in the private values file', () => {
    expect(problems({ privateFile: (text) => text.replace('host:', 'port: 443\n  host:') })).toMatchObject([
      {
        code: 'public-in-overlay',
        file: 'cluster.private.yaml',
        message: expect.stringContaining('app.port'),
      },
    ]);
  });

  it('refuses a value in both files, and names the line of the first', () => {
    const found = problems({ privateFile: (text) => text.replace('host:', 'kind: films\n  host:') });
    expect(found.map(({ code }) => code)).toEqual(['public-in-overlay', 'said-twice']);
    expect(found[1]?.message).toBe(
      `app.kind is in cluster.yaml:${lineOf(right.cluster, 'kind: photos')} too`,
    );
  });

  it('names each missing private field when there is no private values file', () => {
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
  it('that is unknown is reported with the probable name, each of several', () => {
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
      { code: 'unknown-key', message: 'app.zzzzzz is not a field', remedy: 'remove the line' },
    ]);
  });

  it('that is unknown in the private values file is not repeated, because it may be a value', () => {
    const [found] = problems({
      privateFile: (text) => text.replace('host: photos.example.org', 'hots: photos.example.org'),
    }).filter(({ code }) => code === 'unknown-key');
    expect(found).toMatchObject({
      file: 'cluster.private.yaml',
      message: 'a key of app is not a field: did you mean host?',
    });
  });

  it('that is missing is reported for the file where it belongs', () => {
    expect(problems({ cluster: (text) => text.replace('kind: photos', 'port: 80') })).toMatchObject([
      {
        code: 'missing-field',
        file: 'cluster.yaml',
        at: { line: lineOf(right.cluster, 'app:'), column: 1 },
        expected: 'one of: photos, films',
      },
    ]);
    expect(problems({ privateFile: (text) => text.replace(/ {2}host: .*\n/, '') })).toMatchObject([
      {
        code: 'missing-field',
        file: 'cluster.private.yaml',
        at: { line: lineOf(right.privateFile, 'app:') },
        remedy: 'add "host: photos.example.org", with your own value',
      },
    ]);
    expect(problems({ privateFile: (text) => text.replace(/ {4}key: .*\n/, '') })).toMatchObject([
      { code: 'missing-field', file: 'cluster.private.yaml', remedy: 'openssl rand -hex 32' },
    ]);
  });

  it('without a value is missing, not invalid', () => {
    expect(
      problems({ privateFile: (text) => text.replace('host: photos.example.org', 'host:') }),
    ).toMatchObject([
      {
        code: 'missing-field',
        message: 'app.host is missing',
        at: { line: lineOf(right.privateFile, 'host:'), column: 3 },
      },
    ]);
  });

  it('of a wrong type is reported with both types', () => {
    const found = problems({
      cluster: (text) => text.replace('kind: photos', 'kind: photos\n  port: "80"\n  enabled: 1'),
    });
    expect(found).toMatchObject([
      {
        code: 'wrong-type',
        expected: expect.stringMatching(/^true or false/),
        message: 'app.enabled is a number, not true or false',
        remedy: 'write true or false',
      },
      {
        code: 'wrong-type',
        expected: expect.stringMatching(/^a number/),
        message: 'app.port is text, not a number',
        remedy: 'write a number',
      },
    ]);
  });

  it('with a value that is not allowed is reported with the allowed values', () => {
    expect(problems({ cluster: (text) => text.replace('kind: photos', 'kind: fotos') })).toMatchObject([
      {
        code: 'not-a-choice',
        message: 'app.kind: "fotos" is not allowed: did you mean photos?',
        expected: 'one of: photos, films',
        remedy: 'write photos',
      },
    ]);
  });

  it('with host bits set is reported with the range without them', () => {
    expect(problems({ cluster: (text) => text.replace('10.42.0.0/16', '10.10.10.5/24') })).toMatchObject([
      {
        code: 'host-bits-set',
        message: 'cluster.network.pods: 10.10.10.5/24 has host bits set: 10.10.10.0/24?',
        remedy: 'write 10.10.10.0/24',
      },
    ]);
  });

  it('with a range that contains another one names both', () => {
    expect(problems({ cluster: (text) => text.replace('10.43.0.0/16', '10.42.128.0/17') })).toMatchObject([
      {
        code: 'ranges-overlap',
        file: 'cluster.yaml',
        at: { line: lineOf(right.cluster, 'services:') },
        message: 'cluster.network.services: the range overlaps cluster.network.pods',
      },
    ]);
    expect(
      problems({ privateFile: (text) => text.replace('192.0.2.0/24', '10.0.0.0/8') }).map(
        ({ message }) => message,
      ),
    ).toEqual([
      expect.stringContaining('cluster.network.lan[0]: the range overlaps cluster.network.pods'),
      expect.stringContaining('cluster.network.lan[0]: the range overlaps cluster.network.services'),
    ]);
  });
});

describe('all problems', () => {
  it('of both files are reported in one run', () => {
    const found = problems({
      cluster: (text) =>
        text
          .replace('k3s', 'k4s')
          .replace('10.42.0.0/16', '10.42.0.0/160')
          .replace('kind: photos', 'kind: 1\n  host: photos.example.org\n  x: 1'),
      privateFile: (text) =>
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

  it('name the file of a section with a wrong type', () => {
    expect(problems({ cluster: (text) => text.replace(/app:\n {2}kind: photos/, 'app: 5') })).toMatchObject([
      { code: 'wrong-type', file: 'cluster.yaml' },
    ]);
    expect(problems({ privateFile: (text) => text.replace(/app:\n[\s\S]*$/, 'app: 5\n') })).toMatchObject([
      { code: 'wrong-type', file: 'cluster.private.yaml' },
    ]);
  });
});

/** A value that does not occur in a message by chance. */
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

it('no problem contains a private value, however the file is malformed', () => {
  const places = [
    'photos.example.org',
    'correct horse',
    'alice',
    '192.0.2.0/24',
    privateFile.secrets.hashKey,
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
        const inserted = right.privateFile.replace(place, () => damaged(value));
        const moved =
          where === 'as another field'
            ? inserted.replace('app:', `app:\n  kind: ${value}\n  port: ${value}\n  ${value}: 1`)
            : inserted;
        const shortened = cut % 3 === 0 ? moved.slice(0, cut) + moved.slice(cut + 1) : moved;
        const publicFile =
          where === 'in the public file'
            ? right.cluster.replace('kind: photos', () => `kind: photos\n  host: ${damaged(value)}`)
            : right.cluster;
        const { problems: found } = load({ cluster: publicFile, privateFile: shortened });
        expect(JSON.stringify(found)).not.toContain(value);
      },
    ),
    { numRuns: 1500 },
  );
});
