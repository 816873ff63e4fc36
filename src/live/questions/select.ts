import type { ObjectSelection } from '../../components/contract/checks.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { LiveCluster } from '../cluster.ts';

/** The objects of a selection; undefined where the cluster does not know the kind. */
export async function selected(
  { apiVersion, kind, namespace, name, labels }: ObjectSelection,
  cluster: LiveCluster,
): Promise<readonly KubernetesObject[] | undefined> {
  if (name === undefined) {
    // Without a selector, what was listed before is not asked for again.
    const all = await cluster.list({ apiVersion, kind, namespace });
    const wanted = Object.entries(labels ?? {});
    return all?.filter(({ metadata }) => wanted.every(([key, value]) => metadata.labels?.[key] === value));
  }
  const object = await cluster.get({ apiVersion, kind, namespace, name });
  if (object !== undefined) return [object];
  const { served, missing } = await cluster.kinds();
  const isServed = served.some((each) => each.apiVersion === apiVersion && each.kind === kind);
  return isServed || missing.includes(apiVersion) || served.length === 0 ? [] : undefined;
}

/** That nothing was selected, as a sentence. */
export function absence(of: ObjectSelection, objects: readonly KubernetesObject[] | undefined): string {
  if (objects === undefined) return `The cluster does not know the kind ${of.kind} (${of.apiVersion})`;
  const { kind, namespace, name, labels } = of;
  if (name !== undefined)
    return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} is not in the cluster`;
  const which =
    labels === undefined
      ? ''
      : ` with ${Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(', ')}`;
  return `No ${kind}${which}${namespace === undefined ? '' : ` in ${namespace}`} is in the cluster`;
}

/** Names an object: `Pod media/immich`. */
export function liveNameOf({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
