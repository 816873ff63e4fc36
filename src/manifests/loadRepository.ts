import { listAt } from '../kubernetes/fields.ts';
import { buildFlux } from './flux/build.ts';
import {
  isFluxKustomization,
  leavesOpen,
  leftOut,
  type ReachOptions,
  type TreeFinding,
} from './kustomizationReach.ts';
import { kustomizeProgram } from './kustomize/program.ts';
import type { SourcedObject, Unknown } from './sourcedObject.ts';
import { isManifestPath, type TreeFiles } from './sources/treeFiles.ts';
import {
  directoryOf,
  isKustomizationFile,
  isManifest,
  joinPath,
  kustomizationIn,
  type Reader,
  readerOf,
} from './tree.ts';

/** What a folder brings to a cluster, and what of it could not be built. */
export interface Repository {
  /** How it is built: from Flux Kustomizations, from kustomizations alone, or as plain manifests. */
  kind: 'flux' | 'kustomize' | 'manifests';
  objects: readonly SourcedObject[];
  /** Every Flux Kustomization of the tree, built or not: the cluster may have been given it by hand. */
  flux: readonly SourcedObject[];
  /** What was left out, is broken, or is not understood, with its file. */
  findings: readonly TreeFinding[];
  /** Something is not known, on which any verdict may depend. */
  unseen: readonly Unknown[];
  /** Variables that nobody could fill in: what depends on them is unknown by itself. */
  unfilled: readonly Unknown[];
  /** Files that were read. */
  files: number;
}

