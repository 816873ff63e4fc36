import { isMap, isScalar, parseAllDocuments, type YAMLMap } from 'yaml';
import { isKept, pruneAnnotation } from '../../compile/heldData.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Outcome, ok } from '../../problems/outcome.ts';
import { compareWithTree } from '../../repository/compare.ts';
import { holdsOwnHash, withOwnHash } from '../../repository/ownHash.ts';
import { writeChanges } from '../../repository/write.ts';
import type { DataLoss } from './dataLoss.ts';
import { keyOf } from './writtenBefore.ts';

/**
 * Writes nothing but the annotation that keeps Flux from pruning, into the files of objects that a change would remove
 * or move: Flux reads it from the live object, so that a commit with it must come before the commit that removes them.
 *
 * @returns the files that were written; none where all of them have it, and only have to be pushed
 */
export async function keepFirst(directory: string, losses: readonly DataLoss[]): Promise<Outcome<string[]>> {
  const wanted = losses.filter(({ unprotected, object }) => unprotected && !isKept(object));
  const texts = new Map(wanted.map(({ file, text }) => [file, text]));
  const plan = [...texts].flatMap(([path, text]) => {
    const objects = wanted.filter(({ file }) => file === path).map(({ object }) => object);
    const content = withAnnotation(text, objects);
    return content === text ? [] : [{ path, content: holdsOwnHash(text) ? withOwnHash(content) : content }];
  });
  if (plan.length === 0) return ok([]);
  const difference = await compareWithTree(directory, plan, { partial: true });
  if (!difference.ok) return difference;
  const written = await writeChanges(directory, difference.value, { accept: 'theirs' });
  return written.ok ? ok(written.value.changes.map(({ path }) => path)) : written;
}

/** The text with the annotation on these objects. Every other byte stays, so that ciphertext stays valid. */
export function withAnnotation(text: string, objects: readonly KubernetesObject[]): string {
  const keys = new Set(objects.map(keyOf));
  const edits = parseAllDocuments(text, { logLevel: 'silent' }).flatMap((document) => {
    if (!('toJS' in document) || document.errors.length > 0) return [];
    const value = document.toJS() as KubernetesObject;
    const metadata = document.get('metadata', true);
    return isMap(metadata) && keys.has(keyOf(value)) ? [editOf(text, metadata)] : [];
  });
  return edits
    .flatMap((edit) => (edit === undefined ? [] : [edit]))
    .reduceRight(
      (result, { from, to, text: insert }) => result.slice(0, from) + insert + result.slice(to),
      text,
    );
}

interface Edit {
  from: number;
  to: number;
  text: string;
}

function editOf(text: string, metadata: YAMLMap): Edit | undefined {
  const { name, value } = pruneAnnotation;
  const annotations = metadata.get('annotations', true);
  if (isMap(annotations)) {
    const present = annotations.get(name, true);
    if (isScalar(present) && present.range)
      return { from: present.range[0], to: present.range[1], text: value };
    return inserted(text, annotations, (indent) => `${name}: ${value}\n${indent}`);
  }
  if (annotations !== undefined) return undefined;
  return inserted(text, metadata, (indent) => `annotations:\n${indent}  ${name}: ${value}\n${indent}`);
}

/** Inserts before the first key of a block map. */
function inserted(text: string, map: YAMLMap, lines: (indent: string) => string): Edit | undefined {
  const [start] = map.range ?? [];
  if (start === undefined || map.flow) return undefined;
  const indent = text.slice(text.lastIndexOf('\n', start) + 1, start);
  return /^ *$/.test(indent) ? { from: start, to: start, text: lines(indent) } : undefined;
}
