import { isFields, textAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { imageOf } from './imageNames.ts';
import { containersOf, podSpecOf } from './podTemplate.ts';
import { chartOf, sourceOf, versionOf } from './releaseChanges.ts';
import { indexOf, type TreeIndex } from './treeIndex.ts';

/**
 * The versions that objects run, by what has one: the repository of an image without its registry, `chart/NAME`, `talos`
 * and `kubernetes`.
 */
export type ProgramVersions = ReadonlyMap<string, ReadonlySet<string>>;

export function programVersions(objects: readonly SourcedObject[]): ProgramVersions {
  const index = indexOf({ objects, outside: [], unseen: [] });
  const versions = new Map<string, Set<string>>();
  for (const { object } of objects)
    for (const [name, version] of versionsOf(object, index))
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
  return versions;
}

function versionsOf(object: KubernetesObject, index: TreeIndex): [string, string][] {
  switch (object.kind) {
    case 'HelmRelease':
      return [...versionOfChart(object, index), ...imagesIn(valueAt(object, 'spec', 'values'))];
    case 'TalosUpgrade':
      return named('talos', textAt(object, 'spec', 'talos', 'version'));
    case 'KubernetesUpgrade':
      return named('kubernetes', textAt(object, 'spec', 'kubernetes', 'version'));
    case 'Cluster':
      return ofImage(textAt(object, 'spec', 'imageName'));
    default:
      return containersOf(podSpecOf(object)).flatMap((container) => ofImage(textAt(container, 'image')));
  }
}

function named(name: string, version: string | undefined): [string, string][] {
  return version === undefined ? [] : [[name, version]];
}

function ofImage(image: string | undefined): [string, string][] {
  const found = imageOf(image ?? '');
  return found === undefined || found.tag === '' ? [] : [[withoutRegistry(found.repository), found.tag]];
}

/** A mirror has the same path under another registry. */
function withoutRegistry(repository: string): string {
  const [first = '', ...rest] = repository.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? rest.join('/') : repository;
}

function versionOfChart(release: KubernetesObject, index: TreeIndex): [string, string][] {
  const source = sourceOf(release, index);
  return named(`chart/${chartOf(release, source)}`, versionOf(release, source));
}

/** Images in the values of a chart, as most charts have them: `repository` and `tag`. Each without its registry. */
export function imagesIn(values: unknown): [string, string][] {
  if (Array.isArray(values)) return values.flatMap(imagesIn);
  if (!isFields(values)) return [];
  const [repository, tag] = [textAt(values, 'repository'), textAt(values, 'tag')];
  const own = repository === undefined || tag === undefined ? [] : ofImage(`${repository}:${tag}`);
  return [...own, ...Object.values(values).flatMap(imagesIn)];
}
