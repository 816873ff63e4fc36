/** The chart of cert-manager, with its images of the same version. */
export const chart = {
  name: 'cert-manager',
  url: 'oci://quay.io/jetstack/charts/cert-manager',
  // renovate: datasource=docker depName=quay.io/jetstack/charts/cert-manager
  version: 'v1.21.2',
};
