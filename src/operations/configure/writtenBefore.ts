import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { nameOf } from '../../compile/heldData.ts';
import { isFields, textAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { Difference } from '../../repository/compare.ts';
import { type Followed, textInGit } from '../../repository/git.ts';
import { readManifest } from '../../repository/manifest.ts';

/** An object in a file that Gatehouse wrote before. */
export interface WrittenObject {
  object: KubernetesObject;
  file: string;
  /** The whole text of the file. */
  text: string;
}

/** The files that a user applies by hand, so that no commit changes their objects in the cluster. */
export const appliedByHand = /^clusters\/[^/]+\/flux\//;

/** The objects of a text; none of what is not YAML, or no object. */
export function objectsIn(text: string): KubernetesObject[] {
  return parseAllDocuments(text, { logLevel: 'silent' }).flatMap((document) => {
    if (!('toJS' in document) || document.errors.length > 0) return [];
    const value: unknown = document.toJS();
    const isObject =
      isFields(value) && textAt(value, 'apiVersion') !== undefined && textAt(value, 'metadata', 'name');
    return isObject ? [value as unknown as KubernetesObject] : [];
  });
}

/** The name of an object among all of a cluster, whatever the version of its kind. */
export function keyOf(object: KubernetesObject): string {
  return `${groupOf(object)}/${nameOf(object)}`;
}

/**
 * The objects of the files that a difference changes or removes, as they are before. A file that is in the record and not
 * on the disk is read from the commit that Flux follows: whoever removes files by hand removes nothing from the cluster.
 */
export async function writtenBefore(
  directory: string,
  { changes, conflicts, record }: Difference,
  followed: () => Promise<Followed>,
): Promise<WrittenObject[]> {
  const texts = new Map<string, string>();
  for (const { path, before } of [...changes, ...conflicts.map(({ change }) => change)])
    if (before !== undefined && /\.ya?ml$/.test(path)) texts.set(path, before);
  const recorded = record.before === undefined ? undefined : readManifest(record.before, record.file);
  const absent = [...(recorded?.ok ? recorded.value.keys() : [])].filter(
    (path) => /\.ya?ml$/.test(path) && !texts.has(path) && !isThere(join(directory, path)),
  );
  if (absent.length > 0) {
    const { references = [] } = await followed();
    for (const path of absent)
      for (const reference of references) {
        const text = await textInGit(directory, reference, path);
        if (text !== undefined) texts.set(path, text);
      }
  }
  return [...texts].flatMap(([file, text]) => objectsIn(text).map((object) => ({ object, file, text })));
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
