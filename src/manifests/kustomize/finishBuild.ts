import { isFields } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { nameHashOf } from './nameHash.ts';
import { withNameReferences } from './nameReferences.ts';
import { type Report, type Resource, withObject, withRecordedId } from './resource.ts';

/** The last steps of a build, which run once: hash suffixes, name references, annotations, local configuration. */
export function finishBuild(resources: readonly Resource[], report: Report): readonly SourcedObject[] {
  return withNameReferences(
    resources.map((resource) => withNameHash(resource, report)),
    report,
  ).flatMap(({ source }) => {
    const object = withStringAnnotations(source.object, report);
    const localConfig = object.metadata.annotations?.['config.kubernetes.io/local-config'];
    return localConfig === undefined || localConfig === 'false' ? [{ ...source, object }] : [];
  });
}

function withNameHash(resource: Resource, report: Report): Resource {
  if (!resource.hashed) return resource;
  const { object } = resource.source;
  const hash = nameHashOf(object);
  const { name } = object.metadata;
  if (hash === undefined) {
    report('unknown', `the hash suffix of ${object.kind} ${name} is unknown, since its data is not all text`);
    return resource;
  }
  const metadata = { ...object.metadata, name: `${name}-${hash}` };
  return withObject(withRecordedId(resource), { ...object, metadata });
}

/** kustomize turns every annotation into a string, and drops an empty map of annotations. */
function withStringAnnotations(object: KubernetesObject, report: Report): KubernetesObject {
  const { annotations, ...metadata } = object.metadata;
  if (annotations === undefined) return object;
  const entries = isFields(annotations) ? Object.entries(annotations) : [];
  if (entries.length === 0) return { ...object, metadata };
  if (entries.every(([, value]) => typeof value === 'string')) return object;
  const strings = entries.map(([key, value]) => [key, String(value)] as const);
  // The parsed value does not tell how a number was written: 0x10 is 16.
  if (!entries.every(([, value]) => typeof value === 'string' || typeof value === 'boolean'))
    report('unknown', `${object.kind} ${metadata.name} has an annotation that is not a string`);
  return { ...object, metadata: { ...metadata, annotations: Object.fromEntries(strings) } };
}
