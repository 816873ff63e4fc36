import { type Fields, isFields } from '../../kubernetes/fields.ts';

/** A field that a transformer of kustomize changes, in objects of some kinds. */
export interface FieldPath {
  group?: string;
  version?: string;
  kind?: string;
  /** Keys separated by `/`, with `\/` for a slash in a key. A list is entered at each of its items. */
  path: string;
  /** Whether missing maps on the path are created. */
  create?: boolean;
}

/** Computes the new value of a field, or {@link rejected} if kustomize would reject the old one. */
export type Change = (value: unknown) => unknown;

export const rejected: unique symbol = Symbol('rejected');

/** Whether a path is for objects of this kind. */
export function appliesTo(
  { group, version, kind }: FieldPath,
  id: { group: string; version: string; kind: string },
): boolean {
  return (
    (kind === undefined || kind === id.kind) &&
    (group === undefined || group === id.group) &&
    (version === undefined || version === id.version)
  );
}

/**
 * Returns a copy with the field at a path changed, or the same value if nothing changes.
 *
 * @param initial value of a missing field, which `change` then receives
 * @returns {@link rejected} if the path leads through a scalar
 */
export function changeAt(
  value: unknown,
  { path, create }: FieldPath,
  change: Change,
  initial?: unknown,
): unknown {
  return descend(value, splitPath(path), change, create === true && initial !== undefined, initial);
}

const splits = new Map<string, readonly string[]>();

function splitPath(path: string): readonly string[] {
  const known = splits.get(path);
  if (known !== undefined) return known;
  const keys = path.replaceAll('\\/', '\0').split('/');
  const parts = keys.map((key) => key.replaceAll('\0', '/'));
  splits.set(path, parts);
  return parts;
}

function descend(
  value: unknown,
  path: readonly string[],
  change: Change,
  create: boolean,
  initial: unknown,
  from = 0,
): unknown {
  const part = path[from];
  if (part === undefined) return change(value);
  if (value === null || value === undefined) return value;
  if (Array.isArray(value))
    return changeItems(value, (item) => descend(item, path, change, create, initial, from));
  if (!isFields(value)) return rejected;
  const isList = part.endsWith('[]');
  const key = isList ? part.slice(0, -2) : part;
  const found = value[key];
  const creates = create && !isList;
  if (found === undefined && !creates) return value;
  const isEmpty = found === null || found === undefined;
  const present = isEmpty && creates ? (from + 1 === path.length ? initial : {}) : found;
  const changed = descend(present, path, change, create, initial, from + 1);
  if (changed === rejected) return rejected;
  return changed === found ? value : { ...value, [key]: changed };
}

function changeItems(list: readonly unknown[], change: Change): unknown {
  let differs = false;
  const changed: unknown[] = [];
  for (const item of list) {
    const next = change(item);
    if (next === rejected) return rejected;
    differs ||= next !== item;
    changed.push(next);
  }
  return differs ? changed : list;
}

/** Sets entries of a map, such as labels. */
export function mergeEntries(entries: readonly (readonly [string, string])[]): Change {
  return (value) => {
    if (!isFields(value)) return rejected;
    if (entries.every(([key, text]) => value[key] === text)) return value;
    return { ...value, ...Object.fromEntries(entries) } satisfies Fields;
  };
}
