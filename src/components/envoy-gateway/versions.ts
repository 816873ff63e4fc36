/**
 * The chart of Envoy Gateway. It brings the definitions of the Gateway API 1.6.1 and its own as a directory `crds`, which
 * helm-controller applies before everything else, at each upgrade too. `gateway-crds-helm` has them as templates: a release of it
 * does not fit into a Secret.
 */
export const chart = {
  name: 'gateway-helm',
  url: 'oci://docker.io/envoyproxy/gateway-helm',
  // renovate: datasource=docker depName=docker.io/envoyproxy/gateway-helm
  version: '1.9.1',
};
