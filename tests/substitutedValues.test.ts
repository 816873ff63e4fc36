// Crosses config, compile and reachability: a private value is refused at its field, or it arrives exactly.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type * as z from 'zod';
import { compile } from '../src/compile/compile.ts';
import { lostValues } from '../src/compile/lostValues.ts';
import type { PlannedObject } from '../src/compile/plan.ts';
import { catalogue } from '../src/components/catalogue.ts';
import { absolutePath } from '../src/config/values/host.ts';
import { email, server } from '../src/config/values/network.ts';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import { type Configuration, openConfiguration } from '../src/private-values/configuration.ts';
import type { Problem } from '../src/problems/problem.ts';
import { parseNginx } from '../src/reachability/proxies/nginx/syntax.ts';
import fc from './fastCheck.ts';
import { type ConfigData, exampleDirectory } from './testDirectory.ts';

const emails = Array.from({ length: 3 }, (_, index) => `user${index}@example.org`);

/** The platform with every field in it that takes more than a few characters. */
async function opened(change: (value: ConfigData) => void = () => {}): Promise<Configuration> {
  using directory = exampleDirectory('platform');
  directory.edit('cluster.yaml', (value) => {
    Object.assign(value.immich, { administrator: { kind: 'oidc' }, oidc: { enabled: true } });
  });
  directory.edit('cluster.private.yaml', (value) => {
    value.immich.administrator = { email: 'owner@example.org' };
    value.immich.access.emails = emails;
    change(value);
  });
  const configuration = await openConfiguration(directory.path, directory.environment);
  if (!configuration.ok) throw new Error(JSON.stringify(configuration.problems));
  return configuration.value;
}

const { loaded } = await opened();
const { plan } = compile(loaded, catalogue);
const objects: readonly PlannedObject[] = (plan?.objects ?? []).filter(({ object }) =>
  JSON.stringify(object).includes('${'),
);

/** The fields whose schema leaves more than letters, digits and a few signs, with a value for each text. */
const fields: [name: string, schema: z.ZodType, spelled: (text: string) => string][] = [
  ['IMMICH_ACCESS_EMAIL_2', email, (text) => `${text}@example.org`],
  ['OWNER_EMAIL', email, (text) => `${text}@example.org`],
  ['CERT_MANAGER_ISSUER_EMAIL', email, (text) => `${text}@example.org`],
  ['NAS_LIBRARY_PATH', absolutePath, (text) => `/mnt/${text}`],
  ['NAS_LIBRARY_PATH', absolutePath, (text) => `/${text}`],
  ['NAS_SERVER', server, (text) => text],
];

const withValue = (name: string, value: string) => ({
  ...loaded,
  private: new Map([...loaded.private, [name, value]]),
});

function refusals(name: string, value: string): Problem[] {
  return lostValues(
    holding(name).map(({ planned }) => planned),
    withValue(name, value),
  );
}

interface Holding {
  planned: PlannedObject;
  /** Its quotes are not those of the file: kustomize has removed them. */
  text: string;
}

const known = new Map<string, readonly Holding[]>();

/** The objects that hold a value. */
function holding(name: string): readonly Holding[] {
  const found =
    known.get(name) ??
    objects
      .filter(({ object }) => JSON.stringify(object).includes(`\${${name}}`))
      .map((planned) => ({
        planned,
        text: stringify(planned.object, { version: '1.1', lineWidth: 0, blockQuote: 'literal' }),
      }));
  if (found.length === 0) throw new Error(`nothing holds ${name}`);
  known.set(name, found);
  return found;
}

/** Whether each object has the value, read by YAML 1.1 and by the program for which it is. */
function arrives(name: string, value: string): boolean {
  const fill = (text: string): string => text.replaceAll(`\${${name}}`, () => value);
  return holding(name).every(({ planned: { object }, text }) => {
    try {
      const read = parse(fill(text), { version: '1.1', logLevel: 'error' });
      return isDeepStrictEqual(read, filled(object, fill)) && isReadInside(read, object, fill);
    } catch {
      return false;
    }
  });
}

