import type { Path } from '../path.ts';
import type { Schema } from '../schema.ts';
import type { Definitions, Finding } from '../structure.ts';
import type { CompiledRule, RuleCompiler } from './expressions.ts';

interface Check extends Pick<Definitions, 'definition'> {
  compile: RuleCompiler;
  /** For each schema met before, whether it or one in it asks something of a value. */
  asking: Map<Schema, boolean>;
  found: Finding[];
}

/**
 * What the rules of a definition say of a custom resource that holds to its schema. Defaults are filled in first, as
 * the API server does. A rule that cannot be evaluated gives a finding of its own, `not-evaluated`.
 *
 * @param asking what is known of schemas; the same map for all objects saves the time to look again
 */
export function checkRules(
  schema: Schema,
  object: unknown,
  { definition, compile }: Pick<Check, 'definition' | 'compile'>,
  asking: Check['asking'] = new Map(),
): Finding[] {
  const check: Check = { definition, compile, asking, found: [] };
  if (asks(schema, asking)) evaluated(schema, object, [], check, false);
  return check.found;
}

/** Whether a schema, or one in it, has a rule or demands that entries differ. */
function asks(schema: Schema, asking: Check['asking']): boolean {
  const known = asking.get(schema);
  if (known !== undefined) return known;
  const inner = [schema.items, schema.additionalProperties, ...Object.values(schema.properties ?? {})];
  const isAsking = isAskingItself(schema) || inner.some((each) => each !== undefined && asks(each, asking));
  asking.set(schema, isAsking);
  return isAsking;
}

function isAskingItself(schema: Schema): boolean {
  return schema['x-kubernetes-validations'] !== undefined || schema['x-kubernetes-list-type'] !== undefined;
}

/**
 * Evaluates the rules for a value and all in it. Returns the value as CEL sees it.
 *
 * @param isSeen whether a rule around the value sees it. What no rule sees is not converted.
 */
function evaluated(schema: Schema, value: unknown, path: Path, check: Check, isSeen: boolean): unknown {
  if (!isSeen && !asks(schema, check.asking)) return undefined;
  // The metadata of a custom resource has no rules.
  if (schema.$ref !== undefined) return untyped(value);
  const self = converted(schema, value, path, check, isSeen || isAskingItself(schema));
  if (value === null || value === undefined) return self;
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const holds = hold(check.compile(rule), self);
    if (holds === true) continue;
    const expected = rule.message ?? rule.rule;
    const message =
      holds === false
        ? 'a rule of the definition does not hold'
        : 'a rule of the definition cannot be evaluated here';
    check.found.push({
      code: holds === false ? 'wrong-value' : 'not-evaluated',
      path: [...path],
      message,
      expected,
    });
  }
  return self;
}

function hold(rule: CompiledRule, self: unknown): boolean | undefined {
  return rule(self);
}

function converted(schema: Schema, value: unknown, path: Path, check: Check, isSeen: boolean): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    const entries = value.map((entry, index) =>
      items === undefined ? untyped(entry) : evaluated(items, entry, [...path, index], check, isSeen),
    );
    checkDifferent(schema, entries, path, check);
    return entries;
  }
  if (typeof value === 'object' && value !== null) return convertedMap(schema, value, path, check, isSeen);
  if (typeof value === 'number') return schema.type === 'number' ? value : number(value);
  if (typeof value === 'string' && schema.format === 'date-time') return new Date(value);
  return value;
}

function convertedMap(
  schema: Schema,
  value: object,
  path: Path,
  check: Check,
  isSeen: boolean,
): Map<string, unknown> {
  const properties = schema.properties ?? {};
  const fields = new Map<string, unknown>();
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const own = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
    // A field without a schema is not visible to rules.
    if (own === undefined) continue;
    if (inner === null && own.nullable !== true) continue;
    const key = properties[name] === undefined ? name : escaped(name);
    fields.set(key, evaluated(own, inner, [...path, name], check, isSeen));
  }
  for (const [name, own] of Object.entries(properties)) {
    if (own.default !== undefined && !fields.has(escaped(name)))
      fields.set(escaped(name), evaluated(own, own.default, [...path, name], check, isSeen));
  }
  return fields;
}

/** A value without a schema. */
function untyped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untyped);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, inner]) => [key, untyped(inner)]));
  return typeof value === 'number' ? number(value) : value;
}

function number(value: number): number | bigint {
  return Number.isInteger(value) ? BigInt(value) : value;
}

/** Words of CEL: a field of such a name is escaped. */
const reserved = new Set([
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if'],
  ...['import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
]);

/** The name of a field in rules: `Escape` of k8s.io/apiserver 1.36, `pkg/cel/escaping.go`. */
function escaped(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

/** Entries of a set differ, and entries of a list that is a map differ in their keys. */
function checkDifferent(schema: Schema, entries: readonly unknown[], path: Path, check: Check): void {
  const type = schema['x-kubernetes-list-type'];
  if (type === undefined || entries.length < 2) return;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  entries.forEach((entry, index) => {
    const identity =
      type === 'map' && entry instanceof Map ? keys.map((key) => entry.get(escaped(key))) : entry;
    const text = canonical(identity);
    if (seen.has(text))
      check.found.push({
        code: 'wrong-value',
        path: [...path, index],
        message: 'the entry is there twice',
        expected: type === 'map' ? `entries that differ in ${keys.join(', ')}` : 'entries that differ',
      });
    seen.add(text);
  });
}

/** Equal texts for equal values. */
function canonical(value: unknown): string {
  if (value instanceof Map)
    return `{${[...value].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)).map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)}}`;
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  return typeof value === 'bigint' ? `${value}` : (JSON.stringify(value) ?? 'null');
}
