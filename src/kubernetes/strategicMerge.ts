import { type MergeList, type MergeShape, mergeShapeOf } from './mergeShapes.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The result of a patch. */
export type Merged =
  | { result: 'object'; object: unknown }
  /** `$patch: delete` of the whole object. */
  | { result: 'deleted' }
  /** The effect of the patch is not known. */
  | { result: 'unknown' };

/**
 * Applies a strategic merge patch, as kustomize does: maps are merged, `null` removes, lists are matched by the
 * merge keys of the API or replaced. Items of the patch come first, in its order.
 *
 * The directives `$patch: delete`, `$patch: replace` and `$patch: merge` of maps are applied; every other one, and
 * lists with ambiguous items make the result unknown.
 *
 * @param target the object to patch; its `apiVersion` and `kind` determine how its lists are merged
 */
export function mergeStrategically(target: unknown, patch: unknown): Merged {
  const { apiVersion, kind } = isFields(target) ? target : {};
  const known = typeof apiVersion === 'string' && typeof kind === 'string';
  try {
    // Whether kustomize keeps a null of the target depends on its notation.
    if (holdsNull(target)) return { result: 'unknown' };
    const object = merge(target, patch, known ? mergeShapeOf(apiVersion, kind) : {});
    return object === nothing ? { result: 'deleted' } : { result: 'object', object };
  } catch (error) {
    if (error === unclear) return { result: 'unknown' };
    throw error;
  }
}

/** Thrown and caught within this file if the result is not known. */
const unclear: unique symbol = Symbol('unclear');
/** Marks a removed value. */
const nothing: unique symbol = Symbol('nothing');

function merge(target: unknown, patch: unknown, shape: MergeShape): unknown {
  if (patch === null) return nothing;
  if (Array.isArray(patch)) return replacement(target, patch);
  if (!isFields(patch)) {
    if (isFields(target) || Array.isArray(target)) throw unclear;
    return patch;
  }
  if (target !== undefined && !isFields(target)) throw unclear;
  return mergeMaps(target, patch, shape);
}

function replacement(target: unknown, patch: readonly unknown[]): readonly unknown[] {
  if (target !== undefined && !Array.isArray(target)) throw unclear;
  if (usesDirectives(patch)) throw unclear;
  return patch;
}

function mergeMaps(target: Fields | undefined, patch: Fields, shape: MergeShape): unknown {
  const { $patch: directive, ...fields } = patch;
  if (Object.keys(fields).some((key) => key.startsWith('$'))) throw unclear;
  if (directive === 'delete') return nothing;
  if (directive !== undefined && directive !== 'replace' && directive !== 'merge') throw unclear;
  // A replacement is merged with an empty map, so that its own nulls are removed.
  const merged: Record<string, unknown> = directive === 'replace' ? {} : { ...target };
  for (const [key, value] of Object.entries(fields)) {
    const field = mergeField(merged[key], value, key, shape);
    if (field === nothing) delete merged[key];
    else merged[key] = field;
  }
  for (const [key, value] of Object.entries(merged))
    if (fields[key] === undefined) checkLists(value, key, shape);
  return merged;
}

/** kustomize also processes lists that the patch does not contain, and drops ambiguous items. */
function checkLists(value: unknown, key: string, { maps, lists }: MergeShape): void {
  const list = lists !== undefined && Object.hasOwn(lists, key) ? lists[key] : undefined;
  if (list !== undefined && Array.isArray(value)) checkItems(value, list);
  const within = maps !== undefined && Object.hasOwn(maps, key) ? maps[key] : undefined;
  if (within !== undefined && isFields(value))
    for (const [name, field] of Object.entries(value)) checkLists(field, name, within);
}

function checkItems(items: readonly unknown[], { keys, of }: MergeList): void {
  if (keys.length === 0) {
    if (new Set(items).size < items.length) throw unclear;
    return;
  }
  if (items.length === 0) return;
  byKey(items, keysInUse(items, keys));
  if (of === undefined) return;
  for (const item of items)
    if (isFields(item)) for (const [name, field] of Object.entries(item)) checkLists(field, name, of);
}

function mergeField(target: unknown, patch: unknown, key: string, { maps, lists }: MergeShape): unknown {
  const items = lists !== undefined && Object.hasOwn(lists, key) ? lists[key] : undefined;
  if (items !== undefined && Array.isArray(patch)) {
    if (target !== undefined && !Array.isArray(target)) throw unclear;
    return mergeLists(target ?? [], patch, items);
  }
  const within = maps !== undefined && Object.hasOwn(maps, key) ? maps[key] : undefined;
  return merge(target, patch, within ?? {});
}

function mergeLists(
  target: readonly unknown[],
  patch: readonly unknown[],
  list: MergeList,
): readonly unknown[] {
  if (list.keys.length === 0) return mergeScalars(target, patch);
  checkItems(target, list);
  if (patch.length === 0) return target;
  const keys = keysInUse([...target, ...patch], list.keys);
  const before = byKey(target, keys);
  const changes = byKey(patch, keys);
  const merged = [...changes].flatMap(([key, change]) => {
    const item = merge(before.get(key), change, list.of ?? {});
    if (item === nothing) return [];
    if (!isFields(item) || Object.keys(item).length === 0) throw unclear;
    return [[key, { ...item, ...identity(change, keys) }] as const];
  });
  const kept = [...before].filter(([key]) => !changes.has(key));
  if (keys.length === 1) return [...merged, ...kept].map(([, item]) => item);
  // With two merge keys, existing items keep their order after the new ones.
  const now = new Map<string, unknown>(merged);
  const stayed = [...before.keys()].filter((key) => now.has(key) || !changes.has(key));
  return [
    ...merged.filter(([key]) => !before.has(key)).map(([, item]) => item),
    ...stayed.map((key) => now.get(key) ?? before.get(key)),
  ];
}

function identity(item: unknown, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.map((key) => [key, isFields(item) ? item[key] : undefined]));
}

/** The first merge key, and the others if every item has them. Otherwise the choice of kustomize is not known. */
function keysInUse(items: readonly unknown[], [first = '', ...others]: readonly string[]): readonly string[] {
  const has = (key: string) => items.filter((item) => isFields(item) && isScalar(item[key])).length;
  if (has(first) !== items.length) throw unclear;
  const counts = others.map(has);
  if (counts.every((count) => count === 0)) return [first];
  if (counts.every((count) => count === items.length)) return [first, ...others];
  throw unclear;
}

function byKey(items: readonly unknown[], keys: readonly string[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const item of items) {
    const key = keys.map((name) => String(isFields(item) ? item[name] : '')).join('\0');
    if (found.has(key)) throw unclear;
    found.set(key, item);
  }
  return found;
}

function mergeScalars(target: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
  if (![...target, ...patch].every((item) => typeof item === 'string')) throw unclear;
  return [...new Set([...patch, ...target])];
}

function usesDirectives(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(usesDirectives);
  if (!isFields(value)) return false;
  return Object.entries(value).some(([key, item]) => key.startsWith('$') || usesDirectives(item));
}

function holdsNull(value: unknown): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.some(holdsNull);
  return isFields(value) && Object.values(value).some(holdsNull);
}

function isScalar(value: unknown): boolean {
  return (
    (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean'
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
