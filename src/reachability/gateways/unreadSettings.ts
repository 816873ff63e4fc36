import { fieldsAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { type Fieldwise, unreadFields } from '../kinds/fieldUse.ts';
import { namesOf } from './policyTargets.ts';

/** The fields of the `spec` of an object of which the effect is not known, as sentences. */
export function unreadSettings(source: SourcedObject, table: Fieldwise): readonly string[] {
  return unreadFields(table, fieldsAt(source.object, 'spec')).map(
    ({ path, effect }) => `spec.${path} of ${source.object.kind} ${namesOf([source])} is not read: ${effect}`,
  );
}
