import type { KubernetesObject } from '../src/kubernetes/object.ts';
import type { SourcedObject } from '../src/manifests/sourcedObject.ts';
import type { ClusterChange } from '../src/operations/upgrade/clusterChange.ts';
import { compareTrees } from '../src/operations/upgrade/compareTrees.ts';
import type { ComparedTree } from '../src/operations/upgrade/treeIndex.ts';

/** The Flux Kustomization that applies the objects of a test. */
export const kustomization = object('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', {
  metadata: { name: 'home', namespace: 'flux-system' },
  spec: { prune: true, path: './clusters/home' },
});

/** An object with the metadata of a test, unless other fields say otherwise. */
export function object(apiVersion: string, kind: string, fields: object = {}): KubernetesObject {
  return { apiVersion, kind, metadata: { name: 'app', namespace: 'media' }, ...fields };
}

/** A workload with one container, changed by other fields of its `spec`, its pod and its container. */
export function workload(
  kind: string,
  { spec = {}, pod = {}, container = {}, metadata = {} }: Record<string, object> = {},
): KubernetesObject {
  const containers = [{ name: 'app', image: 'example.org/app:1', readinessProbe: {}, ...container }];
  const template = { metadata: { labels: { app: 'app' } }, spec: { containers, ...pod } };
  return object('apps/v1', kind, {
    metadata: { name: 'app', namespace: 'media', ...metadata },
    spec: { selector: { matchLabels: { app: 'app' } }, template, ...spec },
  });
}

/** Objects as one Flux Kustomization applies them. */
export function tree(
  objects: readonly (KubernetesObject | SourcedObject)[],
  more: Partial<ComparedTree> = {},
): ComparedTree {
  const sourced = [kustomization, ...objects].map(
    (each): SourcedObject =>
      'object' in each && 'file' in each
        ? (each as SourcedObject)
        : { object: each as KubernetesObject, file: 'app.yaml', appliedBy: 'flux-system/home' },
  );
  return { objects: sourced, outside: [], unseen: [], ...more };
}

/** What happens when some objects become others. */
export function changesBetween(
  before: readonly (KubernetesObject | SourcedObject)[],
  after: readonly (KubernetesObject | SourcedObject)[],
): ClusterChange[] {
  return compareTrees(tree(before), tree(after));
}

/** What happens when one object becomes another, beside objects that stay. */
export function changesOf(
  before: KubernetesObject,
  after: KubernetesObject,
  beside: readonly KubernetesObject[] = [],
): ClusterChange[] {
  return changesBetween([before, ...beside], [after, ...beside]);
}
