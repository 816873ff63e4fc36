import type { Workload } from '../contract/network.ts';
import { appDirectory, fluxKustomizationIn } from '../shared/fluxKustomizations.ts';
import { partLabels } from '../shared/labels.ts';

/** Its own namespace: it reads the names in there, and no public ones. */
export const namespace = 'home-dns';
export const place = fluxKustomizationIn('network', 'home-dns');

export const self: Workload = {
  directory: appDirectory(place),
  namespace,
  name: 'home-dns',
  labels: partLabels('external-dns', 'home'),
};

/** The name server k8s_gateway, which answers with the names by itself. */
export const nameServer: Workload = { ...self, labels: partLabels('k8s-gateway', 'home') };

/** The Secret with the API key of the console. */
export const keySecret = { name: 'unifi-api-key', key: 'api-key' } as const;

/** The object with every name. */
export const namesObject = 'home-names';
