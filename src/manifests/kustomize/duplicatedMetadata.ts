import { isFields } from '../../kubernetes/fields.ts';
import { appliesTo, changeAt, type FieldPath } from './fieldPaths.ts';
import { idOf, type Report, type Resource } from './resource.ts';

/** Records labels or annotations that a transformer wrote to several fields of an object. */
export function withDuplicated(
  resource: Resource,
  keys: readonly string[],
  paths: readonly FieldPath[],
): Resource {
  const id = idOf(resource);
  const written = paths.filter((path) => appliesTo(path, id));
  if (written.length < 2) return resource;
  return {
    ...resource,
    duplicated: [...resource.duplicated, ...keys.map((key) => ({ key, paths: written }))],
  };
}

/** Reports an `unknown` finding if a recorded value now differs between its fields. */
export function checkDuplicatedMetadata(resource: Resource, report: Report): Resource {
  if (resource.duplicated.length === 0) return resource;
  const kept = resource.duplicated.filter(({ key, paths }) => {
    const values = new Set<unknown>();
    for (const path of paths)
      changeAt(resource.source.object, { path: path.path }, (map) => {
        if (isFields(map) && map[key] !== undefined) values.add(map[key]);
        return map;
      });
    return values.size <= 1;
  });
  if (kept.length === resource.duplicated.length) return resource;
  const { kind, name } = idOf(resource);
  report(
    'unknown',
    `a label or annotation of ${kind} ${name} is changed in only some of the fields that share it`,
  );
  return { ...resource, duplicated: kept };
}
