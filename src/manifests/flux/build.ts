import { textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { TreeFinding } from '../findings.ts';
import { type Build, buildDirectory, type EditKustomization } from '../kustomize/build.ts';
import { listedFiles } from '../kustomize/listedFiles.ts';
import type { Root } from '../repository.ts';
import { refOf, type SourcedObject } from '../sourcedObject.ts';
import { kustomizationIn, type Reader } from '../tree.ts';
import { type Built, syncedNames, withCertainty } from './certainty.ts';
import { encryptedWithoutKey } from './decryption.ts';
import {
  amendmentOf,
  amends,
  directoryOfFlux,
  generatedResources,
  isFluxKustomization,
  nameOf,
  sourceOf,
  withCommonMetadata,
} from './fields.ts';
import { type Find, substituted, variablesOf } from './substitution.ts';

/** What the Flux Kustomizations and the entries of a tree bring to a cluster. */
export interface FluxBuild {
  objects: readonly SourcedObject[];
  roots: readonly Root[];
  findings: readonly TreeFinding[];
  /** Files that the builds read or named. */
  used: ReadonlySet<string>;
  /** Variables without a known value. */
  unfilled: ReadonlySet<string>;
}

/** Builds with a program what is not built in memory; undefined where there is no program, or where it fails. */
export type BuildElsewhere = (
  directory: string,
  amend: EditKustomization | undefined,
) => readonly SourcedObject[] | undefined;

export interface FluxContext {
  /** Values of variables that are known from elsewhere. */
  values: ReadonlyMap<string, string>;
  elsewhere: BuildElsewhere;
}

interface State extends FluxContext {
  reader: Reader;
  /** What each directory builds to without what a Flux Kustomization changes. */
  plain: Map<string, Build>;
  objects: SourcedObject[];
  /** The Flux Kustomizations that were followed. */
  built: Built[];
  roots: Root[];
  findings: TreeFinding[];
  used: Set<string>;
  unfilled: Set<string>;
  /** ConfigMaps and Secrets by kind, namespace and name. */
  sources: Map<string, Source[]>;
  /** Builds all that was not built yet, and adds its ConfigMaps and Secrets to the sources. */
  survey: () => void;
}

/** A ConfigMap or Secret that may define variables, and where it was written. */
interface Source {
  object: KubernetesObject;
  place: string;
}

/**
 * Builds a tree as Flux does: first the entries, then the Flux Kustomizations that nothing else applies, then those
 * among the objects that were built, as they are then: patched, and with their variables filled in.
 *
 * @param entries directories with a kustomization that is applied from outside
 * @param kustomizations every Flux Kustomization as the files hold it
 */
export function buildFlux(
  reader: Reader,
  entries: readonly string[],
  kustomizations: readonly SourcedObject[],
  context: FluxContext,
): FluxBuild {
  const state: State = {
    ...context,
    reader,
    plain: new Map(),
    objects: [],
    built: [],
    roots: [],
    findings: [],
    used: new Set(),
    unfilled: new Set(),
    sources: new Map(),
    survey: () => surveyAll(state, kustomizations),
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
  const { objects, built, roots, findings, used, unfilled } = state;
  const there = new Set([...kustomizations.map(nameOf), ...syncedNames(objects)]);
  return { objects: withCertainty(objects, built, there), roots, findings, used, unfilled };
}

function placeOf({ file, line }: SourcedObject): string {
  return `${file}:${line ?? 0}`;
}

/** The same Flux Kustomization may be applied twice, in two forms. */
function identityOf(source: SourcedObject): string {
  return `${nameOf(source)} ${JSON.stringify(source.object['spec'])}`;
}

/** The Flux Kustomizations in files that neither an entry nor another one takes. */
function topsAmong(
  reader: Reader,
  entries: readonly string[],
  kustomizations: readonly SourcedObject[],
): readonly SourcedObject[] {
  const holding = new Set(kustomizations.map(({ file }) => file));
  const brought = new Map<string, Set<string>>();
  const addTaken = (directory: string, by: string, first?: readonly string[]): void => {
    for (const file of listedFiles(reader, directory, first))
      if (holding.has(file)) brought.set(file, (brought.get(file) ?? new Set()).add(by));
  };
  for (const entry of entries) addTaken(entry, '');
  for (const kustomization of kustomizations) {
    const directory = directoryOfFlux(kustomization);
    if (directory === undefined || !isThere(reader, directory)) continue;
    const isWritten = kustomizationIn(reader.tree, directory) !== undefined;
    addTaken(
      directory,
      placeOf(kustomization),
      isWritten ? undefined : generatedResources(reader, directory),
    );
  }
  const tops = kustomizations.filter((source) => {
    const by = brought.get(source.file);
    return by === undefined || (by.size === 1 && by.has(placeOf(source)));
  });
  // Where each is applied by another one, one of them was applied by hand.
  return tops.length === 0 && entries.length === 0 ? kustomizations : tops;
}

function surveyAll(state: State, kustomizations: readonly SourcedObject[]): void {
  for (const kustomization of kustomizations) {
    const directory = directoryOfFlux(kustomization);
    if (directory === undefined || !isThere(state.reader, directory)) continue;
    const namespace = textAt(kustomization.object, 'spec', 'targetNamespace');
    addSources(state, plainBuild(state, directory, kustomization).objects, namespace);
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

function isThere(reader: Reader, directory: string): boolean {
  const { files, directories } = reader.directory(directory);
  return files.length > 0 || directories.length > 0;
}

function plainBuild(state: State, directory: string, by: SourcedObject | undefined): Build {
  const known = state.plain.get(directory);
  if (known !== undefined) return known;
  const isWritten = kustomizationIn(state.reader.tree, directory) !== undefined;
  const made = by === undefined || isWritten ? undefined : amendmentOf(state.reader, directory, listOnly(by));
  const build = buildDirectory(state.reader, directory, made);
  state.plain.set(directory, build);
  return build;
}

/** The same Flux Kustomization without what it changes. */
function listOnly(source: SourcedObject): SourcedObject {
  return { ...source, object: { ...source.object, spec: {} } };
}

/** Adds what a Flux Kustomization applies, and reports what it takes from elsewhere. */
function follow(state: State, source: SourcedObject, own: ReadonlySet<string>): readonly SourcedObject[] {
  const { object, file } = source;
  const { name } = object.metadata;
  const say = (kind: 'missing' | 'elsewhere', sentence: string): void => {
    state.findings.push({ kind, file, sentence });
  };
  const origin = sourceOf(source);
  const isOther = !origin.startsWith('GitRepository ') || !own.has(origin);
  if (isOther) say('elsewhere', `Kustomization ${name} takes its manifests from ${origin}`);
  const directory = directoryOfFlux(source);
  if (directory === undefined || !isThere(state.reader, directory)) {
    if (!isOther)
      say(
        'missing',
        `Kustomization ${name} builds ${directory ?? 'a directory outside'}, which is not there${misplaced(state.reader, directory)}`,
      );
    return [];
  }
  return bring(state, directory, source);
}

/** A hint for a part of a repository, or for a directory that holds one: paths begin at the top. */
function misplaced(reader: Reader, directory = ''): string {
  const parts = directory.split('/');
  const below = parts
    .slice(1)
    .map((_, at) => parts.slice(at + 1).join('/'))
    .find((rest) => isThere(reader, rest));
  const end = `/${directory}/`;
  const inside = [...reader.tree.keys()].find((file) => file.includes(end));
  const found =
    below ?? (inside === undefined ? undefined : inside.slice(0, inside.indexOf(end) + end.length - 1));
  return directory === '' || found === undefined
    ? ''
    : `, and ${found} is: paths begin at the top of the repository`;
}

/** Builds a directory, fills variables in, and adds the objects. */
function bring(state: State, directory: string, source: SourcedObject | undefined): readonly SourcedObject[] {
  const changes = source !== undefined && amends(source);
  const amend =
    source !== undefined && (changes || kustomizationIn(state.reader.tree, directory) === undefined)
      ? amendmentOf(state.reader, directory, source)
      : undefined;
  const build = changes
    ? buildDirectory(state.reader, directory, amend)
    : plainBuild(state, directory, source);
  for (const file of build.used) state.used.add(file);
  const built = withProgram(state, directory, amend, build);
  const whole = source === undefined ? filledByHand(state, built) : filledIn(state, built, source);
  const by = source === undefined ? undefined : refOf(source);
  const applied = source === undefined ? whole : appliedBy(source, whole);
  state.roots.push({ directory, by, objects: built });
  state.objects.push(...applied);
  addSources(state, applied);
  return applied;
}

function appliedBy(source: SourcedObject, objects: readonly SourcedObject[]): readonly SourcedObject[] {
  const identity = nameOf(source);
  return objects.map((each) => ({ ...each, appliedBy: identity }));
}

/** Builds with a program where the build in memory is only unknown, not wrong. */
function withProgram(
  state: State,
  directory: string,
  amend: EditKustomization | undefined,
  { objects, findings }: Build,
): readonly SourcedObject[] {
  const unknown = findings.length > 0 && findings.every(({ kind }) => kind === 'unknown');
  const real = unknown ? state.elsewhere(directory, amend) : undefined;
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
  const encrypted = encryptedWithoutKey(source, objects);
  state.built.push({
    source,
    refused: [...(encrypted === undefined ? [] : [encrypted]), ...(filled?.refused ?? [])],
  });
  return withCommonMetadata(filled?.objects ?? objects, source);
}

/** Fills known values into what no Flux Kustomization applies. */
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
    // Two of the same name belong to two clusters, and which one is meant is not known.
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
