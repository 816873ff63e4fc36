import type { Manifest, PlannedKustomization } from '../contract/component.ts';

/** The name of a Flux Kustomization of its own, and where it stands. */
export type FluxKustomizationRef = Pick<PlannedKustomization, 'name' | 'directory'>;

/** The unit `apps/<group>/<name>`. */
export function fluxKustomizationIn(group: string, name: string): FluxKustomizationRef {
  return { name, directory: `apps/${group}/${name}` };
}

/** The directory of what a unit applies. */
export function appDirectory({ directory }: Pick<PlannedKustomization, 'directory'>): string {
  return `${directory}/app`;
}

/** What a component applies by units of its own, each file and each unit because of one field. */
export function withField(field: string) {
  return {
    unit: (
      place: FluxKustomizationRef,
      after: readonly FluxKustomizationRef['name'][],
      timeout: string,
    ): PlannedKustomization => ({
      ...place,
      dependsOn: [...new Set(after)],
      timeout,
      field,
    }),
    file: (place: FluxKustomizationRef, file: string, objects: Manifest['objects']): Manifest => ({
      directory: appDirectory(place),
      file,
      objects,
      field,
    }),
  };
}
