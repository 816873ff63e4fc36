/** The chart of RustFS and the images that it runs, replaceable in `cluster.yaml` under `rustfs.images`. */
export const chart = {
  name: 'rustfs',
  url: 'https://charts.rustfs.com/',
  // renovate: datasource=helm depName=rustfs registryUrl=https://charts.rustfs.com/
  version: '1.0.1',
};

export const images = {
  // renovate: datasource=docker depName=docker.io/rustfs/rustfs
  rustfs:
    'docker.io/rustfs/rustfs:1.0.1@sha256:1803faef57627e2d9c2e7d89d655d712ddded5389040054987163043fecb6a3c',
  // renovate: datasource=docker depName=docker.io/library/busybox
  init: 'docker.io/library/busybox:1.37.0',
  // The client that MinIO no longer publishes: its images left Docker Hub on 2026-09-11 and Quay after it. This one is
  // built from the same source, is kept up by others, and has a shell too. RustFS understands it: its admin requests have
  // aliases below /minio/admin/v3.
  // renovate: datasource=docker depName=docker.io/pgsty/mc versioning=loose
  mc: 'docker.io/pgsty/mc:RELEASE.2026-09-16T00-00-00Z@sha256:cfc83108c3abb371f8fb84d99c1fdc88f8c237e022409b0081fb7c0a3be634dd',
};
