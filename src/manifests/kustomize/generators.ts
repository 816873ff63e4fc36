import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  textAt,
  textMapAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { directoryOf, joinPath, type Tree } from '../tree.ts';
import { idOf, idsOf, isSameId, type Resource, resourceOf, type Say, withObject } from './resource.ts';

export type GeneratedKind = 'ConfigMap' | 'Secret';

const sources = ['name', 'namespace', 'behavior', 'literals', 'files', 'envs', 'env', 'options', 'type'];
const optionNames = ['labels', 'annotations', 'disableNameSuffixHash', 'immutable'];

/**
 * Adds what `configMapGenerator` and `secretGenerator` of a kustomization make, or merges it into what they name.
 *
 * @param path of the kustomization, from which files are looked for
 */
export function generate(
  tree: Tree,
  path: string,
  kustomization: Fields,
  resources: readonly Resource[],
  say: Say,
): readonly Resource[] {
  const options = fieldsAt(kustomization, 'generatorOptions');
  const entries = (['ConfigMap', 'Secret'] as const).flatMap((kind) =>
    mapsAt(kustomization, kind === 'ConfigMap' ? 'configMapGenerator' : 'secretGenerator').map((entry) => ({
      kind,
      entry,
    })),
  );
  return entries.reduce((done, { kind, entry }) => {
    const made = generated(tree, path, kind, entry, options, say);
    return made === undefined ? done : absorb(done, made, textAt(entry, 'behavior') ?? 'create', say);
  }, resources);
}

function generated(
  tree: Tree,
  path: string,
  kind: GeneratedKind,
  entry: Fields,
  globalOptions: Fields,
  say: Say,
): Resource | undefined {
  const name = textAt(entry, 'name') ?? '';
  const label = `${kind} ${name} of ${path}`;
  const own = fieldsAt(entry, 'options');
  const odd = [
    ...Object.keys(entry).filter((key) => !sources.includes(key)),
    ...[own, globalOptions].flatMap((options) =>
      Object.keys(options).filter((key) => !optionNames.includes(key)),
    ),
  ];
  if (odd.length > 0 || name === '') {
    say('unknown', `${label} is made with ${odd.join(', ') || 'no name'}, which is not known here`);
    return undefined;
  }
  const data = dataOf(tree, path, entry, (sentence) => say('refused', `${label} ${sentence}`));
  if (data === undefined) return undefined;
  const is = (option: string): boolean =>
    valueAt(own, option) === true || valueAt(globalOptions, option) === true;
  const texts = (option: string) =>
    Object.fromEntries([...textMapAt(globalOptions, option), ...textMapAt(own, option)]);
  const namespace = textAt(entry, 'namespace');
  const object: KubernetesObject = {
    ...{ apiVersion: 'v1', kind },
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...withMap('labels', texts('labels')),
      ...withMap('annotations', texts('annotations')),
    },
    ...(kind === 'Secret' ? { type: textAt(entry, 'type') || 'Opaque' } : {}),
    ...(kind === 'Secret' ? { data: encoded(data) } : withMap('data', data)),
    ...(is('immutable') ? { immutable: true } : {}),
  };
  return {
    ...resourceOf({ object, file: path, line: 1 }),
    hashed: !is('disableNameSuffixHash'),
    generated: true,
  };
}

function withMap(key: string, entries: Readonly<Record<string, string>>): Fields {
  return Object.keys(entries).length === 0 ? {} : { [key]: entries };
}

/** Base64 in lines of seventy characters, each with a line break, unless one line is enough. */
function encoded(data: Readonly<Record<string, string>>): Fields {
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
  refuse: (sentence: string) => void,
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
      refuse(pair);
      return undefined;
    }
    for (const [key, text] of pair) {
      if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key) || /^\.\.?$|^\.\./.test(key) || Object.hasOwn(data, key)) {
        refuse(`has ${Object.hasOwn(data, key) ? 'a key twice' : 'a key that none may be'}`);
        return undefined;
      }
      data[key] = text;
    }
  }
  return data;
}

