import type { Workload } from '../contract/network.ts';
import type { BackupRequirement } from '../contract/requirements.ts';
import {
  appDirectory,
  type FluxKustomizationRef,
  fluxKustomizationIn,
} from '../shared/fluxKustomizations.ts';
import { partLabels } from '../shared/labels.ts';

export const namespace = 'storage';
export const operatorKustomization = fluxKustomizationIn(namespace, 'volsync');
/**
 * What the operator is to back up: of kinds that exist only where it was installed. Each namespace has its own, since
 * nothing of a Kustomization is applied while one of its namespaces is not there.
 */
export function volumesKustomization(volumeNamespace: string): FluxKustomizationRef {
  return fluxKustomizationIn(namespace, `volsync-${volumeNamespace}`);
}

/**
 * The pods of the chart (helm/volsync of backube/volsync, `_helpers.tpl`): the chart's name and the release's. The
 * metrics are served at 8443, to whom RBAC lets read them (`deployment-controller.yaml`).
 */
export const operator: Workload = {
  directory: appDirectory(operatorKustomization),
  namespace,
  name: 'volsync',
  labels: { 'app.kubernetes.io/name': 'volsync', 'app.kubernetes.io/instance': 'volsync' },
};
export const metricsPort = 8443;

/** The pods that copy the volumes of a namespace. The labels are said to VolSync (`moverPodLabels`), not guessed. */
export function mover(volumeNamespace: string): Workload {
  return {
    directory: appDirectory(volumesKustomization(volumeNamespace)),
    namespace: volumeNamespace,
    name: 'volsync-mover',
    labels: partLabels('volsync', 'mover'),
  };
}

/** The name of the backups of a volume in a store: of their ReplicationSource, and of what a restore is asked for by. */
export function backupName({ name }: Pick<BackupRequirement, 'name'>, store: string): string {
  return `${name}-${store}`;
}

/** The Secret with the repository, its password and its key. It is in the namespace of the volume. */
export function resticSecret(volume: Pick<BackupRequirement, 'name'>, store: string): string {
  return `${backupName(volume, store)}-restic`;
}
