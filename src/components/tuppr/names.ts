import type { Workload } from '../contract/network.ts';
import { appDirectory, fluxKustomizationIn } from '../shared/fluxKustomizations.ts';

/** Also the one that the Talos API is opened for: the two must be the same. */
export const namespace = 'system-upgrade';
/** The controller, and what it is to do: of kinds that exist only where it was installed. */
export const fluxKustomizations = {
  operator: fluxKustomizationIn(namespace, 'tuppr'),
  upgrades: fluxKustomizationIn(namespace, 'tuppr-upgrades'),
};

/**
 * The pods of the chart (charts/tuppr of home-operations/tuppr at 0.5.0). `_helpers.tpl`: pods carry the chart's name
 * and the release's. `values.yaml`: metrics and probes at 8081, the admission webhook at 9443.
 */
export const operator: Workload = {
  directory: appDirectory(fluxKustomizations.operator),
  namespace,
  name: 'tuppr',
  labels: { 'app.kubernetes.io/name': 'tuppr', 'app.kubernetes.io/instance': 'tuppr' },
};
export const metricsPort = 8081;
export const webhookPort = 9443;

/** The pods of the Jobs that the controller makes, one for each upgrade of a node or of Kubernetes (`jobs/labels.go`). */
export const jobs: Workload = {
  directory: appDirectory(fluxKustomizations.operator),
  namespace,
  name: 'tuppr-jobs',
  labels: { 'app.kubernetes.io/part-of': 'tuppr' },
};

/** The two objects that say the targets. Of the second there may be one in the whole cluster. */
export const upgrades = { talos: 'talos', kubernetes: 'kubernetes' } as const;
