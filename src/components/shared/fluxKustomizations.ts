import type { Manifest, Unit } from '../contract/component.ts';

/** The name of a Flux Kustomization of its own, and where it stands. */
export type UnitPlace = Pick<Unit, 'name' | 'folder'>;

/** The unit `apps/<group>/<name>`. */
export function unitIn(group: string, name: string): UnitPlace {
  return { name, folder: `apps/${group}/${name}` };
}

/** The folder of what a unit applies. */
export function appOf({ folder }: Pick<Unit, 'folder'>): string {
  return `${folder}/app`;
}

/** What a component applies by units of its own, each file and each unit because of one field. */
export function because(field: string) {
  return {
    unit: (place: UnitPlace, after: readonly UnitPlace['name'][], timeout: string): Unit => ({
      ...place,
      dependsOn: [...new Set(after)],
      timeout,
      field,
    }),
    file: (place: UnitPlace, file: string, objects: Manifest['objects']): Manifest => ({
      folder: appOf(place),
      file,
      objects,
      field,
    }),
  };
}
