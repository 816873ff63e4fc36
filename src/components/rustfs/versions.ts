/** The chart of RustFS and the images that it runs, replaceable in `cluster.yaml` under `rustfs.images`. */
export const chart = {
  name: 'rustfs',
  url: 'https://charts.rustfs.com/',
  // renovate: datasource=helm depName=rustfs registryUrl=https://charts.rustfs.com/
  version: '1.0.0-rc.3',
};

export const images = {
  // renovate: datasource=docker depName=docker.io/rustfs/rustfs
  rustfs: 'docker.io/rustfs/rustfs:1.0.0-rc.3',
  // renovate: datasource=docker depName=docker.io/library/busybox
  init: 'docker.io/library/busybox:1.37.0',
  // The last that MinIO published. RustFS understands it: its admin requests have aliases below /minio/admin/v3.
  // renovate: datasource=docker depName=docker.io/minio/mc versioning=loose
  mc: 'docker.io/minio/mc:RELEASE.2025-08-13T08-35-41Z',
};
