import type { Component } from '../../components/contract/component.ts';
import type { ReleaseNote } from '../../components/contract/releaseNotes.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { compareVersions } from './imageNames.ts';
import type { ProgramVersions } from './programVersions.ts';

/** A note that applies to a change of versions. */
export interface ApplyingNote
  extends Pick<ReleaseNote, 'program' | 'version' | 'breaks' | 'action' | 'source'> {
  component: string;
  before: string;
  after: string;
}

/** What runs, and what will. */
export interface VersionChange {
  before: ProgramVersions;
  after: ProgramVersions;
  /** Every object that runs. */
  objects: readonly KubernetesObject[];
}

/** The notes of what changes its version between what runs and what will, and that concern what runs. */
export function applyingNotes(
  components: readonly Pick<Component, 'name' | 'releaseNotes'>[],
  { before, after, objects }: VersionChange,
): ApplyingNote[] {
  return components.flatMap(({ name, releaseNotes = [] }) =>
    releaseNotes.flatMap((note) => {
      const pair = pairThatBrings(note, versionsOf(before, note.artifact), versionsOf(after, note.artifact));
      if (pair === undefined || note.concerns?.(objects) === false) return [];
      const { program, version, breaks, action, source } = note;
      return [{ component: name, program, version, breaks, action, source, ...pair }];
    }),
  );
}

function versionsOf(versions: ProgramVersions, artifact: string): string[] {
  return [...versions].flatMap(([name, found]) =>
    name === artifact || name.endsWith(`/${artifact}`) ? [...found] : [],
  );
}

/** A version that runs and one that will, between which the note is. A program that is new comes from none. */
function pairThatBrings(
  { version, isBroughtBy }: ReleaseNote,
  before: readonly string[],
  after: readonly string[],
): { before: string; after: string } | undefined {
  for (const old of before)
    for (const next of after)
      if (isBroughtBy?.(old, next) ?? isBetween(version, old, next)) return { before: old, after: next };
  return undefined;
}

function isBetween(version: string, before: string, after: string): boolean {
  const [fromOld, toNew] = [compareVersions(before, version), compareVersions(version, after)];
  return fromOld !== undefined && toNew !== undefined && fromOld < 0 && toNew <= 0;
}
