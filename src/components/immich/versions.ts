/** The images of Immich, each replaceable in `cluster.yaml` under `immich.images`. */
export const images = {
  // renovate: datasource=docker depName=ghcr.io/immich-app/immich-server
  server: 'ghcr.io/immich-app/immich-server:v3.1.0',
  // renovate: datasource=docker depName=ghcr.io/immich-app/immich-machine-learning
  machineLearning: 'ghcr.io/immich-app/immich-machine-learning:v3.1.0',
  // renovate: datasource=docker depName=ghcr.io/immich-app/postgres versioning=loose
  postgres: 'ghcr.io/immich-app/postgres:14-vectorchord0.4.3-pgvectors0.2.0',
  // renovate: datasource=docker depName=docker.io/valkey/valkey
  redis: 'docker.io/valkey/valkey:9',
};
