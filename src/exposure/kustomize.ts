import type { KubernetesObject } from '../kubernetes/object.ts';
import { mergeStrategically } from '../kubernetes/strategicMerge.ts';
import { type Fields, fieldsAt, isFields, listAt, textAt, textsAt, valueAt } from './fields.ts';
import type { SourcedObject } from './judgement.ts';
import {
  type Documents,
  folderOf,
  isManifest,
  joinPath,
  kustomizationIn,
  type Reader,
  readDocuments,
} from './tree.ts';

/** What goes wrong, or is not known, while objects are built. */
export interface BuildFinding {
  kind: 'missing' | 'cycle' | 'unreadable' | 'unknown';
  file: string;
  sentence: string;
}

/** What a kustomization builds, and which files it took. */
export interface Build {
  objects: readonly SourcedObject[];
  /** Every file that was read or is named on the way. */
  used: ReadonlySet<string>;
  findings: readonly BuildFinding[];
}

interface State {
  reader: Reader;
  used: Set<string>;
  findings: BuildFinding[];
}

/** Fields that change no object here, or that are applied below. */
const applied = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'resources',
  'bases',
  'components',
  'namespace',
  'patches',
  'patchesStrategicMerge',
  'sortOptions',
  'generatorOptions',
  'buildMetadata',
]);

/**
 * Builds a folder in memory, as far as the subset goes: resources, components, namespace and strategic merge
 * patches. Whatever else a kustomization asks for is named as unknown, never guessed.
 *
 * @param folder path of the folder from the root of the tree
 */
export function buildFolder(reader: Reader, folder: string): Build {
  const state: State = { reader, used: new Set(), findings: [] };
  const objects = build(state, folder, [], []);
  return { objects, used: state.used, findings: state.findings };
}

/** Objects after a folder's kustomization: a Component changes those that it is given, anything else adds its own. */
function build(
  state: State,
  folder: string,
  above: readonly string[],
  given: readonly SourcedObject[],
): readonly SourcedObject[] {
  const path = kustomizationIn(state.reader.tree, folder);
  if (path === undefined) {
    state.findings.push({ kind: 'missing', file: folder, sentence: `${folder} has no kustomization` });
    return given;
  }
  if (above.includes(path)) {
    state.findings.push({ kind: 'cycle', file: path, sentence: `${path} includes itself` });
    return given;
  }
  state.used.add(path);
  const kustomization = readKustomization(state, path);
  if (kustomization === undefined) return given;
  const inside = [...above, path];
  let objects = [...given];
  for (const resource of [...textsAt(kustomization, 'resources'), ...textsAt(kustomization, 'bases')]) {
    objects.push(...readResource(state, path, resource, inside));
  }
  for (const component of textsAt(kustomization, 'components')) {
    const target = joinPath(folder, component);
    if (target === undefined || isRemote(component))
      note(state, 'unknown', path, `${path} takes ${component} from elsewhere`);
    else objects = [...build(state, target, inside, objects)];
  }
  return applyFields(state, path, kustomization, objects);
}

function note(state: State, kind: BuildFinding['kind'], file: string, sentence: string): void {
  state.findings.push({ kind, file, sentence });
}

function readKustomization(state: State, path: string): Fields | undefined {
  const { values, damage } = state.reader.documents(path);
  const [value] = values;
  if (damage === undefined && values.length === 1 && isFields(value)) return value;
  note(state, 'unreadable', path, `${path} is no YAML map`);
  return undefined;
}

function isRemote(resource: string): boolean {
  return /^[a-z+]+:\/\/|^git@|^[a-z0-9-]+\.[a-z]+\/|\?ref=/i.test(resource);
}

function readResource(
  state: State,
  path: string,
  resource: string,
  above: readonly string[],
): readonly SourcedObject[] {
  if (isRemote(resource)) {
    note(state, 'unknown', path, `${path} takes ${resource} from elsewhere`);
    return [];
  }
  const target = joinPath(folderOf(path), resource);
  const text = target === undefined ? undefined : state.reader.tree.get(target);
  if (
    target !== undefined &&
    text === undefined &&
    kustomizationIn(state.reader.tree, target) !== undefined
  ) {
    return build(state, target, above, []);
  }
  if (target === undefined || text === undefined) {
    note(state, 'missing', path, `${path} lists ${resource}, which is not there`);
    return [];
  }
  return readManifests(state, target);
}

function readManifests(state: State, path: string): readonly SourcedObject[] {
  state.used.add(path);
  const { objects, damage } = state.reader.documents(path);
  if (damage !== undefined) note(state, 'unreadable', path, `${path} is not readable: ${damage}`);
  return objects.filter(isManifest);
}

function applyFields(
  state: State,
  path: string,
  kustomization: Fields,
  objects: readonly SourcedObject[],
): readonly SourcedObject[] {
  for (const [field, value] of Object.entries(kustomization)) {
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
    if (!applied.has(field) && !isEmpty)
      note(state, 'unknown', path, `what ${field} of ${path} does is not applied here`);
  }
  markFiles(state, path, kustomization);
  const namespace = textAt(kustomization, 'namespace');
  const patched = patchesOf(state, path, kustomization).reduce(
    (done, patch) => applyPatch(state, path, done, patch),
    objects,
  );
  return namespace === undefined ? patched : patched.map((source) => withNamespace(source, namespace));
}

