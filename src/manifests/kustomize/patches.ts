import { type Fields, fieldsAt, isFields, textAt } from '../../kubernetes/fields.ts';
import { mergeStrategically } from '../../kubernetes/strategicMerge.ts';
import { type Documents, readDocuments } from '../tree.ts';
import { checkDuplicatedMetadata } from './duplicatedMetadata.ts';
import { applyOperations, type Operation, operationsOf } from './jsonPatch.ts';
import { hasTextNotes, withNotesAsWritten } from './patchMetadata.ts';
import { selectsBy } from './patchTargets.ts';
import {
  asObject,
  idOf,
  idsOf,
  isSameId,
  originalId,
  type Resource,
  remembered,
  resourceOf,
  type Say,
  withObject,
} from './resource.ts';

/** An entry of `patches`, or of one of its two older forms. */
export interface PatchEntry {
  /** Where it stands, for what is said of it. */
  name: string;
  documents: Documents;
  /** What the documents were read from. */
  text: string;
  target: unknown;
  field: 'patches' | 'patchesStrategicMerge' | 'patchesJson6902';
}

type Step = (resources: readonly Resource[]) => readonly Resource[];

/** Applies a patch of either kind to what it is meant for. */
export function patchStep({ name, documents, text, target, field }: PatchEntry, say: Say): Step {
  // `patchesJson6902` does not remember what an object was called before.
  const remembers = field === 'patches';
  const asIs: Step = (resources) => resources;
  const { objects, values, others, malformed: damage } = documents;
  const [value] = values;
  if (damage !== undefined || values.length === 0) {
    say('refused', `${name} is no patch`);
    return asIs;
  }
  if (values.length === 1 && Array.isArray(value)) {
    const operations = operationsOf(value);
    const unclear = operations?.some(isUnclear) ?? true;
    if (operations !== undefined && !unclear) return jsonStep(name, operations, target, remembers, say);
    say('unknown', `${name} has operations that are not applied here`);
    return asIs;
  }
  if (others > 0 || objects.some(({ object }) => object.metadata.name === '')) {
    say('refused', `${name} is no patch: it names no object`);
    return asIs;
  }
  const strict = target !== undefined || field === 'patchesStrategicMerge';
  const read = objects.map(({ object }): Fields => object);
  const patches = strict ? withNotesAsWritten(read, text) : read;
  if (target === undefined) {
    return (resources) => patches.reduce((done, patch) => byId(name, patch, done, strict, say), resources);
  }
  const [patch] = patches;
  if (patch !== undefined && patches.length === 1) return mergeStep(name, patch, target, say);
  say('refused', `${name} has several patches for one target`);
  return asIs;
}

/** A patch without a target names its object, by a name that it has or had. */
function byId(
  name: string,
  patch: Fields,
  resources: readonly Resource[],
  strict: boolean,
  say: Say,
): readonly Resource[] {
  const object = asObject(patch);
  if (object === undefined) {
    say('refused', `${name} is no patch: it names no object`);
    return resources;
  }
  const id = idOf(resourceOf({ object, file: '' }));
  const meant = resources.filter((resource) => idsOf(resource).some((each) => isSameId(each, id)));
  const [one] = meant;
  if (one === undefined || meant.length > 1) {
    say(
      'refused',
      `${name} is for ${id.kind} ${id.name}, of which there ${one === undefined ? 'is none' : 'are several'}`,
    );
    return resources;
  }
  if (strict && !hasTextNotes(patch)) {
    say('unknown', `${name} has a label or annotation that is no text`);
    return resources;
  }
  return resources.flatMap((resource) =>
    resource === one ? merged(name, resource, patch, say) : [resource],
  );
}

function mergeStep(name: string, patch: Fields, target: unknown, say: Say): Step {
  const selects = selectsBy(target);
  if (selects === undefined) {
    say('unknown', `${name} has a target that is not understood here`);
    return (resources) => resources;
  }
  return (resources) => {
    if (!hasTextNotes(patch) && resources.some(selects)) {
      say('unknown', `${name} has a label or annotation that is no text`);
      return resources;
    }
    return resources.flatMap((resource) =>
      selects(resource) ? merged(name, resource, patch, say) : [resource],
    );
  };
}

function merged(name: string, resource: Resource, patch: Fields, say: Say): readonly Resource[] {
  const { object } = resource.source;
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = patch;
  const { name: _name, namespace: _namespace, ...metadata } = fieldsAt(patch, 'metadata');
  const result = mergeStrategically(object, { ...rest, metadata });
  if (result.result === 'deleted') return [];
  const whole = result.result === 'object' && isFields(result.object) ? result.object : undefined;
  // With `$patch: replace` the patch stands for the whole object, its labels included.
  const { apiVersion, kind } = object;
  const { name: own, namespace } = object.metadata;
  const place = namespace === undefined ? { name: own } : { name: own, namespace };
  if (whole !== undefined) {
    const changed = { ...whole, apiVersion, kind, metadata: { ...fieldsAt(whole, 'metadata'), ...place } };
    return [checkDuplicatedMetadata(withObject(resource, changed), say)];
  }
  say('unknown', `${name} has a strategic merge patch that is not applied here`);
  return [resource];
}

function jsonStep(
  name: string,
  operations: readonly Operation[],
  target: unknown,
  remembers: boolean,
  say: Say,
): Step {
  if (target === undefined || (!remembers && textAt(target, 'name') === undefined)) {
    say('refused', `${name} has operations and no target`);
    return (resources) => resources;
  }
  const selects = selectsBy(target);
  if (selects === undefined) {
    say('unknown', `${name} has a target that is not understood here`);
    return (resources) => resources;
  }
  return (resources) =>
    resources.map((resource) => {
      if (!selects(resource)) return resource;
      const before = remembers ? remembered(resource) : resource;
      const result = applyOperations(asSeen(before), operations);
      const object = asObject(result?.value);
      if (object === undefined) {
        say('refused', `${name} does not fit ${resource.source.object.kind} ${originalId(resource).name}`);
        return resource;
      }
      return { ...withObject(before, object), stamps: [] };
    });
}

/** An index from the end, which some programs count, and what kustomize keeps in annotations of its own. */
function isUnclear({ op, path, from }: Operation): boolean {
  const read = op === 'test' ? path : from;
  const reads =
    read !== undefined &&
    read[0] === 'metadata' &&
    (read.length === 1 || (read.length === 2 && read[1] === 'annotations'));
  return reads || [...path, ...(from ?? [])].some((part) => /^-\d/.test(part));
}

/** What kustomize remembers of an object stands in its annotations, so that there are some. */
function asSeen({ source: { object }, previous, generated }: Resource): Fields {
  if (object.metadata.annotations !== undefined || (previous.length === 0 && !generated)) return object;
  return { ...object, metadata: { ...object.metadata, annotations: {} } };
}

/** A patch that stands in the kustomization itself. */
export function inlinePatch(path: string, written: string): Pick<PatchEntry, 'documents' | 'text'> {
  const text = written.trim();
  return { documents: readDocuments(path, text), text };
}
