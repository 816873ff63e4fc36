import {
  type BuildContext,
  type Context,
  defineComponent,
  type Manifest,
  type RuleFinding,
  type Unit,
} from '../contract/component.ts';
import type { Claim, VolumeClaim } from '../contract/requirements.ts';
import { reaching, tcp } from '../shared/connections.ts';
import { apiServer, apiServerPorts, prometheus } from '../shared/externalPeers.ts';
import { because } from '../shared/fluxKustomizations.ts';
import { helmRelease, ociRepository } from '../shared/release.ts';
import { backupAlerts } from './alert.ts';
import { copyRules, volumesOf } from './copy.ts';
import { volsyncDocuments } from './documents.ts';
import { metricsPort, mover, namespace, operator, operatorUnit, volumesUnit } from './names.ts';
import { replicationSource } from './replication.ts';
import { bucketOf, grantsFor, resticSecrets } from './secrets.ts';
import { type VolsyncSection, volsyncSection } from './section.ts';
import { chart } from './versions.ts';

/** Backups of volumes: whoever has a PersistentVolumeClaim claims them, and a bucket is claimed for each namespace. */
export const volsync = defineComponent<VolsyncSection>({
  name: 'volsync',
  section: 'volsync',
  summary: 'Backups of volumes, encrypted, to object storage inside or outside of the cluster.',
  schema: volsyncSection,
  claims: ({ section, ground }) => [
    { kind: 'namespace', by: 'volsync', field: 'volsync', name: namespace, podSecurity: 'restricted' },
    { kind: 'chart', by: 'volsync', field: 'volsync', release: operator },
    reach(operator, apiServer, apiServerPorts, 'the objects that it looks after'),
    ...prometheus(ground).map((from) =>
      reaching('volsync', 'monitoring')(from, operator, tcp(metricsPort), 'how the backups are doing'),
    ),
    ...section.volumes.map(ownVolume),
    {
      kind: 'health',
      by: 'volsync',
      field: 'volsync',
      of: { apiVersion: 'volsync.backube/v1alpha1', kind: 'ReplicationSource' },
      // Before its first run a source has no conditions.
      expr: '!has(status.conditions) || !status.conditions.exists(c, c.type == "Synchronizing" && c.status == "True")',
      description: 'No volume is being backed up',
    },
  ],
  answers: ['volume'],
  answer: (claim, context) => (claim.kind === 'volume' ? buckets(claim, context) : []),
  rules: (context) => [...twice(context.answered), ...copyRules(context), ...keepsNothing(context.section)],
  warnings: ({ section, answered }) =>
    section.stores.includes('s3') || volumesOf(answered).length === 0 ? [] : [insideOnly],
  secrets: resticSecrets,
  build: (context) => ({ manifests: manifests(context), units: unitsOf(context) }),
  documents: volsyncDocuments,
});

const { unit, file } = because('volsync');
const reach = reaching('volsync', 'volsync');

function ownVolume(volume: VolsyncSection['volumes'][number], index: number): VolumeClaim {
  const { uid, gid, ...rest } = volume;
  return { kind: 'volume', by: 'volsync', field: `volsync.volumes.${index}`, ...rest, owner: { uid, gid } };
}

function buckets({ namespace: volumes, field }: VolumeClaim, { section }: Context<VolsyncSection>): Claim[] {
  return section.stores.map((store) => ({
    kind: 'bucket',
    by: 'volsync',
    field,
    store,
    bucket: bucketOf(section, volumes),
    purpose: `backups of the volumes of namespace ${volumes}`,
    access: 'read-write',
    clients: [mover(volumes)],
  }));
}

function unitsOf(context: BuildContext<VolsyncSection>): Unit[] {
  const first = new Map(volumesOf(context.answered).map((volume) => [volume.namespace, volume]));
  return [
    unit(operatorUnit, [], '15m'),
    ...[...first.values()].map((volume) => {
      const stores = grantsFor(context, volume).flatMap((grant) => grant.unit ?? []);
      return unit(volumesUnit(volume.namespace), [operatorUnit.name, ...stores], '10m');
    }),
  ];
}

function manifests(context: BuildContext<VolsyncSection>): Manifest[] {
  const { section, ground, answered } = context;
  return [
    file(operatorUnit, 'ocirepository.yaml', [ociRepository(operator, chart)]),
    file(operatorUnit, 'helmrelease.yaml', [
      helmRelease(operator, chart, {
        manageCRDs: true,
        // The chart's ServiceMonitor shows no token, so that Prometheus would be turned away: policies admit nobody else.
        metrics: { disableAuth: ground.monitoring.enabled },
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } },
      }),
    ]),
    file(operatorUnit, 'prometheusrule.yaml', ground.monitoring.enabled ? [backupAlerts()] : []),
    ...volumesOf(answered).map((volume) => ({
      ...file(
        volumesUnit(volume.namespace),
        `volume-${volume.name}.yaml`,
        section.stores.map((store) => replicationSource(context, volume, store)),
      ),
      field: volume.field,
    })),
  ];
}

function twice(answered: readonly Claim[]): RuleFinding[] {
  const volumes = volumesOf(answered);
  return volumes.flatMap((volume, index) => {
    const first = volumes
      .slice(0, index)
      .find(({ name, namespace: other }) => name === volume.name && other === volume.namespace);
    if (first === undefined) return [];
    return [
      {
        code: 'taken' as const,
        field: volume.field,
        message: `the volume ${volume.namespace}/${volume.name} is backed up twice: for ${first.by} (${first.field}) and for ${volume.by} (${volume.field})`,
        expected: 'each volume once',
        remedy: 'take one of the two away',
      },
    ];
  });
}

function keepsNothing({ retain }: VolsyncSection): RuleFinding[] {
  if (Object.values(retain).some((count) => count > 0)) return [];
  return [
    {
      code: 'keeps-nothing',
      field: 'volsync.retain',
      message: 'volsync.retain keeps no hour, day, week, month or year',
      expected: 'one of them above 0, such as daily: 7',
    },
  ];
}

const insideOnly: RuleFinding = {
  code: 'lost-with-the-cluster',
  field: 'volsync.stores',
  message:
    'volsync.stores: every backup is kept by rustfs in this cluster, and is gone when the cluster or the house is',
  expected: 'stores with s3 among them, which outlives both',
  remedy: 'enable the section s3, for Cloudflare R2 or any other server, and add s3 to volsync.stores',
};