/** Files of generators and other fields that are not applied are used all the same. */
function markFiles(state: State, path: string, kustomization: Fields): void {
  const folder = folderOf(path);
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      const target = joinPath(folder, value.slice(value.indexOf('=') + 1));
      if (target !== undefined && state.reader.tree.has(target)) state.used.add(target);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (isFields(value)) Object.values(value).forEach(visit);
  };
  visit(kustomization);
}

interface Patch {
  patch: KubernetesObject;
  target: Fields | undefined;
}

function patchesOf(state: State, path: string, kustomization: Fields): readonly Patch[] {
  const written = [
    ...listAt(kustomization, 'patches').map((entry) => ({
      read: readPatch(state, path, textAt(entry, 'patch'), textAt(entry, 'path')),
      target: isFields(valueAt(entry, 'target')) ? fieldsAt(entry, 'target') : undefined,
    })),
    ...textsAt(kustomization, 'patchesStrategicMerge').map((entry) => ({
      read: entry.includes('\n')
        ? readPatch(state, path, entry, undefined)
        : readPatch(state, path, undefined, entry),
      target: undefined,
    })),
  ];
  return written.flatMap(({ read, target }) => {
    if (read === undefined) return [];
    const { objects, others, damage } = read;
    if (others > 0 || damage !== undefined)
      note(state, 'unknown', path, `${path} has a patch that is not applied here`);
    return objects.map(({ object }) => ({ patch: object, target }));
  });
}

/** A patch that stands in the kustomization itself, or in a file that it names. */
function readPatch(
  state: State,
  path: string,
  inline: string | undefined,
  file: string | undefined,
): Documents | undefined {
  if (inline !== undefined) return readDocuments(path, inline);
  const target = file === undefined ? undefined : joinPath(folderOf(path), file);
  if (target !== undefined && state.reader.tree.has(target)) return state.reader.documents(target);
  note(state, 'missing', path, `${path} names the patch ${file ?? ''}, which is not there`);
  return undefined;
}

function applyPatch(
  state: State,
  path: string,
  objects: readonly SourcedObject[],
  { patch, target }: Patch,
): readonly SourcedObject[] {
  const selects = selectionOf(patch, target);
  if (selects === undefined) {
    note(state, 'unknown', path, `${path} has a patch whose target is not read here`);
    return objects;
  }
  return objects.map((source) => {
    if (!selects(source.object)) return source;
    const merged = mergeStrategically(source.object, withoutIdentity(patch));
    if (isFields(merged)) {
      const { apiVersion, kind, metadata } = source.object;
      const name = metadata.name;
      return {
        ...source,
        object: { ...merged, apiVersion, kind, metadata: { ...fieldsAt(merged, 'metadata'), name } },
      };
    }
    note(state, 'unknown', path, `${path} has a patch with a directive that is not applied here`);
    return source;
  });
}

/** A patch finds its object by what it says itself; only its changes are merged. */
function withoutIdentity(patch: KubernetesObject): Fields {
  const { name: _name, namespace: _namespace, ...metadata } = patch.metadata;
  return { ...patch, metadata };
}

function selectionOf(
  patch: KubernetesObject,
  target: Fields | undefined,
): ((object: KubernetesObject) => boolean) | undefined {
  if (target === undefined) {
    const { apiVersion, kind, metadata } = patch;
    return (object) =>
      object.apiVersion === apiVersion &&
      object.kind === kind &&
      object.metadata.name === metadata.name &&
      (object.metadata.namespace ?? 'default') === (metadata.namespace ?? 'default');
  }
  if (target['labelSelector'] !== undefined || target['annotationSelector'] !== undefined) return undefined;
  const fields: readonly [string | undefined, (object: KubernetesObject) => string][] = [
    [textAt(target, 'kind'), (object) => object.kind],
    [textAt(target, 'name'), (object) => object.metadata.name],
    [textAt(target, 'namespace'), (object) => object.metadata.namespace ?? 'default'],
    [
      textAt(target, 'group'),
      ({ apiVersion }) => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''),
    ],
    [textAt(target, 'version'), ({ apiVersion }) => apiVersion.slice(apiVersion.indexOf('/') + 1)],
  ];
  const patterns = fields.map(([text, of]) => ({
    pattern: text === undefined ? undefined : anchored(text),
    of,
  }));
  if (patterns.some(({ pattern }) => pattern === 'damaged')) return undefined;
  return (object) =>
    patterns.every(({ pattern, of }) => !(pattern instanceof RegExp) || pattern.test(of(object)));
}

/** kustomize reads each field of a target as an anchored regular expression. */
function anchored(text: string): RegExp | 'damaged' {
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    return 'damaged';
  }
}

/** Kinds without a namespace, of the groups that a repository usually holds. */
const clusterKinds =
  /^(?:Namespace|Node|PersistentVolume|StorageClass|CSIDriver|VolumeSnapshotClass|ClusterRole|ClusterRoleBinding|CustomResourceDefinition|PriorityClass|RuntimeClass|IngressClass|GatewayClass|APIService|ValidatingWebhookConfiguration|MutatingWebhookConfiguration|ValidatingAdmissionPolicy|ValidatingAdmissionPolicyBinding|Cluster[A-Z]\w*)$/;

function withNamespace(source: SourcedObject, namespace: string): SourcedObject {
  const { object } = source;
  // CloudNativePG's Cluster is namespaced and matches no pattern: `Cluster` alone has no capital after it.
  if (clusterKinds.test(object.kind)) return source;
  return { ...source, object: { ...object, metadata: { ...object.metadata, namespace } } };
}
