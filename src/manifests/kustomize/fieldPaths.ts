import { type Fields, isFields } from '../../kubernetes/fields.ts';

/** A place in objects of some kinds that a step of kustomize changes. */
export interface FieldPath {
  group?: string;
  version?: string;
  kind?: string;
  /** Keys with `/` between them, a `/` in a key escaped; lists on the way are gone through. */
  path: string;
  /** Whether maps on the way are made where they are missing. */
  create?: boolean;
}

/** What is put at a path; `refused` where kustomize would not do it. */
export type Change = (value: unknown) => unknown;

export const refused: unique symbol = Symbol('refused');

/** Whether a path is one of objects of this kind. */
export function concerns(
  { group, version, kind }: FieldPath,
  of: { group: string; version: string; kind: string },
): boolean {
  return (
    (kind === undefined || kind === of.kind) &&
    (group === undefined || group === of.group) &&
    (version === undefined || version === of.version)
  );
}

/**
 * Changes what stands at a path, in a copy: the value itself where nothing changes.
 *
 * @param made what is put at the end of the path where there is nothing, before `change` gets it
 * @returns {@link refused} where a scalar stands in the way
 */
export function changeAt(
  value: unknown,
  { path, create }: FieldPath,
  change: Change,
  made?: unknown,
): unknown {
  return descend(value, splitPath(path), change, create === true && made !== undefined, made);
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
  made: unknown,
): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return change(value);
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return throughList(value, (item) => descend(item, path, change, create, made));
  if (!isFields(value)) return refused;
  const isList = part.endsWith('[]');
  const key = isList ? part.slice(0, -2) : part;
  const found = value[key];
  const makes = create && !isList;
  if (found === undefined && !makes) return value;
  const present = (found === null || found === undefined) && makes ? (rest.length === 0 ? made : {}) : found;
  const changed = descend(present, rest, change, create, made);
  if (changed === refused) return refused;
  return changed === found ? value : { ...value, [key]: changed };
}

function throughList(list: readonly unknown[], change: Change): unknown {
  let differs = false;
  const changed: unknown[] = [];
  for (const item of list) {
    const next = change(item);
    if (next === refused) return refused;
    differs ||= next !== item;
    changed.push(next);
  }
  return differs ? changed : list;
}

/** Puts entries into a map, as labels are put. */
export function withEntries(entries: readonly (readonly [string, string])[]): Change {
  return (value) => {
    if (!isFields(value)) return refused;
    if (entries.every(([key, text]) => value[key] === text)) return value;
    return { ...value, ...Object.fromEntries(entries) } satisfies Fields;
  };
}
