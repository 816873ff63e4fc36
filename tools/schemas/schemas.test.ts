import { describe, expect, test } from 'vitest';
import { type Dialect, readSchema } from '../../src/kubernetes/definitions/readSchema.ts';
import { typeText } from './typeText.ts';

const custom: Dialect = {
  inlined: {},
  defaultsFillRequired: true,
  bareObjectIsOpen: false,
  isEvaluated: true,
  isLenient: false,
};
const core: Dialect = {
  inlined: { Quantity: { format: 'quantity' } },
  defaultsFillRequired: false,
  bareObjectIsOpen: true,
  isEvaluated: false,
  isLenient: false,
};

describe('reading a definition', () => {
  test('keeps the structure and the defaults, and leaves the rest', () => {
    const raw = {
      type: 'object',
      description: 'words',
      required: ['name', 'size'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 63, pattern: '^a$', description: 'words' },
        size: { type: 'integer', format: 'int32', default: 1, minimum: 1, 'x-kubernetes-validations': [] },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        mode: { type: 'string', enum: ['A', 'B'], nullable: true },
      },
    };
    expect(readSchema(raw, custom)).toEqual({
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 63, pattern: '^a$' },
        size: { type: 'integer', format: 'int32', default: 1, minimum: 1 },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        mode: { type: 'string', enum: ['A', 'B'], nullable: true },
      },
    });
  });

  test('in the core a default fills nothing, and an object without fields is open', () => {
    const raw = { type: 'object', required: ['port'], properties: { port: { type: 'integer', default: 0 } } };
    expect(readSchema(raw, core).required).toEqual(['port']);
    expect(readSchema(raw, custom).required).toBeUndefined();
    expect(readSchema({ type: 'object' }, core)).toEqual({
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
    });
    expect(readSchema({ type: 'object' }, custom)).toEqual({ type: 'object' });
  });

  test('a reference may be in an allOf, and may mean something that is written out', () => {
    const reference = (name: string) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }], default: {} });
    expect(readSchema(reference('PodSpec'), core)).toEqual({ $ref: 'PodSpec' });
    expect(readSchema(reference('Quantity'), core)).toEqual({ format: 'quantity' });
  });

  test('int-or-string says its types once', () => {
    const types = [{ type: 'integer' }, { type: 'string' }];
    const marked = { 'x-kubernetes-int-or-string': true };
    expect(readSchema({ ...marked, anyOf: types }, custom)).toEqual(marked);
    expect(readSchema({ ...marked, allOf: [{ anyOf: types }, { pattern: '^1$' }] }, custom)).toEqual({
      ...marked,
      allOf: [{ pattern: '^1$' }],
    });
  });

  test("patterns of Go's reader become patterns of JavaScript", () => {
    const pattern = (text: string) =>
      new RegExp(readSchema({ type: 'string', pattern: text }, custom).pattern ?? '', 'u');
    expect(pattern('^(?i)(abort|warn)?$').test('Abort')).toBe(true);
    expect(pattern('^\\PC*$').test('a\u0007')).toBe(false);
    expect(() => pattern('^(?P<name>a)$')).toThrow();
  });

  test('what is not known is not passed over', () => {
    for (const raw of [
      { type: 'tuple' },
      { type: 'string', format: 'hostname' },
      { propertyNames: {} },
      { $ref: 'other.json' },
    ]) {
      expect(() => readSchema(raw, custom)).toThrow();
    }
  });
});

test('writes a type as a developer would', () => {
  const schema = readSchema(
    {
      type: 'object',
      required: ['a-b'],
      properties: {
        'a-b': { type: 'array', items: { type: 'string', enum: ['x', 'y'] } },
        any: { 'x-kubernetes-preserve-unknown-fields': true },
        port: { 'x-kubernetes-int-or-string': true },
        none: { type: 'object' },
      },
    },
    custom,
  );
  const naming = { reference: (name: string) => name, alias: () => undefined };
  expect(typeText(schema, ['A'], naming)).toBe(
    '{\n  "a-b": Array<"x" | "y">;\n  any?: unknown;\n  port?: number | string;\n  none?: { [key: string]: never };\n}',
  );
});
