import { type Fields, fieldsAt, isFields, mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import type { ControlType } from '../model/analysis.ts';

/** One feature of a SecurityPolicy with the policy that defines it. After a merge that may be the parent. */
export interface Feature {
  type: Exclude<ControlType, 'access' | 'originProxy' | 'rejected500'>;
  value: Fields;
  policy: SourcedObject;
  /** The sources of a merge: its own value, and the feature of the parent. */
  merged?: { own: Fields; above: Feature };
}

/** The fields of the policy's spec that are controls. */
const fields: readonly (readonly [field: string, type: Feature['type']])[] = [
  ['cors', 'cors'],
  ['csrf', 'csrf'],
  ['extAuth', 'extAuth'],
  ['oidc', 'oidc'],
  ['jwt', 'jwt'],
  ['basicAuth', 'basicAuth'],
  ['apiKeyAuth', 'apiKey'],
  ['authorization', 'authorization'],
];

/** The features of a policy. */
export function featuresOf(policy: SourcedObject): readonly Feature[] {
  const spec = fieldsAt(policy.object, 'spec');
  return fields.flatMap(([field, type]) => {
    const value = spec[field];
    return isFields(value) ? [{ type, value, policy }] : [];
  });
}

/** The merge type of a policy of a route; undefined if it replaces its parent. */
export function mergeTypeOf({ object }: SourcedObject): 'StrategicMerge' | 'JSONMerge' | undefined {
  const type = textAt(object, 'spec', 'mergeType');
  return type === 'StrategicMerge' || type === 'JSONMerge' ? type : undefined;
}

/** Merges features with those of the parent: maps are merged, every other value of the child replaces the parent's. */
export function mergeFeatures(child: readonly Feature[], parent: readonly Feature[]): readonly Feature[] {
  const own = child.map((feature): Feature => {
    const above = parent.find(({ type }) => type === feature.type);
    if (above === undefined) return feature;
    const byName = mergeTypeOf(feature.policy) === 'StrategicMerge';
    const value = joined(above.value, feature.value, byName);
    return { ...feature, value, merged: { own: feature.value, above } };
  });
  return [...own, ...parent.filter(({ type }) => !child.some((feature) => feature.type === type))];
}

/** `byName` merges the only list of a SecurityPolicy with a merge key (`patchMergeKey` in its Go type). */
function joined(below: Fields, above: Fields, byName: boolean): Fields {
  const entries = Object.entries(above).map(([key, value]) => {
    const other = below[key];
    if (isFields(value) && isFields(other)) return [key, joined(other, value, byName)] as const;
    if (!byName || key !== 'contextExtensions' || !Array.isArray(value)) return [key, value] as const;
    const kept = mapsAt(below, key).filter(
      ({ name }) => !mapsAt(above, key).some((own) => own['name'] === name),
    );
    return [key, [...kept, ...value]] as const;
  });
  return { ...below, ...Object.fromEntries(entries) };
}
