import { defined } from '../../kubernetes/defined.ts';
import {
  type Fields,
  fieldsAt,
  mapsAt,
  textAt,
  textMapAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { directoryOf, joinPath, type Tree } from '../tree.ts';
import { idOf, idsOf, isSameId, type Report, type Resource, resourceOf, withObject } from './resource.ts';

export type GeneratedKind = 'ConfigMap' | 'Secret';

const generatorFields = [
  'name',
  'namespace',
  'behavior',
  'literals',
  'files',
  'envs',
  'env',
  'options',
  'type',
];
const optionNames = ['labels', 'annotations', 'disableNameSuffixHash', 'immutable'];

/**
 * Runs `configMapGenerator` and `secretGenerator`: adds each generated object, or merges it into the object that it
 * names.
 *
 * @param path of the kustomization, to which paths of files are relative
 */
export function runGenerators(
  tree: Tree,
  path: string,
  kustomization: Fields,
  resources: readonly Resource[],
  report: Report,
): readonly Resource[] {
  const options = fieldsAt(kustomization, 'generatorOptions');
  const entries = (['ConfigMap', 'Secret'] as const).flatMap((kind) =>
    mapsAt(kustomization, kind === 'ConfigMap' ? 'configMapGenerator' : 'secretGenerator').map((entry) => ({
      kind,
      entry,
    })),
  );
  return entries.reduce((current, { kind, entry }) => {
    const generated = generatedResource(tree, path, kind, entry, options, report);
    return generated === undefined
      ? current
      : addGenerated(current, generated, textAt(entry, 'behavior') ?? 'create', report);
  }, resources);
}

function generatedResource(
  tree: Tree,
  path: string,
  kind: GeneratedKind,
  entry: Fields,
  globalOptions: Fields,
  report: Report,
): Resource | undefined {
  const name = textAt(entry, 'name') ?? '';
  const label = `${kind} ${name} of ${path}`;
  const own = fieldsAt(entry, 'options');
  const unsupported = [
    ...Object.keys(entry).filter((key) => !generatorFields.includes(key)),
    ...[own, globalOptions].flatMap((options) =>
      Object.keys(options).filter((key) => !optionNames.includes(key)),
    ),
  ];
  if (unsupported.length > 0 || name === '') {
    report(
      'unknown',
      `${label} is generated with ${unsupported.join(', ') || 'no name'}, which the in-memory build does not support`,
    );
    return undefined;
  }
  const data = dataOf(tree, path, entry, (sentence) => report('refused', `${label} ${sentence}`));
  if (data === undefined) return undefined;
  const is = (option: string): boolean =>
    valueAt(own, option) === true || valueAt(globalOptions, option) === true;
  const texts = (option: string) =>
    Object.fromEntries([...textMapAt(globalOptions, option), ...textMapAt(own, option)]);
  const namespace = textAt(entry, 'namespace');
  const isSecret = kind === 'Secret';
  const object: KubernetesObject = defined({
    apiVersion: 'v1',
    kind,
    metadata: defined({
      name,
      namespace: namespace || undefined,
      labels: nonEmpty(texts('labels')),
      annotations: nonEmpty(texts('annotations')),
    }),
    type: isSecret ? textAt(entry, 'type') || 'Opaque' : undefined,
    data: isSecret ? base64Data(data) : nonEmpty(data),
    immutable: is('immutable') || undefined,
  });
  return {
    ...resourceOf({ object, file: path, line: 1 }),
    hashed: !is('disableNameSuffixHash'),
    generated: true,
  };
}

function nonEmpty<Value>(entries: Readonly<Record<string, Value>>): Record<string, Value> | undefined {
  return Object.keys(entries).length === 0 ? undefined : { ...entries };
}

/** Base64 in lines of 70 characters, each with a line break, unless one line is enough. */
function base64Data(data: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => {
      const base64 = Buffer.from(text).toString('base64');
      return [key, base64.length < 70 ? base64 : base64.replace(/.{1,70}/g, '$&\n')];
    }),
  );
}

function dataOf(
  tree: Tree,
  path: string,
  entry: Fields,
  reject: (sentence: string) => void,
): Readonly<Record<string, string>> | undefined {
  const env = textAt(entry, 'env');
  const pairs = [
    ...[...textsAt(entry, 'envs'), ...(env ? [env] : [])].map((file) => envPairs(tree, path, file)),
    ...textsAt(entry, 'literals').map(literalPair),
    ...textsAt(entry, 'files').map((source) => filePair(tree, path, source)),
  ];
  const data: Record<string, string> = {};
  for (const pair of pairs) {
    if (typeof pair === 'string') {
      reject(pair);
      return undefined;
    }
    for (const [key, text] of pair) {
      if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key) || /^\.\.?$|^\.\./.test(key) || Object.hasOwn(data, key)) {
        reject(`has ${Object.hasOwn(data, key) ? 'a duplicate key' : 'an invalid key'}`);
        return undefined;
      }
      data[key] = text;
    }
  }
  return data;
}

