/** The images of echo, replaceable in `cluster.yaml` under `echo.images`. */
export const images = {
  // renovate: datasource=docker depName=ghcr.io/mendhak/http-https-echo
  http: 'ghcr.io/mendhak/http-https-echo:41',
  // renovate: datasource=docker depName=docker.io/traefik/whoami
  grpc: 'docker.io/traefik/whoami:v1.12.0',
};
