import { type Fields, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';

/** Volumes whose files are objects. */
const known = ['configMap', 'secret', 'projected', 'downwardAPI'];

/**
 * Why a file or directory of a container is written while the pod runs, as a phrase: it is in a volume that no object
 * fills, such as an emptyDir that an init container writes.
 */
export function writtenAtRuntime(pod: Fields, container: Fields, path: string): string | undefined {
  const mounts = mapsAt(container, 'volumeMounts').filter((mount) => {
    const at = (textAt(mount, 'mountPath') ?? '').replace(/\/+$/, '');
    return path === at || path.startsWith(`${at}/`);
  });
  const nearest = mounts.toSorted(
    (a, b) => (textAt(b, 'mountPath') ?? '').length - (textAt(a, 'mountPath') ?? '').length,
  )[0];
  if (nearest === undefined) return undefined;
  const name = textAt(nearest, 'name') ?? '';
  const volume = mapsAt(pod, 'volumes').find((candidate) => candidate['name'] === name);
  const isKnown = volume !== undefined && known.some((kind) => valueAt(volume, kind) !== undefined);
  return isKnown ? undefined : `${path} is in the volume ${name}, which is written while the pod runs`;
}
