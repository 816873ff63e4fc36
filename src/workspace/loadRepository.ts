import { fieldsAt, isFields, listAt, textAt, textsIn } from '../exposure/fields.ts';
import type { SourcedObject, Unknown } from '../exposure/judgement.ts';
import { kustomizationReach, type Root, type TreeFinding } from '../exposure/kustomization.ts';
import {
  folderOf,
  isKustomizationFile,
  isManifest,
  joinPath,
  kustomizationIn,
  readDocuments,
} from '../exposure/tree.ts';
import { groupOf } from '../exposure/workload.ts';
import { applyFluxFields } from './fluxFields.ts';
import { isExempt, substituteRoot } from './substitution.ts';
import { isManifestPath, type TreeFiles } from './treeFiles.ts';

/** What a folder brings to a cluster, and what of it could not be built. */
export interface Repository {
  /** How it is built: from Flux Kustomizations, from kustomizations alone, or as plain manifests. */
  kind: 'flux' | 'kustomize' | 'manifests';
  objects: readonly SourcedObject[];
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
}

/**
 * Builds what a tree brings to a cluster: from the Flux Kustomizations in it and the folders of `clusters/`;
 * without those from the kustomizations that no other one includes; without any from every manifest.
 */
export function loadRepository({ tree, unread }: TreeFiles, options: LoadOptions = {}): Repository {
  const kustomizations = [...tree.keys()].filter(isKustomizationFile);
  const flux = fluxKustomizations(tree);
  const built =
    kustomizations.length === 0 && flux.length === 0
      ? plainManifests(tree)
      : builtManifests(tree, kustomizations, flux, options);
  // What is built names its files, so that one which is needed and was not read is missing there.
  const kind = built.kind === 'manifests' ? 'unreadable' : 'unlisted';
  const unreadFindings = unread.map(
    ({ file, sentence }): TreeFinding => ({ kind, file, sentence: `${sentence}: ${file}` }),
  );
  const findings = [...unreadFindings, ...built.findings];
  return { ...built, findings, unseen: unseenOf(findings), unfilled: unfilledIn(built), files: tree.size };
}

type Built = Pick<Repository, 'kind' | 'objects' | 'findings'>;

function builtManifests(
  tree: TreeFiles['tree'],
  kustomizations: readonly string[],
  flux: readonly SourcedObject[],
  { entries, values }: LoadOptions,
): Built {
  const chosen = entries ?? entriesOf(tree, kustomizations, flux);
  const optional = kustomizations.map(folderOf).filter((folder) => /(?:^|\/)overlays\/[^/]+$/.test(folder));
  const ignore = (path: string): boolean => /(?:^|\/)\.[^/]+/.test(path);
  const reach = kustomizationReach(tree, chosen, { optional, ignore });
  const findings: TreeFinding[] = [...reach.findings];
  const context = { all: reach.roots, ...(values ? { values } : {}) };
  findings.push(...flux.flatMap(fromElsewhere));
  const objects = reach.roots.flatMap((root) =>
    sourcesOf(root, flux).flatMap((source) => {
      const changed = source === undefined ? root : applyFluxFields(root, source, tree, findings);
      return substituteRoot(changed, source, context);
    }),
  );
  return { kind: flux.length > 0 ? 'flux' : 'kustomize', objects: withoutDoubles(objects), findings };
}

/** The Flux Kustomizations that build a folder; one folder may be built for several namespaces. */
function sourcesOf({ folder }: Root, flux: readonly SourcedObject[]): readonly (SourcedObject | undefined)[] {
  const sources = flux.filter(({ object }) => joinPath('', textAt(object, 'spec', 'path') ?? '') === folder);
  return sources.length === 0 ? [undefined] : sources;
}

/** A Kustomization whose manifests do not stand in this tree. */
function fromElsewhere({ object, file }: SourcedObject): readonly TreeFinding[] {
  const kind = textAt(object, 'spec', 'sourceRef', 'kind');
  if (kind === undefined || kind === 'GitRepository') return [];
  const sentence = `Kustomization ${object.metadata.name} takes its manifests from ${kind} ${textAt(object, 'spec', 'sourceRef', 'name') ?? ''}`;
  return [{ kind: 'unknown', file, sentence }];
}

/** Every Flux Kustomization of a tree. Only files that may hold one are parsed. */
function fluxKustomizations(tree: TreeFiles['tree']): readonly SourcedObject[] {
  return [...tree].flatMap(([path, text]) =>
    /\.ya?ml$/.test(path) && text.includes('kustomize.toolkit.fluxcd.io/')
      ? readDocuments(path, text).objects.filter(
          ({ object }) =>
            groupOf(object) === 'kustomize.toolkit.fluxcd.io' && object.kind === 'Kustomization',
        )
      : [],
  );
}

