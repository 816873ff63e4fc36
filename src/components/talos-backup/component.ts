import {
  type Bound,
  type BuildContext,
  type Context,
  defineComponent,
  type Manifest,
  type RuleFinding,
} from '../contract/component.ts';
import type { Requirement } from '../contract/requirements.ts';
import type { RequiredSecret } from '../contract/secrets.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { ociRepository } from '../shared/release.ts';
import { requesterOf } from '../shared/requesters.ts';
import { backupAlerts } from './alert.ts';
import { talosBackupChecks } from './checks.ts';
import { talosBackupDocuments } from './documents.ts';
import { backup, credentials, fluxKustomization, namespace } from './names.ts';
import { pathStyleOf, versionOf } from './pathStyle.ts';
import { release } from './release.ts';
import { type TalosBackupSection, talosBackupSection } from './section.ts';
import { talosBackupStatus } from './status.ts';
import { chart } from './versions.ts';

/** Copies of etcd: what Talos needs to make the same cluster again. */
export const talosBackup = defineComponent<TalosBackupSection>({
  name: 'talos-backup',
  section: 'talosBackup',
  summary: 'Copies of etcd, encrypted, to object storage. On Talos only.',
  listing: { title: 'Talos Backup (etcd)', area: 'recovery', guide: 'docs/restore.md' },
  schema: talosBackupSection,
  requires: requirements,
  rules: ({ section }) => imageRules(section.images.talosBackup),
  warnings: ({ section }) => (section.store === 'rustfs' ? [insideOnly] : []),
  secrets: (context) => bucketOf(context).map((bucket) => credentialsOf(context.section, bucket)),
  build: (context) => ({
    manifests: bucketOf(context).flatMap((bucket) => manifests(context, bucket)),
    fluxKustomizations: bucketOf(context).map(({ binding: { fluxKustomization: store } }) =>
      withField('talosBackup').fluxKustomization(
        fluxKustomization,
        store === undefined ? [] : [store],
        '10m',
      ),
    ),
  }),
  status: talosBackupStatus,
  checks: (context) => talosBackupChecks(context, bucketOf(context)),
  documents: (context) => talosBackupDocuments(context, bucketOf(context)),
});

function requirements({ section: { store, bucket } }: Context<TalosBackupSection>): Requirement[] {
  const requester = requesterOf('talos-backup', 'talosBackup');
  const clients = [backup];
  return [
    { kind: 'chart', requester, release: backup },
    {
      kind: 'talos-api',
      requester,
      namespace,
      roles: ['os:etcd:backup'],
      clients,
      why: 'a copy of etcd',
    },
    { kind: 'bucket', requester, store, bucket, purpose: 'copies of etcd', access: 'read-write', clients },
  ];
}

/** The bucket; none where nobody provides it, which the requirement reports. */
function bucketOf({ bindings }: BuildContext<TalosBackupSection>): readonly Bound<'bucket'>[] {
  return bindings('bucket');
}

function manifests(context: BuildContext<TalosBackupSection>, bucket: Bound<'bucket'>): Manifest[] {
  const { manifest } = withField('talosBackup');
  const { enabled } = context.settings.monitoring;
  return [
    manifest(fluxKustomization, 'ocirepository.yaml', [ociRepository(backup, chart)]),
    manifest(fluxKustomization, 'helmrelease.yaml', [release(context, bucket)]),
    manifest(
      fluxKustomization,
      'prometheusrule.yaml',
      enabled ? [backupAlerts(context.section.schedule)] : [],
    ),
  ];
}

function credentialsOf({ recipient }: TalosBackupSection, { binding }: Bound<'bucket'>): RequiredSecret {
  return {
    name: credentials.name,
    namespace,
    purpose: 'the key of the bucket for copies of etcd, and for whom they are encrypted',
    usedBy: [`cronjob/${backup.name}`],
    field: 'talosBackup',
    directory: backup.directory,
    keys: [
      { key: credentials.recipient, from: 'text', text: recipient, source: '`talosBackup.recipient`' },
      { key: credentials.accessKey, ...binding.accessKey },
      { key: credentials.secretKey, ...binding.secretKey },
    ],
  };
}

/** How the program is told about the bucket depends on its version. */
function imageRules(image: string): RuleFinding[] {
  const field = 'talosBackup.images.talosBackup';
  const version = versionOf(image);
  if (version === undefined)
    return [
      {
        code: 'unknown-version',
        field,
        message: 'the image of talos-backup names no version, and what its options mean depends on it',
        expected: 'a tag with three numbers, with a digest behind it or not, such as v0.1.0-beta.3',
      },
    ];
  if (pathStyleOf(version) !== undefined) return [];
  return [
    {
      code: 'version-too-old',
      field,
      message: `talos-backup ${version} can use no S3 server but Amazon's`,
      expected: 'v0.1.0-beta.2 or later',
    },
  ];
}

const insideOnly: RuleFinding = {
  code: 'lost-with-the-cluster',
  field: 'talosBackup.store',
  message:
    'the copies of etcd are kept by rustfs in this cluster, which cannot give them back once the cluster is gone',
  expected: 'store: s3, which outlives the cluster',
  remedy: 'enable the section s3, for Cloudflare R2 or any other server, and say store: s3',
};
