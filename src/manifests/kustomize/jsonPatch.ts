import { isDeepStrictEqual } from 'node:util';
import { type Fields, isFields } from '../../kubernetes/fields.ts';

export interface Operation {
  op: string;
  path: readonly string[];
  from: readonly string[] | undefined;
  value: unknown;
}

/**
 * The operations of a JSON patch (RFC 6902).
 *
 * @returns nothing where it is no such patch
 */
export function operationsOf(patch: unknown): readonly Operation[] | undefined {
  if (!Array.isArray(patch) || patch.length === 0) return undefined;
  const operations: Operation[] = [];
  for (const entry of patch) {
    if (!isFields(entry)) return undefined;
    const { op, path, from, value } = entry;
    const at = pointerOf(path);
    if (typeof op !== 'string' || at === undefined || at.length === 0) return undefined;
    if (!['add', 'remove', 'replace', 'move', 'copy', 'test'].includes(op)) return undefined;
    const source = op === 'move' || op === 'copy' ? pointerOf(from) : undefined;
    if ((op === 'move' || op === 'copy') && (source === undefined || source.length === 0)) return undefined;
    if (value === undefined && (op === 'add' || op === 'replace')) return undefined;
    operations.push({ op, path: at, from: source, value });
  }
  return operations;
}

function pointerOf(text: unknown): readonly string[] | undefined {
  if (typeof text !== 'string' || !text.startsWith('/')) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * The value after the operations, as kustomize's library reads them: to replace a key that is not there adds it.
 * Nothing where one of them does not fit, so that the whole patch is refused.
 */
export function applyOperations(
  target: unknown,
  operations: readonly Operation[],
): { value: unknown } | undefined {
  let value = target;
  for (const operation of operations) {
    const next = applyOperation(value, operation);
    if (next === undefined) return undefined;
    value = next.value;
  }
  return { value };
}

function applyOperation(
  value: unknown,
  { op, path, from, value: given }: Operation,
): { value: unknown } | undefined {
  switch (op) {
    case 'add':
      return edit(value, path, 'add', given);
    case 'remove':
      return edit(value, path, 'remove', undefined);
    case 'replace':
      return edit(value, path, 'replace', given);
    case 'test': {
      const found = lookUp(value, path);
      return isDeepStrictEqual(found?.value ?? null, given ?? null) ? { value } : undefined;
    }
    default: {
      const found = lookUp(value, from ?? []);
      const without = op === 'move' ? edit(value, from ?? [], 'remove', undefined) : { value };
      // A copy of what is not there is null to kustomize.
      return without === undefined ? undefined : edit(without.value, path, 'add', found?.value ?? null);
    }
  }
}

function lookUp(value: unknown, path: readonly string[]): { value: unknown } | undefined {
  let found = value;
  for (const part of path) {
    if (Array.isArray(found)) found = found[indexOf(part) ?? -1];
    else if (isFields(found) && Object.hasOwn(found, part)) found = found[part];
    else return undefined;
    if (found === undefined) return undefined;
  }
  return { value: found };
}

type Edit = 'add' | 'remove' | 'replace';

function edit(
  value: unknown,
  path: readonly string[],
  how: Edit,
  given: unknown,
): { value: unknown } | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return undefined;
  if (Array.isArray(value)) return editList(value, part, rest, how, given);
  if (!isFields(value)) return undefined;
  const isThere = Object.hasOwn(value, part);
  if (rest.length > 0) {
    if (!isThere) return undefined;
    const inner = edit(value[part], rest, how, given);
    return inner === undefined ? undefined : { value: { ...value, [part]: inner.value } };
  }
  if (how === 'remove') {
    if (!isThere) return undefined;
    const { [part]: _removed, ...others }: Fields = value;
    return { value: others };
  }
  return { value: { ...value, [part]: given } };
}

function editList(
  list: readonly unknown[],
  part: string,
  rest: readonly string[],
  how: Edit,
  given: unknown,
): { value: unknown } | undefined {
  if (rest.length === 0 && how === 'add' && part === '-') return { value: [...list, given] };
  const index = indexOf(part);
  if (index === undefined || index > list.length) return undefined;
  if (rest.length > 0) {
    const inner = edit(list[index], rest, how, given);
    return inner === undefined ? undefined : { value: list.with(index, inner.value) };
  }
  if (how === 'add') return { value: list.toSpliced(index, 0, given) };
  if (index >= list.length) return undefined;
  return { value: how === 'remove' ? list.toSpliced(index, 1) : list.with(index, given) };
}

/** Negative indices, which some programs count from the end, are none. */
function indexOf(part: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(part) ? Number(part) : undefined;
}
