import * as z from 'zod';
import type { Visibility } from './field.ts';
import type { Path } from './path.ts';

/** One field of the configuration as people and editors see it: a node of its JSON Schema. */
export interface Field {
  description?: string;
  visibility?: Visibility;
  substitution?: string;
  source?: string;
  examples?: unknown[];
  default?: unknown;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  properties?: Record<string, Field>;
  required?: string[];
  additionalProperties?: Field | false;
  items?: Field;
  anyOf?: Field[];
  oneOf?: Field[];
  [keyword: string]: unknown;
}

/** The schema as a tree of fields: JSON Schema (2020-12) of what a person writes, with our notes in it. */
export function fieldsOf(schema: z.ZodType): Field {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Field;
}

/** The alternatives that a node stands for: itself, or each branch of a union. */
function branches(field: Field): Field[] {
  const options = field.anyOf ?? field.oneOf;
  return options === undefined ? [field] : options.flatMap(branches);
}

/** The fields that a path can mean: several where the schema leaves a choice, none where it has no such field. */
export function fieldsAt(root: Field, path: Path): Field[] {
  return path.reduce(below, [root]);
}

function below(fields: Field[], step: string | number): Field[] {
  return fields.flatMap(branches).flatMap((field) => childOf(field, step));
}

function childOf(field: Field, step: string | number): Field[] {
  if (typeof step === 'number') return field.items ? [field.items] : [];
  const child =
    field.properties && Object.hasOwn(field.properties, step)
      ? field.properties[step]
      : field.additionalProperties;
  return child ? [child] : [];
}

/** How far the schema knows a path: what comes after may be a value in the place of a key. */
export function knownPath(root: Field, path: Path): Path {
  let fields = [root];
  const unknown = path.findIndex((step) => {
    fields = below(fields, step);
    return fields.length === 0;
  });
  return unknown < 0 ? path : path.slice(0, unknown);
}

/** Whether all that must stand below a path is private or secret, so that the overlay is its place. */
export function isPrivateField(root: Field, path: Path): boolean {
  const visibility = visibilityAt(root, path);
  if (visibility !== undefined) return visibility !== 'public';
  const needed = fieldsAt(root, path).flatMap((field) => field.required ?? []);
  return needed.length > 0 && needed.every((name) => isPrivateField(root, [...path, name]));
}

/** The names that are known below a path, for suggestions and completion. */
export function keysAt(root: Field, path: Path): string[] {
  const names = fieldsAt(root, path)
    .flatMap(branches)
    .flatMap((field) => Object.keys(field.properties ?? {}));
  return [...new Set(names)];
}

/**
 * Who may read the value at a path. A mark counts for everything below it; undefined where nothing says, which
 * for a leaf the tests of the schema forbid.
 */
export function visibilityAt(root: Field, path: Path): Visibility | undefined {
  return notedAt(root, path, 'visibility');
}

/** The nearest note of a kind on the way from the value up to the root. */
export function notedAt<Key extends 'visibility' | 'substitution' | 'source' | 'examples'>(
  root: Field,
  path: Path,
  key: Key,
): Field[Key] | undefined {
  let fields = [root];
  let nearest: Field[Key] | undefined;
  for (const step of path) {
    fields = below(fields, step);
    nearest = fields.find((field) => field[key] !== undefined)?.[key] ?? nearest;
  }
  return nearest;
}
