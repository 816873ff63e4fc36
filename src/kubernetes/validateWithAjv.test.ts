import { isIPv4, isIPv6 } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { createRuleCompiler } from './cel/expressions.ts';
import { type Defaulting, withDefaults } from './defaults.ts';
import type { KindEntry, Schema } from './schema.ts';
import { createValidator, readSchemasFrom } from './validate.ts';

/** Compares the validator with ajv, which gets the same schemas as plain JSON Schema. */

const read = readSchemasFrom(fileURLToPath(new URL('../../schemas', import.meta.url)));
const validator = createValidator(read, createRuleCompiler());
const index: Record<string, KindEntry> = JSON.parse(read('index.json'));
const definitions: Record<string, Schema> = JSON.parse(read('kubernetes.json'));

/** The same schema as plain JSON Schema with closed objects. */
function strict(schema: Schema, core: boolean, open = false): Record<string, unknown> {
  const { $ref, properties, additionalProperties, items, allOf, anyOf, oneOf, not, nullable, type, ...rest } =
    schema;
  if ($ref !== undefined) return { $ref: `#/definitions/${$ref}` };
  const result: Record<string, unknown> = { ...rest };
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  const types = intOrString
    ? ['integer', 'string']
    : schema.format === 'quantity'
      ? ['number', 'string']
      : type && [type];
  const mayBeNull = nullable === true || (core && !open);
  if (types) result['type'] = mayBeNull ? [...types, 'null'] : types;
  if (mayBeNull && schema.enum !== undefined) result['enum'] = [...schema.enum, null];
  if (properties) {
    result['properties'] = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, strict(value, core, open)]),
    );
  }
  if (additionalProperties) result['additionalProperties'] = strict(additionalProperties, core, open);
  else if (type === 'object' && !open && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    result['additionalProperties'] = false;
  }
  if (items) result['items'] = strict(items, core, open);
  for (const [key, list] of Object.entries({ allOf, anyOf, oneOf })) {
    if (list) result[key] = list.map((each) => strict(each, core, true));
  }
  if (not) result['not'] = strict(not, core, true);
  return result;
}

const everyDefinition = Object.fromEntries(
  Object.entries(definitions).map(([name, schema]) => [name, strict(schema, true)]),
);

function ajvFor(entry: KindEntry): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const text = (validate: (value: string) => boolean) => ({ type: 'string' as const, validate });
  const number = (bits: number) => ({
    type: 'number' as const,
    validate: (value: number) => value >= -(2 ** (bits - 1)) && value <= 2 ** (bits - 1) - 1,
  });
  ajv.addFormat('int32', number(32));
  ajv.addFormat('int64', number(64));
  ajv.addFormat(
    'byte',
    text((value) => Buffer.from(value, 'base64').toString('base64') === value),
  );
  ajv.addFormat(
    'date-time',
    text((value) => /^\d{4}-\d\d-\d\dT.*[Z\d]$/.test(value) && !Number.isNaN(Date.parse(value))),
  );
  ajv.addFormat(
    'cidr',
    text(
      (value) =>
        /^[^/]+\/\d+$/.test(value) &&
        (isIPv4(value.split('/')[0] ?? '') || isIPv6(value.split('/')[0] ?? '')),
    ),
  );
  ajv.addFormat('ipv4', text(isIPv4));
  ajv.addFormat('ipv6', text(isIPv6));
  ajv.addFormat(
    'quantity',
    text((value) => /^[+-]?(\d+(\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/.test(value)),
  );
  const [file = '', reference] = entry.schema.split('#');
  const root: Schema = reference === undefined ? JSON.parse(read(file)) : { $ref: reference };
  return ajv.compile({ ...strict(root, reference !== undefined), definitions: everyDefinition });
}

const words = [
  '',
  'a',
  'web',
  'TCP',
  'Always',
  '10m',
  '1h',
  '100m',
  '2Gi',
  'a.b',
  '192.0.2.0/24',
  'aGk=',
  '2026-01-31T12:00:00Z',
  'A b',
  'https://a.example',
];

/** Values that mostly match a schema. They do not if no word matches a pattern. */
function fitting(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return fitting(definitions[schema.$ref] ?? {}, depth);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'quantity')
    return fc.constantFrom<unknown>(80, '100m', '1Gi');
  if (schema.type === 'array') {
    return depth <= 0
      ? fc.constant([])
      : fc.array(fitting(schema.items ?? {}, depth - 1), {
          minLength: schema.minItems ?? 0,
          maxLength: (schema.minItems ?? 0) + 2,
        });
  }
  if (schema.type === 'object') return fittingMap(schema, depth);
  if (schema.type === 'integer')
    return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 70_000 });
  if (schema.type === 'number') return fc.constantFrom(0, 0.5, 100);
  if (schema.type === 'boolean') return fc.boolean();
  const pattern = new RegExp(schema.pattern ?? '', 'u');
  const fit = words.filter((word) => pattern.test(word) && word.length >= (schema.minLength ?? 0));
  return fc.constantFrom(...(fit.length > 0 ? fit : words));
}

