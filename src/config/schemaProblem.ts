import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import type { Problem } from '../problems/problem.ts';
import type { ConfigDocument } from './document.ts';
import { type Field, fieldsAt, keysAt, notedAt, visibilityAt } from './fields.ts';
import type { ValueFinding } from './finding.ts';
import { type Path, valueAt, written } from './path.ts';

/** Where the parts of a merged configuration came from. */
export interface Places {
  cluster: ConfigDocument;
  overlay?: ConfigDocument;
  fields: Field;
}

type Issue = z.core.$ZodIssue;

/** Unions and records hide what is wrong inside of them: this brings it up, with its whole path. */
export function unfold(issues: readonly Issue[], prefix: Path = []): Issue[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path] as PropertyKey[];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      // The branch that failed deepest in the value is the one that was meant.
      const deepest = [...issue.errors].sort((one, other) => depth(other) - depth(one))[0] ?? [];
      return unfold(deepest, path as Path);
    }
    return [{ ...issue, path }];
  });
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

/** What zod found, as a problem with its place in the file where the field belongs. Values are shown for public fields only. */
export function problemOf(issue: Issue, merged: unknown, places: Places): Problem {
  const path = issue.path.filter((step): step is string | number => typeof step !== 'symbol');
  const finding = (issue.code === 'custom' ? issue.params?.['finding'] : undefined) as
    | ValueFinding
    | undefined;
  if (finding) return { ...placed(path, places), ...said(finding, path, places) };
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKey([...path, issue.keys[0] ?? ''], places);
    case 'invalid_type':
      return valueAt(merged, path) === undefined
        ? missing(path, places)
        : wrongType(path, issue.expected, places);
    case 'invalid_value':
      return valueAt(merged, path) === undefined
        ? missing(path, places)
        : notAChoice(path, issue.values, valueAt(merged, path), places);
    case 'invalid_union': {
      const choices = fieldsAt(places.fields, path).flatMap((field) => field.const ?? field.enum);
      return valueAt(merged, path) === undefined
        ? missing(path, places)
        : notAChoice(path, choices, valueAt(merged, path), places);
    }
    case 'invalid_key':
      return { ...placed(path, places, 'key'), ...said(keyFinding(issue), path, places) };
    default:
      return {
        ...placed(path, places),
        code: 'wrong-value',
        message: `${written(path)} is not what is expected`,
        expected: issue.message,
      };
  }
}

function keyFinding(issue: z.core.$ZodIssueInvalidKey): ValueFinding {
  const inner = issue.issues[0];
  const finding = (inner?.code === 'custom' ? inner.params?.['finding'] : undefined) as
    | ValueFinding
    | undefined;
  return (
    finding ?? {
      code: 'wrong-value',
      message: 'this key cannot be used here',
      expected: inner?.message ?? 'another key',
    }
  );
}

function placed(path: Path, places: Places, part: 'key' | 'value' = 'value'): Pick<Problem, 'file' | 'at'> {
  for (const document of [places.overlay, places.cluster]) {
    const at = document?.locate(path, part);
    if (document && at) return { file: document.file, at };
  }
  return {};
}

function said(finding: ValueFinding, path: Path, places: Places): Omit<Problem, 'file' | 'at'> {
  const visible = (visibilityAt(places.fields, path) ?? 'public') === 'public';
  const message = visible && finding.shown ? finding.shown : finding.message;
  const remedy =
    finding.remedy ?? (visible && finding.suggestion ? `write ${finding.suggestion}` : undefined);
  return {
    code: finding.code,
    message: `${written(path)}: ${message}${visible && finding.suggestion ? `: ${finding.suggestion}?` : ''}`,
    expected: finding.expected,
    ...(remedy ? { remedy } : {}),
  };
}

function unknownKey(path: Path, places: Places): Problem {
  const key = String(path.at(-1));
  const known = keysAt(places.fields, path.slice(0, -1));
  const near = known.length > 0 ? closest(key, known) : undefined;
  const meant =
    near !== undefined && distance(key.toLowerCase(), near.toLowerCase()) <= Math.max(2, key.length / 3)
      ? near
      : undefined;
  return {
    ...placed(path, places, 'key'),
    code: 'unknown-key',
    message: `${written(path)} is not a field${meant ? `: did you mean ${meant}?` : ''}`,
    expected: known.length > 0 ? `one of: ${known.join(', ')}` : 'no fields here',
    remedy: meant ? `write ${meant}` : 'take the line out',
  };
}

function missing(path: Path, places: Places): Problem {
  const visibility = visibilityAt(places.fields, path) ?? 'public';
  const [field] = fieldsAt(places.fields, path);
  const document = visibility === 'public' ? places.cluster : places.overlay;
  const parent = document?.locate(path.slice(0, -1), 'key');
  const source = notedAt(places.fields, path, 'source');
  const example = field?.examples?.[0];
  return {
    code: 'missing-field',
    file: document?.file ?? 'cluster.private.yaml',
    ...(parent ? { at: parent } : {}),
    message: `${written(path)} is missing`,
    expected: field?.description ?? 'a value',
    remedy:
      source ??
      (example === undefined
        ? `add ${String(path.at(-1))}`
        : `add "${String(path.at(-1))}: ${JSON.stringify(example)}", with your own value`),
  };
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

function wrongType(path: Path, expected: string, places: Places): Problem {
  const [field] = fieldsAt(places.fields, path);
  return {
    ...placed(path, places),
    code: 'wrong-type',
    message: `${path.length === 0 ? 'the file' : written(path)} is of another type than expected`,
    expected: typeNames[expected] ?? expected,
    ...(expected === 'string'
      ? { remedy: 'put the value in quotes' }
      : field?.description
        ? { remedy: `it is: ${field.description}` }
        : {}),
  };
}

function notAChoice(path: Path, choices: readonly unknown[], value: unknown, places: Places): Problem {
  const names = choices.filter((choice) => choice !== undefined).map(String);
  const visible = (visibilityAt(places.fields, path) ?? 'public') === 'public' && typeof value === 'string';
  const near = visible && names.length > 0 ? closest(value, names) : undefined;
  const meant = near !== undefined && visible && distance(value, near) <= 3 ? near : undefined;
  return {
    ...placed(path, places),
    code: 'not-a-choice',
    message: `${written(path)}: ${visible ? `"${value.slice(0, 40)}"` : 'the value'} is not one of the choices${meant ? `: did you mean ${meant}?` : ''}`,
    expected: names.length > 0 ? `one of: ${names.join(', ')}` : 'another value',
  };
}
