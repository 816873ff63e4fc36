import { fieldsAt, isFields, textAt } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Proof } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { conclude, type Objection } from './conclusion.ts';

/** No Secret stands in the files in clear text. Only keys are named, never values. */
export function proveSecrets(model: Model): Proof {
  const plain = model.objects.filter(isPlainSecret).map((source): Objection => {
    const object = refOf(source);
    const sentence = `${describeObject(object)} is not encrypted`;
    return { certain: true, sentence, evidence: [{ object, rule: 'clear text' }] };
  });
  return conclude('secrets-encrypted', 'Every Secret among the objects is encrypted', plain, {
    sentence: 'No Secret holds clear text',
    evidence: [],
  });
}

function isPlainSecret(source: SourcedObject): boolean {
  const { object } = source;
  if (object.kind !== 'Secret' || groupOf(object) !== '' || source.encrypted === true) return false;
  const values = [
    ...Object.values(fieldsAt(object, 'data')),
    ...Object.values(fieldsAt(object, 'stringData')),
  ];
  if (values.length === 0) return false;
  const sealed = values.every((value) => typeof value === 'string' && value.startsWith('ENC['));
  return !(sealed && isFields(object['sops']) && textAt(object, 'sops', 'mac') !== undefined);
}
