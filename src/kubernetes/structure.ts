import { closest, distance } from 'fastest-levenshtein';
import type { ProblemCode } from '../problems/codes.ts';
import { formatRules } from './format.ts';
import type { Literal, Schema, SchemaType } from './schema.ts';

/** A violation of the rules for an object. A finding never contains a value of the object. */
export interface Finding {
  code:
    | Extract<
        ProblemCode,
        'unknown-kind' | 'unknown-key' | 'missing-field' | 'wrong-type' | 'wrong-value' | 'not-a-choice'
      >
    /** There is a schema for other versions of the kind. */
    | 'unknown-version'
    /** Whether a rule holds cannot be said. */
    | 'not-evaluated';
  /** Keys and indexes from the root. For a missing field, the path of its parent. */
  path: (string | number)[];
  /** What is wrong, in one sentence without a full stop. */
  message: string;
  expected: string;
  /** When the API server accepts the object all the same, as the end of a sentence about the server. */
  unless?: string;
}

/** The definitions and patterns that schemas refer to. */
export interface Definitions {
  definition: (name: string) => Schema | undefined;
  /** The compiled pattern. Each pattern is compiled once. */
  pattern: (source: string) => Pattern;
}

/** Says whether a text matches anywhere. */
export interface Pattern {
  test: (text: string) => boolean;
}

interface Check extends Definitions {
  path: (string | number)[];
  found: Finding[];
  /** Null means "absent" in built-in types, but not in custom resources. */
  nullIsAbsent: boolean;
}

/** Validates a value. Never throws, and reports all findings. */
export function checkValue(schema: Schema, value: unknown, definitions: Definitions): Finding[] {
  const check: Check = { ...definitions, path: [], found: [], nullIsAbsent: false };
  visit(schema, value, check);
  return check.found;
}

function visit(schema: Schema, value: unknown, check: Check): void {
  if (schema.$ref !== undefined) {
    const target = check.definition(schema.$ref);
    if (target !== undefined)
      visit(target, value, check.nullIsAbsent ? check : { ...check, nullIsAbsent: true });
    return;
  }
  if (value === null && (schema.nullable === true || check.nullIsAbsent)) return;
  if (!hasType(schema, value)) {
    report(check, 'wrong-type', `the value is ${nameOf(value)}`, typeNames(schema));
    return;
  }
  if (schema.enum !== undefined && !schema.enum.some((literal) => literal === value)) {
    report(check, 'not-a-choice', 'the field does not allow this value', choiceList(schema.enum));
  }
  if (typeof value === 'string') visitString(schema, value, check);
  else if (typeof value === 'number') visitNumber(schema, value, check);
  else if (Array.isArray(value)) visitList(schema, value, check);
  else if (isMap(value)) visitMap(schema, value, check);
  visitConditions(schema, value, check);
}

function report(check: Check, code: Finding['code'], message: string, expected: string): void {
  check.found.push({ code, path: [...check.path], message, expected });
}

const typeTests: Record<SchemaType, (value: unknown) => boolean> = {
  object: isMap,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  number: Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
};

const typeWords: Record<SchemaType, string> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function hasType(schema: Schema, value: unknown): boolean {
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof value === 'string' || Number.isInteger(value);
  if (schema.format === 'quantity') return typeof value === 'string' || Number.isFinite(value);
  return schema.type === undefined || typeTests[schema.type](value);
}

function typeNames(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'a whole number or text';
  if (schema.type === undefined) return 'a number or text';
  return typeWords[schema.type];
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  return Array.isArray(value) ? 'a list' : 'a map';
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function visitString(schema: Schema, value: string, check: Check): void {
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    checkCount(schema.minLength, schema.maxLength, [...value].length, 'characters', check);
  }
  if (schema.pattern !== undefined && !check.pattern(schema.pattern).test(value)) {
    report(
      check,
      'wrong-value',
      'the text does not match the pattern of the field',
      `text that matches ${schema.pattern}`,
    );
  }
  checkFormat(schema, value, check);
}

function visitNumber(schema: Schema, value: number, check: Check): void {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && value < minimum) {
    report(check, 'wrong-value', 'the number is too small', `at least ${minimum}`);
  }
  if (maximum !== undefined && value > maximum) {
    report(check, 'wrong-value', 'the number is too large', `at most ${maximum}`);
  }
  checkFormat(schema, value, check);
}