/** Folders that are built because somebody says so outside of the tree: `clusters/*`, or what nothing includes. */
function entriesOf(
  tree: TreeFiles['tree'],
  kustomizations: readonly string[],
  flux: readonly SourcedObject[],
): readonly string[] {
  const clusters = kustomizations
    .map(folderOf)
    .filter((folder) => /^(?:kubernetes\/)?clusters\/[^/]+(?:\/flux)?$/.test(folder));
  if (clusters.length > 0 || flux.length > 0) return clusters;
  const { findings } = kustomizationReach(tree, []);
  const included = new Set(kustomizations.flatMap((path) => includedBy(tree, path)));
  return findings
    .filter(({ kind, file }) => kind === 'unreached' && !included.has(folderOf(file)))
    .map(({ file }) => folderOf(file))
    .filter((folder) => !isComponentFolder(tree, folder));
}

function includedBy(tree: TreeFiles['tree'], path: string): string[] {
  const [kustomization] = readDocuments(path, withKind(tree.get(path) ?? '')).objects;
  if (kustomization === undefined) return [];
  return ['resources', 'bases', 'components'].flatMap((field) =>
    listAt(kustomization.object, field).flatMap((entry) => {
      const parts = typeof entry === 'string' ? [...folderOf(path).split('/'), ...entry.split('/')] : [];
      const folder: string[] = [];
      for (const part of parts) {
        if (part === '..') folder.pop();
        else if (part !== '' && part !== '.') folder.push(part);
      }
      return folder.join('/');
    }),
  );
}

/** kustomize lets its own file leave out what it is. */
function withKind(text: string): string {
  return /^kind:/m.test(text)
    ? text
    : `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${text.replace(/^---\s*$/m, '')}`;
}

function isComponentFolder(tree: TreeFiles['tree'], folder: string): boolean {
  return /^kind:\s*Component\s*$/m.test(tree.get(kustomizationIn(tree, folder) ?? '') ?? '');
}

/** Nothing says what is applied, so all of it is: manifests of k3s, machine configurations' neighbours, dumps. */
function plainManifests(tree: TreeFiles['tree']): Built {
  const findings: TreeFinding[] = [];
  const objects = [...tree].flatMap(([path, text]) => {
    if (!isManifestPath(path) || isNoManifest(path, text)) return [];
    const { objects: found, damage } = readDocuments(path, text);
    if (damage !== undefined)
      findings.push({ kind: 'unreadable', file: path, sentence: `${path} is not readable: ${damage}` });
    return found.filter(isManifest);
  });
  return { kind: 'manifests', objects, findings };
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

const blinding: ReadonlySet<TreeFinding['kind']> = new Set([
  ...(['missing', 'cycle', 'unreadable', 'refused', 'unknown', 'elsewhere'] as const),
]);

/** What leaves open which objects there are, each with what would make it known. */
function unseenOf(findings: readonly TreeFinding[]): readonly Unknown[] {
  return findings
    .filter(({ kind }) => blinding.has(kind))
    .map(({ kind, file, sentence }) => ({
      object: { kind: 'File', name: file, file },
      sentence,
      remedy:
        kind === 'unknown'
          ? 'Build it with kustomize and check the result'
          : 'Mend the file, or take it out of what is built',
    }));
}

/** Variables of Flux that are still there, in a repository where Flux fills them in. */
function unfilledIn({ kind, objects }: Built): readonly Unknown[] {
  if (kind !== 'flux') return [];
  const substitutes = objects.some(({ object }) => isFields(fieldsAt(object, 'spec')['postBuild']));
  const names = substitutes
    ? objects.flatMap(({ object }) =>
        isExempt(object)
          ? []
          : textsIn(object).flatMap((text) => text.match(/\$\{[A-Z_][A-Z0-9_]*\}/g) ?? []),
      )
    : [];
  const own = [...new Set(names)].toSorted();
  if (own.length === 0) return [];
  const more = own.length > 5 ? `, and ${own.length - 5} more` : '';
  const sentence = `Variables are not filled in, since their values are encrypted or elsewhere: ${own.slice(0, 5).join(', ')}${more}`;
  const remedy = 'Run this where the overlay and its key are, with --configuration if they stand elsewhere';
  return [{ sentence, remedy }];
}
