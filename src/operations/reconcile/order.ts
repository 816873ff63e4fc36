import { type FluxObject, fluxKey } from './fluxObject.ts';

/** Flux's objects by their keys. */
export type FluxObjects = ReadonlyMap<string, FluxObject>;

/**
 * The keys of what a source leads to: the Kustomizations that apply it, what they apply, what that needs, and so on.
 * Other sources come with those who read them.
 */
export function ledTo(objects: FluxObjects, source: string): Set<string> {
  const found = new Set<string>([source]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const object of objects.values()) {
      const isReading = object.role === 'kustomization' && object.from === source;
      const isApplied = object.appliedBy !== undefined && found.has(object.appliedBy);
      if (!found.has(object.key) && (isReading || isApplied)) found.add(object.key);
      if (!found.has(object.key)) continue;
      for (const key of needs(object)) if (objects.has(key)) found.add(key);
    }
  }
  return found;
}

/** The keys of what must be done before an object is asked, but for who applies it. */
export function needs({ from, dependsOn }: FluxObject): string[] {
  return from === undefined ? [...dependsOn] : [from, ...dependsOn];
}

/** Who applies an object, where that is another one that is there. */
export function parentOf(object: FluxObject, objects: FluxObjects): FluxObject | undefined {
  // The Kustomization of Flux's own objects applies itself.
  if (object.appliedBy === undefined || object.appliedBy === object.key) return undefined;
  return objects.get(object.appliedBy);
}

/** What a Kustomization has applied for Flux and the cluster does not show yet. */
export function awaited(object: FluxObject, objects: FluxObjects): string[] {
  return object.inventory
    .filter(({ group }) => group.endsWith('.toolkit.fluxcd.io'))
    .filter(({ kind }) => kind === 'Kustomization' || kind === 'HelmRelease')
    .map(({ kind, namespace = 'default', name }) => fluxKey(kind, namespace, name))
    .filter((key) => !objects.has(key));
}

/**
 * The one that is to blame among objects that are not ready: it waits for none of the others, and has applied none of
 * them.
 */
export function firstToBlame(blamed: readonly FluxObject[]): FluxObject | undefined {
  const keys = new Set(blamed.map(({ key }) => key));
  const applying = new Set(
    blamed.flatMap(({ key, appliedBy }) => (appliedBy === key ? [] : (appliedBy ?? []))),
  );
  return (
    blamed.find((object) => !applying.has(object.key) && !needs(object).some((key) => keys.has(key))) ??
    blamed[0]
  );
}
