import { expect, it } from 'vitest';
import { createRuleCompiler } from './cel/expressions.ts';
import { withDefaults } from './defaults.ts';
import type { Schema } from './schema.ts';
import { createValidator } from './validate.ts';

const text: Schema = { type: 'string' };
const filled = (properties: Record<string, Schema>, value: unknown): unknown =>
  withDefaults({ type: 'object', properties }, value, new Map());

it('fills in what is not there, at any depth', () => {
  const inner: Schema = { type: 'object', properties: { a: { ...text, default: 'x' } } };
  const properties: Record<string, Schema> = {
    list: { type: 'array', items: inner },
    map: { type: 'object', additionalProperties: inner },
    all: { ...inner, default: {} },
    none: inner,
  };
  expect(filled(properties, { list: [{}, { a: 'y' }], map: { b: {} } })).toEqual({
    list: [{ a: 'x' }, { a: 'y' }],
    map: { b: { a: 'x' } },
    all: { a: 'x' },
  });
});

it('fills in for null where a field may not be null', () => {
  const properties: Record<string, Schema> = {
    a: { ...text, default: 'x' },
    b: { ...text, default: 'x', nullable: true },
    c: text,
  };
  expect(filled(properties, { a: null, b: null, c: null })).toEqual({ a: 'x', b: null, c: null });
});

it('gives the same value if nothing is filled in, and a new one otherwise', () => {
  const properties: Record<string, Schema> = { a: { ...text, default: 'x' }, b: { type: 'object' } };
  const value = { a: 'y', b: {} };
  expect(filled(properties, value)).toBe(value);
  const other = { b: {} };
  expect(filled(properties, other)).not.toBe(other);
  expect(other).toEqual({ b: {} });
});

/** A validator of one kind with this schema of its `spec`. */
function codesOf(spec: Schema, value: unknown): readonly string[] {
  const files: Record<string, unknown> = {
    'index.json': {
      'example.org/v1/Thing': {
        apiVersion: 'example.org/v1',
        kind: 'Thing',
        scope: 'Namespaced',
        source: 'a/b',
        version: 'v1',
        schema: 'thing.json',
      },
    },
    'thing.json': {
      type: 'object',
      properties: {
        apiVersion: text,
        kind: text,
        metadata: { type: 'object', properties: { name: text } },
        spec,
      },
    },
    'kubernetes.json': {},
  };
  const { validate } = createValidator((name) => JSON.stringify(files[name]), createRuleCompiler());
  const object = { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'a' }, spec: value };
  return validate(object).map(({ code }) => code);
}

// kube-apiserver 1.36 was asked each of these.
it('validates the object with its defaults', () => {
  const properties: Record<string, Schema> = { x: { ...text, default: 'd' }, y: text };
  expect(codesOf({ type: 'object', minProperties: 1, properties }, {})).toEqual([]);
  expect(codesOf({ type: 'object', maxProperties: 1, properties }, { y: 'a' })).toEqual(['wrong-value']);
  expect(codesOf({ type: 'object', properties }, { x: null })).toEqual([]);
  expect(codesOf({ type: 'object', properties }, { y: null })).toEqual(['wrong-type']);
  const condition: Schema = {
    type: 'object',
    properties,
    oneOf: [{ properties: { x: { enum: ['d'] } }, required: ['y'] }, { properties: { x: { enum: ['e'] } } }],
  };
  expect(codesOf(condition, {})).toEqual(['wrong-value']);
  expect(codesOf(condition, { y: 'a' })).toEqual([]);
  expect(codesOf(condition, { x: 'e' })).toEqual([]);
});
