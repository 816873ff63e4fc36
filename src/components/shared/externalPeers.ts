import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { ExternalPeer } from '../contract/network.ts';

/** Ranges that no router of the internet forwards (RFC 6890 and its successors), so that "internet" leaves them out. */
const special = {
  ipv4: [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ],
  ipv6: ['fc00::/7', 'fe80::/10', 'ff00::/8'],
};

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

/** Everywhere but private networks: a connection to the internet does not open the home network. */
export const internet: ExternalPeer = {
  external: 'addresses',
  name: 'internet',
  ranges: ['0.0.0.0/0', '::/0'],
  except: [...special.ipv4, ...special.ipv6],
};

export const dnsPorts = [
  { port: 53, protocol: 'UDP' },
  { port: 53, protocol: 'TCP' },
] as const;
