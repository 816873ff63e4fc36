import { groupOf } from '../../kubernetes/object.ts';
import type { TreeFinding } from '../findings.ts';
import type { BuildFinding } from '../kustomize/build.ts';
import { describeObject, refOf, type SourcedObject } from '../sourcedObject.ts';
import { kustomizationIn, type Tree } from '../tree.ts';

/** The place of something that is in no file itself: a kustomization that Flux generates. */
export interface Place {
  file: string;
  line?: number;
}

/** The kustomization of a directory; where Flux generates one, the Flux Kustomization for which it does. */
export function placeOfBuild(tree: Tree, directory: string, by: SourcedObject | undefined): Place {
  const written = kustomizationIn(tree, directory);
  if (written !== undefined) return { file: written };
  if (by === undefined) return { file: directory };
  return by.line === undefined ? { file: by.file } : { file: by.file, line: by.line };
}

/**
 * Objects that a program built, with the files from which they were built in memory. What the program alone makes is
 * said to be from the build as a whole.
 */
export function withPlaces(
  built: readonly SourcedObject[],
  inMemory: readonly SourcedObject[],
  whole: Place,
): readonly SourcedObject[] {
  const places = new Map(inMemory.map((source) => [identityOf(source), source]));
  return built.map((source) => {
    const { file, line } = places.get(identityOf(source)) ?? whole;
    return line === undefined ? { ...source, file } : { ...source, file, line };
  });
}

function identityOf({ object }: SourcedObject): string {
  return `${groupOf(object)} ${object.kind} ${object.metadata.namespace ?? ''} ${object.metadata.name}`;
}

/** Findings that name a kustomization which Flux generates say so, since no file is there. */
export function withFiles(
  findings: readonly BuildFinding[],
  tree: Tree,
  directory: string,
  by: SourcedObject | undefined,
): readonly TreeFinding[] {
  return findings.map((finding) => {
    if (by === undefined || tree.has(finding.file)) return finding;
    const name = `The kustomization that ${describeObject(refOf(by))} generates for ${directory === '' ? 'the top of the repository' : directory}`;
    const sentence = finding.file === '' ? finding.sentence : finding.sentence.replaceAll(finding.file, name);
    return { ...finding, file: by.file, object: refOf(by), sentence };
  });
}
