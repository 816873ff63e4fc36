import { type Fields, textAt } from './fields.ts';

/** The fields of every Kubernetes object. Kinds that Gatehouse writes have generated types. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
  [field: string]: unknown;
}

export interface ObjectMetadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  [field: string]: unknown;
}

/** The API group of an object: empty for the core group. */
export function groupOf(object: Fields): string {
  const version = textAt(object, 'apiVersion') ?? '';
  const slash = version.indexOf('/');
  return slash < 0 ? '' : version.slice(0, slash);
}

/** A namespaced object that names no namespace is applied to `default`. */
export function namespaceOf(object: Fields): string {
  return textAt(object, 'metadata', 'namespace') ?? 'default';
}
