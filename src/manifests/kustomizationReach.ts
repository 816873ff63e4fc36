import { textAt } from '../kubernetes/fields.ts';
import { groupOf } from '../kubernetes/object.ts';
import { type Build, type BuildFinding, buildDirectory } from './kustomize/build.ts';
import { type ObjectRef, refOf, type SourcedObject } from './sourcedObject.ts';
import {
  directoryOf,
  isKustomizationFile,
  isManifest,
  joinPath,
  kustomizationIn,
  type Reader,
  readerOf,
  type Tree,
} from './tree.ts';

export interface ReachOptions {
  /** Folders of Components that may be left out: whether one is wanted is a person's choice. */
  optional?: readonly string[];
  /** Whether a file is none of the cluster's, such as a machine configuration. */
  ignore?: (path: string) => boolean;
}

export interface TreeFinding {
  /**
   * - `unlisted`: a manifest that no kustomization lists;
   * - `unreached`: a kustomization to which nothing leads from an entry;
   * - `not-enabled`: an optional Component that nobody lists, which is no mistake;
   * - the others: what goes wrong, or is not known, while objects are built.
   */
  kind: 'unlisted' | 'unreached' | 'not-enabled' | BuildFinding['kind'];
  file: string;
  sentence: string;
}

/** Whether it leaves open which objects there are: what a folder brings is more, or less, or something else then. */
export function leavesOpen({ kind }: TreeFinding): boolean {
  return kind !== 'unlisted' && kind !== 'unreached' && kind !== 'not-enabled';
}

/** What is built from one entry. */
export interface Root {
  /** Folder that is built. */
  folder: string;
  /** The Flux Kustomization that builds it; nothing for an entry that was given. */
  by: ObjectRef | undefined;
  objects: readonly SourcedObject[];
}

export interface KustomizationReach {
  roots: readonly Root[];
  findings: readonly TreeFinding[];
}

/**
 * What of a tree reaches the cluster: from the entries that are given, and from each Flux Kustomization by its
 * `spec.path`, wherever it stands. Objects are as they stand in the files, before Flux substitutes.
 *
 * @param tree files by path from the root of the repository
 * @param entries kustomization files, or folders with one
 */
export function kustomizationReach(
  tree: Tree,
  entries: readonly string[],
  options: ReachOptions = {},
): KustomizationReach {
  const reader = readerOf(tree);
  const builds: { root: Root; build: Build }[] = [];
  const findings: TreeFinding[] = [];
  const seen = new Set<string>();
  const enter = (folder: string, by: ObjectRef | undefined): void => {
    if (seen.has(folder)) return;
    seen.add(folder);
    const build =
      kustomizationIn(tree, folder) === undefined
        ? buildPlain(reader, folder, by, findings)
        : buildDirectory(reader, folder);
    builds.push({ root: { folder, by, objects: build.objects }, build });
  };
  for (const entry of entries)
    enter(isKustomizationFile(entry) ? directoryOf(entry) : (joinPath('', entry) ?? entry), undefined);
  for (const source of manifestFiles(reader, options).flatMap(({ objects }) => objects)) {
    if (!isFluxKustomization(source)) continue;
    const folder = joinPath('', textAt(source.object, 'spec', 'path') ?? '');
    if (folder !== undefined) enter(folder, refOf(source));
  }
  const used = new Set(builds.flatMap(({ build }) => [...build.used]));
  findings.push(...builds.flatMap(({ build }) => build.findings), ...leftOut(reader, used, options));
  return { roots: builds.map(({ root }) => root), findings };
}

export function isFluxKustomization({ object }: SourcedObject): boolean {
  return object.kind === 'Kustomization' && groupOf(object) === 'kustomize.toolkit.fluxcd.io';
}

interface ManifestFile {
  path: string;
  objects: readonly SourcedObject[];
}

/** Every YAML file that holds objects of a cluster. */
function manifestFiles(reader: Reader, { ignore }: ReachOptions): readonly ManifestFile[] {
  return [...reader.tree].flatMap(([path, text]) => {
    if (!/\.ya?ml$/.test(path) || isKustomizationFile(path) || ignore?.(path) === true) return [];
    if (!mayHoldObjects(text)) return [];
    const objects = reader.documents(path).objects.filter(isManifest);
    return objects.length === 0 ? [] : [{ path, objects }];
  });
}

/** False where a text cannot hold an object, and need not be parsed: its key is there, or is escaped. */
function mayHoldObjects(text: string): boolean {
  return text.includes('apiVersion') || text.includes('\\');
}

/** Flux builds a folder without a kustomization out of every manifest below it. */
function buildPlain(
  reader: Reader,
  folder: string,
  by: ObjectRef | undefined,
  findings: TreeFinding[],
): Build {
  const prefix = folder === '' ? '' : `${folder}/`;
  const paths =
    by === undefined
      ? []
      : [...reader.tree.keys()].filter((path) => path.startsWith(prefix) && /\.ya?ml$/.test(path)).toSorted();
  if (paths.length === 0) {
    const file = by?.file ?? folder;
    findings.push({
      kind: 'missing',
      file,
      sentence: `${folder} is to be built and is not there, or has no kustomization`,
    });
  }
  const objects = paths.flatMap((path) => reader.documents(path).objects.filter(isManifest));
  return { objects, used: new Set(paths), findings: [] };
}

/** Files to which nothing leads: neither one that was used, nor what those list that nothing leads to. */
export function leftOut(
  reader: Reader,
  used: ReadonlySet<string>,
  options: ReachOptions,
): readonly TreeFinding[] {
  const { optional = [], ignore } = options;
  const manifests = manifestFiles(reader, options);
  const kustomizations = [...reader.tree.keys()].filter(
    (path) => isKustomizationFile(path) && !used.has(path) && ignore?.(path) !== true,
  );
  const idle = kustomizations.filter(
    (path) => optional.includes(directoryOf(path)) && isComponent(reader, path),
  );
  const listedByIdle = new Set(idle.flatMap((path) => [...buildDirectory(reader, directoryOf(path)).used]));
  const unreached = kustomizations.filter((path) => !listedByIdle.has(path));
  const listedBelow = new Set(
    unreached.flatMap((path) => [...buildDirectory(reader, directoryOf(path)).used]),
  );
  return [
    ...idle.map(
      (file): TreeFinding => ({ kind: 'not-enabled', file, sentence: `${directoryOf(file)} is not enabled` }),
    ),
    ...unreached.map(
      (file): TreeFinding => ({ kind: 'unreached', file, sentence: `Nothing leads to ${file}` }),
    ),
    ...manifests
      .filter(({ path }) => !used.has(path) && !listedByIdle.has(path) && !listedBelow.has(path))
      .map(
        ({ path }): TreeFinding => ({
          kind: 'unlisted',
          file: path,
          sentence: `No kustomization lists ${path}`,
        }),
      ),
  ];
}

function isComponent(reader: Reader, path: string): boolean {
  return reader.documents(path).objects.some(({ object }) => object.kind === 'Component');
}
