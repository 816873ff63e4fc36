import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  textAt,
  textsIn,
  valueAt,
} from '../../kubernetes/fields.ts';
import { parseManifests } from '../../kubernetes/manifests.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import type { ConfigurationSources } from '../configurationSources.ts';
import { checkClusterRemedy, type Release, type UnknownCause } from './release.ts';

/** The values with which a release renders its chart. */
export interface ReleaseValues {
  values: Fields;
  /** Texts that are in clear text in the release or in a ConfigMap. */
  clearTexts: ReadonlySet<string>;
  /** Texts from a Secret. No message may contain one. */
  secret: readonly string[];
  /** Why values are unknown. */
  unknowns: readonly UnknownCause[];
}

/**
 * Merges the values of a release as helm-controller does (`ChartValuesFromReferences` in `chartutil` of fluxcd/pkg):
 * each entry of `valuesFrom` overrides the earlier ones, `values` overrides them all, and a value with a `targetPath`
 * overrides what is at that path.
 *
 * @param substitutes whether Flux fills in variables, so the chart does not see `${NAME}`
 */
export function valuesOf(
  release: Release,
  sources: ConfigurationSources,
  substitutes: boolean,
): ReleaseValues {
  const { object } = release.source;
  const inline = fieldsAt(object, 'spec', 'values');
  const texts = { clear: textsIn(inline).slice(), secret: [] as string[] };
  const unknowns: UnknownCause[] = [];
  let referred: Fields = {};
  for (const reference of mapsAt(object, 'spec', 'valuesFrom')) {
    const found = referencedText(reference, namespaceOf(object), sources);
    if (found === undefined) continue;
    const applied = 'cause' in found ? found : applyReference(reference, found, referred, inline);
    if ('cause' in applied) unknowns.push(applied);
    else {
      referred = applied.values;
      texts[applied.isSecret ? 'secret' : 'clear'].push(...applied.texts);
    }
  }
  const values = mergeMaps(referred, inline);
  if (substitutes) unknowns.push(...unresolvedVariables(values));
  return { values, clearTexts: new Set(texts.clear), secret: texts.secret, unknowns };
}

function unresolvedVariables(values: Fields): readonly UnknownCause[] {
  const found = textsIn(values).flatMap((text) => text.match(/\$\{[A-Za-z_]\w*/g) ?? []);
  const names = [...new Set(found)].map((name) => `${name}}`).toSorted();
  if (names.length === 0) return [];
  const more = names.length > 3 ? ', …' : '';
  const cause = `its values have variables that are not filled in: ${names.slice(0, 3).join(', ')}${more}`;
  return [{ cause, remedy: 'Run this where the values of the variables can be read' }];
}

/** The value of a key in a ConfigMap or Secret, with its name for messages. */
interface ReferencedText {
  text: string;
  isSecret: boolean;
  label: string;
}

/** The text that a reference names; undefined if it is optional and missing. */
function referencedText(
  reference: Fields,
  namespace: string,
  sources: ConfigurationSources,
): ReferencedText | UnknownCause | undefined {
  const kind = textAt(reference, 'kind') ?? '';
  const name = `${kind} ${namespace}/${textAt(reference, 'name') ?? ''}`;
  const label = `${name} in its valuesFrom`;
  const key = textAt(reference, 'valuesKey') ?? 'values.yaml';
  const store = sources.get(`${kind}/${namespace}/${textAt(reference, 'name') ?? ''}`);
  if (store === undefined)
    return { cause: `${label} is not among the objects`, remedy: `Add ${name} to the objects` };
  if (!store.texts.has(key))
    return valueAt(reference, 'optional') === true
      ? undefined
      : { cause: `${label} has no key ${key}`, remedy: 'Fix valuesFrom' };
  const text = store.texts.get(key);
  if (text === undefined) return { cause: `${label} is encrypted`, remedy: checkClusterRemedy };
  return { text, isSecret: kind === 'Secret', label };
}

interface AppliedReference {
  values: Fields;
  isSecret: boolean;
  texts: readonly string[];
}

function applyReference(
  reference: Fields,
  found: ReferencedText,
  below: Fields,
  inline: Fields,
): AppliedReference | UnknownCause {
  const { text, isSecret, label } = found;
  const target = textAt(reference, 'targetPath') ?? '';
  if (target === '') {
    const { documents, problems } = parseManifests(text);
    const [value = {}] = documents.map((document) => document.value);
    if (problems.length > 0 || documents.length > 1 || !isFields(value))
      return { cause: `${label} is not a YAML map`, remedy: 'Fix its content' };
    return { values: mergeMaps(below, value), isSecret, texts: textsIn(value) };
  }
  const flat = flatValue(text, valueAt(reference, 'literal') === true);
  const path = pathOf(target);
  // Which of two values at one path wins depends on their siblings, since merged maps share their parts.
  const isAmbiguous = path !== undefined && valueAt(inline, ...path) !== undefined;
  const values =
    flat === undefined || path === undefined || isAmbiguous
      ? undefined
      : withValue(mergeMaps(below, inline), path, flat.value);
  if (values === undefined)
    return {
      cause: `${label} has a value for ${target} that Gatehouse does not support`,
      remedy: 'Move the value into values',
    };
  return { values, isSecret, texts: [text, ...textsIn(flat?.value)] };
}

/** Merges maps key by key; any other value of `above` replaces the one of `below`. */
export function mergeMaps(below: Fields, above: Fields): Fields {
  const merged = Object.entries(above).map(([key, value]) => {
    const other = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isFields(value) && isFields(other) ? mergeMaps(other, value) : value] as const;
  });
  return Object.fromEntries([...Object.entries(below), ...merged]);
}

/** Parses a value as helm's `--set` does: a YAML keyword, an integer, or a string. Lists are not supported. */
function flatValue(text: string, literal: boolean): { value: unknown } | undefined {
  if (literal) return { value: text };
  const quoted = /^(["'])[\s\S]*\1$/.test(text) && text.length > 1;
  const inner = quoted ? text.replaceAll(/^["']+|["']+$/g, '') : text;
  if (/[,[\]{}\\=]/.test(inner) || inner === '') return undefined;
  if (quoted) return { value: inner };
  const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null, '0': 0 };
  if (Object.hasOwn(words, inner)) return { value: words[inner] };
  const isNumber = /^[+-]?[1-9]\d*$/.test(inner) && Number.isSafeInteger(Number(inner));
  return { value: isNumber ? Number(inner) : inner };
}

/** The names of a dotted path; undefined if it has an index of a list. */
function pathOf(target: string): readonly string[] | undefined {
  const names = target.match(/(?:\\.|[^.\\])+/g)?.map((name) => name.replaceAll(/\\(.)/g, '$1'));
  return names === undefined || /[[\]]/.test(target) ? undefined : names;
}

function withValue(
  fields: Fields,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): Fields | undefined {
  if (rest.length === 0) return { ...fields, [name]: value };
  const below = fields[name] ?? {};
  const placed = isFields(below) ? withValue(below, rest, value) : undefined;
  return placed === undefined ? undefined : { ...fields, [name]: placed };
}
