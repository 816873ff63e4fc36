import { textAt } from '../../kubernetes/fields.ts';
import type { TreeFinding } from '../findings.ts';
import { describeObject, refOf, type SourcedObject } from '../sourcedObject.ts';
import { directoryOf, type Reader } from '../tree.ts';
import { isSetAside } from './archives.ts';
import { artifactOf } from './artifact.ts';
import { clusterOf, clustersOf, type RootUnit } from './clusters.ts';
import { directoryOfFlux, placeOf } from './fields.ts';
import { type InstanceSync, instanceSyncs } from './instances.ts';
import { isOwn, type OwnSource, ownSource } from './ownSource.ts';
import { filesOfOtherFields, inBoth, reachedFrom, type Taken, takenIn } from './taken.ts';

/** What is applied to one cluster from outside of the repository. */
export interface FluxCluster {
  /** How reports name it. */
  name: string;
  /** Directories with a kustomization that is applied from outside. */
  entries: readonly string[];
  /** Flux Kustomizations that are applied from outside. */
  tops: readonly SourcedObject[];
  /** Flux Kustomizations that these lead to, as far as the files tell. */
  reached: readonly SourcedObject[];
  /** The objects of which the Flux Operator makes a root, or another Kustomization of a directory that is built. */
  instances: readonly SourcedObject[];
}

/** The roots of a tree, by the clusters to which they are applied. */
export interface FluxRoots {
  clusters: readonly FluxCluster[];
  own: OwnSource;
  /** Flux Kustomizations that the API server would take, in files that hold them to be applied. */
  kustomizations: readonly SourcedObject[];
  /** Places of Flux Kustomizations that belong to clusters which the user did not choose. */
  elsewhere: ReadonlySet<string>;
  /** The files that Flux takes of the repository. */
  reader: Reader;
  findings: readonly TreeFinding[];
}

interface Search {
  kustomizations: readonly SourcedObject[];
  taken: Taken;
  own: Pick<OwnSource, 'names'>;
}

/**
 * Finds what is applied from outside, which no file can say for certain:
 *
 * - the directories `clusters/*` with a kustomization, and the Flux Kustomizations that build them;
 * - what the Flux Operator syncs;
 * - Flux Kustomizations in `clusters/*` that apply themselves, as `flux bootstrap` writes them;
 * - without any of those, the Flux Kustomizations that nothing applies, unless they are in a directory that another one
 *   builds without them, or in an archive.
 *
 * Each other Flux Kustomization that nothing applies stays unreached.
 *
 * @param found directories below `clusters/` with a kustomization
 * @param chosen directories that the user names instead
 * @param linked paths that are there by a symbolic link
 */
export function fluxRoots(
  reader: Reader,
  written: readonly SourcedObject[],
  found: readonly string[],
  chosen: readonly string[] | undefined,
  linked: ReadonlySet<string> = new Set(),
): FluxRoots {
  const kustomizations = appliedOnes(reader, written);
  const syncs = instanceSyncs(reader);
  const everything = takenIn(reader);
  const all = [...kustomizations, ...syncs.map(({ kustomization }) => kustomization)];
  const own = ownSource(reader, all, syncs, (names) => {
    const search = { kustomizations, taken: everything, own: { names } };
    return topsOf(search, [], []).every((top) => isOwn({ names }, top));
  });
  const artifact = artifactOf(reader, linked, kustomizations.length > 0 ? own.repositories : []);
  const taken = artifact.reader === reader ? everything : takenIn(artifact.reader);
  const search: Search = { kustomizations, taken, own };
  const operated = syncs.map(({ kustomization }) => kustomization);
  const { units, findings } = unitsOf(search, found, operated);
  const selected = chosen === undefined ? units : unitsOfChosen(search, chosen, operated);
  const reach = ({ entries, tops }: RootUnit): readonly SourcedObject[] => reachedBy(search, entries, tops);
  return {
    clusters: clustersOf(selected, reach).map(({ name, entries, tops }) => {
      const reached = reachedBy(search, entries, tops);
      return { name, entries, tops, reached, instances: instancesOf(syncs, entries, [...tops, ...reached]) };
    }),
    own,
    kustomizations,
    elsewhere: new Set(chosen === undefined ? [] : units.flatMap(reach).map(placeOf)),
    reader: artifact.reader,
    findings: [...artifact.findings, ...(chosen === undefined ? findings : [])],
  };
}

