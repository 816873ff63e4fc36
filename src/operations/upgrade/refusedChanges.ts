import { heldData } from '../../compile/heldData.ts';
import { valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { shellWord } from '../../system/shellWord.ts';
import { type Effect, possibleRestart } from './clusterChange.ts';
import { refusedFields } from './immutableFields.ts';
import { listed } from './listed.ts';
import { isNetworkKind } from './networkKinds.ts';
import { isWorkload } from './podTemplate.ts';
import { findObject, type TreeIndex } from './treeIndex.ts';

/**
 * What becomes of a change that the API server refuses: Flux applies nothing of the Kustomization then, unless it is
 * told to make the object again.
 */
export function refusals(before: SourcedObject, after: SourcedObject, index: TreeIndex): Effect[] {
  const fields = refusedFields(before.object, after.object);
  if (fields.length === 0) return [];
  if (isForced(after, index)) return [recreation(after.object, fields)];
  const by = after.appliedBy === undefined ? '' : ` of Kustomization ${after.appliedBy}`;
  const named = listed(fields);
  const certain = !fields.every((field) => isChosen(before.object, after.object, field));
  const unless = certain ? '' : ', unless it is what the cluster chose';
  return [
    {
      risk: 'refused',
      certain,
      fields,
      sentence: `its ${named} changes, which the API server refuses for ${aKind(after.object)} that exists${unless}: Flux applies nothing${by} until the old one is deleted`,
      remedy: remedyFor(after.object),
    },
  ];
}

/** What the cluster chooses where a manifest says nothing, so that the manifest may say the same later. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  PersistentVolumeClaim: ['spec.storageClassName', 'spec.volumeName'],
  Service: ['spec.clusterIP'],
};

function isChosen(before: KubernetesObject, after: KubernetesObject, field: string): boolean {
  const [old, next] = [before, after].map((object) => valueAt(object, ...field.split('.')));
  return chosen[after.kind]?.includes(field) === true && (old ?? undefined) === undefined && next !== 'None';
}

/** Flux deletes what cannot change, and makes it again (kustomize-controller 1.9, `spec.force` and its annotation). */
function isForced({ object, appliedBy }: SourcedObject, index: TreeIndex): boolean {
  const annotation = object.metadata.annotations?.['kustomize.toolkit.fluxcd.io/force'];
  if (annotation?.toLowerCase() === 'enabled') return true;
  const [namespace, name] = appliedBy?.split('/') ?? [];
  return valueAt(findObject(index, 'Kustomization', namespace, name), 'spec', 'force') === true;
}

function recreation(object: KubernetesObject, fields: readonly string[]): Effect {
  const named = listed(fields);
  const base = { certain: true, fields };
  if (object.kind === 'Job')
    return {
      ...base,
      risk: 'restart',
      pods: 'replaced',
      gap: 'none',
      sentence: `its ${named} changes, so that Flux deletes it and makes it again: it runs once more`,
    };
  const sentence = `its ${named} cannot change, so that Flux deletes it and makes it again`;
  const held = heldData(object);
  if (held !== undefined) return { ...base, risk: 'data', sentence: `${sentence}: with it goes ${held}` };
  if (isWorkload(object))
    return {
      ...base,
      risk: 'restart',
      pods: 'replaced',
      gap: 'until-ready',
      sentence: `${sentence}: its pods stop first`,
    };
  if (isNetworkKind(object)) return { ...base, risk: 'network', sentence };
  return { ...base, ...possibleRestart, sentence };
}

function aKind({ kind }: KubernetesObject): string {
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function remedyFor(object: KubernetesObject): string {
  const { kind, metadata } = object;
  const where = metadata.namespace === undefined ? '' : `-n ${shellWord(metadata.namespace)} `;
  const orphan = kind === 'StatefulSet' ? ' --cascade=orphan' : '';
  const command = `kubectl ${where}delete ${kind.toLowerCase()} ${shellWord(metadata.name)}${orphan}`;
  if (heldData(object) !== undefined)
    return `keep the field as it was; or move its data first, and delete it after the push: ${command}`;
  if (kind === 'StatefulSet')
    return `keep the field as it was; or delete the object after the push, which leaves its pods, and Flux makes it again: ${command}`;
  const pods = isWorkload(object) ? ', which stops its pods,' : '';
  const force = ['Secret', 'ConfigMap', 'Job'].includes(kind)
    ? '. Or give it the annotation kustomize.toolkit.fluxcd.io/force: enabled'
    : '';
  return `keep the field as it was; or delete the object after the push${pods} and Flux makes it again: ${command}${force}`;
}
