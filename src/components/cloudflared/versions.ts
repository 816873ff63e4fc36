/** The image of cloudflared, replaceable in `cluster.yaml` under `cloudflared.images`. */
export const images = {
  // renovate: datasource=docker depName=docker.io/cloudflare/cloudflared
  cloudflared:
    'docker.io/cloudflare/cloudflared:2026.10.0@sha256:9b49eed8f62806d5d45ddf59ecefb5710429598ea6d3fcccd2af938f621b2b07',
};
