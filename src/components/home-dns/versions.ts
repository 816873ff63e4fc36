import { externalDnsImage } from '../shared/externalDns.ts';

/** The images of names at home, replaceable in `cluster.yaml` under `homeDns.unifi.images` and `homeDns.k8sGateway.images`. */
export const images = {
  externalDns: externalDnsImage,
  // renovate: datasource=docker depName=ghcr.io/kashalls/external-dns-unifi-webhook
  unifiWebhook: 'ghcr.io/kashalls/external-dns-unifi-webhook:v0.8.2',
  // renovate: datasource=docker depName=ghcr.io/k8s-gateway/k8s_gateway
  k8sGateway: 'ghcr.io/k8s-gateway/k8s_gateway:1.8.2',
};
