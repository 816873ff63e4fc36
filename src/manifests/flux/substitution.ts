import { fieldsAt, isFields, mapsAt, textAt, textMapAt } from '../../kubernetes/fields.ts';
import { readPlain } from '../../kubernetes/kubernetesTags.ts';
import { parseManifests } from '../../kubernetes/manifests.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isExempt } from '../../kubernetes/substitution.ts';
import type { SourcedObject } from '../sourcedObject.ts';

/** The variables of one Flux Kustomization. */
export interface Variables {
  values: ReadonlyMap<string, string>;
  /** Names whose values are encrypted. */
  hidden: ReadonlySet<string>;
  /** A source of variables is not among the objects, so that any name may be defined. */
  open: boolean;
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
 * @returns nothing where there are none, so that Flux substitutes nothing
 */
export function variablesOf(
  { object }: SourcedObject,
  find: Find,
  known: ReadonlyMap<string, string>,
): Variables | undefined {
  const postBuild = fieldsAt(object, 'spec', 'postBuild');
  const values = new Map<string, string>();
  const hidden = new Set<string>();
  let open = false;
  for (const from of mapsAt(postBuild, 'substituteFrom')) {
    const source = find(
      textAt(from, 'kind') ?? '',
      object.metadata.namespace ?? 'default',
      textAt(from, 'name') ?? '',
    );
    if (source === undefined) {
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
    values.set(name, value);
  }
  for (const [name, value] of known) {
    if (!values.has(name) && (open || hidden.has(name))) {
      hidden.delete(name);
      values.set(name, value);
    }
  }
  if (values.size === 0 && hidden.size === 0 && !open) return undefined;
  const refused = [...values.keys(), ...hidden].filter((name) => !variableName.test(name));
  return { values, hidden, open, refused };
}

/** What fluxcd/pkg/kustomize accepts (`varsubRegex`), and so no key of a Secret with a dot in it. */
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

function valuesIn(source: KubernetesObject): readonly (readonly [string, string | undefined])[] {
  const encrypted = isFields(source['sops']);
  const isSecret = source.kind === 'Secret';
  const of = (field: string, read: (text: string) => string) =>
    Object.entries(fieldsAt(source, field)).map(
      ([name, value]) => [name, encrypted || typeof value !== 'string' ? undefined : read(value)] as const,
    );
  if (!isSecret) return of('data', (text) => text);
  return [
    ...of('data', (text) => Buffer.from(text, 'base64').toString('utf8')),
    ...of('stringData', (text) => text),
  ];
}

/** Objects with what is known filled in, and the names that could not be. */
export interface Substituted {
  objects: readonly SourcedObject[];
  unfilled: ReadonlySet<string>;
}

/**
 * Fills in `${NAME}` as Flux does after the build. Flux substitutes in the text of YAML and reads it again, so that a
 * number that is a whole scalar becomes a number. An unknown variable stays, so that the prover sees it.
 */
export function substituted(objects: readonly SourcedObject[], variables: Variables): Substituted {
  const unfilled = new Set<string>();
  const fill = filler(variables, unfilled);
  const filled = objects.map((source) => {
    if (isExempt(source.object)) return source;
    const object = fillValue(source.object, fill);
    return object === source.object ? source : { ...source, object: asObject(object, source.object) };
  });
  return { objects: filled, unfilled };
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
  if (typeof value === 'string') return value.includes('${') ? fill(value) : value;
  if (Array.isArray(value)) {
    const items = value.map((item) => fillValue(item, fill));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isFields(value)) return value;
  let differs = false;
  const entries = Object.entries(value).map(([key, item]) => {
    const name = key.includes('${') ? String(fill(key)) : key;
    const filled = fillValue(item, fill);
    differs ||= name !== key || filled !== item;
    return [name, filled] as const;
  });
  return differs ? Object.fromEntries(entries) : value;
}

/** `${NAME}`, `${NAME:=default}`, `${NAME:-default}`, and `$${` for `${`: other forms stay, and so stay unknown. */
const variable = /\$\$\{|\$\{([A-Za-z_]\w*)(?::[=-]([^}$]*))?\}/g;

function filler({ values, hidden, open }: Variables, unfilled: Set<string>): (text: string) => unknown {
  return (text) => {
    let whole = true;
    const filled = text.replace(variable, (found, name: string | undefined, fallback: string | undefined) => {
      if (name === undefined) return '${';
      const value = values.get(name);
      if (value === undefined && (open || hidden.has(name))) {
        unfilled.add(name);
        whole = false;
        return found;
      }
      return value !== undefined && (value !== '' || fallback === undefined) ? value : (fallback ?? '');
    });
    // A text in which something stays unknown is not read again.
    return whole && !hasOtherForms(text) ? readAgain(text, filled) : filled;
  };
}

function hasOtherForms(text: string): boolean {
  return text.replaceAll(variable, '').includes('${');
}

/** The scalar that Go's writer and reader make of a text in which something was filled in. */
function readAgain(text: string, filled: string): unknown {
  if (text === filled) return text;
  // What a line break does depends on its place in the text.
  if (filled.split('\n').length !== text.split('\n').length) return text;
  if (text.includes('\n')) return filled;
  if (!isWrittenPlain(text)) return /['"\\]/.test(filled) ? text : filled;
  if (isWrittenPlain(filled)) return readPlain(filled);
  const { documents, problems } = parseManifests(`value: ${filled}\n`);
  return problems.length > 0 ? text : (fieldsAt(documents[0], 'value')['value'] ?? null);
}

/** Whether Go writes a text without quotes. */
function isWrittenPlain(text: string): boolean {
  return (
    !/^[\s#,[\]{}&*!|>'"%@`]|^[-?:](?:\s|$)|\s$|: |:$| #/.test(text) &&
    !/^(?:---|\.\.\.)/.test(text) &&
    !/[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/.test(text)
  );
}
