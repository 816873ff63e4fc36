import { closest } from 'fastest-levenshtein';
import { clusterSchema } from '../components/catalogue.ts';
import type { Visibility } from '../config/field.ts';
import { type Field, fieldsAt, fieldsOf, notedAt, visibilityAt } from '../config/fields.ts';
import { codes, type ProblemCode } from '../problems/codes.ts';

/** One field, as a person reads about it. */
export interface ExplainedField {
  path: string;
  description: string;
  visibility?: Visibility;
  substitution?: string;
  source?: string;
  type: string;
  default?: unknown;
  example?: unknown;
}

export type Explanation =
  | { kind: 'code'; code: ProblemCode; means: string; exit: number }
  | { kind: 'field'; field: ExplainedField; below: readonly ExplainedField[] }
  | { kind: 'unknown'; subject: string; near: string | undefined };

/** What a field or a code means. The empty subject is the whole configuration. */
export function explanationOf(subject: string): Explanation {
  if (Object.hasOwn(codes, subject)) {
    const code = subject as ProblemCode;
    return { kind: 'code', code, ...codes[code] };
  }
  const root = fieldsOf(clusterSchema);
  const path =
    subject === '' ? [] : subject.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const alternatives = fieldsAt(root, path);
  const [first] = alternatives;
  if (first === undefined) {
    const names = [...allPaths(root, ''), ...Object.keys(codes)];
    return { kind: 'unknown', subject, near: names.length > 0 ? closest(subject, names) : undefined };
  }
  const below = new Map<string, ExplainedField>();
  for (const alternative of alternatives.flatMap(unfolded)) {
    for (const [name, child] of Object.entries(childrenOf(alternative))) {
      const at = [...path, name];
      below.set(name, below.get(name) ?? explained(root, at, child));
    }
  }
  return { kind: 'field', field: explained(root, path, first), below: [...below.values()] };
}

function explained(root: Field, path: readonly (string | number)[], field: Field): ExplainedField {
  const visibility = visibilityAt(root, path);
  const substitution = notedAt(root, path, 'substitution');
  const source = notedAt(root, path, 'source');
  const [example] = field.examples ?? [];
  return {
    path: path.join('.'),
    description: field.description ?? '',
    type: typeOf(field),
    ...(visibility ? { visibility } : {}),
    ...(substitution ? { substitution } : {}),
    ...(source ? { source } : {}),
    ...(field.default === undefined || typeof field.default === 'object' ? {} : { default: field.default }),
    ...(example === undefined ? {} : { example }),
  };
}

function typeOf(field: Field): string {
  const options = unfolded(field);
  if (options.length > 1) return `one of ${options.length} forms`;
  const choices = field.enum ?? (field.const === undefined ? undefined : [field.const]);
  if (choices) return choices.map(String).join(' | ');
  if (field.type === 'array') return 'a list';
  if (field.type === 'object') return field.properties ? 'a section' : 'a map by name';
  return (
    { string: 'text', integer: 'a whole number', number: 'a number', boolean: 'true or false' }[
      field.type ?? ''
    ] ?? 'a value'
  );
}

function unfolded(field: Field): Field[] {
  const options = field.anyOf ?? field.oneOf;
  return options ? options.flatMap(unfolded) : [field];
}

function childrenOf(field: Field): Record<string, Field> {
  const entries = field.additionalProperties ? { '<name>': field.additionalProperties } : {};
  return { ...(field.properties ?? {}), ...entries };
}

function allPaths(field: Field, prefix: string): string[] {
  return unfolded(field).flatMap((option) =>
    Object.entries(option.properties ?? {}).flatMap(([name, child]) => {
      const path = prefix === '' ? name : `${prefix}.${name}`;
      return [path, ...allPaths(child, path)];
    }),
  );
}
