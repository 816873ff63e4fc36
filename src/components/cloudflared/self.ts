import type { Workload } from '../contract/network.ts';
import { partLabels } from '../shared/labels.ts';

export const directory = 'apps/networking/cloudflared';
export const namespace = 'networking';

/** Made by hand from what `cloudflared tunnel create` wrote. */
export const credentialsSecret = 'cloudflared-credentials';

/** Metrics, and `/ready`: 200 while at least one connection to the edge is up. Not on any Service. */
export const metricsPort = 2000;

export const self: Workload = {
  directory: directory,
  namespace,
  name: 'cloudflared',
  labels: partLabels('cloudflared', 'tunnel'),
};
