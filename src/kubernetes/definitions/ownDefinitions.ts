import { mapsAt, textAt, valueAt } from '../fields.ts';
import { groupOf, type KubernetesObject } from '../object.ts';
import type { KindEntry, Schema } from '../schema.ts';
import { definitionDialect, readSchema, rooted } from './readSchema.ts';

/** A kind that a CustomResourceDefinition among the objects defines. */
export interface OwnDefinition {
  kind: KindEntry;
  /** Undefined if the definition does not serve the version. */
  schema: Schema | undefined;
}

/**
 * The kind of an object as the definitions among the objects have it. More than one may be there, of more than one version
 * of the same project. One that says nothing of its fields, or that cannot be read, defines nothing.
 */
export type OwnDefinitions = (object: KubernetesObject) => readonly OwnDefinition[];

export function ownDefinitionsAmong(objects: Iterable<KubernetesObject>): OwnDefinitions {
  const byKind = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition' || groupOf(object) !== 'apiextensions.k8s.io') continue;
    const name = `${textAt(object, 'spec', 'group')}/${textAt(object, 'spec', 'names', 'kind')}`;
    byKind.set(name, [...(byKind.get(name) ?? []), object]);
  }
  const read = new Map<string, readonly OwnDefinition[]>();
  return (object) => {
    const definitions = byKind.get(`${groupOf(object)}/${object.kind}`);
    if (definitions === undefined) return [];
    const name = `${object.apiVersion}/${object.kind}`;
    const known = read.get(name) ?? definitions.flatMap((each) => readVersion(each, object));
    read.set(name, known);
    return known;
  };
}

function readVersion(
  definition: KubernetesObject,
  { apiVersion, kind }: KubernetesObject,
): readonly OwnDefinition[] {
  const scope = textAt(definition, 'spec', 'scope') === 'Cluster' ? 'Cluster' : 'Namespaced';
  const source = 'a definition among the objects';
  const entry: KindEntry = { apiVersion, kind, scope, source, version: '', schema: '' };
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const served = mapsAt(definition, 'spec', 'versions').find((each) => textAt(each, 'name') === version);
  if (served === undefined || valueAt(served, 'served') !== true) return [{ kind: entry, schema: undefined }];
  try {
    const raw = valueAt(served, 'schema', 'openAPIV3Schema');
    const schema = readSchema(raw, { ...definitionDialect, isLenient: true });
    return schema.properties === undefined ? [] : [{ kind: entry, schema: rooted(schema) }];
  } catch {
    return [];
  }
}
