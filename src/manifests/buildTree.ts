import { listAt } from '../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../kubernetes/object.ts';
import { clusterScopedKinds } from './clusterScopedKinds.ts';
import { leavesOpen, type TreeFinding } from './findings.ts';
import { isArchived } from './flux/archives.ts';
import { buildFlux } from './flux/build.ts';
import { directoryOfFlux, isFluxKustomization, placeOf } from './flux/fields.ts';
import { isOwn, type OwnSource } from './flux/ownSource.ts';
import { type FluxCluster, fluxRoots } from './flux/roots.ts';
import { kustomizeProgram } from './kustomize/program.ts';
import { namedObjects } from './namedObjects.ts';
import { withNamespaces } from './namespaces.ts';
import type { BuiltTree } from './repository.ts';
import { withOneOfEach } from './sameObject.ts';
import { describeObject, refOf, type SourcedObject, type Unknown } from './sourcedObject.ts';
import { isManifestPath, type TreeFiles } from './sources/treeFiles.ts';
import {
  directoryOf,
  isKustomizationFile,
  joinPath,
  kustomizationIn,
  type Reader,
  readerOf,
} from './tree.ts';
import { unreachedFiles } from './unreachedFiles.ts';

export interface BuildOptions {
  /** Directories to build, or their kustomizations, instead of what is found to be applied from outside. */
  entries?: readonly string[] | undefined;
  /** Values of variables, for Flux Kustomizations that substitute. */
  values?: ReadonlyMap<string, string> | undefined;
  /** The clear object of an encrypted file, by its path. */
  decrypted?: ReadonlyMap<string, KubernetesObject> | undefined;
  /** Environment variables. `PATH` may name a kustomize for what is not built in memory. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Builds what a tree brings to a cluster, as {@link buildClusters} does. All roots count as those of one cluster, also
 * if the tree is that of several.
 */
export function buildTree(files: TreeFiles, options: BuildOptions = {}): BuiltTree {
  return buildAll(files, options, true)[0];
}

/**
 * Builds what a tree brings to each of its clusters: from its Flux Kustomizations and the directories of `clusters/`;
 * without those from the kustomizations that no other one includes; without any from every manifest. Each file is
 * parsed at most once.
 *
 * @returns at least one
 */
export function buildClusters(
  files: TreeFiles,
  options: BuildOptions = {},
): readonly [BuiltTree, ...BuiltTree[]] {
  return buildAll(files, options, false);
}

function buildAll(
  { tree, unread, linked }: TreeFiles,
  options: BuildOptions,
  together: boolean,
): [BuiltTree, ...BuiltTree[]] {
  const reader = readerOf(tree, options.decrypted);
  const kustomizations = [...tree.keys()].filter(isKustomizationFile);
  const written = fluxKustomizations(reader);
  const built: readonly Built[] =
    kustomizations.length === 0 && written.length === 0
      ? [plainManifests(reader, options.entries)]
      : builtManifests(reader, kustomizations, written, { ...options, together, linked });
  const asTree = ({ unfilled, findings: own, ...rest }: Built): BuiltTree => {
    // A build names the files that it needs, so one that was not read is reported as missing there.
    const kind = rest.kind === 'manifests' ? 'unreadable' : 'unlisted';
    const notRead = unread.map(
      ({ file, sentence }): TreeFinding => ({ kind, file, sentence: `${sentence}: ${file}` }),
    );
    const findings = [...notRead, ...own];
    return {
      ...rest,
      findings,
      unseen: unseenOf(findings),
      unfilled: unfilledVariables(unfilled),
      files: tree.size,
    };
  };
  const [first = plainManifests(reader), ...others] = built;
  return [asTree(first), ...others.map(asTree)];
}

interface Built extends Omit<BuiltTree, 'unseen' | 'unfilled' | 'files'> {
  /** Names of variables without a known value. */
  unfilled: ReadonlySet<string>;
}

interface ManyOptions extends BuildOptions {
  /** Whether all roots count as those of one cluster. */
  together: boolean;
  /** Paths that are there by a symbolic link. */
  linked: ReadonlySet<string> | undefined;
}

function builtManifests(
  whole: Reader,
  files: readonly string[],
  written: readonly SourcedObject[],
  { entries, values, env, together, linked }: ManyOptions,
): readonly Built[] {
  const chosen = entries?.map(directoryOfEntry);
  const directories = [...clusterDirectories(files), ...plainClusters(whole, written, files)];
  const found = fluxRoots(whole, written, directories, chosen, linked);
  const { own, kustomizations } = found;
  const isFlux = kustomizations.length > 0;
  const [reader, findings] = isFlux ? [found.reader, found.findings] : [whole, []];
  const alone: FluxCluster = {
    name: '',
    entries: chosen ?? entriesOf(reader, files),
    tops: [],
    reached: [],
    instances: [],
  };
  const separate = found.clusters.length > 0 ? found.clusters : [alone];
  const clusters = together && separate.length > 1 ? [togetherOf(separate)] : separate;
  const program = kustomizeProgram(reader, env ?? {});
  try {
    const context = { values: values ?? new Map<string, string>(), elsewhere: program.build };
    const all = clusters.map((cluster) => ({
      cluster,
      built: buildFlux(reader, cluster, own, context),
    }));
    const places = new Set([...found.elsewhere, ...all.flatMap(({ built }) => [...built.places])]);
    const used = new Set(all.flatMap(({ built }) => [...built.used]));
    const inFiles = new Set(written.map(placeOf));
    const more = [
      ...findings,
      ...unapplied(kustomizations, places, findings),
      ...unreachedFiles(reader, used),
    ];
    return all.map(({ cluster, built }) => ({
      cluster: all.length > 1 ? cluster.name : undefined,
      kind: isFlux ? 'flux' : 'kustomize',
      objects: withNamespaces(withOneOfEach(withoutNamespaces(built.objects)), { usesFlux: isFlux }),
      // What the Flux Operator makes is valid, and no file holds it.
      outside: built.outside.filter((each) => inFiles.has(placeOf(each))),
      roots: built.roots,
      flux: kustomizations.filter((each) => isOwn(own, each)),
      findings: [...built.findings, ...more],
      unfilled: built.unfilled,
      assumed: [...assumedSource(own), ...built.assumed],
    }));
  } finally {
    program.close();
  }
}

function togetherOf(clusters: readonly FluxCluster[]): FluxCluster {
  const all = <Item>(itemsOf: (cluster: FluxCluster) => readonly Item[]): readonly Item[] => [
    ...new Set(clusters.flatMap(itemsOf)),
  ];
  return {
    name: '',
    entries: all(({ entries }) => entries),
    tops: all(({ tops }) => tops),
    reached: all(({ reached }) => reached),
    instances: all(({ instances }) => instances),
  };
}

/** Flux Kustomizations that no root reaches. They may have been applied by hand. */
function unapplied(
  kustomizations: readonly SourcedObject[],
  places: ReadonlySet<string>,
  said: readonly TreeFinding[],
): readonly TreeFinding[] {
  const named = new Set(said.map(({ object }) => object && placeOf(object)));
  return kustomizations
    .filter((source) => !places.has(placeOf(source)) && !named.has(placeOf(source)))
    .map((source) => ({
      kind: 'unapplied',
      file: source.file,
      object: refOf(source),
      sentence: `Nothing here applies Flux ${describeObject(refOf(source))}, so whether the cluster has what it builds is not known`,
    }));
}

function assumedSource({ assumed }: OwnSource): readonly string[] {
  return assumed === undefined ? [] : [`${assumed} is this repository`];
}

function directoryOfEntry(entry: string): string {
  return isKustomizationFile(entry) ? directoryOf(entry) : (joinPath('', entry) ?? entry);
}

/** Names that somebody may apply by hand. A kustomization that Flux generates takes `.yaml` and `.yml` only. */
function isManifestName(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path);
}

