import { groupOf } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { clearTextElsewhere } from './clearTextElsewhere.ts';
import { conclude, type Objection, unmodelledObjections } from './conclusion.ts';
import type { Invariant } from './invariant.ts';
import { secretValues } from './secretValues.ts';

/**
 * Names keys only, never values. Encrypted is what SOPS wrote: in an object with its metadata, or as a file that a
 * generator puts into a Secret. A variable that is filled in later is no clear text, unless it has a default.
 */
export const secretsEncrypted = {
  id: 'secrets-encrypted',
  title: 'Secrets are encrypted',
  promise:
    'No Secret among the objects holds clear text, but what SOPS left open under names such as `username`. Clear text in other kinds is pointed out where its name or its form is that of a secret',
  remedy: 'Encrypt the Secret with SOPS, and change what it held: it is in the history',
  brokenByPresence: true,
  prove: ({ model, written: objects, structure }) => {
    // Flux Kustomizations that are applied by hand are in Git too.
    const written = [...new Set([...objects, ...(structure?.validated.map(({ source }) => source) ?? [])])];
    const claim = 'Every Secret among the objects is encrypted';
    const holds = { sentence: 'No Secret holds clear text', evidence: [] };
    const isThere = written.some(({ object }) => object.kind === 'Secret' && groupOf(object) === '');
    const nothing = { sentence: 'Nothing to prove: no Secret is among the objects', evidence: [] };
    const secrets = conclude(
      claim,
      [...written.flatMap(objectionsTo), ...unmodelledObjections(model, ['secrets'])],
      isThere ? holds : nothing,
    );
    const elsewhere = clearTextElsewhere(written, model.workloads);
    // Where nothing is found, nothing is claimed: only names are looked at.
    return elsewhere.length === 0
      ? [secrets]
      : [secrets, conclude('No other object holds a secret in clear text', elsewhere, holds)];
  },
} as const satisfies Invariant;

const mostNamed = 3;

function objectionsTo(source: SourcedObject): readonly Objection[] {
  const { object } = source;
  if (object.kind !== 'Secret' || groupOf(object) !== '' || source.encrypted === true) return [];
  const open = secretValues(object).filter(({ state }) => state !== 'closed');
  if (open.length === 0) return [];
  const clear = open.filter(({ state }) => state === 'clear');
  const certain = clear.length > 0;
  const keys = (certain ? clear : open).map(({ key }) => key);
  const ref = refOf(source);
  const more = keys.length > mostNamed ? `, and ${keys.length - mostNamed} more` : '';
  const named = `${keys.slice(0, mostNamed).join(', ')}${more}`;
  const sentence = certain
    ? `${describeObject(ref)} is not encrypted: ${named}`
    : `${describeObject(ref)} has values that may be clear text: ${named}`;
  const objection = { certain, sentence, evidence: [{ object: ref, rule: 'clear text' }] };
  const remedy = 'Encrypt these keys too, or accept the finding if they hold no secret';
  return [certain ? objection : { ...objection, remedy }];
}
