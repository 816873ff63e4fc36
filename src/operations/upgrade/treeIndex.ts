import type { KubernetesObject } from '../../kubernetes/object.ts';
import { withServerDefaults } from '../../kubernetes/serverDefaults.ts';
import type { BuiltTree } from '../../manifests/repository.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { keyOf } from '../configure/writtenBefore.ts';

/** What is compared of a tree. */
export type ComparedTree = Pick<BuiltTree, 'objects' | 'outside' | 'unseen'>;

/** The objects of a tree as the API server stores them, to be found by what other objects say of them. */
export interface TreeIndex {
  /** Every object by its key, in the order of the tree. Of several forms it has the last. */
  byKey: ReadonlyMap<string, SourcedObject>;
  /** The objects of each namespace; those without one have the empty name. */
  byNamespace: ReadonlyMap<string, readonly KubernetesObject[]>;
  /** Keys of releases in the place of which the objects of their charts are. */
  rendered: ReadonlySet<string>;
  /** Everything that can be built was built. */
  isWhole: boolean;
}

export function indexOf({ objects, outside, unseen }: ComparedTree): TreeIndex {
  const byKey = new Map<string, SourcedObject>();
  for (const source of [...outside, ...objects])
    byKey.set(keyOf(source.object), { ...source, object: withServerDefaults(source.object) });
  const byNamespace = new Map<string, KubernetesObject[]>();
  for (const { object } of byKey.values()) {
    const { namespace = '' } = object.metadata;
    const within = byNamespace.get(namespace);
    if (within === undefined) byNamespace.set(namespace, [object]);
    else within.push(object);
  }
  const rendered = outside.flatMap(({ object }) => (object.kind === 'HelmRelease' ? [keyOf(object)] : []));
  return { byKey, byNamespace, rendered: new Set(rendered), isWhole: unseen.length === 0 };
}

/** The object of a kind by its name; undefined where the tree does not have it. */
export function findObject(
  index: TreeIndex,
  kind: string,
  namespace: string | undefined,
  name: string | undefined,
): KubernetesObject | undefined {
  return index.byNamespace
    .get(namespace ?? '')
    ?.find((object) => object.kind === kind && object.metadata.name === name);
}
