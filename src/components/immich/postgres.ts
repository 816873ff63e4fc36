import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { Deployment, PersistentVolumeClaim, PodSpec, Service } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { databaseVolume as claimName, ports, secretNames, workload } from './names.ts';
import type { ImmichSection } from './section.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];

export const databaseName = 'immich';
export const databaseUser = 'immich';

/** PostgreSQL with VectorChord, on an internal disk: its files are never on a network share. */
export function postgresDeployment(context: Context<ImmichSection>): Deployment {
  const { database, images, namespace } = context.section;
  const self = workload(context.section, 'postgres');
  const node = databaseNode(context);
  const ready = ['pg_isready', '--username', databaseUser, '--dbname', databaseName];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: self.name, namespace, labels: objectLabels(self) },
    spec: {
      replicas: 1,
      // Two servers on one data directory would destroy it.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: self.labels },
      template: {
        metadata: { labels: self.labels },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            ...restrictedPod,
            runAsUser: database.uid,
            runAsGroup: database.gid,
            fsGroup: database.gid,
          },
          ...(node ? { nodeSelector: node } : {}),
          terminationGracePeriodSeconds: 120,
          containers: [
            {
              name: 'postgres',
              image: images.postgres,
              env: [
                { name: 'POSTGRES_USER', value: databaseUser },
                { name: 'POSTGRES_DB', value: databaseName },
                { name: 'POSTGRES_PASSWORD_FILE', value: '/etc/immich-database/password' },
                { name: 'POSTGRES_INITDB_ARGS', value: '--data-checksums' },
                { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
                { name: 'DB_STORAGE_TYPE', value: database.disk.toUpperCase() },
              ],
              ports: [{ name: 'postgres', containerPort: ports.postgres }],
              startupProbe: {
                exec: { command: ready },
                periodSeconds: 5,
                failureThreshold: 120,
                timeoutSeconds: 5,
              },
              livenessProbe: {
                exec: { command: ready },
                periodSeconds: 20,
                failureThreshold: 6,
                timeoutSeconds: 5,
              },
              readinessProbe: { exec: { command: ready }, periodSeconds: 10, timeoutSeconds: 5 },
              resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '2Gi' } },
              securityContext: restrictedContainer,
              volumeMounts: [
                { name: 'data', mountPath: '/var/lib/postgresql/data' },
                { name: 'password', mountPath: '/etc/immich-database', readOnly: true },
                { name: 'shared-memory', mountPath: '/dev/shm' },
              ],
            },
          ],
          volumes: [
            databaseVolume(context.section),
            {
              name: 'password',
              secret: { secretName: secretNames.database, items: [{ key: 'password', path: 'password' }] },
            },
            // The runtime gives 64 MiB, too little for parallel index builds over vectors.
            { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '256Mi' } },
          ],
        },
      },
    },
  };
}

export function postgresService({ section }: Context<ImmichSection>): Service {
  const self = workload(section, 'postgres');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: self.name, namespace: section.namespace, labels: objectLabels(self) },
    spec: {
      type: 'ClusterIP',
      selector: self.labels,
      ports: [{ name: 'postgres', port: ports.postgres, targetPort: 'postgres' }],
    },
  };
}

/** The PersistentVolumeClaim of a database on a storage class; nothing for a directory of a node. */
export function postgresClaim({ section }: Context<ImmichSection>): PersistentVolumeClaim[] {
  const { storage } = section.database;
  if (storage.kind === 'hostPath') return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: claimName,
        namespace: section.namespace,
        labels: objectLabels(workload(section, 'postgres')),
      },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: storage.storageClass,
        resources: { requests: { storage: storage.size } },
      },
    },
  ];
}

function databaseVolume({ database }: ImmichSection): Volume {
  return database.storage.kind === 'hostPath'
    ? { name: 'data', hostPath: { path: database.storage.path, type: 'Directory' } }
    : { name: 'data', persistentVolumeClaim: { claimName } };
}

function databaseNode({ settings, section }: Context<ImmichSection>): Record<string, string> | undefined {
  const { storage } = section.database;
  if (storage.kind !== 'hostPath') return undefined;
  const node = storage.node ?? Object.keys(settings.cluster.nodes)[0];
  return node === undefined ? undefined : { 'kubernetes.io/hostname': node };
}
