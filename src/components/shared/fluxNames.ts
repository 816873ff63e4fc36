import type { Context } from '../contract/component.ts';
import { fluxNamespace } from './reconciliation.ts';

/** The namespace of all that Flux reads itself. */
export const namespace = fluxNamespace;

/** The Secret with the values of every `${NAME}`, which the first Kustomization applies and the second reads. */
export const valuesSecret = 'cluster-values';
/** The deploy key with which Flux reads a repository over SSH. */
export const gitSecret = 'git-credentials';
/** The key with which Flux decrypts. A key of age is found by the ending of its name (kustomize-controller). */
export const ageSecret = { name: 'sops-age', key: 'age.agekey' } as const;

/** The file of the source, and of the two Kustomizations: what is applied by hand, once. */
export const files = { source: 'source.yaml', reconcile: 'reconcile.yaml' } as const;

/** The directory of Flux's own objects: beside what the cluster runs, and not part of it. */
export function fluxDirectory({ settings }: Pick<Context<unknown>, 'settings'>): string {
  return `clusters/${settings.cluster.name}/flux`;
}

/** The source, the Kustomization of the values, and the one of everything else. */
export function objectNames({ settings }: Pick<Context<unknown>, 'settings'>) {
  const { name } = settings.cluster;
  return { source: name, values: `${name}-flux`, cluster: name };
}
