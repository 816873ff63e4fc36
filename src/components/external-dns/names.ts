import type { Workload } from '../contract/network.ts';
import { appDirectory, fluxKustomizationIn } from '../shared/fluxKustomizations.ts';
import { partLabels } from '../shared/labels.ts';

/** Its own namespace: it reads the names in there, and no others. */
export const namespace = 'external-dns';
export const place = fluxKustomizationIn('network', 'external-dns');

export const self: Workload = {
  directory: appDirectory(place),
  namespace,
  name: 'external-dns',
  labels: partLabels('external-dns', 'public'),
};

/** The Secret with the token of Cloudflare. */
export const tokenSecret = { name: 'cloudflare-token', key: 'token' } as const;

/**
 * The object with every name. The TXT record beside each name says the object (`external-dns/resource`), for everybody to read:
 * one for all of them tells nobody which apps there are.
 */
export const namesObject = 'public-names';
