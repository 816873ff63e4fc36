import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { releaseOf } from '../../manifests/helm/release.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { readFluxObject } from '../reconcile/fluxObject.ts';
import type { Dump } from './dump.ts';
import { nameOf } from './objectName.ts';

/** `namespace/name` of a release, as Helm writes it on what it makes. */
export function nameOfRelease(release: KubernetesObject): string {
  const { namespace, name } = releaseOf(release);
  return `${namespace}/${name}`;
}

/** Whether Helm says that it made an object for one of these releases. */
export function isOfRelease(
  { metadata: { annotations = {} } }: KubernetesObject,
  releases: ReadonlySet<string>,
): boolean {
  const [namespace = '', name = ''] = ['namespace', 'name'].map(
    (part) => annotations[`meta.helm.sh/release-${part}`] ?? '',
  );
  return releases.has(`${namespace}/${name}`);
}

/**
 * Whether an object is a hook of one of these HelmReleases. Helm does not count hooks to what it made, and keeps them where the
 * chart does not say otherwise (Helm, "Chart Hooks"); helm-controller marks them as it marks everything.
 *
 * @param releases - `namespace/name` of each HelmRelease
 */
export function isHookOf(
  { metadata: { annotations = {}, labels = {} } }: KubernetesObject,
  releases: ReadonlySet<string>,
): boolean {
  if (annotations['helm.sh/hook'] === undefined) return false;
  const [namespace = '', name = ''] = ['namespace', 'name'].map(
    (part) => labels[`helm.toolkit.fluxcd.io/${part}`] ?? '',
  );
  return releases.has(`${namespace}/${name}`);
}

/** An object that a release made, which is in no file of Git. */
export interface MadeByRelease {
  release: SourcedObject;
  /** As the cluster has it; its name alone where it is gone. */
  object: KubernetesObject;
  isThere: boolean;
}

/**
 * What the releases of Git made, of the kinds that were read: by the inventory that Flux keeps of a release and, before Flux 2.8,
 * by what Helm writes on objects.
 */
export function madeByReleases(inGit: readonly SourcedObject[], dump: Dump): readonly MadeByRelease[] {
  const read = new Set(dump.complete.map(({ apiVersion, kind }) => `${groupOf({ apiVersion })}/${kind}`));
  return inGit
    .filter(({ object }) => object.kind === 'HelmRelease')
    .flatMap((release): MadeByRelease[] => {
      const live = dump.byName.get(nameOf(release.object));
      if (live === undefined) return [];
      const { inventory } = readFluxObject(live);
      if (inventory.length === 0) {
        const names = new Set([nameOfRelease(release.object)]);
        const made = dump.objects.filter((object) => isOfRelease(object, names));
        return made.map((object) => ({ release, object, isThere: true }));
      }
      return inventory
        .filter(({ group, kind }) => read.has(`${group}/${kind}`))
        .map(({ group, version, kind, namespace, name }) => {
          const apiVersion = group === '' ? version : `${group}/${version}`;
          const object = {
            apiVersion,
            kind,
            metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
          };
          const found = dump.byName.get(nameOf(object));
          return { release, object: found ?? object, isThere: found !== undefined };
        });
    });
}
