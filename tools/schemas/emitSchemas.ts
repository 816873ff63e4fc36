import type { KindEntry, Schema } from '../../src/kubernetes/schema.ts';
import type { Sources } from './sources.ts';

/** The file that all kinds of Kubernetes share. */
const coreFile = 'kubernetes.json';

/** The status of an object is the server's business; that it is there is no mistake. */
const status: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/**
 * The JSON files, by name below `schemas/`: `index.json` lists the kinds, `kubernetes.json` has the
 * definitions of Kubernetes by name, and each custom resource has a file of its own.
 */
export function emitSchemas(sources: Sources): Record<string, string> {
  const files: Record<string, string> = {};
  const entries: Record<string, KindEntry> = {};
  for (const { schema, ...entry } of sources.kinds) {
    const key = `${entry.apiVersion}/${entry.kind}`;
    if (schema.$ref !== undefined) {
      entries[key] = { ...entry, schema: `${coreFile}#${schema.$ref}` };
      continue;
    }
    const name = `${entry.apiVersion.replace('/', '_')}_${entry.kind}.json`;
    files[name] = written(withoutStatus(schema));
    entries[key] = { ...entry, schema: name };
  }
  const lines = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  const index = lines.map(([key, entry]) => `${JSON.stringify(key)}:${JSON.stringify(entry)}`);
  return {
    ...files,
    [coreFile]: written(neededDefinitions(sources)),
    'index.json': `{\n${index.join(',\n')}\n}\n`,
  };
}

function withoutStatus(schema: Schema): Schema {
  return schema.properties?.['status'] === undefined
    ? schema
    : { ...schema, properties: { ...schema.properties, status } };
}

/** The definitions that kinds reach, which leaves out lists and what only a status has. */
function neededDefinitions({ kinds, definitions }: Sources): Record<string, Schema> {
  const needed = new Map<string, Schema>();
  const visit = (schema: Schema): void => {
    if (schema.$ref !== undefined) reach(schema.$ref, (definition) => definition);
    for (const inner of Object.values(schema.properties ?? {})) visit(inner);
    if (schema.items !== undefined) visit(schema.items);
    if (schema.additionalProperties !== undefined) visit(schema.additionalProperties);
  };
  const reach = (name: string, change: (schema: Schema) => Schema): void => {
    const definition = definitions[name];
    if (definition === undefined) throw new Error(`no definition ${name}`);
    if (needed.has(name)) return;
    const changed = change(definition);
    needed.set(name, changed);
    visit(changed);
  };
  for (const { schema } of kinds) {
    if (schema.$ref === undefined) visit(schema);
    else reach(schema.$ref, withoutStatus);
  }
  return Object.fromEntries([...needed].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function written(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
