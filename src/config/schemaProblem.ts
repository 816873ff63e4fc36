import { closest, distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { type Path, valueAt, written } from '../kubernetes/path.ts';
import type { Problem } from '../problems/problem.ts';
import type { ConfigDocument } from './document.ts';
import { type Field, fieldsAt, isPrivateField, keysAt, notedAt, visibilityAt } from './fields.ts';
import type { ValueFinding } from './finding.ts';
import { renamedFrom, renamedTo } from './format.ts';

/** The documents of a merged configuration, and its schema. */
export interface Places {
  cluster: ConfigDocument;
  privateFile?: ConfigDocument;
  fields: Field;
}

type Issue = z.core.$ZodIssue;

/** Lifts the issues inside of unions and records to the top, each with its whole path. */
export function unfold(issues: readonly Issue[], prefix: Path = []): Issue[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path] as PropertyKey[];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      // The branch that failed deepest is most likely the intended one.
      const deepest = [...issue.errors].sort((one, other) => depth(other) - depth(one))[0] ?? [];
      return unfold(deepest, path as Path);
    }
    return [{ ...issue, path }];
  });
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

/** Turns an issue of zod into problems with a position. Messages contain values of public fields only. */
export function problemsOf(issue: Issue, merged: unknown, places: Places): Problem[] {
  const path = issue.path.filter((step): step is string | number => typeof step !== 'symbol');
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => unknownKey([...path, key], places))
    : [problemOf(issue, path, merged, places)];
}

function problemOf(issue: Issue, path: Path, merged: unknown, places: Places): Problem {
  const place = (part?: 'key' | 'value') => placed(path, merged, places, part);
  const finding = (issue.code === 'custom' ? issue.params?.['finding'] : undefined) as
    | ValueFinding
    | undefined;
  if (finding) return { ...place(), ...said(finding, path, places) };
  const value = valueAt(merged, path);
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_value':
    case 'invalid_union':
      // A key without a value is a field that was left to be filled in.
      if (value === undefined || value === null) return missing(path, places, choicesOf(issue));
      if (issue.code === 'invalid_type')
        return { ...place(), ...wrongType(path, issue.expected, value, places) };
      return { ...place(), ...notAChoice(path, issue, value, places) };
    case 'invalid_key':
      return { ...place('key'), ...said(keyFinding(issue), path, places) };
    default:
      return {
        ...place(),
        code: 'wrong-value',
        message: `${written(path)}: invalid value`,
        expected: `${expectedValue(issue)}${exampleOf(path, places)}`,
        remedy: `correct the value of ${written(path)}`,
      };
  }
}

/** What zod expected, in the words of the user: its own messages name schema types. */
function expectedValue(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      // A schema can describe its format; otherwise the pattern is all there is.
      return issue.message.startsWith('Invalid ') ? `text that matches ${issue.pattern}` : issue.message;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  return { array: ' entries', set: ' entries', string: ' characters', map: ' entries' }[origin] ?? '';
}

/** The example of a field as the end of a sentence. Private fields have made-up examples. */
function exampleOf(path: Path, places: Places): string {
  const [example] = notedAt(places.fields, path, 'examples') ?? [];
  if (example === undefined) return '';
  return `, such as ${typeof example === 'string' ? example : JSON.stringify(example)}`;
}

function choicesAt(path: Path, { fields }: Places): unknown[] {
  return fieldsAt(fields, path).flatMap(
    (field) => field.enum ?? (field.const === undefined ? [] : [field.const]),
  );
}

/** The choices of a union: at its path another union may have others. */
function choicesOf(issue: Issue): unknown[] {
  return issue.code === 'invalid_union' && 'options' in issue ? [...(issue.options ?? [])] : [];
}

/** Why the schema has no other choice, where its union says so. */
function reasonOf(issue: Issue): string | undefined {
  return issue.code === 'invalid_union' && !issue.message.startsWith('Invalid ') ? issue.message : undefined;
}

/** Whether a message may contain the value: it is public, and it is in the public file. */
function isShown(path: Path, { fields, cluster }: Places): boolean {
  return (visibilityAt(fields, path) ?? 'public') === 'public' && cluster.locate(path) !== undefined;
}

function keyFinding(issue: z.core.$ZodIssueInvalidKey): ValueFinding {
  const inner = issue.issues[0];
  const finding = (inner?.code === 'custom' ? inner.params?.['finding'] : undefined) as
    | ValueFinding
    | undefined;
  return (
    finding ?? {
      code: 'wrong-value',
      message: 'invalid key',
      expected: inner === undefined ? 'another key' : expectedValue(inner),
    }
  );
}

/** The position of a value of the merged configuration in the file that it was taken from. */
function placed(
  path: Path,
  merged: unknown,
  { cluster, privateFile }: Places,
  part: 'key' | 'value' = 'value',
): Pick<Problem, 'file' | 'at'> {
  const value = valueAt(merged, path);
  const documents = [cluster, ...(privateFile ? [privateFile] : [])];
  const source = documents.filter((document) => valueAt(document.value, path) === value);
  for (const document of [...source, ...documents]) {
    const at = document.locate(path, part);
    if (at) return { file: document.file, at };
  }
  return {};
}

