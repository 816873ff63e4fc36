import type { ComponentDocuments } from '../documents.ts';

/** The chapters of the gate in the operator documents. */
export function originProxyDocuments(): ComponentDocuments {
  return {};
}
