import { posix } from 'node:path';
import { type Fields, fieldsAt, mapsAt, textAt, textMapAt, valueAt } from '../kubernetes/fields.ts';
import { namespaceOf } from '../kubernetes/object.ts';
import { isUnreadSecret, type ObjectRef, refOf, type SourcedObject } from './sourcedObject.ts';

/** A ConfigMap or Secret as texts by key. */
export interface ConfigurationSource {
  ref: ObjectRef;
  /** Undefined for a key whose text cannot be read: encrypted, or binary. */
  texts: ReadonlyMap<string, string | undefined>;
}

/** ConfigMaps and Secrets by `Kind/namespace/name`. */
export type ConfigurationSources = ReadonlyMap<string, ConfigurationSource>;

/** A file that a container sees, and the object that it comes from. */
export interface MountedFile {
  path: string;
  /** Undefined where the text cannot be read. */
  text: string | undefined;
  object: ObjectRef | undefined;
}

/** An encrypted value as SOPS writes it. */
const encrypted = /^ENC\[/;

export function readConfigurationSources(objects: readonly SourcedObject[]): ConfigurationSources {
  const sources = new Map<string, ConfigurationSource>();
  for (const source of objects) {
    const { kind } = source.object;
    // What was not read is as unknown as what is not there.
    if ((kind !== 'ConfigMap' && kind !== 'Secret') || isUnreadSecret(source)) continue;
    const texts = new Map<string, string | undefined>();
    for (const [key, text] of textMapAt(source.object, 'data')) {
      texts.set(key, encrypted.test(text) ? undefined : kind === 'Secret' ? decode(text) : text);
    }
    for (const [key, text] of textMapAt(source.object, 'stringData'))
      texts.set(key, encrypted.test(text) ? undefined : text);
    for (const key of Object.keys(fieldsAt(source.object, 'binaryData'))) texts.set(key, undefined);
    const ref = refOf(source);
    sources.set(`${kind}/${namespaceOf(source.object)}/${ref.name}`, { ref, texts });
  }
  return sources;
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

/**
 * The files that ConfigMaps and Secrets put into a container. A mounted ConfigMap or Secret that is not
 * among the objects gives one file of unknown text at the mount path. A mount hides what another one has at its path:
 * the runtime mounts the deeper path later, and of two equal ones the later.
 */
export function mountedFiles(
  sources: ConfigurationSources,
  namespace: string,
  pod: Fields,
  container: Fields,
): readonly MountedFile[] {
  const mounts = mapsAt(container, 'volumeMounts').map((mount) => ({
    mount,
    mountPath: posix.normalize(textAt(mount, 'mountPath') ?? '').replace(/\/+$/, ''),
  }));
  return mounts.flatMap(({ mount, mountPath }, index) => {
    const over = mounts.flatMap((other, at) =>
      other.mountPath.length > mountPath.length || (other.mountPath === mountPath && at > index)
        ? other.mountPath
        : [],
    );
    return filesOfMount(sources, namespace, pod, mount)
      .map((file) => ({ ...file, path: joinPath(mountPath, file.path) }))
      .filter(({ path }) => !over.some((other) => path === other || path.startsWith(`${other}/`)));
  });
}

/** The files of a mount, by their paths below it. */
function filesOfMount(
  sources: ConfigurationSources,
  namespace: string,
  pod: Fields,
  mount: Fields,
): readonly MountedFile[] {
  const subPath = textAt(mount, 'subPath')?.replace(/\/+$/, '');
  const volume = mapsAt(pod, 'volumes').find((candidate) => candidate['name'] === mount['name']);
  const files = volume === undefined ? [] : volumeFiles(sources, namespace, volume);
  if (subPath === undefined || subPath === '') return files;
  return files
    .filter(({ path }) => path === subPath || path === '' || path.startsWith(`${subPath}/`))
    .map((file) => ({ ...file, path: file.path.slice(subPath.length).replace(/^\//, '') }));
}

function joinPath(directory: string, name: string): string {
  return name === '' ? directory : `${directory}/${name}`;
}

function volumeFiles(
  sources: ConfigurationSources,
  namespace: string,
  volume: Fields,
): readonly MountedFile[] {
  const files = new Map<string, MountedFile>();
  // Of two projected sources with one path the later one writes the file.
  for (const source of [volume, ...mapsAt(volume, 'projected', 'sources')])
    for (const file of projectedFiles(sources, namespace, source)) {
      if (file.path === '')
        for (const [path, earlier] of files) files.set(path, { ...earlier, text: undefined });
      files.set(file.path, file);
    }
  return [...files.values()];
}

function projectedFiles(
  sources: ConfigurationSources,
  namespace: string,
  source: Fields,
): readonly MountedFile[] {
  const configMap = textAt(source, 'configMap', 'name');
  if (configMap !== undefined)
    return sourceFiles(sources, `ConfigMap/${namespace}/${configMap}`, fieldsAt(source, 'configMap'));
  const secret = textAt(source, 'secret', 'secretName') ?? textAt(source, 'secret', 'name');
  if (secret !== undefined)
    return sourceFiles(sources, `Secret/${namespace}/${secret}`, fieldsAt(source, 'secret'));
  return mapsAt(source, 'downwardAPI', 'items').map((item) => ({
    path: textAt(item, 'path') ?? '',
    text: undefined,
    object: undefined,
  }));
}

function sourceFiles(sources: ConfigurationSources, key: string, source: Fields): readonly MountedFile[] {
  const found = sources.get(key);
  const items = mapsAt(source, 'items');
  const paths = items.map((item) => ({ key: textAt(item, 'key') ?? '', path: textAt(item, 'path') ?? '' }));
  if (found === undefined) {
    const expected = paths.length === 0 ? [{ key: '', path: '' }] : paths;
    return expected.map(({ path }) => ({ path, text: undefined, object: undefined }));
  }
  const chosen =
    items.length === 0 ? [...found.texts.keys()].map((name) => ({ key: name, path: name })) : paths;
  return chosen.map(({ key: name, path }) => ({ path, text: found.texts.get(name), object: found.ref }));
}

/** The environment of a container; undefined for a name whose value is not among the objects. */
export function environmentOf(
  sources: ConfigurationSources,
  namespace: string,
  container: Fields,
): ReadonlyMap<string, string | undefined> {
  const environment = new Map<string, string | undefined>();
  for (const from of mapsAt(container, 'envFrom')) {
    const prefix = textAt(from, 'prefix') ?? '';
    for (const [kind, field] of [['ConfigMap', 'configMapRef'] as const, ['Secret', 'secretRef'] as const]) {
      const found = sources.get(`${kind}/${namespace}/${textAt(from, field, 'name') ?? ''}`);
      for (const [key, text] of found?.texts ?? []) environment.set(prefix + key, text);
    }
  }
  for (const variable of mapsAt(container, 'env')) {
    const name = textAt(variable, 'name');
    if (name !== undefined) environment.set(name, variableText(sources, namespace, variable));
  }
  return environment;
}

function variableText(
  sources: ConfigurationSources,
  namespace: string,
  variable: Fields,
): string | undefined {
  const from = valueAt(variable, 'valueFrom');
  if (from === undefined) return textAt(variable, 'value') ?? '';
  for (const [kind, field] of [
    ['ConfigMap', 'configMapKeyRef'] as const,
    ['Secret', 'secretKeyRef'] as const,
  ]) {
    const found = sources.get(`${kind}/${namespace}/${textAt(from, field, 'name') ?? ''}`);
    if (found !== undefined) return found.texts.get(textAt(from, field, 'key') ?? '');
  }
  return undefined;
}
