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
import { checkTheCluster, type Gap, type Release } from './release.ts';

/** The values that a release gives to its chart. */
export interface ReleaseValues {
  values: Fields;
  /** Texts that stand in the values in clear, in the release or a ConfigMap. */
  clear: ReadonlySet<string>;
  /** Texts that come from a Secret: none of them may stand in a message. */
  secret: readonly string[];
  /** What of the values is not known. */
  gaps: readonly Gap[];
}

/**
 * Merges the values of a release as helm-controller does (`chartutil` of fluxcd/pkg, `ChartValuesFromReferences`):
 * each of `valuesFrom` over those before it, `values` over all of them, and a value with a `targetPath` over what it
 * finds there.
 *
 * @param substitutes whether Flux fills in variables, so that `${NAME}` is not what the chart gets
 */
export function valuesOf(
  release: Release,
  stores: ConfigurationSources,
  substitutes: boolean,
): ReleaseValues {
  const { object } = release.source;
  const inline = fieldsAt(object, 'spec', 'values');
  const texts = { clear: textsIn(inline).slice(), secret: [] as string[] };
  const gaps: Gap[] = [];
  let referred: Fields = {};
  for (const reference of mapsAt(object, 'spec', 'valuesFrom')) {
    const found = textOf(reference, namespaceOf(object), stores);
    if (found === undefined) continue;
    const taken = 'why' in found ? found : taking(reference, found, referred, inline);
    if ('why' in taken) gaps.push(taken);
    else {
      referred = taken.values;
      texts[taken.isSecret ? 'secret' : 'clear'].push(...taken.texts);
    }
  }
  const values = mergeMaps(referred, inline);
  if (substitutes) gaps.push(...openVariables(values));
  return { values, clear: new Set(texts.clear), secret: texts.secret, gaps };
}

function openVariables(values: Fields): readonly Gap[] {
  const found = textsIn(values).flatMap((text) => text.match(/\$\{[A-Za-z_]\w*/g) ?? []);
  const names = [...new Set(found)].map((name) => `${name}}`).toSorted();
  if (names.length === 0) return [];
  const more = names.length > 3 ? ', …' : '';
  const why = `its values hold variables that are not filled in: ${names.slice(0, 3).join(', ')}${more}`;
  return [{ why, remedy: 'Run this where the values of the variables can be read' }];
}

/** What a key of a ConfigMap or Secret holds, and how sentences name the two. */
interface Text {
  text: string;
  isSecret: boolean;
  place: string;
}

/** The text that a reference names; nothing where it may be missing, and is. */
function textOf(reference: Fields, namespace: string, stores: ConfigurationSources): Text | Gap | undefined {
  const kind = textAt(reference, 'kind') ?? '';
  const name = `${kind} ${namespace}/${textAt(reference, 'name') ?? ''}`;
  const place = `${name}, from which it takes values,`;
  const key = textAt(reference, 'valuesKey') ?? 'values.yaml';
  const store = stores.get(`${kind}/${namespace}/${textAt(reference, 'name') ?? ''}`);
  if (store === undefined)
    return { why: `${place} is not among the objects`, remedy: `Put ${name} among the objects` };
  if (!store.texts.has(key))
    return valueAt(reference, 'optional') === true
      ? undefined
      : { why: `${place} has no key ${key}`, remedy: 'Mend valuesFrom' };
  const text = store.texts.get(key);
  if (text === undefined) return { why: `${place} is encrypted`, remedy: checkTheCluster };
  return { text, isSecret: kind === 'Secret', place };
}

interface Taken {
  values: Fields;
  isSecret: boolean;
  texts: readonly string[];
}

function taking(reference: Fields, found: Text, below: Fields, inline: Fields): Taken | Gap {
  const { text, isSecret, place } = found;
  const target = textAt(reference, 'targetPath') ?? '';
  if (target === '') {
    const { documents, problems } = parseManifests(text);
    const [value = {}] = documents.map((document) => document.value);
    if (problems.length > 0 || documents.length > 1 || !isFields(value))
      return { why: `${place} is no YAML map`, remedy: 'Mend what it holds' };
    return { values: mergeMaps(below, value), isSecret, texts: textsIn(value) };
  }
  const flat = flatValue(text, valueAt(reference, 'literal') === true);
  const path = pathOf(target);
  // Which of two values for one path wins depends on what else stands beside them (merged maps share their parts).
  const isTwice = path !== undefined && valueAt(inline, ...path) !== undefined;
  const values =
    flat === undefined || path === undefined || isTwice
      ? undefined
      : withValue(mergeMaps(below, inline), path, flat.value);
  if (values === undefined)
    return {
      why: `${place} holds a value for ${target} that is not read here`,
      remedy: 'Put the value into values',
    };
  return { values, isSecret, texts: [text, ...textsIn(flat?.value)] };
}

/** Later maps win; a map meets a map key by key, and anything else is replaced whole. */
export function mergeMaps(below: Fields, above: Fields): Fields {
  const merged = Object.entries(above).map(([key, value]) => {
    const other = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isFields(value) && isFields(other) ? mergeMaps(other, value) : value] as const;
  });
  return Object.fromEntries([...Object.entries(below), ...merged]);
}

/** What helm takes a flat value for (`--set`): a word of YAML, a whole number, or text. Its list syntax is not read. */
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

/** The names of a dotted path; nothing where it counts into a list. */
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
