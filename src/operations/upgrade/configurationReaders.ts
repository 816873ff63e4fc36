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
    const keys = keysOfVolume(volume, source);
    if (keys === undefined) return [];
    return mapsAt(container, 'volumeMounts')
      .filter((mount) => mount['name'] === volume['name'])
      .map((mount): Pick<Reading, 'as' | 'keys'> => {
        const part = textAt(mount, 'subPath') ?? textAt(mount, 'subPathExpr') ?? '';
        return { as: part === '' ? 'file' : 'fixed-file', keys: keys.length === 0 ? undefined : keys };
      });
  });
}

/** The keys of a source that a volume has as files; empty for all of them, undefined where it has none. */
export function keysOfVolume(
  volume: Fields,
  { kind, metadata: { name } }: Source,
): readonly string[] | undefined {
  const field = kind === 'Secret' ? 'secret' : 'configMap';
  const found = [volume, ...mapsAt(volume, 'projected', 'sources')].find((each) =>
    [textAt(each, field, 'name'), textAt(each, field, 'secretName')].includes(name),
  );
  if (found === undefined) return undefined;
  return mapsAt(found, field, 'items').flatMap((item) => textAt(item, 'key') ?? []);
}

/** Whether a text of the object is the name: it may refer to an object of that name. */
export function mentions(object: unknown, name: string): boolean {
  if (typeof object === 'string') return object === name;
  if (Array.isArray(object)) return object.some((item) => mentions(item, name));
  return isFields(object) && Object.values(object).some((item) => mentions(item, name));
}
