import { textAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';

/** The kind, the namespace and the name of an object, in any version: `group/Kind namespace/name`. */
export function nameOf(object: KubernetesObject): string {
  const namespace = textAt(object, 'metadata', 'namespace') ?? '';
  return `${groupOf(object)}/${object.kind} ${namespace}/${object.metadata.name}`;
}

/** The namespaces that Git makes. */
export function namespacesOf(inGit: readonly Pick<SourcedObject, 'object'>[]): ReadonlySet<string> {
  return new Set(inGit.flatMap(({ object }) => (object.kind === 'Namespace' ? object.metadata.name : [])));
}
