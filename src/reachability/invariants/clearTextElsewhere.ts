import {
  type Fields,
  fieldsAt,
  isFields,
  isTemplate,
  mapsAt,
  textAt,
  textMapAt,
} from '../../kubernetes/fields.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { containersOf } from '../model/workload.ts';
import type { Objection } from './conclusion.ts';
import { clearlyNamesSecret } from './secretNames.ts';

/**
 * Values under well-known names of secrets in ConfigMaps, in the values of HelmReleases and in the environment of
 * containers. Only names are looked at, so that what is found is likely, and what is not found proves nothing.
 */
export function clearTextElsewhere(
  objects: readonly SourcedObject[],
  workloads: readonly { ref: Objection['evidence'][number]['object']; spec: Fields }[],
): readonly Objection[] {
  const found = [
    ...objects
      .filter(({ template }) => template === undefined)
      .flatMap((source) => keysIn(source.object).map((key) => ({ object: refOf(source), key }))),
    ...workloads.flatMap(({ ref: object, spec }) =>
      containersOf(spec)
        .flatMap(environmentKeys)
        .map((key) => ({ object, key })),
    ),
  ];
  return found.map(({ object, key }) => ({
    certain: false,
    sentence: `${describeObject(object)} has clear text under ${key}, which by its name is a secret`,
    evidence: [{ object, rule: key }],
    remedy: 'Move the value into an encrypted Secret, or accept the finding if it is no secret',
  }));
}

function keysIn(object: Fields): readonly string[] {
  if (object['kind'] === 'ConfigMap') return secretKeys(textMapAt(object, 'data'));
  return object['kind'] === 'HelmRelease' ? keysInValues(fieldsAt(object, 'spec', 'values')) : [];
}

function secretKeys(entries: Iterable<readonly [string, string]>): readonly string[] {
  return [...entries].flatMap(([key, text]) => (clearlyNamesSecret(key) && isLiteral(text) ? [key] : []));
}

function keysInValues(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => [...environmentOf(item), ...keysInValues(item)]);
  if (!isFields(value)) return [];
  return [...secretKeys(textMapAt({ value }, 'value')), ...Object.values(value).flatMap(keysInValues)];
}

function environmentKeys(container: Fields): readonly string[] {
  return mapsAt(container, 'env').flatMap(environmentOf);
}

/** The name of a variable of a container that has its value beside it. */
function environmentOf(item: unknown): readonly string[] {
  const [name, text] = [textAt(item, 'name'), textAt(item, 'value')];
  return name === undefined || text === undefined ? [] : secretKeys([[name, text]]);
}

/** Words that say where a secret is, and values that are no text of their own. */
const word = /^(?:\d{1,7}|[A-Za-z]{1,15}(?:[-_.][A-Za-z\d]{1,15})*)$/;

/** Whether a text may be a secret: not a variable, a path, an address, a name or a number. */
function isLiteral(text: string): boolean {
  const isElsewhere = isTemplate(text) || /^\$\(|^(?:\.{0,2}\/|[a-z][a-z\d+.-]*:\/\/)/i.test(text);
  return (
    text.length >= 8 &&
    !isElsewhere &&
    !/\s/.test(text.trim()) &&
    !word.test(text) &&
    !text.startsWith('ENC[')
  );
}
