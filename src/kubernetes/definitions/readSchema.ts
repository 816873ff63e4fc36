import {
  type Format,
  knownFormats,
  type Literal,
  type Schema,
  schemaTypes,
  type ValidationRule,
} from '../schema.ts';

/** How a dialect of OpenAPI is to be understood. */
export interface Dialect {
  /** Where `#/components/schemas/NAME` leads; definitions named here are replaced by what they mean. */
  inlined: Record<string, Schema>;
  /** In a custom resource a field with a default may be left out, although it is `required`. */
  defaultsFillRequired: boolean;
  /** Whether `type: object` without fields means "anything" (core) or "no field" (structural schemas). */
  bareObjectIsOpen: boolean;
  /** The API server fills in defaults, compares entries of lists and evaluates rules as the schema says. */
  isEvaluated: boolean;
  /** What is not known is left out instead of an error, and patterns stay as Go reads them. */
  isLenient: boolean;
}

/** How definitions of custom resources are to be understood. */
export const definitionDialect: Dialect = {
  inlined: {},
  defaultsFillRequired: true,
  bareObjectIsOpen: false,
  isEvaluated: true,
  isLenient: false,
};

/** The name of the definition of every object's `metadata`. */
export const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

type Json = Record<string, unknown>;

const numbers = [
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;
/** Keywords that are read, or that say nothing about the structure of one value. */
const knownKeywords = new Set<string>([
  ...[
    '$ref',
    'type',
    'nullable',
    'properties',
    'required',
    'additionalProperties',
    'items',
    'enum',
    'pattern',
  ],
  ...['format', 'allOf', 'anyOf', 'oneOf', 'not', 'default', 'example', 'description', 'title'],
  ...['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-validations'],
  ...['x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type', 'x-kubernetes-unions'],
  'x-kubernetes-embedded-resource',
  ...['x-kubernetes-patch-strategy', 'x-kubernetes-patch-merge-key', 'x-kubernetes-group-version-kind'],
  ...numbers,
]);
const referencePrefix = '#/components/schemas/';

export function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a map, or an empty one. */
export function asJsonObject(value: unknown): Json {
  return isJsonObject(value) ? value : {};
}

/** The value as a list, or an empty one. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Reads one OpenAPI schema into our compact form: structure, defaults and rules, no description.
 * Throws at a construct that it does not know, so that a new upstream version cannot weaken a check unseen.
 */
export function readSchema(raw: unknown, dialect: Dialect): Schema {
  const source = asJsonObject(raw);
  const strange = Object.keys(source).find((keyword) => !knownKeywords.has(keyword));
  if (strange !== undefined && !dialect.isLenient) throw new Error(`unknown keyword ${strange}`);
  const reference = readReference(source);
  if (reference !== undefined) return dialect.inlined[reference] ?? { $ref: reference };

  const own = { ...readScalars(source, dialect), ...readObject(source, dialect) };
  const schema: Schema = source['x-kubernetes-embedded-resource'] === true ? embedded(own) : own;
  if (isJsonObject(source['items'])) schema.items = readSchema(source['items'], dialect);
  if (source['x-kubernetes-int-or-string'] === true) schema['x-kubernetes-int-or-string'] = true;
  return {
    ...schema,
    ...readConditions(source, dialect),
    ...(dialect.isEvaluated ? readEvaluated(source) : {}),
  };
}

/** An object in another one: the API server asks for its type and reads its metadata (`apiextensions` v1). */
function embedded(schema: Schema): Schema {
  const text: Schema = { type: 'string' };
  return {
    ...schema,
    properties: { apiVersion: text, kind: text, ...schema.properties, metadata: { $ref: objectMeta } },
    required: [...new Set([...(schema.required ?? []), 'apiVersion', 'kind'])],
  };
}

/**
 * The schema of a kind: a custom resource says of its metadata only that it is an object. Kubernetes says the rest, and
 * also the two fields that some definitions leave out: they are implied (`apiextensions` v1, `CustomResourceValidation`).
 */
export function rooted(schema: Schema): Schema {
  const implied = { apiVersion: { type: 'string' }, kind: { type: 'string' } } as const;
  return { ...schema, properties: { ...implied, ...schema.properties, metadata: { $ref: objectMeta } } };
}

/** What only a server evaluates: defaults, rules, and how entries of lists differ. */
function readEvaluated(source: Json): Schema {
  const schema: Schema = {};
  if (source['default'] !== undefined) schema.default = source['default'];
  const rules = asList(source['x-kubernetes-validations']).map(asJsonObject).flatMap(readRule);
  if (rules.length > 0) schema['x-kubernetes-validations'] = rules;
  const listType = source['x-kubernetes-list-type'];
  if (listType === 'set' || listType === 'map') schema['x-kubernetes-list-type'] = listType;
  if (listType === 'map')
    schema['x-kubernetes-list-map-keys'] = asList(source['x-kubernetes-list-map-keys']).map(String);
  return schema;
}

/** A rule about the object before does not apply to a new one, unless it says so. */
function readRule({ rule, message, optionalOldSelf }: Json): ValidationRule[] {
  if (typeof rule !== 'string') throw new Error('a rule without an expression');
  if (/\boldSelf\b/.test(rule) && optionalOldSelf !== true) return [];
  return [
    {
      rule: rule.trim(),
      ...(typeof message === 'string' ? { message } : {}),
      ...(optionalOldSelf === true ? { optionalOldSelf } : {}),
    },
  ];
}

/** A reference, alone or wrapped in an `allOf` of one (which OpenAPI uses to put a default beside it). */
function readReference(source: Json): string | undefined {
  const [only, ...others] = asList(source['allOf']);
  const target = source['$ref'] ?? (others.length === 0 ? asJsonObject(only)['$ref'] : undefined);
  if (typeof target !== 'string') return undefined;
  if (!target.startsWith(referencePrefix)) throw new Error(`reference to elsewhere: ${target}`);
  return target.slice(referencePrefix.length);
}

function readScalars(source: Json, { isLenient }: Dialect): Schema {
  const schema: Schema = {};
  const type = schemaTypes.find((known) => known === source['type']);
  if (source['type'] !== undefined && type === undefined)
    throw new Error(`unknown type ${String(source['type'])}`);
  if (type !== undefined) schema.type = type;
  if (source['nullable'] === true) schema.nullable = true;
  if (Array.isArray(source['enum'])) schema.enum = source['enum'].filter(isLiteral);
  if (typeof source['pattern'] === 'string')
    schema.pattern = isLenient ? source['pattern'] : javaScriptPattern(source['pattern']);
  const format = readFormat(source['format'], isLenient);
  if (format !== undefined) schema.format = format;
  for (const key of numbers) {
    const value = source[key];
    if (typeof value === 'number') schema[key] = value;
  }
  return schema;
}

/**
 * A pattern of Go's RE2 as JavaScript reads it: classes of one letter get braces, and letters without case
 * are written out. Throws where that is not enough.
 */
function javaScriptPattern(pattern: string): string {
  const braced = pattern.replaceAll(/\\([pP])([A-Z])/g, '\\$1{$2}');
  const caseless = braced.startsWith('^(?i)')
    ? `^${braced.slice(5).replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)}`
    : braced;
  new RegExp(caseless, 'u');
  return caseless;
}

function readObject(source: Json, dialect: Dialect): Schema {
  const schema: Schema = {};
  const properties = Object.entries(asJsonObject(source['properties']));
  const filled = (name: string) =>
    dialect.defaultsFillRequired &&
    properties.some(([key, value]) => key === name && 'default' in asJsonObject(value));

  if (properties.length > 0) {
    schema.properties = Object.fromEntries(
      properties.map(([name, value]) => [name, readSchema(value, dialect)]),
    );
  }
  const required = asList(source['required']).filter((name) => typeof name === 'string' && !filled(name));
  if (required.length > 0) schema.required = required.map(String);

  const additional = source['additionalProperties'];
  if (isJsonObject(additional)) schema.additionalProperties = readSchema(additional, dialect);
  const bare = properties.length === 0 && additional === undefined;
  const untyped = source['type'] === undefined && source['x-kubernetes-int-or-string'] !== true && bare;
  if (
    source['x-kubernetes-preserve-unknown-fields'] === true ||
    additional === true ||
    (dialect.bareObjectIsOpen && bare && (source['type'] === 'object' || untyped))
  ) {
    schema['x-kubernetes-preserve-unknown-fields'] = true;
  }
  return schema;
}

/** `allOf`, `anyOf`, `oneOf` and `not`, which only constrain. */
function readConditions(source: Json, { isLenient }: Dialect): Schema {
  const inner: Dialect = {
    inlined: {},
    defaultsFillRequired: false,
    bareObjectIsOpen: false,
    isEvaluated: false,
    isLenient,
  };
  const intOrString = source['x-kubernetes-int-or-string'] === true;
  const schema: Schema = {};
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const) {
    const conditions = asList(source[key]).map((each) => readSchema(each, inner));
    const telling = conditions.filter((each) => !(intOrString && key === 'allOf' && listsTypes(each.anyOf)));
    if (telling.length > 0 && !(intOrString && listsTypes(conditions))) schema[key] = telling;
  }
  if (isJsonObject(source['not'])) schema.not = readSchema(source['not'], inner);
  return schema;
}

/** Whether it is the "integer or string" that comes with `x-kubernetes-int-or-string` and says nothing new. */
function listsTypes(conditions: Schema[] | undefined): boolean {
  return conditions?.every((each) => Object.keys(each).join() === 'type') ?? false;
}

/** `double` names a width that JSON does not have; the API server knows nothing of `idn-hostname`. */
function readFormat(raw: unknown, isLenient: boolean): Format | undefined {
  if (raw === undefined || raw === 'double' || raw === 'idn-hostname') return undefined;
  const format = knownFormats.find((known) => known === raw);
  if (format === undefined && !isLenient) throw new Error(`unknown format ${String(raw)}`);
  return format;
}

function isLiteral(value: unknown): value is Literal {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
