import type { Manifest, PlannedKustomization } from '../contract/component.ts';

/** The name of a Flux Kustomization and its directory. */
export type FluxKustomizationRef = Pick<PlannedKustomization, 'name' | 'directory'>;

/** The Flux Kustomization `apps/<group>/<name>`. */
export function fluxKustomizationIn(group: string, name: string): FluxKustomizationRef {
  return { name, directory: `apps/${group}/${name}` };
}

/** The directory of what a Flux Kustomization applies. */
export function appDirectory({ directory }: Pick<PlannedKustomization, 'directory'>): string {
  return `${directory}/app`;
}

/** Makes the Flux Kustomizations of a component and the manifests in them, all because of one field. */
export function withField(field: string) {
  return {
    fluxKustomization: (
      place: FluxKustomizationRef,
      after: readonly FluxKustomizationRef['name'][],
      timeout: string,
    ): PlannedKustomization => ({
      ...place,
      dependsOn: [...new Set(after)],
      timeout,
      field,
    }),
    manifest: (place: FluxKustomizationRef, file: string, objects: Manifest['objects']): Manifest => ({
      directory: appDirectory(place),
      file,
      objects,
      field,
    }),
  };
}
