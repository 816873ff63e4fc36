import { LineCounter, parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { fieldsAt, isFields, listAt, textAt } from './fields.ts';
import type { SourcedObject } from './judgement.ts';

/** Files by path from the root of the tree, with `/` between folders and no `./` in front. */
export type Tree = ReadonlyMap<string, string>;

/** The documents of one file. */
export interface Documents {
  objects: readonly SourcedObject[];
  /** Documents that are no objects, such as lists of patches. */
  others: number;
  /** Set where the text is no YAML. */
  damage: string | undefined;
}

/** Reads every document of a file; a `List` counts as its items. */
export function readDocuments(file: string, text: string): Documents {
  const lines = new LineCounter();
  const objects: SourcedObject[] = [];
  let others = 0;
  try {
    for (const document of parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' })) {
      const [error] = document.errors;
      if (error !== undefined) return { objects, others, damage: error.code };
      const value: unknown = document.toJS({ maxAliasCount: 1000 });
      const line = lines.linePos(document.contents?.range?.[0] ?? 0).line;
      const found = objectsIn(value);
      if (found.length === 0 && value !== null) others += 1;
      objects.push(...found.map((object) => ({ object, file, line })));
    }
  } catch {
    return { objects, others, damage: 'the document does not expand' };
  }
  return { objects, others, damage: undefined };
}

function objectsIn(value: unknown): readonly KubernetesObject[] {
  const kind = textAt(value, 'kind');
  const apiVersion = textAt(value, 'apiVersion');
  if (!isFields(value) || kind === undefined || apiVersion === undefined) return [];
  if (kind === 'List') return listAt(value, 'items').flatMap(objectsIn);
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

/** Joins a folder and a relative path; nothing where it leaves the tree. */
export function joinPath(folder: string, path: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** The names that kustomize looks for in a folder. */
const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export function kustomizationIn(tree: Tree, folder: string): string | undefined {
  return names.map((name) => (folder === '' ? name : `${folder}/${name}`)).find((path) => tree.has(path));
}

export function isKustomizationFile(path: string): boolean {
  return names.includes(path.slice(path.lastIndexOf('/') + 1));
}
