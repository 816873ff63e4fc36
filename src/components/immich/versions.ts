/**
 * The images of Immich, each replaceable in `cluster.yaml` under `immich.images`.
 *
 * The server and the machine learning service have one version (`rules.ts`). The database stays on the major version of
 * the first release: PostgreSQL does not read the files of another one, and homes that run have theirs. Its image is
 * the one that Immich names for a database without pgvecto.rs (docs/install/upgrading.md of immich-app/immich). It is
 * built like the one before it, from the same PostgreSQL and VectorChord, and without that one package
 * (postgres/Dockerfile and versions.yaml of immich-app/base-images, c509561). Immich 3 takes VectorChord from 0.3 on and
 * below 2 (server/src/constants.ts).
 */
export const images = {
  // renovate: datasource=docker depName=ghcr.io/immich-app/immich-server
  server: 'ghcr.io/immich-app/immich-server:v3.3.1',
  // renovate: datasource=docker depName=ghcr.io/immich-app/immich-machine-learning
  machineLearning: 'ghcr.io/immich-app/immich-machine-learning:v3.3.1',
  // renovate: datasource=docker depName=ghcr.io/immich-app/postgres versioning=loose
  postgres: 'ghcr.io/immich-app/postgres:14-vectorchord0.4.3',
  // renovate: datasource=docker depName=docker.io/valkey/valkey
  redis:
    'docker.io/valkey/valkey:9.1.2@sha256:418652cfb58ef879d4978c33553735d7147016032d5aefaa14c828e611eb9dfd',
};
