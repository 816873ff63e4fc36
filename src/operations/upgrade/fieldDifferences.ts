import { type Fields, isFields } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';

/** What the cluster writes itself, and what is about the file. */
const notApplied = ['status', 'sops'];
const notAppliedMetadata = ['creationTimestamp', 'managedFields', 'resourceVersion', 'uid', 'generation'];

/** The fields in which two forms of an object differ, as paths such as `spec.template.spec.containers[server].image`. */
export function objectDifferences(before: KubernetesObject, after: KubernetesObject): string[] {
  return fieldDifferences(applied(before), applied(after));
}

function applied(object: KubernetesObject): Fields {
  const metadata = Object.entries(object.metadata).filter(([name]) => !notAppliedMetadata.includes(name));
  const fields = Object.entries(object).filter(([name]) => !notApplied.includes(name));
  return { ...Object.fromEntries(fields), metadata: Object.fromEntries(metadata) };
}

/**
 * The paths in which two values differ, each as deep as both have it. An entry of a list is named by what tells it from
 * the others. What is null is not there, and two ways to write one quantity are one.
 */
export function fieldDifferences(before: unknown, after: unknown, path = ''): string[] {
  const [old, next] = [before ?? undefined, after ?? undefined];
  if (isFields(old) && isFields(next)) return differencesOfMaps(old, next, path);
  if (Array.isArray(old) && Array.isArray(next)) return differencesOfLists(old, next, path);
  if (Object.is(old, next) || isSameQuantity(old, next, path)) return [];
  return [path];
}

function differencesOfMaps(before: Fields, after: Fields, path: string): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => fieldDifferences(before[name], after[name], stepInto(path, name)));
}

/** A path with one step more. */
export function stepInto(path: string, name: string): string {
  if (!/^[\w-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

function differencesOfLists(before: readonly unknown[], after: readonly unknown[], path: string): string[] {
  const key = keyOfLists(before, after);
  if (key === undefined) {
    const isSameLength = before.length === after.length;
    const differences = isSameLength
      ? before.flatMap((item, index) => fieldDifferences(item, after[index], `${path}[${index}]`))
      : [path];
    // An entry that is no map has no field to name.
    return before.some((item) => !isFields(item)) && differences.length > 0 ? [path] : differences;
  }
  const [old, next] = [before, after].map(
    (list) => new Map(list.map((item) => [String((item as Fields)[key]), item])),
  ) as [Map<string, unknown>, Map<string, unknown>];
  const names = [...new Set([...old.keys(), ...next.keys()])];
  const common = [...old.keys()].filter((name) => next.has(name));
  const isReordered = [...next.keys()]
    .filter((name) => old.has(name))
    .some((name, at) => name !== common[at]);
  return [
    ...names.flatMap((name) => fieldDifferences(old.get(name), next.get(name), `${path}[${name}]`)),
    ...(isReordered ? [`${path} (order)`] : []),
  ];
}

/** The keys by which lists of Kubernetes tell their entries apart, in the order in which they decide. */
const listKeys = ['mountPath', 'devicePath', 'name', 'containerPort', 'port', 'id'];

/** The field by which the entries of two lists are told apart; undefined where nothing does. */
export function keyOfLists(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  return listKeys.find((key) =>
    [before, after].every((list) => {
      const values = list.map((item) => (isFields(item) ? item[key] : undefined));
      const isNamed = values.every((value) => typeof value === 'string' || typeof value === 'number');
      return isNamed && new Set(values.map(String)).size === list.length;
    }),
  );
}

const quantityPath =
  /\.(?:requests|limits|capacity|hard|default|defaultRequest|max|min)\.[^.]+$|\.sizeLimit$/;

/** Whether two texts at the path of a quantity are one quantity. */
export function isSameQuantity(before: unknown, after: unknown, path: string): boolean {
  if (!quantityPath.test(path)) return false;
  const [old, next] = [before, after].map((value) =>
    typeof value === 'string' || typeof value === 'number' ? parseQuantity(value)?.nano : undefined,
  );
  return old !== undefined && old === next;
}
