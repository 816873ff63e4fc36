import type { KustomizeComponent, Manifest } from '../components/contract/component.ts';
import { defined } from '../kubernetes/defined.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { mergeStrategically } from '../kubernetes/strategicMerge.ts';
import { toYaml, toYamlText } from '../kubernetes/yaml.ts';
import type { PlannedFile } from './plan.ts';

const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };

/** The files of a directory: its manifests, its overlays, and the kustomization that lists them. */
export function directoryFiles(
  directory: string,
  manifests: readonly Manifest[],
  overlays: readonly KustomizeComponent[],
  extra: readonly string[],
): PlannedFile[] {
  const names = [...manifests.map(({ file }) => file), ...extra];
  const enabled = overlays.filter((overlay) => overlay.enabled).map(({ name }) => `overlays/${name}`);
  const content = toYamlText({
    ...kustomization,
    resources: names,
    ...defined({ components: enabled.length > 0 ? enabled : undefined }),
  });
  return [
    { path: `${directory}/kustomization.yaml`, content },
    ...manifests.map(({ file, objects }) => ({ path: `${directory}/${file}`, content: toYaml(objects) })),
    ...overlays.flatMap((overlay) => overlayFiles(directory, overlay)),
  ];
}

/** A kustomize Component: it may not include what is above it, so it is listed where it is wanted. */
function overlayFiles(directory: string, { name, patches }: KustomizeComponent): PlannedFile[] {
  const path = `${directory}/overlays/${name}`;
  const component = {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    patches: patches.map(({ file }) => ({ path: file })),
  };
  return [
    { path: `${path}/kustomization.yaml`, content: toYamlText(component) },
    ...patches.map(({ file, patch }) => ({ path: `${path}/${file}`, content: toYaml([patch]) })),
  ];
}

/** The entry that Flux reconciles: a user's own entries stay in it. */
export function entryFile(cluster: string, directories: readonly string[]): PlannedFile {
  return {
    path: entryPath(cluster),
    entries: directories.map((directory) => `../../${directory}/`),
  };
}

export function entryPath(cluster: string): string {
  return `clusters/${cluster}/kustomization.yaml`;
}

/** An object after the patches of the enabled overlays, as kustomize would build it. */
export function patched(object: KubernetesObject, overlays: readonly KustomizeComponent[]): KubernetesObject {
  const patches = overlays
    .filter(({ enabled }) => enabled)
    .flatMap((overlay) => overlay.patches.map(({ patch }) => patch));
  return patches
    .filter(
      ({ kind, metadata }) =>
        kind === object.kind &&
        metadata.name === object.metadata.name &&
        metadata.namespace === object.metadata.namespace,
    )
    .reduce<KubernetesObject>((target, patch) => {
      const merged = mergeStrategically(target, patch);
      // These patches change an object: they neither delete it nor use directives.
      return merged.result === 'object' ? (merged.object as KubernetesObject) : target;
    }, object);
}
