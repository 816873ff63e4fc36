import { isMap, isScalar, parseAllDocuments } from 'yaml';
import { type Fields, fieldsAt } from '../../kubernetes/fields.ts';

const metadataFields = ['labels', 'annotations'] as const;

/** Whether every label and annotation of a patch is a string. */
export function hasStringMetadata(patch: Fields): boolean {
  return metadataFields
    .flatMap((field) => Object.values(fieldsAt(patch, 'metadata', field)))
    .every((value) => typeof value === 'string');
}

/**
 * Replaces the labels and annotations of patches by their source text. kustomize 5.8 does so for patches with a target
 * and for `patchesStrategicMerge`: `null` becomes the string `null`, and `~` the string `~`. A patch with a label or
 * annotation that is not a scalar is returned unchanged.
 */
export function withMetadataAsWritten(patches: readonly Fields[], text: string): readonly Fields[] {
  if (patches.every(hasStringMetadata)) return patches;
  const documents = parseAllDocuments(text).flatMap((document) =>
    document.contents === null ? [] : [document],
  );
  if (documents.length !== patches.length) return patches;
  return patches.map((patch, index) => {
    const metadata = { ...fieldsAt(patch, 'metadata') };
    for (const field of metadataFields) {
      const node = documents[index]?.getIn(['metadata', field], true);
      const entries = isMap(node)
        ? node.items.map(({ key, value }) => [sourceText(key), sourceText(value)] as const)
        : [];
      if (entries.some((entry) => entry.includes(undefined))) return patch;
      if (entries.length > 0) metadata[field] = Object.fromEntries(entries);
    }
    return { ...patch, metadata };
  });
}

function sourceText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}
