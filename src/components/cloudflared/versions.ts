/** The image of cloudflared, replaceable in `cluster.yaml` under `cloudflared.images`. */
export const images = {
  // renovate: datasource=docker depName=docker.io/cloudflare/cloudflared
  cloudflared: 'docker.io/cloudflare/cloudflared:2026.8.2',
};
