import { textAt } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import type { KindEntry } from '../../kubernetes/schema.ts';
import type { Finding } from '../../kubernetes/validate.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';

/** What the schema of its kind says of an object. */
export interface ValidatedObject {
  source: SourcedObject;
  /** Undefined where there is no schema for the kind. */
  kind: KindEntry | undefined;
  findings: readonly Finding[];
}

/** What schemas say of all objects. */
export interface Structure {
  validated: readonly ValidatedObject[];
  /** Whether the cluster runs the versions of the schemas. In another version a custom kind may have other fields. */
  pinned: boolean;
}

/** The kinds that are not compared, for want of a schema, in their order by name. */
export function kindsWithoutSchema({ validated }: Pick<Structure, 'validated'>): readonly string[] {
  const comparable = comparableIn(validated);
  const kinds = validated
    .filter((each) => !comparable(each))
    .map(({ source: { object } }) => {
      const group = groupOf(object);
      return group === '' ? object.kind : `${object.kind}.${group}`;
    });
  return [...new Set(kinds)].toSorted();
}

/** A kind that a definition among the objects defines is not compared: their definition counts, not ours. */
export function comparableIn(validated: readonly ValidatedObject[]): (each: ValidatedObject) => boolean {
  const defined = new Set(validated.flatMap(({ source }) => kindDefinedBy(source.object)));
  return ({ source: { object }, kind }) =>
    kind !== undefined && !defined.has(`${groupOf(object)}/${object.kind}`);
}

function kindDefinedBy(object: SourcedObject['object']): readonly string[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  const [group, kind] = [textAt(object, 'spec', 'group'), textAt(object, 'spec', 'names', 'kind')];
  return group === undefined || kind === undefined ? [] : [`${group}/${kind}`];
}
