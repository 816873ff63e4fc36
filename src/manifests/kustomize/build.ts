import { type Fields, isFields, textAt, textsAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { directoryOf, joinPath, kustomizationIn, kustomizationsIn, type Reader } from '../tree.ts';
import { finished } from './finishBuild.ts';
import { generate } from './generators.ts';
import { oddFields } from './kustomizationFields.ts';
import { idOf, keyOf, type Resource, resourceOf, type Say } from './resource.ts';
import { transform } from './transform.ts';

/** What goes wrong, or is not known, while objects are built. */
export interface BuildFinding {
  /**
   * - `missing`, `cycle`, `unreadable`: of a file;
   * - `refused`: kustomize itself does not build it;
   * - `unknown`: what it does is not known here; a program that builds it would tell.
   * - `elsewhere`: it takes something that is not in the tree.
   */
  kind: 'missing' | 'cycle' | 'unreadable' | 'refused' | 'unknown' | 'elsewhere';
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

/** Changes the kustomization of the folder that is built, before it is, or makes one where there is none. */
export type Amend = (kustomization: Fields | undefined) => Fields;

/**
 * Builds a folder in memory as kustomize 5.8 does, as far as the subset goes: resources, components, generators with
 * their hashes, patches of every kind, namespace, prefixes, labels, annotations, replicas and images, and the names by
 * which objects refer to one another. Whatever else a kustomization asks for is named as unknown, never guessed; then
 * the objects are what they would be without it.
 *
 * @param folder path of the folder from the root of the tree
 */
export function buildDirectory(reader: Reader, folder: string, amend?: Amend): Build {
  const state: State = { reader, used: new Set(), findings: [] };
  const path =
    kustomizationIn(reader.tree, folder) ?? `${folder === '' ? '' : `${folder}/`}kustomization.yaml`;
  const say: Say = (kind, sentence) => note(state, kind, path, sentence);
  const resources = build(state, folder, [], [], undefined, amend);
  return { objects: finished(resources, say), used: state.used, findings: state.findings };
}

type Role = 'resource' | 'component' | undefined;

/** Objects after a folder's kustomization: a Component changes those that it is given, anything else adds its own. */
function build(
  state: State,
  folder: string,
  above: readonly string[],
  given: readonly Resource[],
  role: Role,
  amend?: Amend,
): readonly Resource[] {
  const read = readKustomization(state, folder, role, amend);
  if (read === undefined) return given;
  const { path, kustomization } = read;
  const inside = [...above, folder];
  let resources: readonly Resource[] = role === 'component' ? given : [];
  for (const field of ['resources', 'bases']) {
    for (const resource of textsAt(kustomization, field))
      resources = joined(state, path, resources, readResource(state, path, resource, inside));
  }
  const say: Say = (kind, sentence) => note(state, kind, path, sentence);
  resources = generate(state.reader.tree, path, kustomization, resources, say);
  for (const component of textsAt(kustomization, 'components')) {
    const target = joinPath(folder, component);
    if (target === undefined || isRemote(component))
      note(state, 'elsewhere', path, `${path} takes ${component} from elsewhere`);
    else if (!isCycle(state, path, target, inside))
      resources = build(state, target, inside, resources, 'component');
  }
  return transform(state.reader, path, kustomization, resources, {
    say,
    missing: (sentence) => note(state, 'missing', path, sentence),
  });
}

function note(state: State, kind: BuildFinding['kind'], file: string, sentence: string): void {
  state.findings.push({ kind, file, sentence });
}

/** A folder that holds the kustomization that includes it, at any depth, is a cycle to kustomize. */
function isCycle(state: State, path: string, target: string, above: readonly string[]): boolean {
  const closed = above.some(
    (folder) => target === '' || folder === target || folder.startsWith(`${target}/`),
  );
  if (closed) {
    const found = kustomizationIn(state.reader.tree, target) ?? target;
    const itself = above.includes(target)
      ? `${found} includes itself`
      : `${path} includes ${target || 'the root'}, in which it stands`;
    note(state, 'cycle', found, itself);
  }
  return closed;
}

function readKustomization(
  state: State,
  folder: string,
  role: Role,
  amend: Amend | undefined,
): { path: string; kustomization: Fields } | undefined {
  const [path, second] = kustomizationsIn(state.reader.tree, folder);
  if (path === undefined && amend !== undefined) {
    const made = amend(undefined);
    const own = folder === '' ? 'kustomization.yaml' : `${folder}/kustomization.yaml`;
    markFiles(state, own, made);
    return { path: own, kustomization: made };
  }
  if (path === undefined) {
    note(state, 'missing', folder, `${folder} has no kustomization`);
    return undefined;
  }
  state.used.add(path);
  const { values, malformed: damage } = state.reader.documents(path);
  const [value] = values;
  if (damage !== undefined || values.length !== 1 || !isFields(value)) {
    note(state, 'unreadable', path, `${path} is no YAML map`);
    return undefined;
  }
  if (second !== undefined)
    note(state, 'refused', path, `${folder} has two kustomizations: ${path}, ${second}`);
  checkKind(state, path, value, role);
  const kustomization = amend === undefined ? value : amend(value);
  for (const field of oddFields(kustomization))
    note(state, 'unknown', path, `what ${field} of ${path} does is not applied here`);
  markFiles(state, path, kustomization);
  return { path, kustomization };
}

function checkKind(state: State, path: string, value: Fields, role: Role): void {
  const kind = textAt(value, 'kind') || 'Kustomization';
  const version = textAt(value, 'apiVersion');
  const expected = kind === 'Component' ? 'v1alpha1' : 'v1beta1';
  if (
    (kind !== 'Kustomization' && kind !== 'Component') ||
    (version && version !== `kustomize.config.k8s.io/${expected}`)
  )
    note(
      state,
      'refused',
      path,
      `${path} says that it is something else than a kustomization of ${expected}`,
    );
  if (role === 'component' && kind !== 'Component')
    note(state, 'refused', path, `${path} is listed as a component and is none`);
  if (role === 'resource' && kind === 'Component')
    note(state, 'refused', path, `${path} is a component and is listed as a resource`);
}

function isRemote(resource: string): boolean {
  return /^[a-z+]+:\/\/|^git@|^[a-z0-9-]+\.[a-z]+\/|\?ref=/i.test(resource);
}

function readResource(
  state: State,
  path: string,
  resource: string,
  above: readonly string[],
): readonly Resource[] {
  const target = resource.startsWith('/') ? undefined : joinPath(directoryOf(path), resource);
  const { tree } = state.reader;
  if (target !== undefined && tree.has(target)) return readManifests(state, target);
  if (target !== undefined && kustomizationIn(tree, target) !== undefined)
    return isCycle(state, path, target, above) ? [] : build(state, target, above, [], 'resource');
  if (isRemote(resource)) note(state, 'elsewhere', path, `${path} takes ${resource} from elsewhere`);
  else note(state, 'missing', path, `${path} lists ${resource}, which is not there`);
  return [];
}

function readManifests(state: State, path: string): readonly Resource[] {
  state.used.add(path);
  const { objects, others, malformed: damage } = state.reader.documents(path);
  if (damage !== undefined) note(state, 'unreadable', path, `${path} is not readable: ${damage}`);
  else if (others > 0 || objects.some(({ object }) => object.metadata.name === ''))
    note(state, 'refused', path, `${path} holds a document that is no object with a name`);
  return objects.filter(({ object }) => object.metadata.name !== '').map(resourceOf);
}

/** Objects with those that are added; kustomize refuses one that is there already. */
function joined(
  state: State,
  path: string,
  resources: readonly Resource[],
  added: readonly Resource[],
): readonly Resource[] {
  if (resources.length === 0 && added.length < 2) return added;
  const keys = new Set(resources.map((resource) => keyOf(idOf(resource))));
  for (const resource of added) {
    const key = keyOf(idOf(resource));
    const { kind, metadata } = resource.source.object;
    if (keys.has(key)) note(state, 'refused', path, `${path} gets ${kind} ${metadata.name} twice`);
    keys.add(key);
  }
  return [...resources, ...added];
}

/** Files of generators and other fields are used, whether or not they are applied. */
function markFiles(state: State, path: string, kustomization: Fields): void {
  const folder = directoryOf(path);
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.length > 4096 || value.includes('\n')) return;
      const target = joinPath(folder, value.slice(value.indexOf('=') + 1));
      if (target !== undefined && state.reader.tree.has(target)) state.used.add(target);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (isFields(value)) Object.values(value).forEach(visit);
  };
  visit(kustomization);
}
