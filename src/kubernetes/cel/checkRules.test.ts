import { expect, it } from 'vitest';
import type { Schema } from '../schema.ts';
import { checkRules } from './checkRules.ts';
import { createRuleCompiler } from './expressions.ts';

const compile = createRuleCompiler();
const check = (spec: Schema, object: unknown): readonly string[] =>
  checkRules({ type: 'object', properties: { spec } }, object, { definition: () => undefined, compile }).map(
    ({ code, path }) => `${code} ${path.join('.')}`,
  );
const rule = (text: string): Pick<Schema, 'x-kubernetes-validations'> => ({
  'x-kubernetes-validations': [{ rule: text }],
});
const text: Schema = { type: 'string' };

it('evaluates a rule for each entry of a list and of a map', () => {
  const entry: Schema = { ...text, ...rule("self != 'b'") };
  const spec: Schema = {
    type: 'object',
    properties: {
      list: { type: 'array', items: entry },
      map: { type: 'object', additionalProperties: entry },
    },
  };
  expect(check(spec, { spec: { list: ['a', 'b'], map: { 'x/y': 'b', z: 'a' } } })).toEqual([
    'wrong-value spec.list.1',
    'wrong-value spec.map.x/y',
  ]);
});

it('fills in defaults first, and asks no rule of what is not there', () => {
  const spec: Schema = {
    type: 'object',
    properties: { type: { ...text, default: 'A' }, other: { ...text, ...rule('false') } },
    ...rule("self.type == 'A'"),
  };
  expect(check(spec, { spec: {} })).toEqual([]);
  expect(check(spec, { spec: { type: 'B' } })).toEqual(['wrong-value spec']);
});

it('compares whole numbers and fractions as CEL does', () => {
  const spec: Schema = {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'number' }, c: { 'x-kubernetes-int-or-string': true } },
    ...rule("self.a == 3 && self.b > 0.5 && (type(self.c) == int ? self.c < 5 : self.c == '50%')"),
  };
  expect(check(spec, { spec: { a: 3, b: 1, c: 4 } })).toEqual([]);
  expect(check(spec, { spec: { a: 3, b: 1, c: '50%' } })).toEqual([]);
  expect(check(spec, { spec: { a: 3, b: 1, c: 6 } })).toEqual(['wrong-value spec']);
});

it('escapes names that are words of CEL, or no names', () => {
  const spec: Schema = {
    type: 'object',
    properties: { namespace: text, 'a-b': text, 'c.d': text, e__f: text },
    ...rule('self.__namespace__ == self.a__dash__b && self.c__dot__d == self.e__underscores__f'),
  };
  expect(check(spec, { spec: { namespace: 'x', 'a-b': 'x', 'c.d': 'y', e__f: 'y' } })).toEqual([]);
});

it('refuses what a rule cannot find, as the API server does', () => {
  const spec: Schema = { type: 'object', properties: { a: text }, ...rule("self.a == 'x'") };
  expect(check(spec, { spec: {} })).toEqual(['wrong-value spec']);
});

it.each(['self.a.unheardOf()', 'quantity(self.a).isGreaterThan(quantity("1"))', 'self.a ==', 'self.a'])(
  'says that it cannot evaluate %s',
  (expression) => {
    const spec: Schema = { type: 'object', properties: { a: text }, ...rule(expression) };
    expect(check(spec, { spec: { a: 'x' } })).toEqual(['not-evaluated spec']);
  },
);

it('reads regular expressions as Go does', () => {
  const spec: Schema = { ...text, ...rule("self.matches('^(?i)a+$')") };
  expect(check(spec, { spec: 'AA' })).toEqual([]);
  expect(check(spec, { spec: 'AB' })).toEqual(['wrong-value spec']);
  expect(check({ ...text, ...rule("self.matches('(?=a)')") }, { spec: 'a' })).toEqual(['not-evaluated spec']);
});

it('finds entries that are there twice', () => {
  const set: Schema = { type: 'array', items: text, 'x-kubernetes-list-type': 'set' };
  expect(check(set, { spec: ['a', 'b', 'a'] })).toEqual(['wrong-value spec.2']);
  const map: Schema = {
    type: 'array',
    items: { type: 'object', properties: { name: { ...text, default: 'x' }, other: text } },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  };
  expect(check(map, { spec: [{ other: 'a' }, { name: 'x' }, { name: 'y' }] })).toEqual([
    'wrong-value spec.1',
  ]);
});
