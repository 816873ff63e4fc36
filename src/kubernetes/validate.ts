import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRules } from './cel/checkRules.ts';
import type { RuleCompiler } from './cel/expressions.ts';
import { type Defaulting, withDefaults } from './defaults.ts';
import { type Fields, isFields } from './fields.ts';
import { compileGoPattern } from './goPattern.ts';
import { once } from './once.ts';
import type { KindEntry, Schema } from './schema.ts';
import { checkValue, type Finding, type Pattern } from './structure.ts';
import { checkCoreRules } from './validation/coreRules.ts';
import { retiredKind } from './validation/retired.ts';

export type { Finding } from './structure.ts';

/** Reads one file of the schemas by its name, such as `index.json`. */
export type ReadSchemaFile = (name: string) => string;

/** Validates objects against the schemas of their kinds. */
export interface Validator {
  /**
   * What the API server would refuse: unknown and missing fields, wrong types and values, and what the rules of its
   * kind forbid. A kind without a schema gives one finding, `unknown-kind`; one of which there is a schema in another
   * version gives `unknown-version`. Decrypt and substitute the object first.
   */
  validate: (object: unknown) => Finding[];
  /** The same by the schema alone. */
  checkStructure: (object: unknown) => Finding[];
  /**
   * What a definition of somebody else would refuse of an object, by its structure alone. Its rules are not evaluated:
   * what they cost is not known.
   */
  checkBy: (schema: Schema, object: unknown) => Finding[];
  /** The metadata of a kind; undefined if there is no schema. */
  kind: (apiVersion: string, kind: string) => KindEntry | undefined;
}

/** The schemas in a directory that `tools/schemas` generated. */
export function readSchemasFrom(directory: string): ReadSchemaFile {
  return (name) => readFileSync(join(directory, name), 'utf8');
}

/**
 * A validator for a set of schemas. It reads the schema of a kind when the first object of the kind is validated.
 * Errors of `read` are passed on, because they mean that the package is incomplete. No object makes it throw.
 *
 * @param compile compiles the rules of definitions. It is called when an object has what a rule is about.
 */
export function createValidator(read: ReadSchemaFile, compile: RuleCompiler): Validator {
  const index = fileReader<Record<string, KindEntry>>(read);
  const definitionsIn = fileReader<Record<string, Schema>>(read);
  const schemaIn = fileReader<Schema>(read);
  const patterns = new Map<string, RegExp>();

  function kind(apiVersion: string, name: string): KindEntry | undefined {
    return (
      ownEntry(index('index.json'), `${apiVersion}/${name}`) ??
      retiredEntry(apiVersion, name) ??
      absentEntry(ownVersions(), apiVersion, name)
    );
  }
  function pattern(source: string): RegExp {
    const compiled = patterns.get(source) ?? new RegExp(source, 'u');
    patterns.set(source, compiled);
    return compiled;
  }
  const ownVersions = once(() => versionsOfKubernetes(index('index.json')));
  const versions = once(() => kindsByName(index('index.json')));
  const hasOtherVersion = (apiVersion: string, name: string): boolean =>
    versions().has(`${groupOfVersion(apiVersion)}/${name}`);
  const definition = (name: string) => ownEntry(definitionsIn(sharedFile), name);

  function checkStructure(object: unknown): Finding[] {
    const { apiVersion, kind: name } = typeOf(object);
    if (apiVersion === undefined || name === undefined) return missingType(apiVersion, name);
    const gone = retiredKind(apiVersion, name);
    if (gone !== undefined) return [notServed(gone)];
    const entry = kind(apiVersion, name);
    if (entry === undefined) return [hasOtherVersion(apiVersion, name) ? unknownVersion : unknownKind];
    if (entry.schema === '') return [absentKind(entry)];
    const [file = '', reference] = entry.schema.split('#');
    const schema = reference === undefined ? schemaIn(file) : { $ref: reference };
    const filled = withDefaults(schema, object, defaulting);
    return [...checkValue(schema, filled, { definition, pattern }), ...checkName(object)];
  }
  const defaulting: Defaulting = new Map();
  const asking = new Map<Schema, boolean>();
  function rulesOf(object: Fields): Finding[] {
    const { apiVersion = '', kind: name = '' } = typeOf(object);
    const [file = '', reference] = kind(apiVersion, name)?.schema.split('#') ?? [];
    if (reference !== undefined || file === '') return [];
    return checkRules(schemaIn(file), object, { definition, compile }, asking);
  }
  function validate(object: unknown): Finding[] {
    const found = checkStructure(object);
    const isOpen = found.some(({ code }) => code === 'unknown-kind' || code === 'unknown-version');
    if (isOpen || !isFields(object)) return found;
    const all = [...found, ...newAmong(checkCoreRules(object), found)];
    // As the API server does, rules are asked only of what has the structure of its kind.
    return all.length > 0 ? all : rulesOf(object);
  }

  const goPatterns = new Map<string, Pattern>();
  function goPattern(source: string): Pattern {
    // Go refuses a pattern that is none, and with it the definition.
    const known = goPatterns.get(source) ?? { test: compileGoPattern(source) ?? (() => true) };
    goPatterns.set(source, known);
    return known;
  }
  const checkBy = (schema: Schema, object: unknown): Finding[] =>
    checkValue(schema, withDefaults(schema, object, defaulting), { definition, pattern: goPattern });

  return { validate, checkStructure, checkBy, kind };
}

