import { parseAllDocuments } from 'yaml';
import { toYaml } from '../../src/kubernetes/yaml.ts';
import type { Assumptions } from '../../src/reachability/model/analysis.ts';
import type { ConfigData } from '../../tests/testDirectory.ts';

/** One YAML document of a tree, by its file and its place in it. */
export interface Document {
  file: string;
  at: number;
  object: ConfigData;
  /** The object with the values of variables, as text in their place. */
  filled: ConfigData;
}

/** A repository that is changed: its files, and what it is checked with. */
export interface Tree {
  name: string;
  title: string;
  files: ReadonlyMap<string, string>;
  /** The objects of all manifests. Kustomizations of kustomize are not among them. */
  documents: readonly Document[];
  /** Values of variables that Flux fills in. */
  values: ReadonlyMap<string, string>;
  assumptions: Assumptions;
  /** Whether it is a repository of Gatehouse. */
  own: boolean;
  /** Of the places of each operator, every nth is in the sample. */
  every: number;
}

/** The documents of all manifests among files. Those of files that `known` holds with the same text are taken from it. */
export function documentsOf(
  files: ReadonlyMap<string, string>,
  values: ReadonlyMap<string, string>,
  known?: Pick<Tree, 'files' | 'documents'>,
): readonly Document[] {
  return [...files].flatMap(([file, text]) => {
    if (!/\.ya?ml$/.test(file) || /(?:^|\/)\./.test(file)) return [];
    if (known?.files.get(file) === text) return known.documents.filter((document) => document.file === file);
    return parseAllDocuments(text).flatMap((document, at): Document[] => {
      const object: ConfigData = document.toJS();
      const isManifest = typeof object?.kind === 'string' && object.metadata !== undefined;
      return isManifest ? [{ file, at, object, filled: filledIn(object, values) }] : [];
    });
  });
}

function filledIn(object: ConfigData, values: ReadonlyMap<string, string>): ConfigData {
  return JSON.parse(
    JSON.stringify(object).replace(/\$\{(\w+)\}/g, (variable, name) => {
      const value = values.get(name);
      return value === undefined ? variable : JSON.stringify(value).slice(1, -1);
    }),
  );
}

/** A copy of a tree that an operator changes. Only changed files are written anew. */
export interface Draft {
  /** The object of a document, to be changed. */
  get(document: Document): ConfigData;
  remove(document: Document): void;
  /** Adds objects to the file of a document, so that what applies the document applies them too. */
  add(near: Document, ...objects: readonly ConfigData[]): void;
  /** Changes the text of a file. It throws if nothing changes. */
  rewrite(file: string, change: (text: string) => string): void;
  /** Adds a file, or removes it. */
  write(file: string, text: string | undefined): void;
  /** What the user says of the cluster. */
  assume(assumptions: Partial<Assumptions>): void;
}

/** What a change makes of a tree. */
export function changed(tree: Tree, change: (draft: Draft) => void): Tree {
  const files = new Map(tree.files);
  const open = new Map<string, (ConfigData | undefined)[]>();
  const objectsIn = (file: string): (ConfigData | undefined)[] => {
    const text = files.get(file) ?? '';
    const found =
      open.get(file) ??
      (text === tree.files.get(file) ? knownObjects(tree, file) : undefined) ??
      parseAllDocuments(text).map((document) => document.toJS());
    open.set(file, found);
    return found;
  };
  let assumptions = tree.assumptions;
  change({
    get: ({ file, at }) => objectsIn(file)[at],
    remove: ({ file, at }) => {
      objectsIn(file)[at] = undefined;
    },
    add: ({ file }, ...objects) => {
      objectsIn(file).push(...objects);
    },
    rewrite: (file, rewritten) => {
      const before = files.get(file) ?? '';
      const after = rewritten(before);
      if (after === before) throw new Error(`nothing changes in ${file}`);
      files.set(file, after);
    },
    write: (file, text) => {
      if (text === undefined) files.delete(file);
      else files.set(file, text);
    },
    assume: (more) => {
      assumptions = { ...assumptions, ...more };
    },
  });
  for (const [file, objects] of open)
    files.set(file, toYaml(objects.filter((object) => object !== undefined && object !== null)));
  return { ...tree, files, documents: documentsOf(files, tree.values, tree), assumptions };
}

/** Copies of the objects of a file with one document; undefined where it has others. */
function knownObjects({ files, documents }: Tree, file: string): ConfigData[] | undefined {
  if (/^---|^\.\.\.$/m.test(files.get(file) ?? '')) return undefined;
  const found = documents.filter((document) => document.file === file);
  return found.length === 1 ? found.map(({ object }) => structuredClone(object)) : undefined;
}

/** `Kind namespace/name`, as the prover names an object. */
export function nameOf({ kind, metadata }: ConfigData): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}
