import type { Backend, Workload } from '../contract/network.ts';
import { partLabels } from '../shared/labels.ts';
import type { ImmichSection } from './section.ts';

export const directory = 'apps/media/immich';

/** Every workload of Immich, by the part that it plays. */
export const parts = ['server', 'microservices', 'machine-learning', 'postgres', 'redis', 'setup'] as const;
export type Part = (typeof parts)[number];

export function workload(section: ImmichSection, part: Part): Workload {
  return {
    directory: directory,
    namespace: section.namespace,
    name: `immich-${part}`,
    labels: partLabels('immich', part),
  };
}

/** The ports that the parts listen on (Immich's documentation of its environment variables; PostgreSQL; Valkey). */
export const ports = { server: 2283, machineLearning: 3003, postgres: 5432, redis: 6379 } as const;

export function serverBackend(section: ImmichSection): Backend {
  return {
    workload: workload(section, 'server'),
    service: 'immich-server',
    port: ports.server,
    targetPort: ports.server,
  };
}

/** The PersistentVolumeClaim of the database, where it is on one. */
export const databaseVolume = 'immich-postgres';

/** The Secrets that Immich reads, by name. */
export const secretNames = {
  database: 'immich-database',
  administrator: 'immich-admin',
  config: 'immich-config',
} as const;
