import { isMap, isScalar, parseAllDocuments } from 'yaml';
import { type Fields, fieldsAt } from '../../kubernetes/fields.ts';

const noteFields = ['labels', 'annotations'] as const;

/** Whether every label and annotation of a patch is a text. */
export function hasTextNotes(patch: Fields): boolean {
  return noteFields
    .flatMap((field) => Object.values(fieldsAt(patch, 'metadata', field)))
    .every((value) => typeof value === 'string');
}

/**
 * The patches of a text as kustomize 5.8 reads them with a target, or as `patchesStrategicMerge`: it sets their labels
 * and annotations one by one, so that each is the text that is written, that of a null too (`~` and `null` are two). A
 * patch stays as it is where that is no plain text.
 */
export function withNotesAsWritten(patches: readonly Fields[], text: string): readonly Fields[] {
  if (patches.every(hasTextNotes)) return patches;
  const documents = parseAllDocuments(text).flatMap((document) =>
    document.contents === null ? [] : [document],
  );
  if (documents.length !== patches.length) return patches;
  return patches.map((patch, index) => {
    const metadata = { ...fieldsAt(patch, 'metadata') };
    for (const field of noteFields) {
      const node = documents[index]?.getIn(['metadata', field], true);
      const notes = isMap(node)
        ? node.items.map(({ key, value }) => [writtenAs(key), writtenAs(value)] as const)
        : [];
      if (notes.some((note) => note.includes(undefined))) return patch;
      if (notes.length > 0) metadata[field] = Object.fromEntries(notes);
    }
    return { ...patch, metadata };
  });
}

function writtenAs(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}
