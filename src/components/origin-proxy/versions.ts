/** The image of nginx, replaceable in `cluster.yaml` under `originProxy.images`. The slim variant lacks the JavaScript module. */
export const images = {
  // renovate: datasource=docker depName=docker.io/nginxinc/nginx-unprivileged
  nginx:
    'docker.io/nginxinc/nginx-unprivileged:1.30.5-alpine@sha256:15c994d10d6d78658721c3bcafff14cb281fba2a4bdf9d5ba92c416a472516e3',
};
