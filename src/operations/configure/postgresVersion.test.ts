import { describe, expect, it } from 'vitest';
import { postgresChange } from './postgresVersion.ts';

describe('another image of PostgreSQL', () => {
  it.each([
    [
      'ghcr.io/immich-app/postgres:14-vectorchord0.3.0',
      'ghcr.io/immich-app/postgres:16-vectorchord0.3.0',
      '14 becomes 16',
    ],
    ['postgres:16.4', 'postgres:17.0-alpine', '16 becomes 17'],
    ['postgres:17', 'postgres:16', '17 becomes 16'],
    ['tensorchord/pgvecto-rs:pg14-v0.2.0', 'tensorchord/pgvecto-rs:pg16-v0.2.0', '14 becomes 16'],
    ['pgvector/pgvector:0.8.0-pg16', 'pgvector/pgvector:0.8.0-pg17', '16 becomes 17'],
    ['timescale/timescaledb:2.17.2-pg16', 'timescale/timescaledb:2.17.2-pg17', '16 becomes 17'],
    ['postgis/postgis:16-3.4', 'postgis/postgis:17-3.5', '16 becomes 17'],
    ['localhost:5000/a/postgres:v14.2', 'localhost:5000/a/postgres:v15.2', '14 becomes 15'],
    ['postgres:16', 'postgres:latest', 'do not say'],
    ['postgres:16', 'postgres@sha256:0123', 'do not say'],
    ['postgres:16', 'mariadb:16', 'do not say'],
  ])('%s → %s is named', (before, after, said) => {
    expect(postgresChange(before, after)).toEqual([expect.stringContaining(said)]);
  });

  it.each([
    ['postgres:16.4', 'postgres:16.6-alpine'],
    ['postgres:16', 'registry.example.org/postgres:16.1@sha256:0123'],
    ['tensorchord/pgvecto-rs:pg14-v0.2.0', 'ghcr.io/immich-app/postgres:14-vectorchord0.4.3'],
    ['postgres@sha256:0123', 'postgres@sha256:0123'],
    ['valkey/valkey:8', 'valkey/valkey:9'],
  ])('%s → %s reads the same files', (before, after) => {
    expect(postgresChange(before, after)).toEqual([]);
  });
});
