/** The image of nginx, replaceable in `cluster.yaml` under `originProxy.images`. The slim variant lacks the JavaScript module. */
export const images = {
  // renovate: datasource=docker depName=docker.io/nginxinc/nginx-unprivileged
  nginx: 'docker.io/nginxinc/nginx-unprivileged:1.30.4-alpine',
};
