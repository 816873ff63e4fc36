import type { ComponentDocuments } from '../documents.ts';

/** The chapters of the tunnel in the operator documents. */
export function cloudflaredDocuments(): ComponentDocuments {
  return {};
}
