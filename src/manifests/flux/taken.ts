import { listAt } from '../../kubernetes/fields.ts';
import { type Listed, listedFiles } from '../kustomize/listedFiles.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { directoryOf, isKustomizationFile, joinPath, kustomizationIn, type Reader } from '../tree.ts';
import { directoryOfFlux, generatedResources, isThere, placeOf } from './fields.ts';

/** What the directories of a tree take, found without a build. Patches and variables may change paths later. */
export interface Taken {
  /** What a directory takes, as Flux lists it where it has no kustomization. */
  from: (directory: string) => Listed;
  /** What a Flux Kustomization takes; nothing where its path is not there. */
  by: (kustomization: SourcedObject) => Listed;
}

const nothing: Listed = { files: new Set(), directories: new Set() };

export function takenIn(reader: Reader): Taken {
  const known = new Map<string, Listed>();
  const from = (directory: string): Listed => {
    const found = known.get(directory);
    if (found !== undefined) return found;
    const isWritten = kustomizationIn(reader.tree, directory) !== undefined;
    const listed = listedFiles(
      reader,
      directory,
      isWritten ? undefined : generatedResources(reader, directory),
    );
    known.set(directory, listed);
    return listed;
  };
  const knownBy = new Map<SourcedObject, Listed>();
  const by = (kustomization: SourcedObject): Listed => {
    const found = knownBy.get(kustomization);
    if (found !== undefined) return found;
    const directory = directoryOfFlux(kustomization);
    const listed = directory === undefined || !isThere(reader, directory) ? nothing : from(directory);
    knownBy.set(kustomization, listed);
    return listed;
  };
  return { from, by };
}

/**
 * The places of all Flux Kustomizations that some lead to, themselves included.
 *
 * @param follows whether what a Kustomization names is looked at
 */
export function reachedFrom(
  start: readonly SourcedObject[],
  kustomizations: readonly SourcedObject[],
  taken: Taken,
  follows: (kustomization: SourcedObject) => boolean,
): ReadonlySet<string> {
  const inFile = new Map<string, SourcedObject[]>();
  for (const each of kustomizations) {
    const beside = inFile.get(each.file);
    if (beside === undefined) inFile.set(each.file, [each]);
    else beside.push(each);
  }
  const reached = new Set<string>();
  const waiting = [...start];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const place = placeOf(next);
    if (reached.has(place)) continue;
    reached.add(place);
    if (!follows(next)) continue;
    for (const file of inBoth(taken.by(next).files, inFile)) waiting.push(...(inFile.get(file) ?? []));
  }
  return reached;
}

/** The paths that are in both, in time that grows with the smaller one. */
export function inBoth(
  one: ReadonlySet<string>,
  other: ReadonlySet<string> | ReadonlyMap<string, unknown>,
): readonly string[] {
  const [few, many] = one.size < other.size ? [one, other] : [other, one];
  return [...few.keys()].filter((path) => many.has(path));
}

/** Files that kustomizations name for another purpose than to apply them: patches, and contents of ConfigMaps. */
export function filesOfOtherFields(reader: Reader): ReadonlySet<string> {
  const listed = new Set<string>();
  const named = new Set<string>();
  for (const path of reader.tree.keys()) {
    if (!isKustomizationFile(path)) continue;
    const directory = directoryOf(path);
    const [kustomization] = reader.documents(path).values;
    for (const field of ['resources', 'bases', 'components'])
      for (const entry of listAt(kustomization, field)) addFile(reader, directory, entry, listed);
    addFiles(reader, directory, kustomization, named);
  }
  return new Set([...named].filter((path) => !listed.has(path)));
}

function addFiles(reader: Reader, directory: string, value: unknown, files: Set<string>): void {
  if (typeof value === 'string') addFile(reader, directory, value, files);
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) addFiles(reader, directory, inner, files);
}

function addFile(reader: Reader, directory: string, entry: unknown, files: Set<string>): void {
  if (typeof entry !== 'string' || entry.length > 4096 || entry.includes('\n')) return;
  const target = joinPath(directory, entry.slice(entry.indexOf('=') + 1));
  if (target !== undefined && reader.tree.has(target)) files.add(target);
}
