/** A value of JSON that an `enum` may hold. */
export type Literal = string | number | boolean | null;

/** The types of JSON Schema that Kubernetes allows. */
export const schemaTypes = ['object', 'array', 'string', 'integer', 'number', 'boolean'] as const;

export type SchemaType = (typeof schemaTypes)[number];

/**
 * The structure that Kubernetes requires of a value: the subset of OpenAPI v3 that structural schemas of
 * custom resource definitions and the API server's own definitions use, without descriptions.
 *
 * It differs from plain JSON Schema in one rule: an object is closed. Fields that are neither in
 * `properties` nor allowed by `additionalProperties` are refused, unless
 * `x-kubernetes-preserve-unknown-fields` is set. Inside `allOf`, `anyOf`, `oneOf` and `not` objects are
 * open, because these only add conditions to a structure that is defined outside of them.
 */
export interface Schema {
  /** The name of a shared definition. It has no siblings. */
  $ref?: string;
  type?: SchemaType;
  nullable?: true;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema;
  items?: Schema;
  enum?: Literal[];
  pattern?: string;
  /** Only formats that affect validity: see `knownFormats`. */
  format?: Format;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  'x-kubernetes-int-or-string'?: true;
  'x-kubernetes-preserve-unknown-fields'?: true;
}

/** Formats that the API server checks, and `quantity` for apimachinery's `resource.Quantity`. */
export const knownFormats = [
  'int32',
  'int64',
  'byte',
  'date-time',
  'cidr',
  'ipv4',
  'ipv6',
  'quantity',
] as const;

export type Format = (typeof knownFormats)[number];

/** The metadata of a kind: an entry of `schemas/index.json`. */
export interface KindEntry {
  apiVersion: string;
  kind: string;
  scope: 'Namespaced' | 'Cluster';
  /** The project that defines the kind, and the version of the schema. */
  source: string;
  version: string;
  /** The file of the schema; after a `#` the name of the definition in it. */
  schema: string;
}