/** Every Flux Kustomization of a tree. Only files that may hold one are parsed. */
function fluxKustomizations(reader: Reader): readonly SourcedObject[] {
  return [...reader.tree].flatMap(([path, text]) =>
    isManifestName(path) && text.includes('kustomize.toolkit.fluxcd.io/')
      ? reader.documents(path).objects.filter(isFluxKustomization)
      : [],
  );
}

/** The directories of `clusters/` that hold a kustomization: something outside of the tree builds them. */
function clusterDirectories(kustomizations: readonly string[]): readonly string[] {
  return [...new Set(kustomizations.map(directoryOf))].filter((path) =>
    /^(?:[^/]+\/)?clusters\/[^/]+(?:\/flux)?$/.test(path),
  );
}

/**
 * The directories `clusters/*` beside those of Flux that hold manifests and no kustomization of their own, and of which no
 * Flux Kustomization takes anything: Flux generates a kustomization for such a directory.
 */
function plainClusters(
  reader: Reader,
  written: readonly SourcedObject[],
  kustomizations: readonly string[],
): readonly string[] {
  if (written.length === 0) return [];
  const taken = new Set(kustomizations.map(directoryOf));
  const named = [
    ...written.map(({ file }) => file),
    ...written.map((each) => `${directoryOfFlux(each) ?? ''}/`),
  ];
  const included = kustomizations.flatMap((by) =>
    includedBy(reader, by).map((target) => ({ by, target: `${target}/` })),
  );
  const found = new Set<string>();
  for (const [path, text] of reader.tree) {
    const directory = /^(?:[^/]+\/)?clusters\/[^/]+(?=\/)/.exec(path)?.[0];
    if (directory === undefined || found.has(directory) || taken.has(directory)) continue;
    if (!/\.ya?ml$/.test(path) || isKustomizationFile(path) || isNoManifest(path, text)) continue;
    const isIncluded = ({ by, target }: { by: string; target: string }): boolean =>
      !by.startsWith(`${directory}/`) && isAround(directory, target);
    if (named.some((each) => isAround(directory, each)) || included.some(isIncluded)) continue;
    if (namedObjects(reader, path).length > 0) found.add(directory);
  }
  return [...found];
}

