import type { ComponentDocuments } from '../documents.ts';

/** The chapters of Flux in the operator documents. */
export function fluxDocuments(): ComponentDocuments {
  return {};
}
