import { textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { TreeFinding } from '../findings.ts';
import { type Build, buildDirectory, type EditKustomization } from '../kustomize/build.ts';
import type { Root } from '../repository.ts';
import { describeObject, refOf, type SourcedObject } from '../sourcedObject.ts';
import { kustomizationIn, type Reader } from '../tree.ts';
import { type Built, syncedNames, withCertainty } from './certainty.ts';
import { encryptedWithoutKey } from './decryption.ts';
import {
  amendmentOf,
  amends,
  directoryOfFlux,
  isFluxKustomization,
  isThere,
  nameOf,
  placeOf,
  sourceOf,
  withCommonMetadata,
} from './fields.ts';
import { isOwn, type OwnSource } from './ownSource.ts';
import { placeOfBuild, withFiles, withPlaces } from './places.ts';
import type { FluxCluster } from './roots.ts';
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
  /** Where the Flux Kustomizations that were followed were written. */
  places: ReadonlySet<string>;
  /** What must be there that is not among the objects, each as a sentence. */
  assumed: readonly string[];
  /** Roots that are not among the objects: nothing here applies them. */
  outside: readonly SourcedObject[];
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
  own: OwnSource;
  /** What each directory builds to without what a Flux Kustomization changes. */
  plain: Map<string, Build>;
  objects: SourcedObject[];
  /** The Flux Kustomizations that were followed. */
  built: Built[];
  roots: Root[];
  findings: TreeFinding[];
  assumed: string[];
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
 * Builds what Flux applies to one cluster: first the entries, then the roots among the Flux Kustomizations, then those
 * among the objects that were built, as they are then: patched, and with their variables filled in.
 *
 * @param own which sources are the repository that is built
 */
export function buildFlux(
  reader: Reader,
  { entries, tops, reached, instances }: FluxCluster,
  own: OwnSource,
  context: FluxContext,
): FluxBuild {
  const state: State = {
    ...context,
    reader,
    own,
    plain: new Map(),
    objects: [],
    built: [],
    roots: [],
    findings: [],
    assumed: [],
    used: new Set(),
    unfilled: new Set(),
    sources: new Map(),
    survey: () => surveyAll(state, reached),
  };
  for (const entry of entries) bring(state, entry, undefined);
  const followed = followAll(state, [...state.objects.filter(isFluxKustomization), ...tops]);
  state.findings.push(...inTwoPlaces(followed));
  const places = new Set(followed.map(placeOf));
  const named = new Set(state.objects.map(({ object }) => `${object.kind} ${object.metadata.name}`));
  // Somebody applies them by hand. What they make is in the cluster all the same.
  state.objects.push(
    ...instances.filter(({ object }) => !named.has(`${object.kind} ${object.metadata.name}`)),
  );
  const { objects, built, roots, findings, used, unfilled } = state;
  const there = new Set([...reached.map(nameOf), ...syncedNames(objects)]);
  const brought = new Set(objects.filter(isFluxKustomization).map(nameOf));
  const outside = tops.filter((top) => !brought.has(nameOf(top)));
  return {
    objects: withCertainty(objects, built, there),
    roots,
    findings,
    used,
    unfilled,
    places,
    outside,
    assumed: [...new Set(state.assumed)],
  };
}

/** A root that changes itself at each apply never comes to a last form. */
const formsLimit = 20;

/** Follows Flux Kustomizations, and those that they bring. */
function followAll(state: State, first: readonly SourcedObject[]): readonly SourcedObject[] {
  const seen = new Set<string>();
  const followed: SourcedObject[] = [];
  const waiting = [...first];
  let replaced = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const identity = identityOf(next);
    followed.push(next);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const before = lengthsOf(state);
    const brought = follow(state, next).filter(isFluxKustomization);
    const self = brought.find((each) => placeOf(each) === placeOf(next) && nameOf(each) === nameOf(next));
    if (self !== undefined && !seen.has(identityOf(self)) && replaced < formsLimit) {
      replaced++;
      // It applies another form of itself, which then replaces it.
      cutTo(state, before);
      waiting.unshift(self);
    } else waiting.push(...brought);
  }
  return followed;
}

const lists = ['objects', 'built', 'roots', 'findings', 'assumed'] as const;

function lengthsOf(state: State): readonly number[] {
  return lists.map((list) => state[list].length);
}

function cutTo(state: State, lengths: readonly number[]): void {
  for (const [index, list] of lists.entries()) state[list].length = lengths[index] ?? 0;
}

/** Two Flux Kustomizations of one name: the cluster has one of them. */
function inTwoPlaces(followed: readonly SourcedObject[]): readonly TreeFinding[] {
  const byName = new Map<string, SourcedObject[]>();
  for (const each of followed) byName.set(nameOf(each), [...(byName.get(nameOf(each)) ?? []), each]);
  return [...byName].flatMap(([name, all]): TreeFinding[] => {
    const [first, second] = new Map(all.map((each) => [specOf(each), each])).values();
    if (first === undefined || second === undefined || first.file === second.file) return [];
    const sentence = `Kustomization ${name} is in ${first.file} and in ${second.file}, and the cluster has one of the two`;
    return [{ kind: 'refused', file: second.file, object: refOf(second), sentence }];
  });
}

