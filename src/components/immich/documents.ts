import type { ComponentDocuments } from '../documents.ts';

/** The chapters of Immich in the operator documents. */
export function immichDocuments(): ComponentDocuments {
  return {};
}
