import { fieldsAt, isFields, textAt } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { conclude, type Objection, unmodelledObjections } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

/** Names keys only, never values. */
export const secretsEncrypted = {
  id: 'secrets-encrypted',
  title: 'Secrets are encrypted',
  promise: 'No Secret among the objects holds clear text',
  remedy: 'Encrypt the Secret with SOPS, and change what it held: it is in the history',
  brokenByPresence: true,
  prove: ({ model }) => {
    const plain = model.objects.filter(isPlainSecret).map((source): Objection => {
      const object = refOf(source);
      const sentence = `${describeObject(object)} is not encrypted`;
      return { certain: true, sentence, evidence: [{ object, rule: 'clear text' }] };
    });
    return [
      conclude(
        'Every Secret among the objects is encrypted',
        [...plain, ...unmodelledObjections(model, ['secrets'])],
        {
          sentence: 'No Secret holds clear text',
          evidence: [],
        },
      ),
    ];
  },
} as const satisfies Invariant;

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