function specOf({ object }: SourcedObject): string {
  return JSON.stringify(object['spec']);
}

/** The same Flux Kustomization may be applied twice, in two forms. */
function identityOf(source: SourcedObject): string {
  return `${nameOf(source)} ${specOf(source)}`;
}

function surveyAll(state: State, kustomizations: readonly SourcedObject[]): void {
  for (const kustomization of kustomizations) {
    const directory = directoryOfFlux(kustomization);
    if (directory === undefined || !isThere(state.reader, directory)) continue;
    const namespace = textAt(kustomization.object, 'spec', 'targetNamespace');
    addSources(state, plainBuild(state, directory).objects, namespace);
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

function plainBuild(state: State, directory: string): Build {
  const known = state.plain.get(directory);
  if (known !== undefined) return known;
  const isWritten = kustomizationIn(state.reader.tree, directory) !== undefined;
  const made = isWritten ? undefined : amendmentOf(state.reader, directory, listOnly);
  const build = buildDirectory(state.reader, directory, made);
  state.plain.set(directory, build);
  return build;
}

/** A Flux Kustomization that changes nothing: it lists what is in its directory. */
const listOnly: Parameters<typeof amendmentOf>[2] = {
  object: { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: '' } },
};

/** Adds what a Flux Kustomization applies, and reports what it takes from elsewhere. */
function follow(state: State, source: SourcedObject): readonly SourcedObject[] {
  const { object, file } = source;
  const { name } = object.metadata;
  const say = (kind: 'missing' | 'elsewhere', sentence: string): void => {
    state.findings.push({ kind, file, object: refOf(source), sentence });
  };
  if (!isOwn(state.own, source)) {
    say(
      'elsewhere',
      `Kustomization ${name} takes its manifests from ${sourceOf(source)}${notOwn(state.own)}`,
    );
    return [];
  }
  const directory = directoryOfFlux(source);
  if (directory === undefined || !isThere(state.reader, directory)) {
    say(
      'missing',
      `Kustomization ${name} builds ${directory ?? 'a directory outside'}, which is not there${misplaced(state.reader, directory)}`,
    );
    return [];
  }
  return bring(state, directory, source);
}

function notOwn({ candidates }: OwnSource): string {
  return candidates.length === 0
    ? ', which is not this repository'
    : `, and which source is this repository is not known: ${candidates.join(', ')}`;
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
    changes || kustomizationIn(state.reader.tree, directory) === undefined
      ? amendmentOf(state.reader, directory, source ?? listOnly)
      : undefined;
  const build = changes ? buildDirectory(state.reader, directory, amend) : plainBuild(state, directory);
  for (const file of build.used) state.used.add(file);
  const built = withProgram(state, { directory, amend, source }, build);
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

/** What is built: a directory, with what a Flux Kustomization changes. */
interface Brought {
  directory: string;
  amend: EditKustomization | undefined;
  source: SourcedObject | undefined;
}

/** Builds with a program where the build in memory is only unknown, not wrong. */
function withProgram(
  { reader: { tree }, elsewhere, findings: found }: State,
  { directory, amend, source }: Brought,
  { objects, findings }: Build,
): readonly SourcedObject[] {
  const unknown = findings.length > 0 && findings.every(({ kind }) => kind === 'unknown');
  const real = unknown ? elsewhere(directory, amend) : undefined;
  if (real !== undefined) return withPlaces(real, objects, placeOfBuild(tree, directory, source));
  found.push(...withFiles(findings, tree, directory, source));
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
  for (const needed of variables?.needed ?? [])
    state.assumed.push(
      `${needed} exists: without it Flux applies nothing of ${describeObject(refOf(source))}`,
    );
  const filled = variables === undefined ? undefined : substituted(objects, variables, state.reader.budget);
  for (const name of filled?.unfilled ?? []) state.unfilled.add(name);
  const encrypted = encryptedWithoutKey(source, objects);
  state.built.push({
    source,
    refused: [...(encrypted === undefined ? [] : [encrypted]), ...(filled?.refused ?? [])],
  });
  return withCommonMetadata(filled?.objects ?? objects, source);
}

/** Fills known values into what no Flux Kustomization applies. */
function filledByHand(
  { values, reader: { budget } }: State,
  objects: readonly SourcedObject[],
): readonly SourcedObject[] {
  const variables = { values, hidden: new Set<string>(), open: true, needed: [], refused: [] };
  return values.size === 0 ? objects : substituted(objects, variables, budget).objects;
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
