import type { Schema } from '../../src/kubernetes/schema.ts';
import { typedKinds } from './kinds.ts';
import { type KindSchema, objectMeta, type Sources } from './sources.ts';
import { braced, type Naming, pascalCase, typeText } from './typeText.ts';

/** Characters from which a type that repeats is given a name. */
const worthAName = 160;
const heading =
  '// Made by tools/schemas. What stands here comes from the pinned definitions: change those.\n';

/** Fields of metadata that only the server sets, or that Gatehouse has no use for. */
const serverSide = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generateName',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** The TypeScript files, by name below `src/kubernetes/types/`. */
export function emitTypes(sources: Sources): Record<string, string> {
  const chosen = chooseKinds(sources.kinds);
  const core = chosen.filter((kind) => kind.source === 'kubernetes/kubernetes');
  const files: Record<string, string> = { 'core.generated.ts': coreFile(core, sources.definitions) };
  for (const group of new Set(chosen.filter((kind) => !core.includes(kind)).map(groupOf))) {
    files[`${group}.generated.ts`] = groupFile(chosen.filter((kind) => groupOf(kind) === group));
  }
  return files;
}

/** One version of each kind that has a type: the one that `kubectl` prefers. Throws when one is missing. */
function chooseKinds(kinds: KindSchema[]): KindSchema[] {
  return Object.entries(typedKinds).flatMap(([group, names]) =>
    names.map((name) => {
      const versions = kinds.filter((kind) => kind.kind === name && groupOf(kind) === group);
      const [best] = versions.sort((a, b) => versionRank(b.apiVersion) - versionRank(a.apiVersion));
      if (best === undefined) throw new Error(`no definition of ${name} in group ${group}`);
      return best;
    }),
  );
}

/** The API group of an `apiVersion`; the empty one is the core. */
export function groupOf(kind: { apiVersion: string }): string {
  return kind.apiVersion.includes('/') ? kind.apiVersion.slice(0, kind.apiVersion.lastIndexOf('/')) : '';
}

/** Kubernetes' order of versions: stable before beta before alpha, then the higher number. */
function versionRank(apiVersion: string): number {
  const [, major = '0', stage, minor = '0'] = /v(\d+)(?:(alpha|beta)(\d+))?$/.exec(apiVersion) ?? [];
  const stageRank = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
  return stageRank * 1e6 + Number(major) * 1e3 + Number(minor);
}

function coreFile(kinds: KindSchema[], definitions: Record<string, Schema>): string {
  const roots = new Map(kinds.map((kind) => [kind.schema.$ref ?? '', kind]));
  const names = new Map<string, string>();
  const blocks = new Map<string, string>();
  const naming: Naming = { alias: () => undefined, reference };

  function reference(definition: string): string {
    const name = define(definition);
    return roots.has(definition) ? `Embedded<${name}>` : name;
  }

  function define(definition: string): string {
    const known = names.get(definition);
    if (known !== undefined) return known;
    const name = definition.slice(definition.lastIndexOf('.') + 1);
    if ([...names.values()].includes(name)) throw new Error(`two definitions are called ${name}`);
    names.set(definition, name);
    const schema = definitions[definition];
    if (schema === undefined) throw new Error(`no definition ${definition}`);
    const root = roots.get(definition);
    const text =
      root === undefined
        ? typeText(definition === objectMeta ? written(schema) : schema, [name], naming)
        : rootText(root, impliedSpec(schema, definitions), naming);
    blocks.set(name, `export type ${name} = ${text};\n`);
    return name;
  }

  for (const definition of roots.keys()) define(definition);
  const sorted = [...blocks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, block]) => block);
  const helpers = [
    '/** Metadata of an object that stands on its own. */',
    'export type NamedMeta = ObjectMeta & { name: string };\n',
    '/** An object inside another one, which need not say its kind and name. */',
    "export type Embedded<T> = Omit<T, 'apiVersion' | 'kind' | 'metadata'> & {",
    '  apiVersion?: string;\n  kind?: string;\n  metadata?: ObjectMeta;\n};\n',
  ];
  return [heading, helpers.join('\n'), ...sorted].join('\n');
}

function written(schema: Schema): Schema {
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => !serverSide.has(name));
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** A `spec` that has required fields is itself needed, whether or not the definition says so. */
function impliedSpec(schema: Schema, definitions: Record<string, Schema>): Schema {
  const inner = schema.properties?.['spec'];
  const spec = definitions[inner?.$ref ?? ''] ?? inner;
  return spec?.required === undefined
    ? schema
    : { ...schema, required: [...(schema.required ?? []), 'spec'] };
}

/** An object that stands on its own: literal group and kind, a name, and no status. */
function rootText(kind: KindSchema, schema: Schema, naming: Naming): string {
  const { apiVersion, kind: _kind, metadata, status, ...rest } = schema.properties ?? {};
  const body = Object.entries(rest).map(([name, value]) => {
    const mark = schema.required?.includes(name) ? '' : '?';
    return `${name}${mark}: ${typeText(value, [kind.kind, name], naming)};`;
  });
  return braced([
    `apiVersion: ${JSON.stringify(kind.apiVersion)};`,
    `kind: ${JSON.stringify(kind.kind)};`,
    'metadata: NamedMeta;',
    ...body,
  ]);
}

/** Kinds of one group of custom resources. Larger object types that occur again get a name. */
function groupFile(kinds: KindSchema[]): string {
  const repeated = repeatedObjects(kinds.map((kind) => kind.schema));
  const names = new Map<string, string>();
  const taken = new Set(kinds.map((kind) => kind.kind));
  const blocks: string[] = [];
  const naming: Naming = {
    reference: (definition) => {
      throw new Error(`a custom resource refers to ${definition}`);
    },
    alias: (schema, text, path) => {
      const known = names.get(text);
      if (known !== undefined || text.length < worthAName || !repeated.has(JSON.stringify(schema)))
        return known;
      const name = freeName(path, taken);
      names.set(text, name);
      blocks.push(`export type ${name} = ${text};\n`);
      return name;
    },
  };
  for (const kind of kinds)
    blocks.push(`export type ${kind.kind} = ${rootText(kind, impliedSpec(kind.schema, {}), naming)};\n`);
  return [heading, "import type { NamedMeta } from './core.generated.ts';\n", ...blocks].join('\n');
}

/** The object schemas that occur more than once, as JSON. */
function repeatedObjects(roots: Schema[]): Set<string> {
  const once = new Set<string>();
  const again = new Set<string>();
  const visit = (schema: Schema): void => {
    if (schema.properties !== undefined) {
      const text = JSON.stringify(schema);
      (once.has(text) ? again : once).add(text);
    }
    for (const inner of Object.values(schema.properties ?? {})) visit(inner);
    if (schema.items !== undefined) visit(schema.items);
    if (schema.additionalProperties !== undefined) visit(schema.additionalProperties);
  };
  for (const root of roots) visit(root);
  return again;
}

/** The kind and the last name of the path, with as many more names as it takes, or a number at the end. */
function freeName(path: string[], taken: Set<string>): string {
  const [kind = '', ...rest] = path;
  const candidates = [
    ...rest.map((_, index) => pascalCase([kind, ...rest.slice(-index - 1)])),
    ...Array.from(Array(1000).keys(), (count) => pascalCase([...path, String(count + 2)])),
  ];
  const name = candidates.find((candidate) => !taken.has(candidate));
  if (name === undefined) throw new Error(`no name is left for ${path.join('.')}`);
  taken.add(name);
  return name;
}
