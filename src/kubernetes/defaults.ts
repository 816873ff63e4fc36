import type { Schema } from './schema.ts';

/** What is known of schemas: whether one, or one in it, has a default. */
export type Defaulting = Map<Schema, boolean>;

/**
 * A custom resource with the defaults of its schema, as the API server fills them in before it checks anything: for a
 * field that is not there, and for one that is null although it may not be. It is the value itself if none applies.
 * Source: `pkg/apiserver/schema/defaulting` of k8s.io/apiextensions-apiserver 1.36.
 *
 * @param known what is known of schemas; the same map for all objects saves the time to look again
 */
export function withDefaults(schema: Schema, value: unknown, known: Defaulting): unknown {
  if (typeof value !== 'object' || value === null || !hasDefault(schema, known)) return value;
  return Array.isArray(value)
    ? listWithDefaults(schema, value, known)
    : mapWithDefaults(schema, value, known);
}

function hasDefault(schema: Schema, known: Defaulting): boolean {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const { items, additionalProperties, properties = {} } = schema;
  const inner = [items, additionalProperties, ...Object.values(properties)];
  const has = inner.some(
    (each) => each !== undefined && (each.default !== undefined || hasDefault(each, known)),
  );
  known.set(schema, has);
  return has;
}

function listWithDefaults({ items }: Schema, list: readonly unknown[], known: Defaulting): unknown {
  if (items === undefined) return list;
  const filled = list.map((entry) => withDefaults(items, entry, known));
  return filled.some((entry, index) => entry !== list[index]) ? filled : list;
}

function mapWithDefaults(schema: Schema, map: object, known: Defaulting): unknown {
  const changed: [string, unknown][] = [];
  const { properties = {}, additionalProperties } = schema;
  const fields: Record<string, unknown> = Object(map);
  for (const name of Object.keys(fields)) {
    const inner = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (inner === undefined) continue;
    const value = fields[name];
    const filled = withDefaults(inner, value, known);
    if (filled !== value) changed.push([name, filled]);
  }
  for (const name of Object.keys(properties)) {
    const inner = properties[name];
    if (inner?.default === undefined) continue;
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined || (value === null && inner.nullable !== true))
      changed.push([name, withDefaults(inner, structuredClone(inner.default), known)]);
  }
  return changed.length === 0 ? map : { ...map, ...Object.fromEntries(changed) };
}
