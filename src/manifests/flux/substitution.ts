import { fieldsAt, isFields, mapsAt, textAt, textMapAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isWrittenOtherwise, readAgain } from '../../kubernetes/substitutedText.ts';
import { isExempt } from '../../kubernetes/substitution.ts';
import { type Budget, createBudget } from '../budget.ts';
import { describeObject, refOf, type SourcedObject } from '../sourcedObject.ts';
import { evaluate, type Variable } from './envsubst.ts';
import { isFluxKustomization } from './fields.ts';

/** The variables of one Flux Kustomization. */
export interface Variables {
  values: ReadonlyMap<string, string>;
  /** Names whose values are encrypted. */
  hidden: ReadonlySet<string>;
  /** A source of variables is not among the objects, so that any name may be defined. */
  open: boolean;
  /** The sources that are not among the objects and must be there, as `kind namespace/name`. */
  needed: readonly string[];
  /** Names that are not valid in `${…}`: for one of them Flux refuses the whole Kustomization. */
  refused: readonly string[];
}

/** Finds a ConfigMap or a Secret among everything that is built. */
export type Find = (kind: string, namespace: string, name: string) => KubernetesObject | undefined;

/**
 * The variables of a Flux Kustomization (kustomize-controller, `postBuild`): what `substitute` says, and before that
 * the ConfigMaps and Secrets of `substituteFrom`, of which the later ones win.
 *
 * @param known values from elsewhere, for names whose value is encrypted or not there
 * @returns nothing where there are none, so that Flux substitutes nothing, unless `substituteStrategy` is `Always`
 */
export function variablesOf(
  { object }: SourcedObject,
  find: Find,
  known: ReadonlyMap<string, string>,
): Variables | undefined {
  const postBuild = fieldsAt(object, 'spec', 'postBuild');
  const values = new Map<string, string>();
  const hidden = new Set<string>();
  const needed: string[] = [];
  let open = false;
  for (const from of mapsAt(postBuild, 'substituteFrom')) {
    const [kind, name] = [textAt(from, 'kind') ?? '', textAt(from, 'name') ?? ''];
    const namespace = object.metadata.namespace ?? 'default';
    const source = find(kind, namespace, name);
    if (source === undefined) {
      if (valueAt(from, 'optional') !== true) needed.push(`${kind} ${namespace}/${name}`);
      // What is not among the objects may be in the cluster all the same, and then it wins over what came before.
      open = true;
      for (const name of values.keys()) hidden.add(name);
      values.clear();
      continue;
    }
    for (const [name, value] of valuesIn(source)) {
      if (value === undefined) {
        values.delete(name);
        hidden.add(name);
      } else {
        hidden.delete(name);
        values.set(name, value);
      }
    }
  }
  for (const [name, value] of textMapAt(postBuild, 'substitute')) {
    hidden.delete(name);
    values.set(name, value.replaceAll('\n', ''));
  }
  for (const [name, value] of known) {
    if (!values.has(name) && (open || hidden.has(name))) {
      hidden.delete(name);
      values.set(name, value);
    }
  }
  const always = textAt(postBuild, 'substituteStrategy') === 'Always';
  if (values.size === 0 && hidden.size === 0 && !open && !always) return undefined;
  const refused = [...values.keys(), ...hidden].filter((name) => !variableName.test(name));
  return { values, hidden, open, needed, refused };
}

/** What fluxcd/pkg/kustomize accepts (`varsubRegex`), and so no key of a Secret with a dot in it. */
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The values of a source, without line breaks as Flux takes them. Undefined is what is encrypted or not final. */
function valuesIn(source: KubernetesObject): readonly (readonly [string, string | undefined])[] {
  const encrypted = isFields(source['sops']);
  const clear = (text: unknown): text is string =>
    !encrypted && typeof text === 'string' && !text.startsWith('ENC[');
  const of = (field: string, read: (text: string) => string) =>
    Object.entries(fieldsAt(source, field)).map(([name, value]) => {
      const text = clear(value) ? read(value) : undefined;
      return [name, text?.includes('${') ? undefined : text?.replaceAll('\n', '')] as const;
    });
  if (source.kind !== 'Secret') return of('data', (text) => text);
  return [
    ...of('data', (text) => Buffer.from(text, 'base64').toString('utf8')),
    ...of('stringData', (text) => text),
  ];
}

/** Objects with what is known filled in. */
export interface Substituted {
  objects: readonly SourcedObject[];
  /** Names whose values are encrypted or elsewhere. */
  unfilled: ReadonlySet<string>;
  /** Why Flux refuses the Kustomization, or why it is not known what it makes of it: one sentence each. */
  refused: readonly string[];
}

