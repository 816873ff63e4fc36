import { textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isFluxKustomization, type TreeFinding } from '../kustomizationReach.ts';
import { type Build, buildDirectory, type EditKustomization } from '../kustomize/build.ts';
import { listedFiles } from '../kustomize/listedFiles.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { kustomizationIn, type Reader } from '../tree.ts';
import {
  amendmentOf,
  amends,
  directoryOfFlux,
  generatedResources,
  sourceOf,
  withCommonMetadata,
} from './fields.ts';
import { type Find, substituted, variablesOf } from './substitution.ts';

/** What the Flux Kustomizations and the entries of a tree bring to a cluster. */
export interface FluxBuild {
  objects: readonly SourcedObject[];
  findings: readonly TreeFinding[];
  /** Files that were read, or are named on the way. */
  used: ReadonlySet<string>;
  /** Variables that nobody could fill in. */
  unfilled: ReadonlySet<string>;
}

/** Builds a folder that is not understood in memory, with a program. Nothing where there is none, or where it fails. */
export type BuildElsewhere = (
  folder: string,
  amend: EditKustomization | undefined,
) => readonly SourcedObject[] | undefined;

export interface FluxContext {
  /** Values of variables that are known from elsewhere. */
  values: ReadonlyMap<string, string>;
  elsewhere: BuildElsewhere;
}

interface State extends FluxContext {
  reader: Reader;
  /** What each folder builds to without what a Flux Kustomization changes. */
  plain: Map<string, Build>;
  objects: SourcedObject[];
  findings: TreeFinding[];
  used: Set<string>;
  unfilled: Set<string>;
  /** ConfigMaps and Secrets by kind, namespace and name. */
  sources: Map<string, Source[]>;
  /** Builds all that was not built yet, and adds its ConfigMaps and Secrets to the sources. */
  survey: () => void;
}

/** Something that may define variables, and where it was written. */
interface Source {
  object: KubernetesObject;
  place: string;
}

/**
 * Builds a tree as Flux does: the entries, then the Flux Kustomizations that nothing else brings, then those that
 * come out of what was built, as it left them: patched, and with their variables filled in.
 *
 * @param entries folders with a kustomization that somebody applies
 * @param kustomizations every Flux Kustomization as it stands in the files
 */
export function buildFlux(
  reader: Reader,
  entries: readonly string[],
  kustomizations: readonly SourcedObject[],
  context: FluxContext,
): FluxBuild {
  const state: State = {
    ...context,
    ...{ reader, plain: new Map(), objects: [], findings: [], used: new Set(), unfilled: new Set() },
    ...{ sources: new Map(), survey: () => surveyAll(state, kustomizations) },
  };
  const paths = new Set(kustomizations.map(directoryOfFlux));
  const others = [...new Set(entries)].filter((entry) => !paths.has(entry));
  const tops = topsAmong(reader, others, kustomizations);
  for (const entry of others) bring(state, entry, undefined);
  const own = new Set(tops.map(sourceOf));
  const seen = new Set<string>();
  const waiting = [...state.objects.filter(isFluxKustomization), ...tops];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const identity = identityOf(next);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const brought = follow(state, next, own);
    waiting.push(...brought.filter(isFluxKustomization));
  }
  const { objects, findings, used, unfilled } = state;
  return { objects, findings, used, unfilled };
}

function placeOf({ file, line }: SourcedObject): string {
  return `${file}:${line ?? 0}`;
}

/** The same Kustomization may be brought twice, in two forms. */
function identityOf(source: SourcedObject): string {
  const { name, namespace = '' } = source.object.metadata;
  return `${namespace}/${name} ${JSON.stringify(source.object['spec'])}`;
}

/** The Kustomizations that stand in no file which an entry or another one takes. */
function topsAmong(
  reader: Reader,
  entries: readonly string[],
  kustomizations: readonly SourcedObject[],
): readonly SourcedObject[] {
  const holding = new Set(kustomizations.map(({ file }) => file));
  const brought = new Map<string, Set<string>>();
  const look = (folder: string, by: string, first?: readonly string[]): void => {
    for (const file of listedFiles(reader, folder, first))
      if (holding.has(file)) brought.set(file, (brought.get(file) ?? new Set()).add(by));
  };
  for (const entry of entries) look(entry, '');
  for (const kustomization of kustomizations) {
    const folder = directoryOfFlux(kustomization);
    if (folder === undefined || !isThere(reader, folder)) continue;
    const isWritten = kustomizationIn(reader.tree, folder) !== undefined;
    look(folder, placeOf(kustomization), isWritten ? undefined : generatedResources(reader, folder));
  }
  const tops = kustomizations.filter((source) => {
    const by = brought.get(source.file);
    return by === undefined || (by.size === 1 && by.has(placeOf(source)));
  });
  // Where each is brought by another one, somebody applied one of them by hand.
  return tops.length === 0 && entries.length === 0 ? kustomizations : tops;
}

function surveyAll(state: State, kustomizations: readonly SourcedObject[]): void {
  for (const kustomization of kustomizations) {
    const folder = directoryOfFlux(kustomization);
    if (folder === undefined || !isThere(state.reader, folder)) continue;
    const namespace = textAt(kustomization.object, 'spec', 'targetNamespace');
    addSources(state, plainBuild(state, folder, kustomization).objects, namespace);
  }
  state.survey = () => {};
}

function addSources(state: State, objects: readonly SourcedObject[], target?: string): void {
  for (const source of objects) {
    const { kind, metadata } = source.object;
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue;
    const key = `${kind} ${target ?? metadata.namespace ?? ''}/${metadata.name}`;
    state.sources.set(key, [
      ...(state.sources.get(key) ?? []),
      { object: source.object, place: placeOf(source) },
    ]);
  }
}