/** Whether a path is in a directory, or the directory is in it. */
function isAround(directory: string, path: string): boolean {
  return path === '/' || path.startsWith(`${directory}/`) || `${directory}/`.startsWith(path);
}

/** Directories whose kustomization no other one includes. */
function entriesOf(reader: Reader, kustomizations: readonly string[]): readonly string[] {
  const directories = kustomizations
    .map(directoryOf)
    .filter((path) => !isComponentDirectory(reader, path) && !isArchived(`${path}/`));
  const included = new Set(kustomizations.flatMap((path) => includedBy(reader, path)));
  const chosen = directories.filter((path) => !included.has(path));
  const reached = new Set<string>();
  for (const path of chosen) addIncluded(reader, path, reached);
  // What is left is part of a cycle. Entering it once reports the cycle.
  for (const path of directories.toSorted((a, b) => a.length - b.length)) {
    if (reached.has(path)) continue;
    chosen.push(path);
    addIncluded(reader, path, reached);
  }
  return chosen;
}

/** Adds a directory and those that it includes, at any depth. */
function addIncluded(reader: Reader, directory: string, reached: Set<string>): void {
  if (reached.has(directory)) return;
  reached.add(directory);
  const path = kustomizationIn(reader.tree, directory);
  if (path !== undefined) for (const inner of includedBy(reader, path)) addIncluded(reader, inner, reached);
}

function includedBy(reader: Reader, path: string): readonly string[] {
  const [kustomization] = reader.documents(path).values;
  return ['resources', 'bases', 'components'].flatMap((field) =>
    listAt(kustomization, field).flatMap((entry) =>
      typeof entry === 'string' ? (joinPath(directoryOf(path), entry) ?? []) : [],
    ),
  );
}

function isComponentDirectory(reader: Reader, directory: string): boolean {
  const path = kustomizationIn(reader.tree, directory) ?? '';
  return /^kind:\s*Component\s*$/m.test(reader.tree.get(path) ?? '');
}

/** Nothing says what is applied, so every manifest is: a directory of k3s, or a dump of an API server. */
function plainManifests(reader: Reader, entries?: readonly string[]): Built {
  const findings: TreeFinding[] = [];
  const chosen = entries?.map(directoryOfEntry);
  const isChosen = (path: string): boolean =>
    chosen?.some((entry) => entry === '' || path === entry || path.startsWith(`${entry}/`)) ?? true;
  const found = [...reader.tree].flatMap(([path, text]) => {
    if (!isChosen(path) || !isManifestPath(path) || isNoManifest(path, text)) return [];
    const { malformed } = reader.documents(path);
    if (malformed !== undefined)
      findings.push({ kind: 'unreadable', file: path, sentence: `${path} is not readable: ${malformed}` });
    return namedObjects(reader, path);
  });
  return {
    cluster: undefined,
    kind: 'manifests',
    objects: withNamespaces(withOneOfEach(found), { usesFlux: false }),
    outside: [],
    roots: [],
    flux: [],
    findings,
    unfilled: new Set(),
    assumed: [],
  };
}

/** Files of editors, CI and package managers hold no object. */
function isNoManifest(path: string, text: string): boolean {
  return isArchived(path) || !(text.includes('kind') && text.includes('apiVersion'));
}

/** kustomize gives a namespace to kinds that have none, if it does not know them. */
function withoutNamespaces(objects: readonly SourcedObject[]): readonly SourcedObject[] {
  const clusterKinds = clusterScopedKinds(objects);
  return objects.map((source) => {
    const { object } = source;
    const { namespace, ...metadata } = object.metadata;
    if (namespace === undefined || !clusterKinds.has(`${groupOf(object)}/${object.kind}`)) return source;
    return { ...source, object: { ...object, metadata } };
  });
}

/** What could not be built, each with what would make it known. */
function unseenOf(findings: readonly TreeFinding[]): readonly Unknown[] {
  return findings.filter(leavesOpen).map(({ kind, file, object, sentence }) => ({
    object: object ?? { kind: 'File', name: file, file },
    sentence,
    remedy: remedies[kind] ?? 'Fix the file, or remove it from what is built',
  }));
}

const remedies: Partial<Record<TreeFinding['kind'], string>> = {
  unapplied:
    'List it in a kustomization that is applied, name its directory with --entry, or remove it if it is not applied',
  unknown: 'Have kustomize or kubectl on the PATH, or build it with kustomize and check the result',
  elsewhere: 'Copy it into the repository, or build it and check the result',
};

/** Variables of Flux without a known value. */
function unfilledVariables(names: ReadonlySet<string>): readonly Unknown[] {
  const variables = [...names].toSorted().map((name) => `\${${name}}`);
  if (variables.length === 0) return [];
  const more = variables.length > 5 ? `, and ${variables.length - 5} more` : '';
  const sentence = `Variables are not filled in, since their values are encrypted or elsewhere: ${variables.slice(0, 5).join(', ')}${more}`;
  const remedy =
    'Run this where the private values file and its key are, with --configuration if they are elsewhere';
  return [{ sentence, remedy }];
}
