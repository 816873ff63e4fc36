import type { ExternalPeer } from '../contract/network.ts';

/** 100 MiB: the largest request body that Cloudflare lets through on a free plan, and what nginx calls `100m`. */
export const freePlanBodyLimitBytes = 104_857_600;

/**
 * Where cloudflared connects to, on port 7844
 * (https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/configure-tunnels/tunnel-with-firewall/).
 */
export const tunnelEdge: ExternalPeer = {
  external: 'addresses',
  name: 'Cloudflare’s tunnel edge',
  ranges: ['198.41.192.0/24', '198.41.200.0/24', '2606:4700:a0::/48', '2606:4700:a8::/48'],
};

/** Where Cloudflare serves web sites (https://www.cloudflare.com/ips/). */
export const cloudflareRanges: readonly string[] = [
  '103.21.244.0/22',
  '103.22.200.0/22',
  '103.31.4.0/22',
  '104.16.0.0/13',
  '104.24.0.0/14',
  '108.162.192.0/18',
  '131.0.72.0/22',
  '141.101.64.0/18',
  '162.158.0.0/15',
  '172.64.0.0/13',
  '173.245.48.0/20',
  '188.114.96.0/20',
  '190.93.240.0/20',
  '197.234.240.0/22',
  '198.41.128.0/17',
  '2400:cb00::/32',
  '2405:8100::/32',
  '2405:b500::/32',
  '2606:4700::/32',
  '2803:f800::/32',
  '2a06:98c0::/29',
  '2c0f:f248::/32',
];

/** Cloudflare's sites, `<team>.cloudflareaccess.com` with the keys of Access among them. NetworkPolicy knows no host names. */
export const cloudflareSites: ExternalPeer = {
  external: 'addresses',
  name: 'Cloudflare',
  ranges: cloudflareRanges,
};