export interface LoadOptions {
  /** Folders to build, where not every one below `clusters/` is meant. */
  entries?: readonly string[];
  /** Values of variables, for Kustomizations that substitute. */
  values?: ReadonlyMap<string, string>;
  /** The environment, whose `PATH` may have a kustomize for what is not built here. */
  environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Builds what a tree brings to a cluster: from the Flux Kustomizations in it and the folders of `clusters/`;
 * without those from the kustomizations that no other one includes; without any from every manifest.
 */
export function loadRepository({ tree, unread }: TreeFiles, options: LoadOptions = {}): Repository {
  const reader = readerOf(tree);
  const kustomizations = [...tree.keys()].filter(isKustomizationFile);
  const flux = fluxKustomizations(reader);
  const built =
    kustomizations.length === 0 && flux.length === 0
      ? plainManifests(reader)
      : builtManifests(reader, kustomizations, flux, options);
  // What is built names its files, so that one which is needed and was not read is missing there.
  const kind = built.kind === 'manifests' ? 'unreadable' : 'unlisted';
  const unreadFindings = unread.map(
    ({ file, sentence }): TreeFinding => ({ kind, file, sentence: `${sentence}: ${file}` }),
  );
  const findings = [...unreadFindings, ...built.findings];
  const unfilled = unfilledBy(built.unfilled);
  return { ...built, flux, findings, unseen: unseenOf(findings), unfilled, files: tree.size };
}

interface Built extends Pick<Repository, 'kind' | 'objects' | 'findings'> {
  /** Names of variables that nobody could fill in. */
  unfilled: ReadonlySet<string>;
}

function builtManifests(
  reader: Reader,
  kustomizations: readonly string[],
  flux: readonly SourcedObject[],
  { entries, values, environment }: LoadOptions,
): Built {
  const optional = kustomizations
    .map(directoryOf)
    .filter((folder) => /(?:^|\/)overlays\/[^/]+$/.test(folder));
  const ignore = (path: string): boolean => /(?:^|\/)\.[^/]+/.test(path);
  const options: ReachOptions = { optional, ignore };
  const chosen = entries?.map(folderOfEntry) ?? entriesOf(reader, kustomizations, flux);
  const program = kustomizeProgram(reader, environment ?? {});
  try {
    const context = { values: values ?? new Map<string, string>(), elsewhere: program.build };
    const built = buildFlux(reader, chosen, flux, context);
    const findings = [...built.findings, ...leftOut(reader, built.used, options)];
    const objects = withoutDoubles(built.objects).map(withoutPlace);
    return { kind: flux.length > 0 ? 'flux' : 'kustomize', objects, findings, unfilled: built.unfilled };
  } finally {
    program.close();
  }
}

function folderOfEntry(entry: string): string {
  return isKustomizationFile(entry) ? directoryOf(entry) : (joinPath('', entry) ?? entry);
}

/** Every Flux Kustomization of a tree. Only files that may hold one are parsed. */
function fluxKustomizations(reader: Reader): readonly SourcedObject[] {
  return [...reader.tree].flatMap(([path, text]) =>
    /\.ya?ml$/.test(path) && text.includes('kustomize.toolkit.fluxcd.io/')
      ? reader.documents(path).objects.filter(isFluxKustomization)
      : [],
  );
}

/** Folders that are built because somebody says so outside of the tree: `clusters/*`, or what nothing includes. */
function entriesOf(
  reader: Reader,
  kustomizations: readonly string[],
  flux: readonly SourcedObject[],
): readonly string[] {
  const clusters = kustomizations
    .map(directoryOf)
    .filter((folder) => /^(?:kubernetes\/)?clusters\/[^/]+(?:\/flux)?$/.test(folder));
  if (clusters.length > 0 || flux.length > 0) return clusters;
  const folders = kustomizations.map(directoryOf).filter((folder) => !isComponentFolder(reader, folder));
  const included = new Set(kustomizations.flatMap((path) => includedBy(reader, path)));
  const chosen = folders.filter((folder) => !included.has(folder));
  const reached = new Set<string>();
  for (const folder of chosen) reach(reader, folder, reached);
  // What is left is included by nothing but a circle: it is entered once, so that the circle is found.
  for (const folder of folders.toSorted((a, b) => a.length - b.length)) {
    if (reached.has(folder)) continue;
    chosen.push(folder);
    reach(reader, folder, reached);
  }
  return chosen;
}

/** Adds a folder and those that it includes, at any depth. */
function reach(reader: Reader, folder: string, reached: Set<string>): void {
  if (reached.has(folder)) return;
  reached.add(folder);
  const path = kustomizationIn(reader.tree, folder);
  if (path !== undefined) for (const inner of includedBy(reader, path)) reach(reader, inner, reached);
}

function includedBy(reader: Reader, path: string): readonly string[] {
  const [kustomization] = reader.documents(path).values;
  return ['resources', 'bases', 'components'].flatMap((field) =>
    listAt(kustomization, field).flatMap((entry) =>
      typeof entry === 'string' ? (joinPath(directoryOf(path), entry) ?? []) : [],
    ),
  );
}

function isComponentFolder(reader: Reader, folder: string): boolean {
  return /^kind:\s*Component\s*$/m.test(reader.tree.get(kustomizationIn(reader.tree, folder) ?? '') ?? '');
}

/** Nothing says what is applied, so all of it is: manifests of k3s, machine configurations' neighbours, dumps. */
function plainManifests(reader: Reader): Built {
  const findings: TreeFinding[] = [];
  const objects = [...reader.tree].flatMap(([path, text]) => {
    if (!isManifestPath(path) || isNoManifest(path, text)) return [];
    const { objects: found, malformed: damage } = reader.documents(path);
    if (damage !== undefined)
      findings.push({ kind: 'unreadable', file: path, sentence: `${path} is not readable: ${damage}` });
    return found.filter(isManifest);
  });
  return { kind: 'manifests', objects, findings, unfilled: new Set() };
}

/** Files of programs beside the manifests, which hold no object: those of editors and CI, and locks of packages. */
function isNoManifest(path: string, text: string): boolean {
  return /(?:^|\/)\.[^/]+\//.test(path) || !(text.includes('kind') && text.includes('apiVersion'));
}

/** An object that two roots build from one place is one. */
function withoutDoubles(objects: readonly SourcedObject[]): readonly SourcedObject[] {
  const seen = new Map<string, SourcedObject>();
  for (const source of objects) {
    const { object, file, line } = source;
    const { namespace = '', name } = object.metadata;
    seen.set([object.apiVersion, object.kind, namespace, name, file, line].join(' '), source);
  }
  return [...seen.values()];
}

/** Kinds without a namespace, of the groups that a repository usually holds; kustomize gives some of them one. */
const clusterKinds =
  /^(?:Namespace|Node|PersistentVolume|StorageClass|CSIDriver|VolumeSnapshotClass|CustomResourceDefinition|PriorityClass|RuntimeClass|IngressClass|GatewayClass|APIService|(?:Validating|Mutating)WebhookConfiguration|(?:Validating|Mutating)AdmissionPolicy(?:Binding)?|Cluster[A-Z]\w*)$/;

function withoutPlace(source: SourcedObject): SourcedObject {
  const { object } = source;
  const { namespace, ...metadata } = object.metadata;
  if (namespace === undefined || !clusterKinds.test(object.kind)) return source;
  return { ...source, object: { ...object, metadata } };
}

/** What leaves open which objects there are, each with what would make it known. */
function unseenOf(findings: readonly TreeFinding[]): readonly Unknown[] {
  return findings.filter(leavesOpen).map(({ kind, file, sentence }) => ({
    object: { kind: 'File', name: file, file },
    sentence,
    remedy: remedies[kind] ?? 'Mend the file, or take it out of what is built',
  }));
}

const remedies: Partial<Record<TreeFinding['kind'], string>> = {
  unknown: 'Have kustomize or kubectl on the PATH, or build it with kustomize and check the result',
  elsewhere: 'Bring it into the repository, or build it and check the result',
};

/** Variables of Flux that are still there, in a repository where Flux fills them in. */
function unfilledBy(names: ReadonlySet<string>): readonly Unknown[] {
  const own = [...names].toSorted().map((name) => `\${${name}}`);
  if (own.length === 0) return [];
  const more = own.length > 5 ? `, and ${own.length - 5} more` : '';
  const sentence = `Variables are not filled in, since their values are encrypted or elsewhere: ${own.slice(0, 5).join(', ')}${more}`;
  const remedy = 'Run this where the overlay and its key are, with --configuration if they stand elsewhere';
  return [{ sentence, remedy }];
}
