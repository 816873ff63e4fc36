import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { defined } from '../../kubernetes/defined.ts';
import type { FluxKustomization } from '../../kubernetes/types.ts';
import type { Manifest, PlannedKustomization } from '../contract/component.ts';
import { appDirectory } from './fluxKustomizations.ts';
import { ageSecret, namespace, objectNames, valuesSecret } from './fluxNames.ts';

export const kustomizeVersion = 'kustomize.toolkit.fluxcd.io/v1';

/** Every `${NAME}` is filled in from the values, which are there before anything else. */
export const filledIn = {
  postBuild: { substituteFrom: [{ kind: 'Secret' as const, name: valuesSecret }] },
};

/** What is encrypted is decrypted on the way, where there is somebody to encrypt for. */
export function decryption({ secrets }: ClusterSettings): Pick<FluxKustomization['spec'], 'decryption'> {
  return secrets.recipients.length > 0
    ? { decryption: { provider: 'sops', secretRef: { name: ageSecret.name } } }
    : {};
}

/**
 * The `ks.yaml` of a Flux Kustomization. `wait` asks for everything that it applies to be ready: a HelmRelease that is installed, a
 * Job that is complete. It depends on no Kustomization that applies it, since that one waits for it.
 */
export function fluxKustomizationManifest(
  { directory, name, dependsOn, timeout, field }: PlannedKustomization,
  settings: ClusterSettings,
): Manifest {
  const kustomization: FluxKustomization = {
    apiVersion: kustomizeVersion,
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: {
      ...defined({
        dependsOn: dependsOn.length > 0 ? dependsOn.map((other) => ({ name: other })) : undefined,
      }),
      interval: '1h',
      retryInterval: '2m',
      path: `./${appDirectory({ directory })}`,
      prune: true,
      wait: true,
      timeout,
      sourceRef: { kind: 'GitRepository', name: objectNames({ settings }).source },
      ...filledIn,
      ...decryption(settings),
    },
  };
  return { directory, file: 'ks.yaml', objects: [kustomization], field };
}
