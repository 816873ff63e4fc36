import { isFields } from '../../kubernetes/fields.ts';
import { changeAt, concerns, type FieldPath } from './fieldPaths.ts';
import { idOf, type Resource, type Say } from './resource.ts';

/** Remembers what a step wrote to several places. */
export function stamped(resource: Resource, keys: readonly string[], paths: readonly FieldPath[]): Resource {
  const id = idOf(resource);
  const own = paths.filter((path) => concerns(path, id));
  if (own.length < 2) return resource;
  return { ...resource, stamps: [...resource.stamps, ...keys.map((key) => ({ key, paths: own }))] };
}

/** Looks, after a step, whether something that was the same in several places differs now. */
export function checkDuplicatedMetadata(resource: Resource, say: Say): Resource {
  if (resource.stamps.length === 0) return resource;
  const kept = resource.stamps.filter(({ key, paths }) => {
    const values = new Set<unknown>();
    for (const path of paths)
      changeAt(resource.source.object, { path: path.path }, (map) => {
        if (isFields(map) && map[key] !== undefined) values.add(map[key]);
        return map;
      });
    return values.size <= 1;
  });
  if (kept.length === resource.stamps.length) return resource;
  const { kind, name } = idOf(resource);
  say('unknown', `a label or annotation of ${kind} ${name} is set twice, in different places`);
  return { ...resource, stamps: kept };
}
