import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  textAt,
  textMapAt,
  textsIn,
} from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { readDocuments } from '../../manifests/tree.ts';
import { effectsOfKind } from '../kinds/effectsOfKind.ts';
import type { Unmodelled } from './unmodelled.ts';

/** What ResourceSets make: the objects that they hold, and what of them a template or an input decides. */
export interface ResourceSetOutput {
  objects: readonly SourcedObject[];
  unmodelled: readonly Unmodelled[];
}

/**
 * Reads the ResourceSets of flux-operator 0.58 (`docs/api/v1/resourceset.md`, `internal/builder/resourceset.go`).
 * Resources without a template `<< >>` are objects as they are written. Of others, the kind says what they may bring.
 */
export function readResourceSets(objects: readonly SourcedObject[]): ResourceSetOutput {
  const made: SourcedObject[] = [];
  const unmodelled: Unmodelled[] = [];
  for (const source of objects) {
    if (source.object.kind !== 'ResourceSet' || groupOf(source.object) !== 'fluxcd.controlplane.io') continue;
    const isCertain = isBuilt(source.object);
    for (const resource of resourcesOf(source)) {
      const object = isCertain ? writtenObject(resource) : undefined;
      if (object === undefined) unmodelled.push(...templated(source, resource));
      else made.push({ ...source, object: withCommonMetadata(source.object, object) });
    }
  }
  if (made.length === 0) return { objects: made, unmodelled };
  const inner = readResourceSets(made);
  return { objects: [...made, ...inner.objects], unmodelled: [...unmodelled, ...inner.unmodelled] };
}

/** Whether a ResourceSet makes for certain what it holds: it is reconciled, and no other object gives it inputs. */
function isBuilt(object: KubernetesObject): boolean {
  const reconcile = textAt(object, 'metadata', 'annotations', 'fluxcd.controlplane.io/reconcile');
  return reconcile !== 'disabled' && mapsAt(object, 'spec', 'inputsFrom').length === 0;
}

/**
 * A resource as an object, if it is written out. A Kustomization of Flux is built from its source, and data may be copied
 * from elsewhere: those are not written out.
 */
function writtenObject(resource: Fields | string): KubernetesObject | undefined {
  if (typeof resource === 'string' || textsIn(keysAndValues(resource)).some(isTemplated)) return undefined;
  const [apiVersion, kind] = [textAt(resource, 'apiVersion'), textAt(resource, 'kind')];
  const name = textAt(resource, 'metadata', 'name');
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  if (apiVersion.startsWith('kustomize.toolkit.fluxcd.io/')) return undefined;
  const copied = /^fluxcd\.controlplane\.io\/(?:copyFrom|convertKubeConfigFrom|reconcile)$/;
  if (Object.keys(fieldsAt(resource, 'metadata', 'annotations')).some((key) => copied.test(key)))
    return undefined;
  return { ...resource, apiVersion, kind, metadata: { ...fieldsAt(resource, 'metadata'), name } };
}

/** Each resource as a map, or as the text of one document of a template. */
function resourcesOf(source: SourcedObject): readonly (Fields | string)[] {
  const spec = fieldsAt(source.object, 'spec');
  return [spec, ...mapsAt(spec, 'steps')].flatMap((step) => {
    const template = textAt(step, 'resourcesTemplate');
    const documents = template === undefined ? [] : documentsOf(source, template);
    return [...mapsAt(step, 'resources'), ...documents];
  });
}

function documentsOf({ file }: SourcedObject, template: string): readonly (Fields | string)[] {
  if (!isTemplated(template)) {
    const { objects, malformed } = readDocuments(file, template);
    return malformed === undefined ? objects.map(({ object }) => object) : [template];
  }
  return template.split(/^---[ \t]*$/m).filter((text) => /^kind:/m.test(text));
}

function isTemplated(text: string): boolean {
  return text.includes('<<');
}

/** A template may be in a key too. */
function keysAndValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysAndValues);
  return isFields(value) ? [Object.keys(value), Object.values(value).map(keysAndValues)] : value;
}

/** Labels and annotations that the ResourceSet adds to each object, not to pods of its template. */
function withCommonMetadata(owner: KubernetesObject, object: KubernetesObject): KubernetesObject {
  const common = fieldsAt(owner, 'spec', 'commonMetadata');
  const merged = (key: 'labels' | 'annotations'): Record<string, string> =>
    Object.fromEntries([...textMapAt(object, 'metadata', key), ...textMapAt(common, key)]);
  if (Object.keys(common).length === 0) return object;
  const metadata = { ...object.metadata, labels: merged('labels'), annotations: merged('annotations') };
  return { ...object, metadata };
}

/** What a resource may bring whose fields are not known: by its kind, or everything if that is a template too. */
function templated(source: SourcedObject, resource: Fields | string): readonly Unmodelled[] {
  const { apiVersion, kind, namespace } = identityOf(resource);
  const object = refOf(source);
  const effects = effectsOfKind(apiVersion, kind);
  if (effects.length === 0) return [];
  const what =
    kind === undefined || isTemplated(kind) ? 'an object of a kind that its inputs decide' : `a ${kind}`;
  return [
    {
      object,
      effects,
      namespace: namespace === undefined || isTemplated(namespace) ? undefined : namespace,
      sentence: `${describeObject(object)} makes ${what} whose fields its inputs decide`,
      remedy: 'Write the resource without << >>, or check what the cluster has of it',
      rule: 'its inputs decide',
      family: `fluxcd.controlplane.io/ResourceSet ${object.namespace ?? ''}/${object.name} ${kind ?? ''}`,
    },
  ];
}

function identityOf(resource: Fields | string): {
  apiVersion: string | undefined;
  kind: string | undefined;
  namespace: string | undefined;
} {
  if (typeof resource !== 'string')
    return {
      apiVersion: textAt(resource, 'apiVersion'),
      kind: textAt(resource, 'kind'),
      namespace: textAt(resource, 'metadata', 'namespace'),
    };
  const field = (pattern: RegExp): string | undefined => pattern.exec(resource)?.[1]?.trim();
  return {
    apiVersion: field(/^apiVersion:(.*)$/m),
    kind: field(/^kind:(.*)$/m),
    namespace: namespaceIn(resource),
  };
}

/** The namespace in the metadata of a template, read line by line: a pattern over lines takes forever on a long one. */
function namespaceIn(resource: string): string | undefined {
  const lines = resource.split('\n');
  const start = lines.findIndex((line) => /^metadata:\s*$/.test(line)) + 1;
  if (start === 0) return undefined;
  const end = lines.findIndex((line, at) => at >= start && !/^[ \t]/.test(line));
  const inside = lines.slice(start, end < 0 ? undefined : end);
  const found = inside.find((line) => line.trimStart().startsWith('namespace:'));
  return found?.slice(found.indexOf(':') + 1).trim();
}