/** Pairs of keys and values, or the reason for which they are rejected. */
type Pairs = readonly (readonly [string, string])[] | string;

function literalPair(source: string): Pairs {
  const at = source.indexOf('=');
  if (at < 1) return 'has a literal that is not of the form key=value';
  const text = source.slice(at + 1);
  const quoted = text.length >= 2 && text[0] === text.at(-1) && (text[0] === '"' || text[0] === "'");
  return [[source.slice(0, at), quoted ? text.slice(1, -1) : text]];
}

function filePair(tree: Tree, path: string, source: string): Pairs {
  const parts = source.split('=');
  const [first = '', second] = parts;
  if (parts.length > 2 || first === '' || second === '') return 'has an invalid entry in files';
  const file = second ?? first;
  const text = fileText(tree, path, file);
  if (text === undefined) return `reads ${file}, which does not exist or is not text`;
  return [[second === undefined ? file.slice(file.lastIndexOf('/') + 1) : first, text]];
}

function fileText(tree: Tree, path: string, file: string): string | undefined {
  const target = file.startsWith('/') ? undefined : joinPath(directoryOf(path), file);
  return target === undefined ? undefined : tree.get(target);
}

function envPairs(tree: Tree, path: string, file: string): Pairs {
  const text = fileText(tree, path, file);
  if (text === undefined) return `reads ${file}, which does not exist or is not text`;
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const pairs: [string, string][] = [];
  for (const line of lines) {
    const clean = line.replace(/\r$/, '').trimStart();
    if (clean === '' || clean.startsWith('#')) continue;
    const at = clean.indexOf('=');
    const key = at < 0 ? clean : clean.slice(0, at);
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key) || clean.length > 60_000)
      return `reads ${file}, which has a line that is not a variable`;
    pairs.push([key, at < 0 ? '' : clean.slice(at + 1)]);
  }
  return pairs;
}

function addGenerated(
  resources: readonly Resource[],
  generated: Resource,
  behavior: string,
  report: Report,
): readonly Resource[] {
  const id = idOf(generated);
  const existing = resources.filter((resource) => idsOf(resource).some((each) => isSameId(each, id)));
  const [old] = existing;
  const name = `${id.kind} ${id.name}`;
  const changesExisting = behavior === 'merge' || behavior === 'replace';
  if (!changesExisting && behavior !== 'create' && behavior !== '') {
    report(
      'unknown',
      `${name} is generated with the behavior ${behavior}, which the in-memory build does not support`,
    );
    return resources;
  }
  if (old === undefined && !changesExisting) return [...resources, generated];
  if (old === undefined || existing.length > 1 || !changesExisting) {
    const found = old === undefined ? 'does not exist' : 'already exists';
    report('refused', `${name} is generated with behavior ${behavior || 'create'}, but it ${found}`);
    return resources;
  }
  const changed = mergeGenerated(old, generated, behavior === 'merge', report);
  return resources.map((resource) => (resource === old ? changed : resource));
}

/** The generated object with name, labels and annotations of the existing one, and with its data if it is merged. */
function mergeGenerated(old: Resource, generated: Resource, merges: boolean, report: Report): Resource {
  const before = old.source.object;
  const { object } = generated.source;
  const { name, namespace } = before.metadata;
  const both = (...path: string[]): Fields | undefined =>
    nonEmpty({ ...fieldsAt(before, ...path), ...fieldsAt(object, ...path) });
  const mergedData = (field: string): Fields | undefined => {
    const merged = both(field);
    if (!Object.values(merged ?? {}).every((text) => typeof text === 'string'))
      report('unknown', `${object.kind} ${name} has data that is not text`);
    return merged;
  };
  const metadata: Fields = defined({
    namespace,
    labels: both('metadata', 'labels'),
    annotations: both('metadata', 'annotations'),
  });
  const { data, metadata: _metadata, ...rest } = object;
  const result: KubernetesObject = defined({
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...metadata, name },
    data: merges ? mergedData('data') : data,
    binaryData: merges ? mergedData('binaryData') : undefined,
  });
  return { ...withObject(old, result), hashed: old.hashed && generated.hashed };
}
