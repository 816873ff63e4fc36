import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { reference } from '../../config/private.ts';
import type { ExternalPeer } from '../contract/network.ts';

/** The name server of the cluster, over UDP and TCP. */
export const clusterDns: ExternalPeer = { external: 'dns' };

/** Where operators read and write the objects that they look after. */
export const apiServer: ExternalPeer = { external: 'api-server' };

/** Where the nodes of k3s and Talos serve the API: what the Service of port 443 leads to. */
export const apiServerPorts = [{ port: 6443, protocol: 'TCP' }] as const;

/** The Talos API is served where the API server is, on the nodes of the control plane, by apid (`constants.ApidPort`). */
export const talosApi: ExternalPeer = { external: 'api-server' };
export const talosApiPorts = [{ port: 50_000, protocol: 'TCP' }] as const;

/** Who reads metrics, where somebody does: the pods that the Prometheus operator makes. */
export function prometheus({ monitoring }: ClusterSettings): ExternalPeer[] {
  if (!monitoring.enabled) return [];
  return [
    { external: 'pods', namespace: monitoring.namespace, labels: { 'app.kubernetes.io/name': 'prometheus' } },
  ];
}

/** The people at home, and those of the VPN. */
export function homeNetwork({ cluster: { network } }: ClusterSettings): ExternalPeer {
  return {
    external: 'addresses',
    name: 'home network',
    ranges: [...network.lan, ...network.vpn].map(reference),
  };
}

/** Everywhere but at home: a connection to the internet does not open the home network. */
export const internet: ExternalPeer = { external: 'internet' };

export const dnsPorts = [
  { port: 53, protocol: 'UDP' },
  { port: 53, protocol: 'TCP' },
] as const;
