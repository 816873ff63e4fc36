import type { Schema } from '../../src/kubernetes/schema.ts';

/** How a type is written: the text of a reference, and which object types have a name of their own. */
export interface Naming {
  reference: (definition: string) => string;
  /** The name of an object type, or undefined to write it out in place. */
  alias: (schema: Schema, text: string, path: string[]) => string | undefined;
}

/** A schema as a TypeScript type expression. `path` is its place, for aliases. */
export function typeText(schema: Schema, path: string[], naming: Naming): string {
  const text = bareTypeText(schema, path, naming);
  return schema.nullable === true ? `${text} | null` : text;
}

function bareTypeText(schema: Schema, path: string[], naming: Naming): string {
  if (schema.$ref !== undefined) return naming.reference(schema.$ref);
  if (schema['x-kubernetes-int-or-string'] === true) return 'number | string';
  if (schema.format === 'quantity') return 'number | string';
  const words = choicesOf(schema);
  if (words !== undefined) return words.map((word) => JSON.stringify(word)).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return listText(schema, path, naming);
    case 'object':
      return objectText(schema, path, naming);
    default:
      return 'unknown';
  }
}

/** The words that an enum leaves, also where definitions repeat it inside an `allOf`. */
function choicesOf(schema: Schema): Schema['enum'] {
  const lists = [schema.enum, ...(schema.allOf ?? []).map((each) => each.enum)].filter(
    (list) => list !== undefined,
  );
  const [first, ...others] = lists;
  return first?.filter((word) => others.every((list) => list.includes(word)));
}

function listText(schema: Schema, path: string[], naming: Naming): string {
  const item = schema.items === undefined ? 'unknown' : typeText(schema.items, path, naming);
  return /^\w+$/.test(item) ? `${item}[]` : `Array<${item}>`;
}

function objectText(schema: Schema, path: string[], naming: Naming): string {
  const properties = Object.entries(schema.properties ?? {});
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema.additionalProperties !== undefined) {
    return `{ [key: string]: ${typeText(schema.additionalProperties, [...path, 'value'], naming)} }`;
  }
  if (properties.length === 0) return open ? '{ [key: string]: unknown }' : '{ [key: string]: never }';
  const lines = properties.map(([name, value]) => {
    const mark = schema.required?.includes(name) ? '' : '?';
    return `${propertyKey(name)}${mark}: ${typeText(value, [...path, name], naming)};`;
  });
  const text = braced(open ? [...lines, '[key: string]: unknown;'] : lines);
  return naming.alias(schema, text, path) ?? text;
}

/** Lines between braces, indented. */
export function braced(lines: string[]): string {
  return `{\n${lines.join('\n').replaceAll(/^/gm, '  ')}\n}`;
}

function propertyKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** `spec`, `podTemplate` → `SpecPodTemplate`. */
export function pascalCase(words: string[]): string {
  return words
    .flatMap((word) => word.split(/[^A-Za-z0-9]+/))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