function filled(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((item) => filled(item, fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, fill)]));
}

function isReadInside(read: ConfigData, { kind, data }: ConfigData, fill: (text: string) => string): boolean {
  if (kind === 'Job') {
    const [variable] = read.spec.template.spec.containers[0].env.filter(
      ({ name }: { name: string }) => name === 'OWNER_EMAIL',
    );
    return !/\$[$(]/.test(variable.value);
  }
  if (kind !== 'ConfigMap') return true;
  const configuration = data['nginx.conf'];
  if (configuration === undefined) return true;
  const listed = (text: string): readonly string[] => {
    const http = parseNginx(text)?.find(({ name }) => name === 'http')?.block ?? [];
    const [, list = ''] = http.find(({ args }) => args[0] === '$gatehouse_emails')?.args ?? [];
    return list.split(' ');
  };
  return (
    isDeepStrictEqual(listed(read.data['nginx.conf']), listed(configuration).map(fill)) &&
    !listed(read.data['nginx.conf']).some((each) => each.replace(/\$\{\w+\}/, '').includes('$'))
  );
}

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));

describe.each(fields)('%s', (name, schema, spelled) => {
  it('is refused exactly where it would not arrive, with every character at its start, within and at its end', () => {
    const values = printable
      .flatMap((each) => [each, `${each}ab`, `a${each}b`, `ab${each}`, `a ${each}b`, `a${each} b`])
      .map(spelled)
      .filter((value) => schema.safeParse(value).success);
    expect(values.length).toBeGreaterThan(40);
    expect(values.filter((value) => refusals(name, value).length === 0)).toEqual(
      values.filter((value) => arrives(name, value)),
    );
  });

  it('is refused, or arrives, whatever it is', () => {
    const awkward = fc.string({
      unit: fc.constantFrom(...' \t-:#\'"{}[]&*!|>%@`,?~=<.0123456789abcdefxyzEnoYN_+/$\\();^'),
      minLength: 1,
      maxLength: 10,
    });
    const text = fc.oneof(
      awkward,
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(
        'yes',
        '0123',
        '1e3',
        'a: b',
        'x #y',
        '.5',
        '1:30',
        '0x1',
        'Null',
        '::1',
        '1::',
        'off',
        '~',
      ),
    );
    fc.assert(
      fc.property(text, (each) => {
        const value = spelled(each);
        fc.pre(schema.safeParse(value).success);
        if (refusals(name, value).length === 0) expect(arrives(name, value)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

const names = fields.map(([name]) => name);

describe('a value with an apostrophe arrives', () => {
  it.each([
    ["o'brien@example.org", 'IMMICH_ACCESS_EMAIL_1'],
    ["o'brien@example.org", 'OWNER_EMAIL'],
    ["o'brien@example.org", 'CERT_MANAGER_ISSUER_EMAIL'],
    ["/mnt/o'brien's photos", 'NAS_LIBRARY_PATH'],
    ['#1&*!?%@example.org'.replace('@', '.@'), 'IMMICH_ACCESS_EMAIL_1'],
  ])('%s in %s', (value, name) => {
    expect(refusals(name, value)).toEqual([]);
    expect(arrives(name, value)).toBe(true);
  });
});

describe('a value that would not arrive', () => {
  it.each([
    ['CERT_MANAGER_ISSUER_EMAIL', "'a@example.org", 'certManager.issuer.email', 'Flux'],
    ['CERT_MANAGER_ISSUER_EMAIL', '#a@example.org', 'certManager.issuer.email', 'Flux'],
    ['OWNER_EMAIL', '&a@example.org', 'immich.administrator.email', 'Flux'],
    ['OWNER_EMAIL', 'a$$b@example.org', 'immich.administrator.email', 'the container'],
    ['IMMICH_ACCESS_EMAIL_3', 'a$b@example.org', 'immich.access.emails[2]', 'nginx'],
    ['NAS_LIBRARY_PATH', '/mnt/a: b', 'immich.library.path', 'Flux'],
    ['NAS_LIBRARY_PATH', '/mnt/a #b', 'immich.library.path', 'Flux'],
    ['NAS_SERVER', '0123', 'immich.library.server', 'Flux'],
    ['NAS_SERVER', 'yes', 'immich.library.server', 'Flux'],
    ['NAS_SERVER', '2001:db8::', 'immich.library.server', 'Flux'],
  ])('is refused at its field: %s %s', (name, value, field, reads) => {
    const found = refusals(name, value);
    expect(found).toMatchObject([{ code: 'lost-in-substitution', file: 'cluster.private.yaml' }]);
    expect(found[0]?.at?.line).toBeGreaterThan(0);
    expect(found[0]?.message).toContain(`${field}: ${reads} would read another value`);
    if (value !== 'yes') expect(JSON.stringify(found)).not.toContain(value);
  });

  it('is refused by the compiler, at the line of each of them', async () => {
    const { loaded: wrong } = await opened((value) => {
      value.immich.access.emails = ['a$b@example.org', "o'brien@example.org", '$@example.org'];
      value.immich.library.path = '/mnt/a: b';
    });
    const { plan: none, problems } = compile(wrong, catalogue);
    expect(none).toBeUndefined();
    expect(problems.map(({ code, message }) => `${code} ${message.split(':')[0]}`).sort()).toEqual([
      'lost-in-substitution immich.access.emails[0]',
      'lost-in-substitution immich.access.emails[2]',
      'lost-in-substitution immich.library.path',
    ]);
    expect(new Set(problems.map(({ at }) => at?.line)).size).toBe(3);
  });

  it('is no reason to refuse it where nothing reads it', () => {
    const unused: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n' } };
    const planned = { object: unused, file: 'f.yaml', field: 'immich', component: 'immich' };
    for (const name of names) expect(lostValues([planned], withValue(name, 'a: b'))).toEqual([]);
  });
});

describe('a text of an object', () => {
  const reading = (object: Omit<KubernetesObject, 'metadata'>, value: string): number =>
    lostValues(
      [
        {
          object: { ...object, metadata: { name: 'n' } } as KubernetesObject,
          file: 'f',
          field: 'f',
          component: 'c',
        },
      ],
      { ...loaded, private: new Map([['X', value]]) },
    ).length;
  const configMap = (data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', data });

  it.each([
    ['nginx', configMap({ 'nginx.conf': 'a "${X}";\n' }), "a'b;{}#", 'a"b'],
    ['nginx, for a list', configMap({ 'nginx.conf': 'a "${X}";\n' }), 'ab', 'a b'],
    ['YAML in a file', configMap({ 'config.yaml': 'a: "${X}"\n' }), "a'b: #", 'a\\b'],
    ['YAML without quotes in a file', configMap({ 'config.yaml': 'a: ${X}\n' }), "a'b", 'a: b'],
    ['JSON', configMap({ 'config.json': '{\n"a": "${X}"}\n' }), "a'b", 'a"b'],
    ['a language that has no rule', configMap({ 'run.sh': "x='${X}'\n" }), 'a.b@c', "a'b"],
    ['the kubelet', { apiVersion: 'v1', kind: 'Pod', spec: { args: ['${X}'] } }, 'a$b(c)', 'a$(b)'],
    ['Helm', { apiVersion: 'v1', kind: 'HelmRelease', spec: { values: { a: 'x ${X}' } } }, "a{b'", '{{ a }}'],
    ['the API', { apiVersion: 'v1', kind: 'Service', spec: { a: ['${X}', 'x-${X}'] } }, "a'b", '- a'],
  ])('for %s keeps only what it can', (_, object, kept, lost) => {
    expect(reading(object, kept)).toBe(0);
    expect(reading(object, lost)).toBe(1);
  });

  it('is not asked where Flux substitutes nothing', () => {
    const annotations = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' };
    const object = { ...configMap({ a: '${X}' }), metadata: { name: 'n', annotations } } as KubernetesObject;
    const planned = { object, file: 'f', field: 'f', component: 'c' };
    expect(lostValues([planned], { ...loaded, private: new Map([['X', 'a: b']]) })).toEqual([]);
  });
});
