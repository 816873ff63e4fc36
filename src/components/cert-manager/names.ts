import type { Workload } from '../claim.ts';
import { appOf, unitIn } from '../units.ts';

export const namespace = 'cert-manager';
/** The controllers, and the issuers: of a kind that exists, and is checked by a webhook, only where they run. */
export const units = {
  operator: unitIn(namespace, 'cert-manager'),
  issuers: unitIn(namespace, 'cert-manager-issuers'),
};

/**
 * The pods of the chart (deploy/charts/cert-manager of cert-manager/cert-manager at v1.21.1). `_helpers.tpl`: only the
 * controller has the chart's name, the others that of their part; all have the release's, and their part as component.
 */
function part(component: 'controller' | 'webhook' | 'cainjector' | 'startupapicheck'): Workload {
  const isController = component === 'controller';
  return {
    folder: appOf(units.operator),
    namespace,
    name: isController ? 'cert-manager' : `cert-manager-${component}`,
    labels: {
      'app.kubernetes.io/name': isController ? 'cert-manager' : component,
      'app.kubernetes.io/instance': 'cert-manager',
      'app.kubernetes.io/component': component,
    },
  };
}

export const controller = part('controller');
export const webhook = part('webhook');
export const caInjector = part('cainjector');
/** A Job after each installation, which asks the API server until the webhook answers (`startupapicheck-job.yaml`). */
export const startupCheck = part('startupapicheck');

/** `webhook.securePort` of `values.yaml`, and the port of metrics in each `deployment.yaml`. */
export const webhookPort = 10_250;
export const metricsPort = 9402;

/** The Secret with the token for Cloudflare's DNS. For a ClusterIssuer it stands where cert-manager runs. */
export const tokenSecret = { name: 'cloudflare-dns', key: 'api-token' } as const;
