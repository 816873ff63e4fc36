import type { HelmRelease } from '../../kubernetes/types.ts';
import type { Bound, BuildContext } from '../contract/component.ts';
import { helmRelease } from '../shared/release.ts';
import { backup, credentials } from './names.ts';
import { pathStyleOf, versionOf } from './pathStyle.ts';
import type { TalosBackupSection } from './section.ts';
import { chart } from './versions.ts';

/** The release with its CronJob. It can write to one directory in memory of the node, and to nothing else. */
export function release(
  { section, settings }: BuildContext<TalosBackupSection>,
  bucket: Bound<'bucket'>,
): HelmRelease {
  const { repository, tag } = partsOf(section.images.talosBackup);
  return helmRelease(backup, chart, {
    image: { repository, tag },
    schedule: section.schedule,
    activeDeadlineSeconds: 1800,
    // The program calls the API of Talos, with what Talos gives it, and never that of Kubernetes.
    serviceAccount: { create: true, automount: false },
    env: environment(section, bucket, settings.cluster.name),
    podSecurityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    // The copy and its encrypted form are side by side in its working directory; etcd holds 2 GiB at most.
    extraVolumes: [{ name: 'tmp', emptyDir: { sizeLimit: '5Gi' } }],
    extraVolumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  });
}

type Variable = { name: string } & (
  | { value: string }
  | { valueFrom: { secretKeyRef: { name: string; key: string } } }
);

/** What the program reads from its environment (`pkg/config/service.go`), and what its S3 client reads. */
function environment(section: TalosBackupSection, bucket: Bound<'bucket'>, cluster: string): Variable[] {
  const secret = (name: string, key: string): Variable => ({
    name,
    valueFrom: { secretKeyRef: { name: credentials.name, key } },
  });
  const pathStyle = pathStyleOf(versionOf(section.images.talosBackup) ?? '');
  return [
    secret('AGE_X25519_PUBLIC_KEY', credentials.recipient),
    secret('AWS_ACCESS_KEY_ID', credentials.accessKey),
    secret('AWS_SECRET_ACCESS_KEY', credentials.secretKey),
    { name: 'AWS_REGION', value: bucket.binding.region },
    { name: 'CUSTOM_S3_ENDPOINT', value: bucket.binding.endpoint },
    { name: 'BUCKET', value: bucket.requirement.bucket },
    { name: 'CLUSTER_NAME', value: cluster },
    { name: 'S3_PREFIX', value: cluster },
    ...(pathStyle === undefined ? [] : [{ name: 'USE_PATH_STYLE', value: pathStyle }]),
    // Amazon's client sends checksums since 2025 that some servers refuse, unless it is told not to. It listens for what
    // goes in one request: a copy of more than 10 MiB goes in parts, which it always gives a CRC32 (manager v1.17.60).
    { name: 'AWS_REQUEST_CHECKSUM_CALCULATION', value: 'when_required' },
    { name: 'AWS_RESPONSE_CHECKSUM_VALIDATION', value: 'when_required' },
  ];
}

/** The chart joins the two by a colon, so that a digest may follow the tag. */
function partsOf(image: string): { repository: string; tag: string } {
  const { repository = image, tag = '' } =
    /^(?<repository>.+\/[^/:@]+):(?<tag>.+)$/.exec(image)?.groups ?? {};
  return { repository, tag };
}