function isThere(reader: Reader, folder: string): boolean {
  const { files, directories: folders } = reader.directory(folder);
  return files.length > 0 || folders.length > 0;
}

function plainBuild(state: State, folder: string, by: SourcedObject | undefined): Build {
  const known = state.plain.get(folder);
  if (known !== undefined) return known;
  const isWritten = kustomizationIn(state.reader.tree, folder) !== undefined;
  const made = by === undefined || isWritten ? undefined : amendmentOf(state.reader, folder, listOnly(by));
  const build = buildDirectory(state.reader, folder, made);
  state.plain.set(folder, build);
  return build;
}

/** A Flux Kustomization that changes nothing, for the folder of one that does. */
function listOnly(source: SourcedObject): SourcedObject {
  return { ...source, object: { ...source.object, spec: {} } };
}

/** Brings what a Flux Kustomization applies, and says what it takes from elsewhere. */
function follow(state: State, source: SourcedObject, own: ReadonlySet<string>): readonly SourcedObject[] {
  const { object, file } = source;
  const { name } = object.metadata;
  const say = (kind: 'missing' | 'elsewhere', sentence: string): void => {
    state.findings.push({ kind, file, sentence });
  };
  const origin = sourceOf(source);
  const isOther = !origin.startsWith('GitRepository ') || !own.has(origin);
  if (isOther) say('elsewhere', `Kustomization ${name} takes its manifests from ${origin}`);
  const folder = directoryOfFlux(source);
  if (folder === undefined || !isThere(state.reader, folder)) {
    if (!isOther)
      say(
        'missing',
        `Kustomization ${name} builds ${folder ?? 'a folder outside'}, which is not there${misplaced(state.reader, folder)}`,
      );
    return [];
  }
  return bring(state, folder, source);
}

/** A hint for who looks at a part of a repository, or at a folder that holds one: paths begin at its top. */
function misplaced(reader: Reader, folder = ''): string {
  const parts = folder.split('/');
  const below = parts
    .slice(1)
    .map((_, at) => parts.slice(at + 1).join('/'))
    .find((rest) => isThere(reader, rest));
  const end = `/${folder}/`;
  const inside = [...reader.tree.keys()].find((file) => file.includes(end));
  const found =
    below ?? (inside === undefined ? undefined : inside.slice(0, inside.indexOf(end) + end.length - 1));
  return folder === '' || found === undefined
    ? ''
    : `, and ${found} is: paths begin at the top of the repository`;
}

/** Builds a folder, fills its variables in, and adds it to what is there. */
function bring(state: State, folder: string, source: SourcedObject | undefined): readonly SourcedObject[] {
  const changes = source !== undefined && amends(source);
  const amend =
    source !== undefined && (changes || kustomizationIn(state.reader.tree, folder) === undefined)
      ? amendmentOf(state.reader, folder, source)
      : undefined;
  const build = changes ? buildDirectory(state.reader, folder, amend) : plainBuild(state, folder, source);
  for (const file of build.used) state.used.add(file);
  const built = settled(state, folder, amend, build);
  const whole = source === undefined ? filledByHand(state, built) : filledIn(state, built, source);
  state.objects.push(...whole);
  addSources(state, whole);
  return whole;
}

/** What is not known of a build is asked of a program, if that is all there is to ask. */
function settled(
  state: State,
  folder: string,
  amend: EditKustomization | undefined,
  { objects, findings }: Build,
): readonly SourcedObject[] {
  const unknown = findings.length > 0 && findings.every(({ kind }) => kind === 'unknown');
  const real = unknown ? state.elsewhere(folder, amend) : undefined;
  if (real !== undefined) return real;
  state.findings.push(...findings);
  return objects;
}

function filledIn(
  state: State,
  objects: readonly SourcedObject[],
  source: SourcedObject,
): readonly SourcedObject[] {
  const variables = variablesOf(source, finder(state), state.values);
  for (const name of variables?.refused ?? []) {
    const sentence = `Flux refuses Kustomization ${source.object.metadata.name}: its variable ${JSON.stringify(name)} is not letters, digits and underscores, beginning with no digit`;
    state.findings.push({ kind: 'refused', file: source.file, sentence });
  }
  const filled = variables === undefined ? undefined : substituted(objects, variables);
  for (const name of filled?.unfilled ?? []) state.unfilled.add(name);
  return withCommonMetadata(filled?.objects ?? objects, source);
}

/** What nobody but a person applies has its values from the person, as far as they are known. */
function filledByHand({ values }: State, objects: readonly SourcedObject[]): readonly SourcedObject[] {
  return values.size === 0
    ? objects
    : substituted(objects, { values, hidden: new Set(), open: true, refused: [] }).objects;
}

function finder(state: State): Find {
  return (kind, namespace, name) => {
    const keys = [`${kind} ${namespace}/${name}`, `${kind} /${name}`];
    const find = (): readonly Source[] | undefined =>
      keys.map((key) => state.sources.get(key)).find((each) => each !== undefined);
    if (find() === undefined) state.survey();
    const found = find();
    const [first] = found ?? [];
    // Two of one name are of two clusters, and which of them is meant is not known.
    return found?.every((each) => each.place === first?.place || isSame(each, first))
      ? first?.object
      : undefined;
  };
}

function isSame({ object }: Source, other: Source | undefined): boolean {
  return ['data', 'stringData'].every(
    (field) => JSON.stringify(object[field]) === JSON.stringify(other?.object[field]),
  );
}
