/** The chart of VolSync, with the operator and the movers in one image of the same version. */
export const chart = {
  name: 'volsync',
  url: 'oci://ghcr.io/home-operations/charts-mirror/volsync',
  // renovate: datasource=docker depName=ghcr.io/home-operations/charts-mirror/volsync
  version: '0.16.0',
};
