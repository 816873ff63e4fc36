import type { KubernetesObject } from './object.ts';

/** Whether Flux substitutes no variables in an object (kustomize-controller, `postBuild`). */
export function isExempt({ metadata }: KubernetesObject): boolean {
  const name = 'kustomize.toolkit.fluxcd.io/substitute';
  return metadata.annotations?.[name] === 'disabled' || metadata.labels?.[name] === 'disabled';
}
