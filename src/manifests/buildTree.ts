import { listAt } from '../kubernetes/fields.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { leavesOpen, type TreeFinding } from './findings.ts';
import { buildFlux } from './flux/build.ts';
import { isFluxKustomization } from './flux/fields.ts';
import { kustomizeProgram } from './kustomize/program.ts';
import { withNamespaces } from './namespaces.ts';
import type { BuiltTree } from './repository.ts';
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
import { unreachedFiles } from './unreachedFiles.ts';

export interface BuildOptions {
  /** Directories to build, or their kustomizations, instead of every one below `clusters/`. */
  entries?: readonly string[] | undefined;
  /** Values of variables, for Flux Kustomizations that substitute. */
  values?: ReadonlyMap<string, string> | undefined;
  /** The clear object of an encrypted file, by its path. */
  decrypted?: ReadonlyMap<string, KubernetesObject> | undefined;
  /** Environment variables. `PATH` may name a kustomize for what is not built in memory. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Builds what a tree brings to a cluster: from its Flux Kustomizations and the directories of `clusters/`; without
 * those from the kustomizations that no other one includes; without any from every manifest. Each file is parsed at
 * most once.
 */
export function buildTree({ tree, unread }: TreeFiles, options: BuildOptions = {}): BuiltTree {
  const reader = readerOf(tree, options.decrypted);
  const kustomizations = [...tree.keys()].filter(isKustomizationFile);
  const flux = fluxKustomizations(reader);
  const built =
    kustomizations.length === 0 && flux.length === 0
      ? plainManifests(reader)
      : builtManifests(reader, kustomizations, flux, options);
  // A build names the files that it needs, so one that was not read is reported as missing there.
  const unreadKind = built.kind === 'manifests' ? 'unreadable' : 'unlisted';
  const unreadFindings = unread.map(
    ({ file, sentence }): TreeFinding => ({ kind: unreadKind, file, sentence: `${sentence}: ${file}` }),
  );
  const { kind, objects, roots } = built;
  const findings = [...unreadFindings, ...built.findings];
  const unfilled = unfilledVariables(built.unfilled);
  return { kind, objects, roots, flux, findings, unseen: unseenOf(findings), unfilled, files: tree.size };
}

interface Built extends Pick<BuiltTree, 'kind' | 'objects' | 'roots' | 'findings'> {
  /** Names of variables without a known value. */
  unfilled: ReadonlySet<string>;
}

function builtManifests(
  reader: Reader,
  kustomizations: readonly string[],
  flux: readonly SourcedObject[],
  { entries, values, env }: BuildOptions,
): Built {
  const chosen = entries?.map(directoryOfEntry) ?? entriesOf(reader, kustomizations, flux);
  const program = kustomizeProgram(reader, env ?? {});
  try {
    const context = { values: values ?? new Map<string, string>(), elsewhere: program.build };
    const built = buildFlux(reader, chosen, flux, context);
    const usesFlux = flux.length > 0;
    return {
      kind: usesFlux ? 'flux' : 'kustomize',
      objects: withNamespaces(withoutDuplicates(built.objects).map(withoutNamespace), { usesFlux }),
      roots: built.roots,
      findings: [...built.findings, ...unreachedFiles(reader, built.used)],
      unfilled: built.unfilled,
    };
  } finally {
    program.close();
  }
}

function directoryOfEntry(entry: string): string {
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

/** Directories that something outside of the tree builds: `clusters/*`, or what no kustomization includes. */
function entriesOf(
  reader: Reader,
  kustomizations: readonly string[],
  flux: readonly SourcedObject[],
): readonly string[] {
  const clusters = kustomizations
    .map(directoryOf)
    .filter((path) => /^(?:kubernetes\/)?clusters\/[^/]+(?:\/flux)?$/.test(path));
  if (clusters.length > 0 || flux.length > 0) return clusters;
  const directories = kustomizations.map(directoryOf).filter((path) => !isComponentDirectory(reader, path));
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
function plainManifests(reader: Reader): Built {
  const findings: TreeFinding[] = [];
  const found = [...reader.tree].flatMap(([path, text]) => {
    if (!isManifestPath(path) || isNoManifest(path, text)) return [];
    const { objects, malformed } = reader.documents(path);
    if (malformed !== undefined)
      findings.push({ kind: 'unreadable', file: path, sentence: `${path} is not readable: ${malformed}` });
    return objects.filter(isManifest);
  });
  const objects = withNamespaces(found, { usesFlux: false });
  return { kind: 'manifests', objects, roots: [], findings, unfilled: new Set() };
}

/** Files of editors, CI and package managers hold no object. */
function isNoManifest(path: string, text: string): boolean {
  return /(?:^|\/)\.[^/]+\//.test(path) || !(text.includes('kind') && text.includes('apiVersion'));
}

/** An object that two roots build from the same document counts once. */
function withoutDuplicates(objects: readonly SourcedObject[]): readonly SourcedObject[] {
  const seen = new Map<string, SourcedObject>();
  for (const source of objects) {
    const { object, file, line } = source;
    const { namespace = '', name } = object.metadata;
    seen.set([object.apiVersion, object.kind, namespace, name, file, line].join(' '), source);
  }
  return [...seen.values()];
}

/** Common kinds without a namespace. kustomize gives some of them one. */
const clusterKinds =
  /^(?:Namespace|Node|PersistentVolume|StorageClass|CSIDriver|VolumeSnapshotClass|CustomResourceDefinition|PriorityClass|RuntimeClass|IngressClass|GatewayClass|APIService|(?:Validating|Mutating)WebhookConfiguration|(?:Validating|Mutating)AdmissionPolicy(?:Binding)?|Cluster[A-Z]\w*)$/;

function withoutNamespace(source: SourcedObject): SourcedObject {
  const { object } = source;
  const { namespace, ...metadata } = object.metadata;
  if (namespace === undefined || !clusterKinds.test(object.kind)) return source;
  return { ...source, object: { ...object, metadata } };
}

/** What could not be built, each with what would make it known. */
function unseenOf(findings: readonly TreeFinding[]): readonly Unknown[] {
  return findings.filter(leavesOpen).map(({ kind, file, sentence }) => ({
    object: { kind: 'File', name: file, file },
    sentence,
    remedy: remedies[kind] ?? 'Fix the file, or remove it from what is built',
  }));
}

const remedies: Partial<Record<TreeFinding['kind'], string>> = {
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
