import { type Fields, fieldsAt, isFields, mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { containersOf, isWorkload, podSpecOf } from './podTemplate.ts';

/** How a container of a workload reads a ConfigMap or a Secret. */
export interface Reading {
  container: string;
  /** `environment`: as variables. `file`: a mounted file that follows. `fixed-file`: one that stays, by `subPath`. */
  as: 'environment' | 'file' | 'fixed-file';
  /** The keys that it reads; undefined for all of them. */
  keys: readonly string[] | undefined;
}

/** A source of configuration: its kind and its name. */
type Source = Pick<KubernetesObject, 'kind' | 'metadata'>;

/** How the pods of a workload read a ConfigMap or a Secret of their namespace. */
export function readingsOf(workload: KubernetesObject, source: Source): Reading[] {
  if (!isWorkload(workload)) return [];
  const pod = podSpecOf(workload);
  return containersOf(pod).flatMap((container) => {
    const name = textAt(container, 'name') ?? '';
    return [
      ...variablesOf(container, source).map(
        (keys): Reading => ({ container: name, as: 'environment', keys }),
      ),
      ...filesOf(pod, container, source).map(({ as, keys }): Reading => ({ container: name, as, keys })),
    ];
  });
}

function variablesOf(
  container: Fields,
  { kind, metadata: { name } }: Source,
): (readonly string[] | undefined)[] {
  const [all, one] = kind === 'Secret' ? ['secretRef', 'secretKeyRef'] : ['configMapRef', 'configMapKeyRef'];
  const whole = mapsAt(container, 'envFrom').filter((from) => textAt(from, all ?? '', 'name') === name);
  const keys = mapsAt(container, 'env').flatMap((variable) => {
    const from = fieldsAt(variable, 'valueFrom', one ?? '');
    return textAt(from, 'name') === name ? [textAt(from, 'key') ?? ''] : [];
  });
  return [...whole.map(() => undefined), ...(keys.length > 0 ? [keys] : [])];
}

function filesOf(pod: Fields, container: Fields, source: Source): Pick<Reading, 'as' | 'keys'>[] {
  return mapsAt(pod, 'volumes').flatMap((volume) => {
    const projections = projectionsOf(volume, source);
    if (projections.length === 0) return [];
    return mapsAt(container, 'volumeMounts')
      .filter((mount) => mount['name'] === volume['name'])
      .map((mount): Pick<Reading, 'as' | 'keys'> => {
        const part = textAt(mount, 'subPath') ?? '';
        if (part !== '') return { as: 'fixed-file', keys: keysBelow(projections, part.replace(/^\.\//, '')) };
        const isExpression = (textAt(mount, 'subPathExpr') ?? '') !== '';
        return { as: isExpression ? 'fixed-file' : 'file', keys: keysOf(projections) };
      });
  });
}

/** The files that a volume has of a source: of some keys, or without a list of all of them. */
type Projection = readonly { key: string; path: string }[] | undefined;

function projectionsOf(volume: Fields, { kind, metadata: { name } }: Source): Projection[] {
  const field = kind === 'Secret' ? 'secret' : 'configMap';
  return [volume, ...mapsAt(volume, 'projected', 'sources')]
    .filter((each) => [textAt(each, field, 'name'), textAt(each, field, 'secretName')].includes(name))
    .map((each) => {
      const items = mapsAt(each, field, 'items');
      if (items.length === 0) return undefined;
      return items.map((item) => ({ key: textAt(item, 'key') ?? '', path: textAt(item, 'path') ?? '' }));
    });
}

function keysOf(projections: readonly Projection[]): readonly string[] | undefined {
  const keys = projections.map((items) => items?.map(({ key }) => key));
  return keys.includes(undefined) ? undefined : keys.flatMap((each) => each ?? []);
}

/** The keys of which the files are at a path of the volume, or below it. */
function keysBelow(projections: readonly Projection[], part: string): readonly string[] {
  return projections.flatMap(
    (items) =>
      items?.flatMap(({ key, path }) => (path === part || path.startsWith(`${part}/`) ? [key] : [])) ?? [
        part,
      ],
  );
}

/** Whether a volume has files of a source. */
export function hasFilesOf(volume: Fields, source: Source): boolean {
  return projectionsOf(volume, source).length > 0;
}

/** Whether a text of the object is the name: it may refer to an object of that name. */
export function mentions(object: unknown, name: string): boolean {
  if (typeof object === 'string') return object === name;
  if (Array.isArray(object)) return object.some((item) => mentions(item, name));
  return isFields(object) && Object.values(object).some((item) => mentions(item, name));
}
