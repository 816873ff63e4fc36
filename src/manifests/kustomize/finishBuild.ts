import { isFields } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { hashOf } from './nameHash.ts';
import { withReferences } from './nameReferences.ts';
import { type Resource, remembered, type Say, withObject } from './resource.ts';

/** What kustomize does once, at the end of a build: hashes in names, references to changed names, annotations. */
export function finished(resources: readonly Resource[], say: Say): readonly SourcedObject[] {
  return withReferences(
    resources.map((resource) => withHash(resource, say)),
    say,
  ).flatMap(({ source }) => {
    const object = withTextAnnotations(source.object, say);
    const local = object.metadata.annotations?.['config.kubernetes.io/local-config'];
    return local === undefined || local === 'false' ? [{ ...source, object }] : [];
  });
}

function withHash(resource: Resource, say: Say): Resource {
  if (!resource.hashed) return resource;
  const { object } = resource.source;
  const hash = hashOf(object);
  const { name } = object.metadata;
  if (hash === undefined) {
    say('unknown', `the name of ${object.kind} ${name} ends with a hash that is not known here`);
    return resource;
  }
  const metadata = { ...object.metadata, name: `${name}-${hash}` };
  return withObject(remembered(resource), { ...object, metadata });
}

/** kustomize makes texts of all annotations; no annotations are left out. */
function withTextAnnotations(object: KubernetesObject, say: Say): KubernetesObject {
  const { annotations, ...metadata } = object.metadata;
  if (annotations === undefined) return object;
  const entries = isFields(annotations) ? Object.entries(annotations) : [];
  if (entries.length === 0) return { ...object, metadata };
  if (entries.every(([, value]) => typeof value === 'string')) return object;
  const texts = entries.map(([key, value]) => [key, String(value)] as const);
  // How a number was written is not known any more: 0x10 would be 16.
  if (!entries.every(([, value]) => typeof value === 'string' || typeof value === 'boolean'))
    say('unknown', `${object.kind} ${metadata.name} has an annotation that is no text`);
  return { ...object, metadata: { ...metadata, annotations: Object.fromEntries(texts) } };
}
