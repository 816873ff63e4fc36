import { posix } from 'node:path';
import type { Build, Component, Manifest } from '../components/contract/component.ts';
import type { Of, SecretDelivery } from './plan.ts';
import type { Ready } from './resolve.ts';

/** What every component contributes, in the order of the catalogue, with the name of the component. */
export function contributions<Contribution>(
  ready: readonly Ready[],
  contribute: (each: Ready) => readonly Contribution[] | undefined,
): Of<Contribution>[] {
  return ready.flatMap((each) =>
    (contribute(each) ?? []).map((item) => ({ ...item, component: each.component.name })),
  );
}

/**
 * The files of each component: its manifests, the kustomizations that list them, its Secrets in Git, and others.
 *
 * @param common those that are for all components: the entry, and the values that Flux fills in. Flux has them
 */
export function filesOfComponents(
  builds: readonly { component: Component; build: Build }[],
  manifests: readonly Of<Pick<Manifest, 'directory' | 'file'>>[],
  deliveries: readonly Of<SecretDelivery>[],
  common: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    builds.map(({ component: { name: component }, build }) => {
      const written = manifests.filter((manifest) => manifest.component === component);
      const secrets = deliveries.flatMap(({ sops, ...delivery }) =>
        sops !== undefined && delivery.component === component ? [sops] : [],
      );
      const directories = [...written, ...secrets].map(({ directory }) => directory);
      const overlays = (build.kustomizeComponents ?? []).flatMap(({ directory, name, patches }) =>
        ['kustomization.yaml', ...patches.map(({ file }) => file)].map(
          (file) => `${directory}/overlays/${name}/${file}`,
        ),
      );
      const files = [
        ...[...written, ...secrets].map(({ directory, file }) => posix.join(directory, file)),
        ...directories.map((directory) => `${directory}/kustomization.yaml`),
        ...overlays,
        ...(build.files ?? []).map(({ path }) => path),
        ...(component === 'flux' ? common : []),
      ];
      return [component, [...new Set(files)].sort()];
    }),
  );
}
