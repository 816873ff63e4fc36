import { describe, expect, it } from 'vitest';
import { clusterSchema } from '../components/catalogue.ts';
import type { Path } from '../kubernetes/path.ts';
import { type Field, fieldsOf, visibilityAt } from './fields.ts';
import { fillIn, nameOf, privateNamed, reference } from './private.ts';
import { seal, variableName } from './seal.ts';

/** Every leaf of the schema: a list has two items, a map by name two names, a union all of its branches. */
function leavesOf(field: Field, path: Path = []): Path[] {
  const branches = field.anyOf ?? field.oneOf;
  if (branches) return branches.flatMap((branch) => leavesOf(branch, path));
  if (field.items) return [0, 1].flatMap((index) => leavesOf(field.items as Field, [...path, index]));
  const named = Object.entries(field.properties ?? {});
  const byName = field.additionalProperties
    ? ['one', 'other'].map((name) => [name, field.additionalProperties] as [string, Field])
    : [];
  const below = [...named, ...byName];
  return below.length === 0 ? [path] : below.flatMap(([name, child]) => leavesOf(child, [...path, name]));
}

const fields = fieldsOf(clusterSchema);
const leaves = [...new Map(leavesOf(fields).map((path) => [path.join('.'), path])).values()];

describe('every field of the configuration', () => {
  it.each(leaves.map((path) => [path.join('.'), path] as const))('%s says who may read it', (name, path) => {
    // A node has no fields of its own yet.
    expect(name.startsWith('cluster.nodes.') || visibilityAt(fields, path) !== undefined).toBe(true);
  });

  it('that is not public has a variable of its own, which Flux can read', () => {
    const hidden = leaves.filter((path) => visibilityAt(fields, path) !== 'public');
    const names = hidden.map((path) => variableName(path, fields));
    expect(names.length).toBeGreaterThan(8);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Z_][A-Z0-9_]*$/);
  });
});

describe('a name', () => {
  it.each<[Path, string]>([
    [['immich', 'host'], 'IMMICH_HOST'],
    [['secrets', 'hashKey'], 'SECRETS_HASH_KEY'],
    [['cluster', 'network', 'lan', 1], 'LAN_RANGE_2'],
    [['immich', 'library', 'path'], 'NAS_LIBRARY_PATH'],
    [['immich', 'access', 'emails', 0], 'IMMICH_ACCESS_EMAIL_1'],
  ])('%j → %s', (path, name) => {
    expect(variableName(path, fields)).toBe(name);
  });
});

it('sealing leaves public values as they are and takes every other one out', () => {
  const value = {
    cluster: { name: 'home', network: { lan: ['192.0.2.0/24'], pods: '10.42.0.0/16' } },
    secrets: { hashKey: 'ab' },
  };
  const sealed = seal(value, fields);
  expect(sealed.value).toMatchObject({ cluster: { name: 'home', network: { pods: '10.42.0.0/16' } } });
  expect(sealed.private).toEqual(new Map([['LAN_RANGE_1', '192.0.2.0/24']]));
  expect(sealed.secret).toEqual(new Map([['SECRETS_HASH_KEY', 'ab']]));
  expect(JSON.stringify(sealed.value)).not.toMatch(/192\.0\.2|"ab"/);
});

describe('a private value', () => {
  const handle = privateNamed('IMMICH_HOST');

  it('cannot be joined into a string, for the compiler and at run time', () => {
    // @ts-expect-error a symbol is no string
    expect(() => `https://${handle}`).toThrow(TypeError);
    // @ts-expect-error a symbol is no string
    expect(() => 'https://'.concat(handle)).toThrow(TypeError);
    // @ts-expect-error a symbol is no string
    const text: string = handle;
    expect(typeof text).toBe('symbol');
    expect(JSON.stringify({ handle })).toBe('{}');
  });

  it('is a reference in a manifest, and is filled in from the private values', () => {
    expect(nameOf(handle)).toBe('IMMICH_HOST');
    expect(reference(handle)).toBe('${IMMICH_HOST}');
    expect(
      fillIn('https://${IMMICH_HOST}/${OTHER} $IMMICH_HOST', new Map([['IMMICH_HOST', '$&.example.org']])),
    ).toBe('https://$&.example.org/${OTHER} $IMMICH_HOST');
  });
});
