import { defined } from '../../kubernetes/defined.ts';
import { type Fields, fieldsAt, isFields, textAt } from '../../kubernetes/fields.ts';
import { mergeStrategically } from '../../kubernetes/strategicMerge.ts';
import { type Documents, readForKustomize } from '../tree.ts';
import { checkDuplicatedMetadata } from './duplicatedMetadata.ts';
import { applyOperations, type Operation, operationsOf } from './jsonPatch.ts';
import { hasStringMetadata, withMetadataAsWritten } from './patchMetadata.ts';
import { selectorOf } from './patchTargets.ts';
import {
  asObject,
  idOf,
  idsOf,
  isSameId,
  originalId,
  type Report,
  type Resource,
  resourceOf,
  withObject,
  withRecordedId,
} from './resource.ts';

/** An entry of `patches`, or of one of the two deprecated fields. */
export interface PatchEntry {
  /** Names the entry in findings. */
  name: string;
  documents: Documents;
  /** The source text of the documents. */
  text: string;
  target: unknown;
  field: 'patches' | 'patchesStrategicMerge' | 'patchesJson6902';
}

type PatchStep = (resources: readonly Resource[]) => readonly Resource[];

/** Compiles a strategic merge patch or a JSON patch. */
export function patchStep({ name, documents, text, target, field }: PatchEntry, report: Report): PatchStep {
  // kustomize does not record the previous id for `patchesJson6902`.
  const recordsId = field === 'patches';
  const unchanged: PatchStep = (resources) => resources;
  const { objects, values, others, malformed } = documents;
  const [value] = values;
  if (malformed !== undefined || values.length === 0) {
    report('refused', `${name} is not a patch`);
    return unchanged;
  }
  if (values.length === 1 && Array.isArray(value)) {
    const operations = operationsOf(value);
    const isSupported = operations?.some(isUnsupported) === false;
    if (operations !== undefined && isSupported) return jsonStep(name, operations, target, recordsId, report);
    report('unknown', `${name} has operations that the in-memory build does not support`);
    return unchanged;
  }
  if (others > 0 || objects.some(({ object }) => object.metadata.name === '')) {
    report('refused', `${name} is not a patch: it names no object`);
    return unchanged;
  }
  const strict = target !== undefined || field === 'patchesStrategicMerge';
  const parsed = objects.map(({ object }): Fields => object);
  const patches = strict ? withMetadataAsWritten(parsed, text) : parsed;
  if (target === undefined) {
    return (resources) =>
      patches.reduce((patched, patch) => applyById(name, patch, patched, strict, report), resources);
  }
  const [patch] = patches;
  if (patch !== undefined && patches.length === 1) return mergeStep(name, patch, target, report);
  report('refused', `${name} has several patches for one target`);
  return unchanged;
}

/** A patch without a target applies to the object that has, or had, the patch's own name. */
function applyById(
  name: string,
  patch: Fields,
  resources: readonly Resource[],
  strict: boolean,
  report: Report,
): readonly Resource[] {
  const object = asObject(patch);
  if (object === undefined) {
    report('refused', `${name} is not a patch: it names no object`);
    return resources;
  }
  const id = idOf(resourceOf({ object, file: '' }));
  const matching = resources.filter((resource) => idsOf(resource).some((each) => isSameId(each, id)));
  const [match] = matching;
  if (match === undefined || matching.length > 1) {
    report(
      'refused',
      `${name} matches ${match === undefined ? 'no object' : 'several objects'} called ${id.kind} ${id.name}`,
    );
    return resources;
  }
  if (strict && !hasStringMetadata(patch)) {
    report('unknown', `${name} has a label or annotation that is not a string`);
    return resources;
  }
  return resources.flatMap((resource) =>
    resource === match ? mergePatch(name, resource, patch, report) : [resource],
  );
}

function mergeStep(name: string, patch: Fields, target: unknown, report: Report): PatchStep {
  const selects = selectorOf(target);
  if (selects === undefined) {
    report('unknown', `${name} has a target that the in-memory build does not support`);
    return (resources) => resources;
  }
  return (resources) => {
    if (!hasStringMetadata(patch) && resources.some(selects)) {
      report('unknown', `${name} has a label or annotation that is not a string`);
      return resources;
    }
    return resources.flatMap((resource) =>
      selects(resource) ? mergePatch(name, resource, patch, report) : [resource],
    );
  };
}

function mergePatch(name: string, resource: Resource, patch: Fields, report: Report): readonly Resource[] {
  const { object } = resource.source;
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = patch;
  const { name: _name, namespace: _namespace, ...metadata } = fieldsAt(patch, 'metadata');
  const result = mergeStrategically(object, { ...rest, metadata });
  if (result.result === 'deleted') return [];
  const whole = result.result === 'object' && isFields(result.object) ? result.object : undefined;
  // With `$patch: replace` the patch replaces the whole object, labels included. Name and namespace stay.
  const { apiVersion, kind } = object;
  const identity = defined({ name: object.metadata.name, namespace: object.metadata.namespace });
  if (whole !== undefined) {
    const changed = { ...whole, apiVersion, kind, metadata: { ...fieldsAt(whole, 'metadata'), ...identity } };
    return [checkDuplicatedMetadata(withObject(resource, changed), report)];
  }
  report('unknown', `${name} has a strategic merge patch that the in-memory build does not support`);
  return [resource];
}

function jsonStep(
  name: string,
  operations: readonly Operation[],
  target: unknown,
  recordsId: boolean,
  report: Report,
): PatchStep {
  if (target === undefined || (!recordsId && textAt(target, 'name') === undefined)) {
    report('refused', `${name} has operations, but no target`);
    return (resources) => resources;
  }
  const selects = selectorOf(target);
  if (selects === undefined) {
    report('unknown', `${name} has a target that the in-memory build does not support`);
    return (resources) => resources;
  }
  return (resources) =>
    resources.map((resource) => {
      if (!selects(resource)) return resource;
      const before = recordsId ? withRecordedId(resource) : resource;
      const result = applyOperations(asKustomizeSeesIt(before), operations);
      const object = asObject(result?.value);
      if (object === undefined) {
        report(
          'refused',
          `${name} cannot be applied to ${resource.source.object.kind} ${originalId(resource).name}`,
        );
        return resource;
      }
      return { ...withObject(before, object), stamps: [] };
    });
}

/** A negative index, and a read of the annotations in which kustomize keeps its own records. */
function isUnsupported({ op, path, from }: Operation): boolean {
  const read = op === 'test' ? path : from;
  const reads =
    read !== undefined &&
    read[0] === 'metadata' &&
    (read.length === 1 || (read.length === 2 && read[1] === 'annotations'));
  return reads || [...path, ...(from ?? [])].some((part) => /^-\d/.test(part));
}

/** kustomize keeps its records in annotations, so an object with records always has a map of annotations. */
function asKustomizeSeesIt({ source: { object }, previousIds: previous, generated }: Resource): Fields {
  if (object.metadata.annotations !== undefined || (previous.length === 0 && !generated)) return object;
  return { ...object, metadata: { ...object.metadata, annotations: {} } };
}

/** A patch that is written in the kustomization itself. */
export function inlinePatch(path: string, inline: string): Pick<PatchEntry, 'documents' | 'text'> {
  const text = inline.trim();
  return { documents: readForKustomize(path, text), text };
}