/** The objects that sync a directory which is built. */
function instancesOf(
  syncs: readonly InstanceSync[],
  entries: readonly string[],
  built: readonly SourcedObject[],
): readonly SourcedObject[] {
  if (syncs.length === 0) return [];
  const directories = new Set([...entries, ...built.map(directoryOfFlux)]);
  return syncs
    .filter(({ kustomization }) => directories.has(directoryOfFlux(kustomization)))
    .flatMap(({ instances }) => instances);
}

/** Without patches, which have the kind of what they change, and without what the API server refuses. */
function appliedOnes(reader: Reader, written: readonly SourcedObject[]): readonly SourcedObject[] {
  if (written.length === 0) return [];
  const others = filesOfOtherFields(reader);
  return written.filter(
    ({ object, file }) => !others.has(file) && textAt(object, 'spec', 'sourceRef', 'name') !== undefined,
  );
}

function reachedBy(
  { kustomizations, taken, own }: Search,
  entries: readonly string[],
  tops: readonly SourcedObject[],
): readonly SourcedObject[] {
  const files = new Set(entries.flatMap((entry) => [...taken.from(entry).files]));
  const start = [...tops, ...kustomizations.filter(({ file }) => files.has(file))];
  const places = reachedFrom(start, kustomizations, taken, (each) => isOwn(own, each));
  return [...tops, ...kustomizations].filter((each) => places.has(placeOf(each)));
}

/** The Flux Kustomizations in files that no entry and no other one takes. */
function topsOf(
  { kustomizations, taken, own }: Search,
  entries: readonly string[],
  operated: readonly SourcedObject[],
): readonly SourcedObject[] {
  const holding = new Set(kustomizations.map(({ file }) => file));
  const takers = new Map<string, Set<string>>();
  const add = (files: ReadonlySet<string>, by: string): void => {
    for (const file of inBoth(files, holding)) takers.set(file, (takers.get(file) ?? new Set()).add(by));
  };
  for (const entry of entries) add(taken.from(entry).files, '');
  for (const each of [...kustomizations, ...operated])
    if (isOwn(own, each)) add(taken.by(each).files, placeOf(each));
  return kustomizations.filter((source) => {
    const by = takers.get(source.file);
    return by === undefined || (by.size === 1 && by.has(placeOf(source)));
  });
}

/** Roots by the directory that they apply, and what is not certain about them. */
interface Units {
  units: readonly RootUnit[];
  findings: readonly TreeFinding[];
}

function unitsOf(search: Search, found: readonly string[], operated: readonly SourcedObject[]): Units {
  const { kustomizations, own } = search;
  const byFlux = new Set(
    kustomizations
      .filter((each) => isOwn(own, each) && !isSetAside(each.file))
      .map((each) => directoryOfFlux(each)),
  );
  const entries = entriesAmong(search, found).filter((entry) => !byFlux.has(entry));
  const tops = topsOf(search, entries, operated).filter(({ file }) => !isSetAside(file));
  const builders = tops.filter((top) => isOwn(own, top) && isCertain(search, top, found));
  const built = new Set(builders.map(directoryOfFlux));
  const files = new Set(builders.map(({ file }) => file));
  const certain = [
    ...builders,
    ...operated.filter((each) => !built.has(directoryOfFlux(each))),
    ...tops.filter((top) => files.has(top.file) && !builders.includes(top)),
  ];
  const units: RootUnit[] = [
    ...entries.map((entry) => ({ directory: entry, entries: [entry], tops: [] })),
    ...certain.map((top) => ({ directory: directoryOfUnit(top, builders), entries: [], tops: [top] })),
  ];
  const rest = tops.filter((top) => !certain.includes(top));
  const named = new Set(units.map(({ directory }) => clusterOf(directory)));
  const more = rest.filter(({ file }) => clusterOf(directoryOf(file)) !== undefined);
  units.push(
    ...more
      .filter(({ file }) => !named.has(clusterOf(directoryOf(file))))
      .map((top) => ({ directory: directoryOf(top.file), entries: [], tops: [top] })),
  );
  if (units.length > 0) return { units, findings: [] };
  if (rest.length === 0 && tops.length === 0 && kustomizations.some(({ file }) => !isSetAside(file)))
    return { units: cyclic(search), findings: [] };
  return withoutAnchor(search, rest);
}