function said(finding: ValueFinding, path: Path, places: Places): Omit<Problem, 'file' | 'at'> {
  const visible = isShown(path, places);
  const message = visible && finding.shown ? finding.shown : finding.message;
  const correction =
    visible && finding.suggestion ? `write ${finding.suggestion}` : `correct the value of ${written(path)}`;
  return {
    code: finding.code,
    message: `${written(path)}: ${message}${visible && finding.suggestion ? `: ${finding.suggestion}?` : ''}`,
    expected: finding.expected,
    remedy: finding.remedy ?? correction,
  };
}

/** A key may be a misplaced value: the message does not contain keys of the private values file. */
function unknownKey(path: Path, places: Places): Problem {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const known = keysAt(places.fields, parent);
  const near = known.length > 0 ? closest(key, known) : undefined;
  const isNear =
    near !== undefined && distance(key.toLowerCase(), near.toLowerCase()) <= Math.max(2, key.length / 3);
  const meant = renamedTo(path) ?? (isNear ? near : undefined);
  const document = places.cluster.locate(path, 'key') ? places.cluster : places.privateFile;
  const at = document?.locate(path, 'key');
  const name =
    document === places.cluster
      ? written(path)
      : `${['a key', ...(parent.length > 0 ? [written(parent)] : [])].join(' of ')}`;
  return {
    ...(document && at ? { file: document.file, at } : {}),
    code: 'unknown-key',
    message: `${name} is not a field${meant ? `: did you mean ${meant}?` : ''}`,
    expected: known.length > 0 ? `one of: ${known.join(', ')}` : 'no fields here',
    remedy: meant ? `write ${meant}` : 'remove the line',
  };
}

function missing(path: Path, places: Places, options: readonly unknown[] = []): Problem {
  const old = [...path.slice(0, -1), renamedFrom(path) ?? ''];
  if (places.cluster.locate(old, 'key') !== undefined) return unknownKey(old, places);
  const [field] = fieldsAt(places.fields, path);
  const hidden = isPrivateField(places.fields, path);
  const document = hidden ? places.privateFile : places.cluster;
  const at = document?.locate(path, 'key') ?? document?.locate(path.slice(0, -1), 'key');
  const name = path.findLast((step) => typeof step === 'string');
  const source = notedAt(places.fields, path, 'source');
  const choices = options.length > 0 ? options : choicesAt(path, places);
  const [example] = notedAt(places.fields, path, 'examples') ?? [];
  return {
    code: 'missing-field',
    file: document?.file ?? 'cluster.private.yaml',
    ...(at ? { at } : {}),
    field: written(path),
    message: `${written(path)} is missing`,
    expected: choices.length > 0 ? `one of: ${choices.join(', ')}` : (field?.description ?? 'a value'),
    remedy:
      (source === undefined || source.includes('gatehouse ') || !document?.file.includes('.sops.')
        ? source
        : `${source}; then run: gatehouse secrets set ${written(path)}`) ??
      (example === undefined
        ? `add ${name}${insideOf(field)}`
        : typeof example === 'string'
          ? `add "${name}: ${example}", with your own value`
          : `add this, with your own value: ${name}: ${JSON.stringify(example)}`),
  };
}

/** What is in a section, as the end of a sentence. */
function insideOf(field: Field | undefined): string {
  const names = Object.keys(field?.properties ?? {});
  return names.length === 0 ? '' : `, a section with ${names.join(', ')}`;
}

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'keys and values',
  record: 'keys and values',
  array: 'a list',
};

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeNames[typeof value] ?? 'another type';
}

function wrongType(path: Path, expected: string, value: unknown, places: Places): Problem {
  const [field] = fieldsAt(places.fields, path);
  const wanted = typeNames[expected] ?? expected;
  const isQuotable = expected === 'string' && (typeof value === 'number' || typeof value === 'boolean');
  return {
    code: 'wrong-type',
    message: `${path.length === 0 ? 'the file' : written(path)} is ${typeOf(value)}, not ${wanted}`,
    expected: `${wanted}${exampleOf(path, places)}${field?.description ? `: ${field.description}` : ''}`,
    remedy: isQuotable ? 'put the value in quotes' : `write ${wanted}`,
  };
}

function notAChoice(path: Path, issue: Issue, value: unknown, places: Places): Problem {
  const options = choicesOf(issue);
  const reason = reasonOf(issue);
  const names = (options.length > 0 ? options : choicesAt(path, places)).map(String);
  const visible = isShown(path, places) && typeof value === 'string';
  const near = visible && names.length > 0 ? closest(value, names) : undefined;
  const meant = near !== undefined && visible && distance(value, near) <= 3 ? near : undefined;
  return {
    code: 'not-a-choice',
    message: `${written(path)}: ${visible ? `"${value.slice(0, 40)}"` : 'the value'} is not allowed${meant ? `: did you mean ${meant}?` : reason ? `: ${reason}` : ''}`,
    expected: names.length > 0 ? `one of: ${names.join(', ')}` : 'another value',
    remedy: meant ? `write ${meant}` : 'use one of these values',
  };
}
