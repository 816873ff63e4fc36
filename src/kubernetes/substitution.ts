import type { KubernetesObject } from './object.ts';

/** Whether Flux leaves the variables of an object as they stand (kustomize-controller, `postBuild`). */
export function isExempt({ metadata }: KubernetesObject): boolean {
  const name = 'kustomize.toolkit.fluxcd.io/substitute';
  return metadata.annotations?.[name] === 'disabled' || metadata.labels?.[name] === 'disabled';
}