/** What is in the file of a builder belongs to it. */
function directoryOfUnit(top: SourcedObject, builders: readonly SourcedObject[]): string {
  const builder = builders.includes(top) ? top : (builders.find(({ file }) => file === top.file) ?? top);
  return directoryOfFlux(builder) ?? '';
}

/** Without directories that another entry or a Flux Kustomization includes. */
function entriesAmong({ taken, kustomizations, own }: Search, found: readonly string[]): readonly string[] {
  if (found.length === 0) return found;
  const takers = [
    ...found.map((entry) => ({ at: entry, listed: taken.from(entry) })),
    ...kustomizations
      .filter((each) => isOwn(own, each))
      .map((each) => ({ at: directoryOfFlux(each), listed: taken.by(each) })),
  ];
  return found.filter(
    (entry) => !takers.some(({ at, listed }) => at !== entry && listed.directories.has(entry)),
  );
}

/** It builds an entry, or it applies itself in a directory of `clusters/`. */
function isCertain({ taken }: Search, top: SourcedObject, entries: readonly string[]): boolean {
  const directory = directoryOfFlux(top);
  if (directory === undefined) return false;
  if (entries.includes(directory)) return true;
  return clusterOf(directory) !== undefined && taken.by(top).files.has(top.file);
}

/** Where each is applied by another one, one of them was applied by hand. */
function cyclic({ kustomizations }: Search): readonly RootUnit[] {
  const tops = kustomizations.filter(({ file }) => !isSetAside(file));
  return [{ directory: '', entries: [], tops }];
}

/** A directory that says what it is for. */
const rootDirectory = /(?:^|\/)(?:flux|flux-system|clusters?|gitops|fleet)(?:\/|$)/;

/** Nothing in the tree says what is applied first. */
function withoutAnchor(search: Search, tops: readonly SourcedObject[]): Units {
  const reached = new Map(tops.map((top) => [top, reachedBy(search, [], [top])]));
  const kept = tops.filter(
    (top) =>
      !tops.some(
        (other) =>
          other !== top &&
          isLeftOut(search, top, reached.get(other) ?? []) &&
          !isLeftOut(search, other, reached.get(top) ?? []),
      ),
  );
  const directories = new Set(kept.map(({ file }) => directoryOf(file)));
  const preferred = kept.filter(({ file }) => rootDirectory.test(directoryOf(file)));
  const roots = directories.size > 1 && preferred.length > 0 ? preferred : kept;
  const isClear = directories.size === 1 || preferred.length > 0;
  return {
    units: roots.map((top) => ({ directory: directoryOf(top.file), entries: [], tops: [top] })),
    findings: isClear ? [] : roots.map((top) => unclear(top)),
  };
}

/** Whether a Flux Kustomization is in a directory that others build without it. */
function isLeftOut({ own }: Search, { file }: SourcedObject, reached: readonly SourcedObject[]): boolean {
  return reached.some((each) => {
    const directory = isOwn(own, each) ? directoryOfFlux(each) : undefined;
    return directory !== undefined && directory !== '' && file.startsWith(`${directory}/`);
  });
}

function unclear(top: SourcedObject): TreeFinding {
  return {
    kind: 'unapplied',
    file: top.file,
    object: refOf(top),
    sentence: `Flux ${describeObject(refOf(top))} is one of several in different directories that nothing applies, so which of them are applied is not known`,
  };
}

/** The units that a user names: Flux Kustomizations that build the directory, or the directory itself. */
function unitsOfChosen(
  search: Search,
  chosen: readonly string[],
  operated: readonly SourcedObject[],
): readonly RootUnit[] {
  const { kustomizations, own } = search;
  return chosen.map((directory): RootUnit => {
    const builders = [...kustomizations, ...operated].filter(
      (each) => isOwn(own, each) && directoryOfFlux(each) === directory && !isSetAside(each.file),
    );
    const inside = builders.filter(({ file }) => file.startsWith(`${directory}/`));
    const by = inside.length > 0 ? inside : builders.slice(0, 1);
    const files = new Set(by.map(({ file }) => file));
    const beside = kustomizations.filter((each) => files.has(each.file) && !by.includes(each));
    const tops = [...by, ...beside.filter((each) => !isTakenBy(search, each, by))];
    return { directory, entries: tops.length > 0 ? [] : [directory], tops };
  });
}

function isTakenBy({ taken }: Search, { file }: SourcedObject, by: readonly SourcedObject[]): boolean {
  return by.some((each) => taken.by(each).files.has(file));
}