/** Pairs of keys and texts, or why there are none. */
type Pairs = readonly (readonly [string, string])[] | string;

function literalPair(source: string): Pairs {
  const at = source.indexOf('=');
  if (at < 1) return 'has a literal that is no pair';
  const text = source.slice(at + 1);
  const quoted = text.length >= 2 && text[0] === text.at(-1) && (text[0] === '"' || text[0] === "'");
  return [[source.slice(0, at), quoted ? text.slice(1, -1) : text]];
}

function filePair(tree: Tree, path: string, source: string): Pairs {
  const parts = source.split('=');
  const [first = '', second] = parts;
  if (parts.length > 2 || first === '' || second === '') return 'names a file in a way that is none';
  const file = second ?? first;
  const text = textOf(tree, path, file);
  if (text === undefined) return `takes ${file}, which is not there or no text`;
  return [[second === undefined ? file.slice(file.lastIndexOf('/') + 1) : first, text]];
}

function textOf(tree: Tree, path: string, file: string): string | undefined {
  const target = file.startsWith('/') ? undefined : joinPath(directoryOf(path), file);
  return target === undefined ? undefined : tree.get(target);
}

function envPairs(tree: Tree, path: string, file: string): Pairs {
  const text = textOf(tree, path, file);
  if (text === undefined) return `takes ${file}, which is not there or no text`;
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const pairs: [string, string][] = [];
  for (const line of lines) {
    const clean = line.replace(/\r$/, '').trimStart();
    if (clean === '' || clean.startsWith('#')) continue;
    const at = clean.indexOf('=');
    const key = at < 0 ? clean : clean.slice(0, at);
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key) || clean.length > 60_000)
      return `takes ${file}, which has a line that is no variable`;
    pairs.push([key, at < 0 ? '' : clean.slice(at + 1)]);
  }
  return pairs;
}

function absorb(
  resources: readonly Resource[],
  made: Resource,
  behavior: string,
  say: Say,
): readonly Resource[] {
  const id = idOf(made);
  const existing = resources.filter((resource) => idsOf(resource).some((each) => isSameId(each, id)));
  const [old] = existing;
  const name = `${id.kind} ${id.name}`;
  const changes = behavior === 'merge' || behavior === 'replace';
  if (!changes && behavior !== 'create' && behavior !== '') {
    say('unknown', `${name} is generated with a behavior that is not known here`);
    return resources;
  }
  if (old === undefined && !changes) return [...resources, made];
  if (old === undefined || existing.length > 1 || !changes) {
    say(
      'refused',
      `${name} is to be ${changes ? 'changed' : 'made'}, and there is ${old === undefined ? 'none' : 'one already'}`,
    );
    return resources;
  }
  const changed = combined(old, made, behavior === 'merge', say);
  return resources.map((resource) => (resource === old ? changed : resource));
}

/** What is generated, with name, labels and annotations of what was there, and its data too where it is merged. */
function combined(old: Resource, made: Resource, merges: boolean, say: Say): Resource {
  const before = old.source.object;
  const { object } = made.source;
  const { name, namespace } = before.metadata;
  const joined = (field: 'labels' | 'annotations') => {
    const both = { ...fieldsAt(before, 'metadata', field), ...fieldsAt(object, 'metadata', field) };
    return Object.keys(both).length === 0 ? {} : { [field]: both };
  };
  const data = (field: string) => {
    const both = { ...fieldsAt(before, field), ...fieldsAt(object, field) };
    if (!Object.values(both).every((text) => typeof text === 'string'))
      say('unknown', `${object.kind} ${name} has data that is no text`);
    return Object.keys(both).length === 0 ? {} : { [field]: both };
  };
  const { data: _data, metadata: _metadata, ...rest } = object;
  const merged: KubernetesObject = {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...joined('labels'),
      ...joined('annotations'),
    },
    ...(merges ? { ...data('data'), ...data('binaryData') } : withData(object)),
  };
  return { ...withObject(old, merged), hashed: old.hashed && made.hashed };
}

function withData({ data }: KubernetesObject): Fields {
  return isFields(data) ? { data } : {};
}