/** The file of the shared definitions: those of Kubernetes, and the metadata of all kinds. */
const sharedFile = 'kubernetes.json';

function groupOfVersion(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** The kinds of the index without their versions. */
function kindsByName(index: Record<string, KindEntry>): ReadonlySet<string> {
  return new Set(Object.values(index).map(({ apiVersion, kind }) => `${groupOfVersion(apiVersion)}/${kind}`));
}

/** What is known of a kind that no server has any more: its project. */
function retiredEntry(apiVersion: string, kind: string): KindEntry | undefined {
  const gone = retiredKind(apiVersion, kind);
  if (gone === undefined) return undefined;
  return {
    apiVersion,
    kind,
    scope: 'Namespaced',
    source: 'kubernetes/kubernetes',
    version: gone.since,
    schema: '',
  };
}

/** The versions of the groups of Kubernetes itself, each with the first of its kinds. */
function versionsOfKubernetes(index: Record<string, KindEntry>): ReadonlyMap<string, KindEntry> {
  const entries = Object.values(index).filter(({ source }) => source === 'kubernetes/kubernetes');
  return new Map(entries.toReversed().map((entry) => [entry.apiVersion, entry]));
}

/** A kind that a group of Kubernetes itself does not have, such as a misspelt one: nobody else can define one there. */
function absentEntry(
  versions: ReadonlyMap<string, KindEntry>,
  apiVersion: string,
  kind: string,
): KindEntry | undefined {
  const other = versions.get(apiVersion);
  return other === undefined ? undefined : { ...other, kind, schema: '' };
}

function absentKind({ apiVersion, version }: KindEntry): Finding {
  return {
    code: 'not-a-choice',
    path: ['kind'],
    message: `${apiVersion} of Kubernetes ${version} has no such kind`,
    expected: `a kind of ${apiVersion}`,
    unless: 'a later version of Kubernetes has it',
  };
}

/** The findings at places where the schema found nothing: one mistake is said once. */
function newAmong(more: readonly Finding[], found: readonly Finding[]): readonly Finding[] {
  if (more.length === 0 || found.length === 0) return more;
  const said = new Set(found.map(({ path }) => JSON.stringify(path)));
  return more.filter(({ path }) => !said.has(JSON.stringify(path)));
}

/** Reads and parses each file once, on demand. The type is that of the generated files. */
function fileReader<Content>(read: ReadSchemaFile): (name: string) => Content {
  const contents = new Map<string, Content>();
  return (name) => {
    const content: Content = contents.get(name) ?? JSON.parse(read(name));
    contents.set(name, content);
    return content;
  };
}

function ownEntry<Value>(map: Record<string, Value>, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

const unknownKind: Finding = {
  code: 'unknown-kind',
  path: ['kind'],
  message: 'there is no schema for this kind, so its fields were not checked',
  expected: 'a kind of the pinned versions',
};

const unknownVersion: Finding = {
  code: 'unknown-version',
  path: ['apiVersion'],
  message: 'there is no schema for this version of the kind, so its fields were not checked',
  expected: 'a version of the kind that is in the schemas',
};

function notServed({ since, now }: { since: string; now: string }): Finding {
  const message = `no API server has this version of the kind since ${since}`;
  return { code: 'not-a-choice', path: ['apiVersion'], message, expected: now };
}

function typeOf(object: unknown): { apiVersion: string | undefined; kind: string | undefined } {
  const fields: { apiVersion?: unknown; kind?: unknown } =
    typeof object === 'object' && object !== null ? object : {};
  return {
    apiVersion: typeof fields.apiVersion === 'string' ? fields.apiVersion : undefined,
    kind: typeof fields.kind === 'string' ? fields.kind : undefined,
  };
}

function missingType(apiVersion: string | undefined, kind: string | undefined): Finding[] {
  return Object.entries({ apiVersion, kind })
    .filter(([, value]) => value === undefined)
    .map(([field]) => ({
      code: 'missing-field',
      path: [],
      message: `the field "${field}" is missing or not a string`,
      expected: `the field ${field}`,
    }));
}

/** The schemas do not require a name, because the API server can generate one from `generateName`. */
function checkName(object: unknown): Finding[] {
  const { metadata }: { metadata?: unknown } = Object(object);
  if (metadata !== undefined && (typeof metadata !== 'object' || Array.isArray(metadata))) return [];
  const { name, generateName }: { name?: unknown; generateName?: unknown } = Object(metadata);
  if (name !== undefined || generateName !== undefined) return [];
  const path = metadata === undefined ? [] : ['metadata'];
  return [
    { code: 'missing-field', path, message: 'the object has no name', expected: 'the field metadata.name' },
  ];
}
