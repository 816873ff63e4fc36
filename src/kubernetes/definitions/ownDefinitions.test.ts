import { expect, it } from 'vitest';
import { createRuleCompiler } from '../cel/expressions.ts';
import type { KubernetesObject } from '../object.ts';
import { createValidator } from '../validate.ts';
import { ownDefinitionsAmong } from './ownDefinitions.ts';

const thing = (spec: unknown, apiVersion = 'example.org/v1'): KubernetesObject =>
  Object({ apiVersion, kind: 'Thing', metadata: { name: 'a' }, spec });

function definition(spec: object, version: object = { name: 'v1', served: true }): KubernetesObject {
  const openAPIV3Schema = { type: 'object', properties: { spec } };
  return Object({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.org' },
    spec: {
      group: 'example.org',
      names: { kind: 'Thing' },
      versions: [{ schema: { openAPIV3Schema }, ...version }],
    },
  });
}

const metadata = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const files: Record<string, unknown> = {
  'index.json': {},
  'kubernetes.json': {
    [metadata]: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
  },
};
const { checkBy } = createValidator((name) => JSON.stringify(files[name]), createRuleCompiler());

function found(spec: object, value: unknown): readonly string[] {
  const [own] = ownDefinitionsAmong([definition(spec)])(thing(value));
  if (own?.schema === undefined) throw new Error('the definition was not read');
  return checkBy(own.schema, thing(value)).map(({ code, path }) => `${code} ${path.join('.')}`);
}

it('reads the structure of a definition', () => {
  const spec = {
    type: 'object',
    required: ['a', 'b'],
    properties: { a: { type: 'string' }, b: { type: 'integer', default: 1 } },
  };
  expect(found(spec, { a: 'x' })).toEqual([]);
  expect(found(spec, { c: 1 })).toEqual(['missing-field spec', 'unknown-key spec.c']);
});

it('reads patterns as Go does, in linear time, and passes over what is not known', () => {
  const pattern = (text: string) => ({
    type: 'object',
    properties: { a: { type: 'string', pattern: text } },
  });
  expect(found(pattern('^(?i)abc$'), { a: 'ABC' })).toEqual([]);
  expect(found(pattern('^(?i)abc$'), { a: 'x' })).toEqual(['wrong-value spec.a']);
  expect(found(pattern('^(a+)+$'), { a: `${'a'.repeat(5000)}!` })).toEqual(['wrong-value spec.a']);
  expect(found(pattern('('), { a: 'x' })).toEqual([]);
  const unheard = {
    type: 'object',
    unheardOf: true,
    properties: { a: { type: 'string', format: 'unheard' } },
  };
  expect(found(unheard, { a: 'x' })).toEqual([]);
});

// kube-apiserver 1.36 was asked each of these.
it('reads an object in the object', () => {
  const spec = {
    type: 'object',
    properties: {
      e: {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
      },
      f: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'string' } } },
    },
  };
  const inner = { apiVersion: 'v1', kind: 'Pod' };
  expect(found(spec, { e: {} })).toEqual(['missing-field spec.e', 'missing-field spec.e']);
  expect(found(spec, { e: { ...inner, other: 1 } })).toEqual([]);
  expect(found(spec, { e: { ...inner, metadata: { labels: { a: 1 } } } })).toEqual([
    'wrong-type spec.e.metadata.labels.a',
  ]);
  expect(found(spec, { e: { ...inner, metadata: { unheard: 'b' } } })).toEqual([
    'unknown-key spec.e.metadata.unheard',
  ]);
  expect(found(spec, { f: { ...inner, other: 1 } })).toEqual(['unknown-key spec.f.other']);
});

it('knows that a version is not served, and defines nothing where it cannot be read', () => {
  const own = (made: KubernetesObject, apiVersion?: string) =>
    ownDefinitionsAmong([made])(thing({}, apiVersion));
  const text = { type: 'string' };
  expect(own(definition(text), 'example.org/v2')).toMatchObject([{ schema: undefined }]);
  expect(own(definition(text, { name: 'v1', served: false }))).toMatchObject([{ schema: undefined }]);
  expect(own(definition(text), 'example.com/v1')).toEqual([]);
  expect(
    own(definition(text, { name: 'v1', served: true, schema: { openAPIV3Schema: { type: 'object' } } })),
  ).toEqual([]);
  expect(own(definition({ type: 'no such type' }))).toEqual([]);
  expect(own(definition({ $ref: '#/elsewhere' }))).toEqual([]);
  expect(own(Object({ ...definition(text), spec: 1 }))).toEqual([]);
});
