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
  /** What the API server fills in for a field of a custom resource that is not set. */
  default?: unknown;
  'x-kubernetes-int-or-string'?: true;
  'x-kubernetes-preserve-unknown-fields'?: true;
  /** Rules in CEL that hold for a new object: not those that compare it with the one before. */
  'x-kubernetes-validations'?: ValidationRule[];
  /** Entries of the list differ: as a whole, or by their keys. */
  'x-kubernetes-list-type'?: 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
}

/** A rule of a custom resource definition: `ValidationRule` of `apiextensions.k8s.io/v1`. */
export interface ValidationRule {
  rule: string;
  /** What the API server says if the rule does not hold. */
  message?: string;
  /** The rule holds for new objects, too, with an `oldSelf` that is not there. */
  optionalOldSelf?: true;
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
