import { fieldsAt, isFields, textAt } from '../kubernetes/fields.ts';
import { kustomizeDiffers } from '../kubernetes/kubernetesTags.ts';
import { parseForKustomize, parseManifests } from '../kubernetes/manifests.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { type Budget, createBudget } from './budget.ts';
import type { SourcedObject } from './sourcedObject.ts';

/** Files by path from the root of the tree, with `/` between directories and no `./` in front. */
export type Tree = ReadonlyMap<string, string>;

/** The documents of one file. */
export interface Documents {
  objects: readonly SourcedObject[];
  /** Every document that is not empty, object or not. */
  values: readonly unknown[];
  /** Documents that are no objects, such as lists of patches. */
  others: number;
  /** What is wrong with a document that is not YAML. The other documents are read all the same. */
  malformed: string | undefined;
}

/** A tree of which each file is parsed at most once. */
export interface Reader {
  tree: Tree;
  /** The documents of a file of the tree, or of an empty one where it is not there. */
  documents: (path: string) => Documents;
  /** The same, as kustomize reads a file: `yes` and the like are text. */
  resources: (path: string) => Documents;
  /** The content of a directory as whole paths, in the order of names. */
  directory: (path: string) => Directory;
  /** What may still be done with the tree. */
  budget: Budget;
}

export interface Directory {
  files: readonly string[];
  directories: readonly string[];
}

/**
 * A reader of one tree. It keeps what it parsed, so drop it with the tree.
 *
 * @param decrypted the clear object of a file that holds one encrypted object
 */
export function readerOf(
  tree: Tree,
  decrypted: ReadonlyMap<string, KubernetesObject> = new Map(),
  budget: Budget = createBudget(),
): Reader {
  const read = new Map<string, Documents>();
  const documents = (path: string): Documents => {
    const known = read.get(path);
    if (known !== undefined) return known;
    const parsed = readDocuments(path, tree.get(path) ?? '', budget);
    const decryptedObject = decrypted.get(path);
    const found = decryptedObject === undefined ? parsed : inClear(parsed, decryptedObject);
    read.set(path, found);
    return found;
  };
  const forKustomize = new Map<string, Documents>();
  const resources = (path: string): Documents => {
    const text = tree.get(path) ?? '';
    if (decrypted.has(path) || !kustomizeDiffers.test(text)) return documents(path);
    const found = forKustomize.get(path) ?? readForKustomize(path, text, budget);
    forKustomize.set(path, found);
    return found;
  };
  let directories: ReadonlyMap<string, Directory> | undefined;
  const directory = (path: string): Directory => {
    directories ??= directoriesOf(tree);
    return directories.get(path) ?? { files: [], directories: [] };
  };
  return { tree, documents, resources, directory, budget };
}

/** The same reader for some of its files: what it parsed is not parsed again. */
export function readerOfPart(reader: Reader, tree: Tree): Reader {
  const nothing: Documents = { objects: [], values: [], others: 0, malformed: undefined };
  let directories: ReadonlyMap<string, Directory> | undefined;
  return {
    ...reader,
    tree,
    documents: (path) => (tree.has(path) ? reader.documents(path) : nothing),
    directory: (path) => {
      directories ??= directoriesOf(tree);
      return directories.get(path) ?? { files: [], directories: [] };
    },
  };
}

function inClear(parsed: Documents, object: KubernetesObject): Documents {
  const objects = parsed.objects.map((source) => ({ ...source, object, encrypted: true }));
  return { ...parsed, objects };
}

function directoriesOf(tree: Tree): ReadonlyMap<string, Directory> {
  const found = new Map<string, { files: string[]; directories: string[] }>();
  const directoryAt = (path: string): { files: string[]; directories: string[] } => {
    const known = found.get(path);
    if (known !== undefined) return known;
    const made = { files: [], directories: [] };
    found.set(path, made);
    if (path !== '') directoryAt(directoryOf(path)).directories.push(path);
    return made;
  };
  for (const path of [...tree.keys()].toSorted()) directoryAt(directoryOf(path)).files.push(path);
  for (const { directories } of found.values()) directories.sort();
  return found;
}

/** Reads every document of a file; a `List` counts as its items. */
export function readDocuments(
  file: string,
  text: string,
  budget?: Budget,
  parse: typeof parseManifests = parseManifests,
): Documents {
  const { documents, problems } = parse(text, (characters) => budget?.spend('yaml', characters));
  const objects: SourcedObject[] = [];
  let others = 0;
  for (const { value, line } of documents) {
    const found = objectsIn(value);
    if (found.length === 0) others += 1;
    objects.push(...found.map((object) => ({ object, file, line })));
  }
  const [problem] = problems;
  const malformed = problem === undefined ? undefined : `line ${problem.at?.line ?? 1}: ${problem.message}`;
  return { objects, values: documents.map(({ value }) => value), others, malformed };
}

/** The same as kustomize reads it. It reads a list of JSON patches as kubectl does, so that `no` is false there. */
export function readForKustomize(file: string, text: string, budget?: Budget): Documents {
  const read = readDocuments(file, text, budget, parseForKustomize);
  return read.values.some(Array.isArray) ? readDocuments(file, text, budget) : read;
}

function objectsIn(value: unknown): readonly KubernetesObject[] {
  const kind = textAt(value, 'kind');
  const apiVersion = textAt(value, 'apiVersion');
  if (!isFields(value) || kind === undefined || apiVersion === undefined) return [];
  if (kind.endsWith('List') && Array.isArray(value['items'])) return value['items'].flatMap(objectsIn);
  const metadata = fieldsAt(value, 'metadata');
  return [{ ...value, apiVersion, kind, metadata: { ...metadata, name: textAt(metadata, 'name') ?? '' } }];
}

/** True where an API server could take the object: its group has a dot and a version, or it is the core's `v1`. */
export function isManifest({ object }: SourcedObject): boolean {
  const { apiVersion, metadata } = object;
  const group = apiVersion.split('/')[0] ?? '';
  if (group === 'kustomize.config.k8s.io') return false;
  return metadata.name !== '' && (apiVersion === 'v1' || apiVersion.includes('/'));
}

/** A path with an empty part, `.` or `..`. */
const unclean = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** Joins a directory and a relative path; undefined where the path leaves the tree. */
export function joinPath(directory: string, path: string): string | undefined {
  if (!unclean.test(path)) return within(directory, path);
  const parts = directory === '' ? [] : directory.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

export function directoryOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** The names that kustomize looks for in a directory. */
const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export function kustomizationIn(tree: Tree, directory: string): string | undefined {
  const name = names.find((each) => tree.has(within(directory, each)));
  return name === undefined ? undefined : within(directory, name);
}

/** Every kustomization of a directory: kustomize refuses to build one that has two. */
export function kustomizationsIn(tree: Tree, directory: string): readonly string[] {
  return names.map((name) => within(directory, name)).filter((path) => tree.has(path));
}

function within(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

export function isKustomizationFile(path: string): boolean {
  return names.includes(path.slice(path.lastIndexOf('/') + 1));
}
