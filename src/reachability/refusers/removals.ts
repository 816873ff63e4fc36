import { mapsAt, textAt, textMapAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { protects } from './resources.ts';

/**
 * Labels and annotations by which a program deletes an object after some time (Kyverno 1.15, Cleanup Policies; kube-janitor
 * 23, README; k8s-ttl-controller 1.5, README).
 */
const expiries: ReadonlySet<string> = new Set([
  'cleanup.kyverno.io/ttl',
  'janitor/ttl',
  'janitor/expires',
  'k8s-ttl-controller.twin.sh/ttl',
]);

/** Objects of hooks are there for a time, if helm or Argo CD applies them (Helm 4, Chart Hooks; Argo CD 3.1, Resource Hooks). */
const hooks: ReadonlySet<string> = new Set(['helm.sh/hook', 'argocd.argoproj.io/hook']);

/**
 * Objects that restrict or apply others, and that the cluster may delete again or that no controller may look at, each
 * with the reason. They are applied, so the rest of their Kustomization is too.
 */
export function removedLater(objects: readonly SourcedObject[]): ReadonlyMap<SourcedObject, string> {
  const removed = new Map<SourcedObject, string>();
  let uids: ReadonlySet<string> | undefined;
  for (const source of objects) {
    const { object } = source;
    if (!protects(object)) continue;
    const owners = mapsAt(object, 'metadata', 'ownerReferences');
    if (owners.length > 0)
      uids ??= new Set(objects.map((each) => textAt(each.object, 'metadata', 'uid') ?? ''));
    const why = ownerReason(object, uids) ?? reasonOf(source);
    if (why !== undefined) removed.set(source, `${describeObject(refOf(source))} ${why}`);
  }
  return removed;
}

/**
 * The garbage collector deletes an object of which no owner is there (Kubernetes 1.36, Owners and Dependents). What an
 * API server printed, with a `uid`, is there.
 */
function ownerReason(object: KubernetesObject, uids: ReadonlySet<string> | undefined): string | undefined {
  const owners = mapsAt(object, 'metadata', 'ownerReferences');
  if (owners.length === 0 || textAt(object, 'metadata', 'uid') !== undefined) return undefined;
  return owners.some((owner) => uids?.has(textAt(owner, 'uid') ?? '') === true)
    ? undefined
    : `has ownerReferences to ${textAt(owners[0], 'kind')} ${textAt(owners[0], 'name')}: without that owner the cluster deletes it`;
}

function reasonOf({ object, appliedBy, template }: SourcedObject): string | undefined {
  const { metadata } = object;
  if (metadata['deletionTimestamp'] !== undefined && metadata['deletionTimestamp'] !== null)
    return 'has a deletionTimestamp, so the cluster may be deleting it';
  for (const [key, value] of [...textMapAt(metadata, 'labels'), ...textMapAt(metadata, 'annotations')]) {
    if (expiries.has(key)) return `has ${key}: ${value}: a program may delete it after that time`;
    const isHook = hooks.has(key) && appliedBy === undefined && template === undefined;
    if (isHook) return `has ${key}: ${value}: it may be there for a time only`;
    // Flux 2.9, Sharding: the other controllers leave out what has the label.
    if (key === 'sharding.fluxcd.io/key' && groupOf(object).endsWith('.toolkit.fluxcd.io'))
      return `has ${key}: ${value}: only the controllers of that shard look at it`;
  }
  return undefined;
}