/**
 * Fills in `${…}` as Flux does after the build (fluxcd/pkg/kustomize 1.39, kustomize-controller 1.9). Flux substitutes in
 * the text of YAML and reads it again, so that a number that is a whole scalar becomes a number. Since 1.9 a variable
 * that nobody sets fails the whole Kustomization; before, it became the empty text. What is not known stays as it is
 * written, so that the prover sees it.
 *
 * @param budget counts the values that are filled in
 */
export function substituted(
  objects: readonly SourcedObject[],
  variables: Variables,
  budget: Budget = createBudget(),
): Substituted {
  const unfilled = new Set<string>();
  const refused = new Set<string>();
  const filled = objects.map((source) => {
    if (isExempt(source.object)) return source;
    const found: Found = { unfilled, unset: new Set(), unclear: new Set() };
    const filled = fillValue(source.object, filler(variables, found, budget));
    for (const sentence of reasonsOf(source, filled, found)) refused.add(sentence);
    const isEaten = found.unset.size > 0 && isFluxKustomization(source);
    const object = isEaten
      ? fillValue(source.object, filler(emptied(variables, found), found, budget))
      : filled;
    return object === source.object ? source : { ...source, object: asObject(object, source.object) };
  });
  return { objects: filled, unfilled, refused: [...refused] };
}

/** A variable that nobody sets never reaches the variables of the Kustomization in which it is written. */
function emptied(variables: Variables, { unset }: Found): Variables {
  return {
    ...variables,
    values: new Map([...variables.values, ...[...unset].map((name) => [name, ''] as const)]),
  };
}

/** What is found while one object is filled in. */
interface Found {
  unfilled: Set<string>;
  unset: Set<string>;
  unclear: Set<string>;
}

function* reasonsOf(source: SourcedObject, filled: unknown, { unset, unclear }: Found): Iterable<string> {
  const place = describeObject(refOf(source));
  for (const name of unset)
    yield `nobody sets the variable ${name} of ${place}: Flux 2.9 refuses it, and earlier versions fill in nothing`;
  for (const form of unclear) yield `what Flux makes of ${JSON.stringify(form)} in ${place} is not known`;
  const name = valueAt(filled, 'metadata', 'name');
  if (typeof name !== 'string')
    yield `the name of ${place} is filled in with ${JSON.stringify(name)}, which is no text`;
}

function asObject(value: unknown, before: KubernetesObject): KubernetesObject {
  const { apiVersion, kind } = before;
  const name = textAt(value, 'metadata', 'name') ?? before.metadata.name;
  return {
    ...fieldsAt({ value }, 'value'),
    apiVersion,
    kind,
    metadata: { ...fieldsAt(value, 'metadata'), name },
  };
}

function fillValue(value: unknown, fill: (text: string) => unknown): unknown {
  return mayHoldVariable(value) ? fillAll(value, fill) : value;
}

/** Most objects hold none, and this look at them costs less than to fill in nothing. */
function mayHoldVariable(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('$');
  if (Array.isArray(value)) return value.some(mayHoldVariable);
  if (!isFields(value)) return false;
  return Object.keys(value).some((key) => key.includes('$') || mayHoldVariable(value[key]));
}

function fillAll(value: unknown, fill: (text: string) => unknown): unknown {
  if (typeof value === 'string') return value.includes('$') ? fill(value) : value;
  if (Array.isArray(value)) {
    const items = value.map((item) => fillAll(item, fill));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isFields(value)) return value;
  let differs = false;
  const entries = Object.entries(value).map(([key, item]) => {
    const name = key.includes('$') ? String(fill(key)) : key;
    const filled = fillAll(item, fill);
    differs ||= name !== key || filled !== item;
    return [name, filled] as const;
  });
  return differs ? Object.fromEntries(entries) : value;
}

function filler(
  { values, hidden, open }: Variables,
  found: Found,
  budget: Budget,
): (text: string) => unknown {
  const lookup = (name: string): Variable => {
    const value = values.get(name);
    if (value !== undefined) {
      budget.spend('variables', value.length);
      return { value };
    }
    return open || hidden.has(name) ? 'unknown' : 'unset';
  };
  return (text) => {
    const {
      text: filled,
      unknown,
      unset,
      unclear,
      sources,
    } = evaluate(text, lookup, (amount) => budget.spend('variables', amount));
    for (const name of unknown) found.unfilled.add(name);
    for (const name of unset) found.unset.add(name);
    for (const form of unclear) found.unclear.add(form);
    // A text in which something stays unknown is not read again.
    if (unknown.size + unset.size + unclear.length > 0) return filled;
    const read = sources.some((each) => isWrittenOtherwise(each, text)) ? undefined : readAgain(text, filled);
    if (read === undefined) found.unclear.add(text);
    return read === undefined ? text : read.value;
  };
}
