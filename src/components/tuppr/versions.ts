/** The chart of the controller, with its image of the same version. */
export const chart = {
  name: 'tuppr',
  url: 'oci://ghcr.io/home-operations/charts/tuppr',
  // renovate: datasource=docker depName=ghcr.io/home-operations/charts/tuppr
  version: '0.5.0',
};
