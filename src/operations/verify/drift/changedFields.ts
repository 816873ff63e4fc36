import { isDeepStrictEqual } from 'node:util';
import { type Fields, isFields } from '../../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../../kubernetes/object.ts';
import { withServerDefaults } from '../../../kubernetes/serverDefaults.ts';
import { isSameQuantity, keyOfLists, stepInto } from '../../upgrade/fieldDifferences.ts';

/** A field that is not what Git says. */
export interface ChangedField {
  path: string;
  /** What the cluster has; undefined where it has nothing. */
  live: unknown;
}

/** What is about the file, and what the cluster writes itself. */
const notApplied = new Set(['status', 'sops', 'apiVersion', 'kind']);
/** The values of Secrets are not read from the cluster. */
const secretFields = new Set(['data', 'stringData']);

/**
 * The fields of an object in Git that the object in the cluster does not have, or has otherwise. What the cluster has
 * beside them says nothing here.
 */
export function changedFields(wanted: KubernetesObject, live: KubernetesObject): readonly ChangedField[] {
  const isSecret = wanted.kind === 'Secret' && wanted.apiVersion === 'v1';
  const [fields, found] = isSecret ? [wanted, live] : [withServerDefaults(wanted), withServerDefaults(live)];
  const changed = Object.keys(fields)
    .filter((name) => !notApplied.has(name) && !(isSecret && (secretFields.has(name) || name === 'type')))
    .flatMap((name) =>
      name === 'metadata'
        ? metadataChanges(fields.metadata, found.metadata)
        : changes(fields[name], found[name], name),
    );
  const isPolicy = wanted.kind === 'NetworkPolicy' && groupOf(wanted) === 'networking.k8s.io';
  const isOtherPolicy =
    isPolicy && !isDeepStrictEqual(withoutAbsent(fields['spec']), withoutAbsent(found['spec']));
  return isOtherPolicy && changed.every(({ path }) => !path.startsWith('spec'))
    ? [...changed, { path: 'spec', live: found['spec'] }]
    : changed;
}

/** Fields of a policy of which "empty" says the same as "absent". An empty selector, or an empty rule, says the opposite. */
const mayBeAbsent = new Set([
  'ingress',
  'egress',
  'from',
  'to',
  'ports',
  'matchLabels',
  'matchExpressions',
  'except',
]);

function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([name, field]) =>
          field !== undefined && field !== null && !(mayBeAbsent.has(name) && isNothing(field)),
      )
      .map(([name, field]) => [name, withoutAbsent(field)]),
  );
}

function metadataChanges(wanted: Fields, live: Fields): readonly ChangedField[] {
  return ['labels', 'annotations'].flatMap((name) => changes(wanted[name], live[name], `metadata.${name}`));
}

function changes(wanted: unknown, live: unknown, path: string): readonly ChangedField[] {
  // Of what Git does not say, field managers tell who set it.
  if (wanted === undefined || wanted === null || (isNothing(wanted) && isNothing(live))) return [];
  if (isFields(wanted) && isFields(live))
    return Object.entries(wanted).flatMap(([name, value]) =>
      changes(value, live[name], stepInto(path, name)),
    );
  if (Array.isArray(wanted) && Array.isArray(live)) return listChanges(wanted, live, path);
  if (Object.is(wanted, live) || isSameQuantity(wanted, live, path)) return [];
  return [{ path, live }];
}

function listChanges(
  wanted: readonly unknown[],
  live: readonly unknown[],
  path: string,
): readonly ChangedField[] {
  const key = wanted.length === 0 ? undefined : keyOfLists(wanted, live);
  if (key === undefined)
    return wanted.length === live.length
      ? wanted.flatMap((item, index) => changes(item, live[index], `${path}[${index}]`))
      : [{ path, live }];
  const byKey = new Map(live.filter(isFields).map((item) => [String(item[key]), item]));
  const names = wanted.filter(isFields).map((item) => String(item[key]));
  const added = [...byKey.keys()].filter((name) => !names.includes(name));
  return [
    ...wanted
      .filter(isFields)
      .flatMap((item) => changes(item, byKey.get(String(item[key])), `${path}[${String(item[key])}]`)),
    ...(isSharedList(path) ? [] : added.map((name) => ({ path: `${path}[${name}]`, live: byKey.get(name) }))),
  ];
}

/** Lists to which admission may add entries of its own, such as the volume of a service account's token. */
function isSharedList(path: string): boolean {
  return /\.(?:volumes|volumeMounts|tolerations|imagePullSecrets)$/.test(path);
}

/** The API server drops what is empty, and what is false or zero by default. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isFields(value) && Object.values(value).every(isNothing);
}
