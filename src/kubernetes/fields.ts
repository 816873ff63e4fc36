/** A map of a YAML or JSON document with unchecked fields. */
export type Fields = Readonly<Record<string, unknown>>;

const nothing: Fields = Object.freeze({});

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map at `path`, or an empty one. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  const found = valueAt(value, ...path);
  return isFields(found) ? found : nothing;
}

export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = isFields(found) ? found[key] : undefined;
  return found;
}

/** The list at `path`, or an empty one. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The maps in the list at `path`. */
export function mapsAt(value: unknown, ...path: readonly string[]): readonly Fields[] {
  return listAt(value, ...path).filter(isFields);
}

/** The string at `path`, or undefined. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** The strings in the list at `path`. */
export function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  return listAt(value, ...path).filter((item) => typeof item === 'string');
}

/** The entries of the map at `path` with string values, such as labels and annotations. */
export function textMapAt(value: unknown, ...path: readonly string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [key, item] of Object.entries(fieldsAt(value, ...path))) {
    if (typeof item === 'string') texts.set(key, item);
  }
  return texts;
}

/** Whether the text contains a Flux variable or a template expression, so that it is not final. */
export function isTemplate(text: string): boolean {
  return text.includes('${') || text.includes('{{');
}

/** All strings inside of a value. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isFields(value) ? Object.values(value).flatMap(textsIn) : [];
}
