import { describe, expect, it } from 'vitest';
import { readConfigurationSources } from '../configurationSources.ts';
import { readDocuments } from '../tree.ts';
import { isRelease, readRelease } from './release.ts';
import { mergeMaps, valuesOf } from './releaseValues.ts';

const sealed =
  '{apiVersion: v1, kind: Secret, metadata: {name: sealed, namespace: media}, stringData: {values.yaml: "ENC[x]"}}';

function read(spec: string, data: Readonly<Record<string, string>> = {}, substitutes = false) {
  const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: media}\nspec: ${spec}\n`;
  const map = JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'map', namespace: 'media' },
    data,
  });
  const { objects } = readDocuments('a.yaml', `${release}---\n${map}\n---\n${sealed}\n`);
  const [source] = objects.filter(isRelease);
  if (source === undefined) throw new Error('no release');
  return valuesOf(readRelease(source, objects), readConfigurationSources(objects), substitutes);
}

const from = (...references: string[]): string =>
  references.map((reference) => `{kind: ConfigMap, name: map, ${reference}}`).join(', ');

describe('the values of a release', () => {
  it('are merged key by key, and lists are replaced', () => {
    expect(mergeMaps({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] }, d: { e: 1 } })).toEqual({
      a: { b: 1, c: [3] },
      d: { e: 1 },
    });
  });

  it('are merged in the order of helm-controller, and keep a null, which helm removes', () => {
    const { values, unknowns: gaps } = read(
      `{valuesFrom: [${from('valuesKey: one', 'valuesKey: two')}], values: {a: 3, x: null}}`,
      {
        one: 'a: 1\nb: 1\nc: {d: 1}',
        two: 'b: 2\nc: {e: 2}',
      },
    );
    expect(gaps).toEqual([]);
    expect(values).toEqual({ a: 3, b: 2, c: { d: 1, e: 2 }, x: null });
  });

  it.each([
    ['true', true],
    ['null', null],
    ['12', 12],
    ['012', '012'],
    ['plain text', 'plain text'],
    ['"12"', '12'],
  ])('parse a value %s at a targetPath as helm does', (text, value) => {
    const { values, unknowns: gaps } = read(
      `{valuesFrom: [${from('valuesKey: v, targetPath: a.b\\.c')}], values: {a: {d: 1}}}`,
      { v: text },
    );
    expect(gaps).toEqual([]);
    expect(values).toEqual({ a: { d: 1, 'b.c': value } });
  });

  it('keep a literal unchanged', () => {
    const spec = `{valuesFrom: [${from('valuesKey: v, targetPath: a, literal: true')}]}`;
    expect(read(spec, { v: '{a,b}=1' }).values).toEqual({ a: '{a,b}=1' });
  });

  it.each([
    ['a list of --set', from('valuesKey: v, targetPath: a'), { v: '{a,b}' }, {}],
    ['a place in a list', from('valuesKey: v, targetPath: "a[0]"'), { v: '1' }, {}],
    ['a path that values hold too', from('valuesKey: v, targetPath: a'), { v: '1' }, { a: 2 }],
    ['a path through text', from('valuesKey: v, targetPath: a.b'), { v: '1' }, { a: 'text' }],
    ['no map', from('valuesKey: v'), { v: '[1]' }, {}],
    ['a key that is not there', from('valuesKey: w'), { v: 'a: 1' }, {}],
    ['an encrypted Secret', '{kind: Secret, name: sealed}', {}, {}],
    ['an object that is not there', '{kind: Secret, name: gone, optional: true}', {}, {}],
  ])('are unknown with %s', (_name, references, data, values) => {
    const { unknowns: gaps } = read(`{valuesFrom: [${references}], values: ${JSON.stringify(values)}}`, {
      ...data,
    });
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.remedy).not.toBe('');
  });

  it('ignore an optional key that is missing', () => {
    const { unknowns: gaps, values } = read(
      `{valuesFrom: [${from('valuesKey: w, optional: true')}], values: {a: 1}}`,
    );
    expect({ gaps, values }).toEqual({ gaps: [], values: { a: 1 } });
  });

  it('are unknown with a variable only if Flux fills in variables', () => {
    const spec = '{values: {host: "a.${DOMAIN}", query: "$x"}}';
    expect(read(spec, {}, true).unknowns[0]?.cause).toContain('${DOMAIN}');
    expect(read(spec, {}, false).unknowns).toEqual([]);
  });
});
