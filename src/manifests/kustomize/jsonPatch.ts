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
 * @returns undefined if it is not a valid patch
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
 * Applies operations as kustomize's library does: `replace` adds a key that does not exist.
 *
 * @returns undefined if one of them cannot be applied, which rejects the whole patch
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
  { op, path, from, value: operand }: Operation,
): { value: unknown } | undefined {
  switch (op) {
    case 'add':
      return edit(value, path, 'add', operand);
    case 'remove':
      return edit(value, path, 'remove', undefined);
    case 'replace':
      return edit(value, path, 'replace', operand);
    case 'test': {
      const found = lookUp(value, path);
      return isDeepStrictEqual(found?.value ?? null, operand ?? null) ? { value } : undefined;
    }
    default: {
      const found = lookUp(value, from ?? []);
      const without = op === 'move' ? edit(value, from ?? [], 'remove', undefined) : { value };
      // kustomize copies null if the source does not exist.
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
  operation: Edit,
  operand: unknown,
): { value: unknown } | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return undefined;
  if (Array.isArray(value)) return editList(value, part, rest, operation, operand);
  if (!isFields(value)) return undefined;
  const exists = Object.hasOwn(value, part);
  if (rest.length > 0) {
    if (!exists) return undefined;
    const inner = edit(value[part], rest, operation, operand);
    return inner === undefined ? undefined : { value: { ...value, [part]: inner.value } };
  }
  if (operation === 'remove') {
    if (!exists) return undefined;
    const { [part]: _removed, ...others }: Fields = value;
    return { value: others };
  }
  return { value: { ...value, [part]: operand } };
}

function editList(
  list: readonly unknown[],
  part: string,
  rest: readonly string[],
  operation: Edit,
  operand: unknown,
): { value: unknown } | undefined {
  if (rest.length === 0 && operation === 'add' && part === '-') return { value: [...list, operand] };
  const index = indexOf(part);
  if (index === undefined || index > list.length) return undefined;
  if (rest.length > 0) {
    const inner = edit(list[index], rest, operation, operand);
    return inner === undefined ? undefined : { value: list.with(index, inner.value) };
  }
  if (operation === 'add') return { value: list.toSpliced(index, 0, operand) };
  if (index >= list.length) return undefined;
  return { value: operation === 'remove' ? list.toSpliced(index, 1) : list.with(index, operand) };
}

/** Some programs count negative indices from the end; here they are not valid. */
function indexOf(part: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(part) ? Number(part) : undefined;
}
