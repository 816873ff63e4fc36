import { groupOf } from '../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from './sourcedObject.ts';

/**
 * Objects as the API server of one cluster could hold them: it holds one object of a group, kind, namespace and name.
 * Equal ones count once. Of different ones each says that it is not certain, since nothing tells which is applied last.
 */
export function withOneOfEach(objects: readonly SourcedObject[]): readonly SourcedObject[] {
  const groups = new Map<string, SourcedObject[]>();
  for (const source of objects) {
    const key = identityOf(source);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [source]);
    else group.push(source);
  }
  if (groups.size === objects.length) return objects;
  return [...groups.values()].flatMap((group) => (group.length === 1 ? group : oneOf(group)));
}

function identityOf({ object }: SourcedObject): string {
  const { namespace = '', name } = object.metadata;
  return `${groupOf(object)} ${object.kind} ${namespace} ${name}`;
}

function oneOf(group: readonly SourcedObject[]): readonly SourcedObject[] {
  const different = new Map(group.map((source) => [JSON.stringify(source.object), source]));
  const rest = [...different.values()];
  const [first, ...others] = rest;
  if (first === undefined || others.length === 0) return rest;
  const places = [...new Set(rest.map(placeOf))].join(' and ');
  const uncertain = `${describeObject(refOf(first))} is applied in ${rest.length} different forms (${places}), and the cluster holds the one that is applied last`;
  return rest.map((source) => ({ ...source, uncertain: source.uncertain ?? uncertain }));
}

/** Where a form of an object is from, and what applies it: two Kustomizations may build one document differently. */
function placeOf({ file, line, appliedBy }: SourcedObject): string {
  const by = appliedBy === undefined ? '' : `, by Kustomization ${appliedBy}`;
  return `${file}${line === undefined ? '' : `:${line}`}${by}`;
}
