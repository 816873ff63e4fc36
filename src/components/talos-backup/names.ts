import type { Workload } from '../contract/network.ts';
import { appDirectory, fluxKustomizationIn } from '../shared/fluxKustomizations.ts';

/**
 * Where the CronJob runs. The namespace is the cluster's own, and is not written here: it has neither a default deny
 * nor a Pod Security level of ours, only a policy for the pods below.
 */
export const namespace = 'kube-system';
export const fluxKustomization = fluxKustomizationIn(namespace, 'talos-backup');

/**
 * The CronJob and its pods (charts/talos-backup of sergelogvinov/helm-charts at 0.1.2). `_helpers.tpl`: the full name
 * is the release's where that contains the chart's, and pods carry both.
 */
export const backup: Workload = {
  directory: appDirectory(fluxKustomization),
  namespace,
  name: 'talos-backup',
  labels: { 'app.kubernetes.io/name': 'talos-backup', 'app.kubernetes.io/instance': 'talos-backup' },
};

/** The Secret of the store, with the keys that the CronJob reads. */
export const credentials = {
  name: 'talos-backup-s3-credentials',
  recipient: 'age-public-key',
  accessKey: 'aws-access-key-id',
  secretKey: 'aws-secret-access-key',
} as const;
/** What Talos makes for the ServiceAccount of `talos.dev` in the chart (`serviceaccount.yaml`). */
export const talosSecret = 'talos-backup-secrets';
