import { type Fields, isFields, textAt, textsAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { directoryOf, joinPath, kustomizationIn, kustomizationsIn, type Reader } from '../tree.ts';
import { finishBuild } from './finishBuild.ts';
import { runGenerators } from './generators.ts';
import { unsupportedFields } from './kustomizationFields.ts';
import { idOf, keyOf, type Report, type Resource, resourceOf } from './resource.ts';
import { transform } from './transform.ts';

/** An error in a build, or something whose effect is unknown. */
export interface BuildFinding {
  /**
   * - `missing`, `cycle`, `unreadable`: a file is missing, includes itself, or cannot be read;
   * - `refused`: kustomize rejects it too;
   * - `unknown`: the in-memory build does not support it; the kustomize program does;
   * - `elsewhere`: it needs a remote source.
   */
  kind: 'missing' | 'cycle' | 'unreadable' | 'refused' | 'unknown' | 'elsewhere';
  file: string;
  sentence: string;
}

/** The objects of a kustomization, and the files that it used. */
export interface Build {
  objects: readonly SourcedObject[];
  /** Every file that was read, and every file of the tree that a kustomization names. */
  used: ReadonlySet<string>;
  findings: readonly BuildFinding[];
}

interface BuildState {
  reader: Reader;
  used: Set<string>;
  findings: BuildFinding[];
  /** What each directory builds to as a resource: a kustomization may include one many times. */
  built: Map<string, BuiltDirectory>;
  /** The directories of each build that is going on, the outermost first. */
  open: Set<string>[];
}

interface BuiltDirectory {
  resources: readonly Resource[];
  /** The directory and everything that it includes. */
  directories: ReadonlySet<string>;
}

/** Edits the kustomization of the directory before it is built, or creates it if there is none. */
export type EditKustomization = (kustomization: Fields | undefined) => Fields;

/**
 * Builds a directory in memory, with the result of kustomize 5.8. This is the entry of the module.
 *
 * Supported are resources, bases, components, generators with their hash suffix, patches (`patches`,
 * `patchesStrategicMerge`, `patchesJson6902`), namespace, name prefix and suffix, labels, annotations, replicas, images
 * and name references. Everything else, such as `replacements`, `transformers`, `helmCharts` or `vars`, is never
 * guessed: the build reports an `unknown` finding and continues without it. The caller can then ask the `kustomize` or
 * `kubectl` on the machine (`kustomizeProgram`), which builds all but remote sources. If no program answers, the finding
 * stays and every verdict that depends on it is unknown.
 *
 * @param directory path from the root of the tree
 */
export function buildDirectory(
  reader: Reader,
  directory: string,
  editKustomization?: EditKustomization,
): Build {
  const state: BuildState = { reader, used: new Set(), findings: [], built: new Map(), open: [] };
  const path =
    kustomizationIn(reader.tree, directory) ?? `${directory === '' ? '' : `${directory}/`}kustomization.yaml`;
  const report: Report = (kind, sentence) => addFinding(state, kind, path, sentence);
  const resources = buildResources(state, directory, [], [], undefined, editKustomization);
  return { objects: finishBuild(resources, report), used: state.used, findings: state.findings };
}

type Role = 'resource' | 'component' | undefined;

/** The objects of one kustomization. A Component also receives, and may change, the objects of its parent. */
function buildResources(
  state: BuildState,
  directory: string,
  ancestors: readonly string[],
  inherited: readonly Resource[],
  role: Role,
  editKustomization?: EditKustomization,
): readonly Resource[] {
  const read = readKustomization(state, directory, role, editKustomization);
  if (read === undefined) return inherited;
  const { path, kustomization } = read;
  const lineage = [...ancestors, directory];
  for (const directories of state.open) directories.add(directory);
  const collection = collectionOf(state, path, role === 'component' ? inherited : []);
  for (const field of ['resources', 'bases']) {
    for (const resource of textsAt(kustomization, field))
      collection.add(readResource(state, path, resource, lineage));
  }
  let resources: readonly Resource[] = collection.resources;
  const report: Report = (kind, sentence) => addFinding(state, kind, path, sentence);
  resources = runGenerators(state.reader.tree, path, kustomization, resources, report);
  for (const component of textsAt(kustomization, 'components')) {
    const target = joinPath(directory, component);
    if (target === undefined || isRemote(component))
      addFinding(state, 'elsewhere', path, `${path} needs the remote component ${component}`);
    else if (!isCycle(state, path, target, lineage))
      resources = buildResources(state, target, lineage, resources, 'component');
  }
  state.reader.budget.spend('objects', resources.length + 1);
  return transform(state.reader, path, kustomization, resources, {
    report,
    missing: (sentence) => addFinding(state, 'missing', path, sentence),
  });
}

function addFinding(state: BuildState, kind: BuildFinding['kind'], file: string, sentence: string): void {
  state.findings.push({ kind, file, sentence });
}

/** kustomize rejects a kustomization that includes one of its ancestors, or a directory that contains one. */
function isCycle(state: BuildState, path: string, target: string, ancestors: readonly string[]): boolean {
  const isClosed = ancestors.some(
    (directory) => target === '' || directory === target || directory.startsWith(`${target}/`),
  );
  if (isClosed) {
    const file = kustomizationIn(state.reader.tree, target) ?? target;
    const sentence = ancestors.includes(target)
      ? `${file} includes itself`
      : `${path} includes ${target || 'the root'}, which contains it`;
    addFinding(state, 'cycle', file, sentence);
  }
  return isClosed;
}

function readKustomization(
  state: BuildState,
  directory: string,
  role: Role,
  editKustomization: EditKustomization | undefined,
): { path: string; kustomization: Fields } | undefined {
  const [path, second] = kustomizationsIn(state.reader.tree, directory);
  if (path === undefined && editKustomization !== undefined) {
    const created = editKustomization(undefined);
    const newPath = directory === '' ? 'kustomization.yaml' : `${directory}/kustomization.yaml`;
    markUsedFiles(state, newPath, created);
    return { path: newPath, kustomization: created };
  }
  if (path === undefined) {
    addFinding(state, 'missing', directory, `${directory} has no kustomization`);
    return undefined;
  }
  state.used.add(path);
  const { values, malformed } = state.reader.documents(path);
  const [value] = values;
  if (malformed !== undefined || values.length !== 1 || !isFields(value)) {
    addFinding(state, 'unreadable', path, `${path} is not a YAML map`);
    return undefined;
  }
  if (second !== undefined)
    addFinding(state, 'refused', path, `${directory} has two kustomizations: ${path}, ${second}`);
  checkKind(state, path, value, role);
  const kustomization = editKustomization === undefined ? value : editKustomization(value);
  for (const field of unsupportedFields(kustomization))
    addFinding(state, 'unknown', path, `${path} uses ${field}, which the in-memory build does not support`);
  markUsedFiles(state, path, kustomization);
  return { path, kustomization };
}

function checkKind(state: BuildState, path: string, value: Fields, role: Role): void {
  const kind = textAt(value, 'kind') || 'Kustomization';
  const version = textAt(value, 'apiVersion');
  const expected = kind === 'Component' ? 'v1alpha1' : 'v1beta1';
  if (
    (kind !== 'Kustomization' && kind !== 'Component') ||
    (version && version !== `kustomize.config.k8s.io/${expected}`)
  )
    addFinding(
      state,
      'refused',
      path,
      `${path} does not have the apiVersion and kind of a kustomization (${expected})`,
    );
  if (role === 'component' && kind !== 'Component')
    addFinding(state, 'refused', path, `${path} is listed as a component, but is not a Component`);
  if (role === 'resource' && kind === 'Component')
    addFinding(state, 'refused', path, `${path} is a Component, but is listed as a resource`);
}

function isRemote(resource: string): boolean {
  return /^[a-z+]+:\/\/|^git@|^[a-z0-9-]+\.[a-z]+\/|\?ref=/i.test(resource);
}

function readResource(
  state: BuildState,
  path: string,
  resource: string,
  ancestors: readonly string[],
): readonly Resource[] {
  const target = resource.startsWith('/') ? undefined : joinPath(directoryOf(path), resource);
  const { tree } = state.reader;
  if (target !== undefined && tree.has(target)) return readManifests(state, target);
  if (target !== undefined && kustomizationIn(tree, target) !== undefined)
    return isCycle(state, path, target, ancestors) ? [] : buildIncluded(state, target, ancestors);
  if (isRemote(resource))
    addFinding(state, 'elsewhere', path, `${path} needs the remote resource ${resource}`);
  else addFinding(state, 'missing', path, `${path} lists ${resource}, which does not exist`);
  return [];
}

/** Builds a directory that another one includes, once: what it builds to does not depend on who includes it. */
function buildIncluded(
  state: BuildState,
  directory: string,
  ancestors: readonly string[],
): readonly Resource[] {
  const known = state.built.get(directory);
  if (known !== undefined && !closes(known.directories, ancestors)) {
    for (const directories of state.open) for (const inner of known.directories) directories.add(inner);
    return known.resources;
  }
  const directories = new Set<string>();
  state.open.push(directories);
  const resources = buildResources(state, directory, ancestors, [], 'resource');
  state.open.pop();
  state.built.set(directory, { resources, directories });
  return resources;
}

/** Whether one of the directories is an ancestor, or contains one: then it must be built to report the cycle. */
function closes(directories: ReadonlySet<string>, ancestors: readonly string[]): boolean {
  return ancestors.some((ancestor) => {
    for (let path = ancestor; ; path = directoryOf(path)) {
      if (directories.has(path)) return true;
      if (path === '') return false;
    }
  });
}

function readManifests(state: BuildState, path: string): readonly Resource[] {
  state.used.add(path);
  const { objects, others, malformed } = state.reader.resources(path);
  if (malformed !== undefined) addFinding(state, 'unreadable', path, `${path} is not readable: ${malformed}`);
  else {
    const unnamed = objects.find(({ object }) => object.metadata.name === '');
    const what = unnamed === undefined ? '' : `: the name of a ${unnamed.object.kind} is missing or no text`;
    if (others > 0 || unnamed !== undefined)
      addFinding(
        state,
        'refused',
        path,
        `${path} has a document that is not a named Kubernetes object${what}`,
      );
  }
  return objects.filter(({ object }) => object.metadata.name !== '').map(resourceOf);
}

/** Objects without duplicates: kustomize rejects an object that is already present. */
function collectionOf(state: BuildState, path: string, inherited: readonly Resource[]) {
  const resources: Resource[] = [...inherited];
  const keys = new Set(resources.map((resource) => keyOf(idOf(resource))));
  return {
    resources,
    add: (added: readonly Resource[]): void => {
      for (const resource of added) {
        const key = keyOf(idOf(resource));
        const { kind, metadata } = resource.source.object;
        if (keys.has(key))
          addFinding(state, 'refused', path, `${path} includes ${kind} ${metadata.name} twice`);
        else resources.push(resource);
        keys.add(key);
      }
      state.reader.budget.spend('objects', added.length);
    },
  };
}

/** Marks every file that a field names as used, also if the field is not supported. */
function markUsedFiles(state: BuildState, path: string, kustomization: Fields): void {
  const directory = directoryOf(path);
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.length > 4096 || value.includes('\n')) return;
      const target = joinPath(directory, value.slice(value.indexOf('=') + 1));
      if (target !== undefined && state.reader.tree.has(target)) state.used.add(target);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (isFields(value)) Object.values(value).forEach(visit);
  };
  visit(kustomization);
}
