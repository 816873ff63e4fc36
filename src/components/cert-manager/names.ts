import type { Workload } from '../contract/network.ts';
import {
  appDirectory,
  type FluxKustomizationRef,
  fluxKustomizationIn,
} from '../shared/fluxKustomizations.ts';

export const namespace = 'cert-manager';
/** The controllers, and the issuers: of a kind that exists, and is checked by a webhook, only where they run. */
export const fluxKustomizations = {
  operator: fluxKustomizationIn(namespace, 'cert-manager'),
  issuers: fluxKustomizationIn(namespace, 'cert-manager-issuers'),
};

/**
 * The certificates of a namespace. Each namespace has its own, since nothing of a Kustomization is applied while one of its
 * namespaces is not there.
 */
export function certificatesKustomization(of: string): FluxKustomizationRef {
  return fluxKustomizationIn(namespace, `certificates-${of}`);
}

/** The labels of each Certificate, and of the Secret that it fills. */
export const certificateLabels = {
  'app.kubernetes.io/name': 'cert-manager',
  'app.kubernetes.io/component': 'certificate',
  'app.kubernetes.io/managed-by': 'gatehouse',
};

/** The version of the chart whose templates were read. */
export const chartReadAt = 'v1.21.1';

/**
 * The pods of the chart (deploy/charts/cert-manager of cert-manager/cert-manager): the controller, the
 * webhook, what gives that its certificate (cainjector), and a Job after each installation that waits for the webhook
 * (startupapicheck). `_helpers.tpl`: all carry the release's name, and their part as component; the chart's name
 * the controller alone.
 */
function pods(name: string, labels: Record<string, string>): Workload {
  const instance = { 'app.kubernetes.io/instance': 'cert-manager' };
  return {
    directory: appDirectory(fluxKustomizations.operator),
    namespace,
    name,
    labels: { ...labels, ...instance },
  };
}
const component = 'app.kubernetes.io/component';

export const everyPod = pods('cert-manager-pods', {});
export const controller = pods('cert-manager', {
  'app.kubernetes.io/name': 'cert-manager',
  [component]: 'controller',
});
export const webhook = pods('cert-manager-webhook', {
  'app.kubernetes.io/name': 'webhook',
  [component]: 'webhook',
});

/** `webhook.securePort` of `values.yaml`, and the port of metrics in each `deployment.yaml`. */
export const webhookPort = 10_250;
export const metricsPort = 9402;

/** The Secret with the token for Cloudflare's DNS. For a ClusterIssuer it is where cert-manager runs. */
export const tokenSecret = { name: 'cloudflare-dns', key: 'api-token' } as const;
/** The Secret of an authority of one's own, with its key. It is in no file: your devices believe whoever has it. */
export const authoritySecret = 'own-authority';
