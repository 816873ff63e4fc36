import {
  type BuildContext,
  type Context,
  defineComponent,
  type Manifest,
  type PlannedKustomization,
  type RuleFinding,
} from '../contract/component.ts';
import type { BackupRequirement, Requirement } from '../contract/requirements.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { apiServer, apiServerPorts, prometheus } from '../shared/externalPeers.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { helmRelease, ociRepository } from '../shared/release.ts';
import { requesterOf, requesterTitle } from '../shared/requesters.ts';
import { backupAlerts } from './alert.ts';
import { volsyncChecks } from './checks.ts';
import { copyRules } from './copy.ts';
import { volsyncDocuments } from './documents.ts';
import {
  metricsPort,
  mover,
  namespace,
  operator,
  operatorKustomization,
  volumesKustomization,
} from './names.ts';
import { releaseNotes } from './releaseNotes.ts';
import { replicationSource } from './replication.ts';
import { bucketOf, bucketsFor, resticSecrets } from './secrets.ts';
import { type VolsyncSection, volsyncSection } from './section.ts';
import { volsyncStatus } from './status.ts';
import { chart } from './versions.ts';

/** Backups of volumes: a component requires them for its PersistentVolumeClaim, and they require a bucket per namespace. */
export const volsync = defineComponent<VolsyncSection>({
  name: 'volsync',
  section: 'volsync',
  summary: 'Backups of volumes, encrypted, to object storage inside or outside of the cluster.',
  listing: { title: 'VolSync (PVC Backup)', area: 'recovery', guide: 'docs/restore.md' },
  schema: volsyncSection,
  requires: ({ section, settings }) => [
    { kind: 'namespace', requester, name: namespace, podSecurity: 'restricted' },
    { kind: 'chart', requester, release: operator },
    connect(operator, apiServer, apiServerPorts, 'the objects that it looks after'),
    ...prometheus(settings).map((from) =>
      connectionsFor('volsync', 'monitoring')(from, operator, tcp(metricsPort), 'how the backups are doing'),
    ),
    ...section.volumes.map(ownVolume),
    {
      kind: 'health',
      requester,
      of: { apiVersion: 'volsync.backube/v1alpha1', kind: 'ReplicationSource' },
      // Before its first run a source has no conditions.
      expr: '!has(status.conditions) || !status.conditions.exists(c, c.type == "Synchronizing" && c.status == "True")',
      description: 'No volume is being backed up',
      passes: true,
    },
  ],
  provides: { backup: { requires: buckets } },
  rules: (context) => [
    ...twice(context.provided('backup')),
    ...copyRules(context),
    ...keepsNothing(context.section),
  ],
  warnings: ({ section, provided }) =>
    section.stores.includes('s3') || provided('backup').length === 0 ? [] : [insideOnly],
  secrets: resticSecrets,
  build: (context) => ({ manifests: manifests(context), fluxKustomizations: fluxKustomizationsOf(context) }),
  status: volsyncStatus,
  checks: volsyncChecks,
  documents: volsyncDocuments,
  releaseNotes,
});

const { fluxKustomization, manifest } = withField('volsync');
const requester = requesterOf('volsync', 'volsync');
const connect = connectionsFor('volsync', 'volsync');

function ownVolume(volume: VolsyncSection['volumes'][number], index: number): BackupRequirement {
  const { uid, gid, ...rest } = volume;
  return {
    kind: 'backup',
    requester: requesterOf('volsync', `volsync.volumes.${index}`),
    ...rest,
    owner: { uid, gid },
  };
}

function buckets(
  { namespace: volumes, requester: { field } }: BackupRequirement,
  { section }: Context<VolsyncSection>,
): Requirement[] {
  return section.stores.map((store) => ({
    kind: 'bucket',
    requester: requesterOf('volsync', field),
    store,
    bucket: bucketOf(section, volumes),
    purpose: `backups of the volumes of namespace ${volumes}`,
    access: 'read-write',
    clients: [mover(volumes)],
  }));
}

function fluxKustomizationsOf(context: BuildContext<VolsyncSection>): PlannedKustomization[] {
  const first = new Map(context.provided('backup').map((volume) => [volume.namespace, volume]));
  return [
    fluxKustomization(operatorKustomization, [], '15m'),
    ...[...first.values()].map((volume) => {
      const stores = bucketsFor(context, volume).flatMap(({ binding }) => binding.fluxKustomization ?? []);
      return fluxKustomization(
        volumesKustomization(volume.namespace),
        [operatorKustomization.name, ...stores],
        '10m',
      );
    }),
  ];
}

function manifests(context: BuildContext<VolsyncSection>): Manifest[] {
  const { section, settings, provided } = context;
  return [
    manifest(operatorKustomization, 'ocirepository.yaml', [ociRepository(operator, chart)]),
    manifest(operatorKustomization, 'helmrelease.yaml', [
      helmRelease(operator, chart, {
        manageCRDs: true,
        // The chart's ServiceMonitor shows no token, so that Prometheus would be turned away: policies admit nobody else.
        metrics: { disableAuth: settings.monitoring.enabled },
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } },
      }),
    ]),
    manifest(
      operatorKustomization,
      'prometheusrule.yaml',
      settings.monitoring.enabled ? [backupAlerts()] : [],
    ),
    ...provided('backup').map((volume) => ({
      ...manifest(
        volumesKustomization(volume.namespace),
        `volume-${volume.name}.yaml`,
        section.stores.map((store) => replicationSource(context, volume, store)),
      ),
      field: volume.requester.field,
    })),
  ];
}

function twice(volumes: readonly BackupRequirement[]): RuleFinding[] {
  return volumes.flatMap((volume, index) => {
    const first = volumes
      .slice(0, index)
      .find(({ name, namespace: other }) => name === volume.name && other === volume.namespace);
    if (first === undefined) return [];
    return [
      {
        code: 'taken' as const,
        field: volume.requester.field,
        message: `the volume ${volume.namespace}/${volume.name} is backed up twice: for ${requesterTitle(first.requester)} (${first.requester.field}) and for ${requesterTitle(volume.requester)} (${volume.requester.field})`,
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
