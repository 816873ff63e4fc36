import * as z from 'zod';
import type { Path } from '../kubernetes/path.ts';
import type { Visibility } from './field.ts';

/** One field of the configuration: a node of its JSON Schema. */
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

/** The schema as a tree of fields: JSON Schema (2020-12) of the user's input, with the metadata of each field. */
export function fieldsOf(schema: z.ZodType): Field {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Field;
}

/** The alternatives of a node: itself, or each branch of a union. */
function branches(field: Field): Field[] {
  const options = field.anyOf ?? field.oneOf;
  return options === undefined ? [field] : options.flatMap(branches);
}

/** The fields at a path: several if the schema has alternatives, none if the path does not exist. */
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

/** The part of a path that the schema knows. The rest may be a value that was written as a key. */
export function knownPath(root: Field, path: Path): Path {
  let fields = [root];
  const unknown = path.findIndex((step) => {
    fields = below(fields, step);
    return fields.length === 0;
  });
  return unknown < 0 ? path : path.slice(0, unknown);
}

/** Whether every required field below a path is private or secret, so that it belongs in the private values file. */
export function isPrivateField(root: Field, path: Path): boolean {
  const visibility = visibilityAt(root, path);
  if (visibility !== undefined) return visibility !== 'public';
  const needed = fieldsAt(root, path).flatMap((field) => field.required ?? []);
  return needed.length > 0 && needed.every((name) => isPrivateField(root, [...path, name]));
}

/** The known field names below a path. */
export function keysAt(root: Field, path: Path): string[] {
  const names = fieldsAt(root, path)
    .flatMap(branches)
    .flatMap((field) => Object.keys(field.properties ?? {}));
  return [...new Set(names)];
}

/**
 * Who may read the value at a path. A field inherits the visibility of its parent. Undefined for sections without
 * a visibility; tests ensure that each leaf has one.
 */
export function visibilityAt(root: Field, path: Path): Visibility | undefined {
  return notedAt(root, path, 'visibility');
}

/** The metadata of the field at the path, or of its nearest ancestor that has it. */
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