function fittingMap(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.additionalProperties !== undefined) {
    return fc.dictionary(fc.constantFrom(...words), fitting(schema.additionalProperties, depth - 1), {
      maxKeys: 2,
    });
  }
  const all = Object.entries(schema.properties ?? {}).filter(
    ([name]) => depth > 0 || schema.required?.includes(name),
  );
  const required = schema.required ?? [];
  const optional = all.filter(([name]) => !required.includes(name));
  return fc.subarray(optional, { maxLength: Math.min(4, optional.length) }).chain((some) => {
    const chosen = [...all.filter(([name]) => required.includes(name)), ...some];
    return fc.record(Object.fromEntries(chosen.map(([name, inner]) => [name, fitting(inner, depth - 1)])));
  });
}

/** The value with an error at the path of `steps`. */
function damaged(value: unknown, steps: number[], damage: unknown): unknown {
  const [step = 0, ...rest] = steps;
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined || rest.length === 0) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && step % 2 === 0
      ? { ...value, surplus: damage }
      : damage;
  }
  if (Array.isArray(value))
    return value.map((each, at) => (String(at) === key ? damaged(each, rest, damage) : each));
  return { ...Object(value), [key]: damaged(Object(value)[key], rest, damage) };
}

describe('agrees with ajv', () => {
  const kinds = [
    'v1/Service',
    'v1/Secret',
    'apps/v1/Deployment',
    'batch/v1/CronJob',
    'networking.k8s.io/v1/NetworkPolicy',
    'kustomize.toolkit.fluxcd.io/v1/Kustomization',
    'helm.toolkit.fluxcd.io/v2/HelmRelease',
    'gateway.networking.k8s.io/v1/HTTPRoute',
    'cilium.io/v2/CiliumNetworkPolicy',
    'cert-manager.io/v1/Certificate',
    'postgresql.cnpg.io/v1/Database',
  ];
  test.each(kinds)('about %s', (key) => {
    const entry = index[key];
    if (entry === undefined) throw new Error(`${key} is in the index`);
    const ajv = ajvFor(entry);
    const [file = '', reference] = entry.schema.split('#');
    const schema: Schema = reference === undefined ? JSON.parse(read(file)) : { $ref: reference };
    const body = fitting(schema, 6).map((value) => ({
      ...Object(value),
      apiVersion: entry.apiVersion,
      kind: entry.kind,
    }));
    const named = body.map((value) => ({ ...value, metadata: { name: 'a', ...Object(value).metadata } }));
    const damage = fc.constantFrom<unknown>(
      null,
      1,
      1.5,
      -1,
      2 ** 40,
      '',
      'no such word!',
      true,
      [],
      {},
      [null],
      { a: 1 },
    );
    const known: Defaulting = new Map();
    const tally = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(
        named,
        fc.array(fc.nat(30), { minLength: 2, maxLength: 7 }),
        damage,
        (object, steps, wrong) => {
          for (const candidate of [object, { ...object, spec: damaged(object.spec, steps, wrong) }]) {
            const findings = validator.checkStructure(candidate);
            const agreed = ajv(withDefaults(schema, candidate, known));
            expect({ valid: findings.length === 0, findings }).toEqual({ valid: agreed, findings });
            tally[agreed ? 'valid' : 'invalid']++;
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(Math.min(tally.valid, tally.invalid)).toBeGreaterThan(10);
  });
});