function checkFormat(schema: Schema, value: string | number, check: Check): void {
  if (schema.format === undefined) return;
  const rule = formatRules[schema.format];
  if (!rule.holds(value))
    report(check, 'wrong-value', 'the value does not have the format of the field', rule.expected);
}

function visitList(schema: Schema, values: unknown[], check: Check): void {
  checkCount(schema.minItems, schema.maxItems, values.length, 'entries', check);
  const { items } = schema;
  if (items === undefined) return;
  values.forEach((value, index) => {
    descend(items, value, index, check);
  });
}

function descend(schema: Schema, value: unknown, key: string | number, check: Check): void {
  check.path.push(key);
  visit(schema, value, check);
  check.path.pop();
}

function visitMap(schema: Schema, map: Record<string, unknown>, check: Check): void {
  const fields = Object.keys(map).filter((name) => map[name] !== undefined);
  checkCount(schema.minProperties, schema.maxProperties, fields.length, 'fields', check);
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(map, name) || map[name] === undefined) {
      report(check, 'missing-field', `the field ${JSON.stringify(name)} is missing`, `the field ${name}`);
    }
  }
  for (const name of fields) {
    const inner = ownSchema(schema, name);
    if (inner !== undefined) descend(inner, map[name], name, check);
    else if (!isOpen(schema)) reportUnknown(schema, name, check);
  }
}

function ownSchema(schema: Schema, name: string): Schema | undefined {
  const { properties } = schema;
  return properties !== undefined && Object.hasOwn(properties, name)
    ? properties[name]
    : schema.additionalProperties;
}

/** Conditions have no type: they only constrain fields that are defined elsewhere. */
function isOpen(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true || schema.type === undefined;
}

/** The largest edit distance of a suggested field name. */
const typingErrors = 3;
/** The number of fields that a message lists. */
const readableList = 12;

function reportUnknown(schema: Schema, name: string, check: Check): void {
  const known = Object.keys(schema.properties ?? {});
  const near = known.length > 0 ? closest(name, known) : '';
  const meant =
    near !== '' &&
    distance(name.toLowerCase(), near.toLowerCase()) <= Math.min(typingErrors, near.length / 2);
  const listed =
    known.length === 0
      ? 'no fields'
      : `one of ${known.slice(0, readableList).join(', ')}${known.length > readableList ? ', …' : ''}`;
  check.path.push(name);
  report(check, 'unknown-key', `unknown field ${JSON.stringify(name)}`, meant ? near : listed);
  check.path.pop();
}

function checkCount(
  least = 0,
  most = Number.POSITIVE_INFINITY,
  count: number,
  unit: string,
  check: Check,
): void {
  if (count < least) report(check, 'wrong-value', `there are too few ${unit}`, `at least ${least} ${unit}`);
  if (count > most) report(check, 'wrong-value', `there are too many ${unit}`, `at most ${most} ${unit}`);
}

function visitConditions(schema: Schema, value: unknown, check: Check): void {
  const { allOf, anyOf, oneOf, not } = schema;
  if (allOf === undefined && anyOf === undefined && oneOf === undefined && not === undefined) return;
  for (const each of schema.allOf ?? []) visit(each, value, check);
  const matches = (each: Schema) => {
    const trial: Check = { ...check, found: [] };
    visit(each, value, trial);
    return trial.found.length === 0;
  };
  if (schema.anyOf !== undefined && !schema.anyOf.some(matches)) {
    report(check, 'wrong-value', 'the value matches none of the allowed forms', forms(schema.anyOf));
  }
  if (schema.oneOf !== undefined && schema.oneOf.filter(matches).length !== 1) {
    report(
      check,
      'wrong-value',
      'the value does not match exactly one of the allowed forms',
      forms(schema.oneOf),
    );
  }
  if (schema.not !== undefined && matches(schema.not)) {
    report(check, 'wrong-value', 'the value has a form that is not allowed', 'another form');
  }
}

/** The alternatives, by their required fields if they have any. */
function forms(alternatives: Schema[]): string {
  const fields = alternatives.flatMap((each) => each.required ?? []);
  return fields.length > 0 ? `one of ${fields.join(', ')}` : `one of ${alternatives.length} forms`;
}

function choiceList(choices: Literal[]): string {
  return `one of ${choices.map((choice) => (choice === '' ? '""' : String(choice))).join(', ')}`;
}
