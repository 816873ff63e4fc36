import type { HelmRelease, HelmRepository } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { privateHash } from '../shared/privateHash.ts';
import { helmRelease, helmRepository } from '../shared/release.ts';
import { region, rootSecret, server } from './names.ts';
import type { RustfsSection } from './section.ts';
import { chart } from './versions.ts';

export function source(): HelmRepository {
  return helmRepository(server, chart);
}

/**
 * The values of the chart. It would open an Ingress for `example.rustfs.com`, mount a token of the API and run a
 * floating busybox: each is said to the contrary. The console stays off, because the Job does what it is for.
 */
export function release(context: Context<RustfsSection>): HelmRelease {
  const { section } = context;
  const { layout } = section;
  return helmRelease(server, chart, {
    ...serversOf(layout),
    image: {
      rustfs: imageParts(section.images.rustfs),
      initImage: imageParts(section.images.init),
    },
    secret: { existingSecret: rootSecret.name },
    // The server reads the Secret when it starts.
    podAnnotations: {
      'checksum/credentials': privateHash(
        context,
        { name: rootSecret.name, key: 'value' },
        section.secretKey,
      ),
    },
    // The Secret holds the administrator's keys and nothing that would set a topology.
    localEndpointHost: { autoInject: true },
    config: {
      rustfs: { console_enable: 'false', obs_environment: 'production', obs_log_directory: '', region },
    },
    storageclass: { name: layout.storageClass, dataStorageSize: layout.size },
    service: { type: 'ClusterIP' },
    ingress: { enabled: false },
    gatewayApi: { enabled: false },
    serviceAccount: { create: true, automount: false },
    podSecurityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      fsGroup: 10_001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '2Gi' } },
  });
}

function serversOf(layout: RustfsSection['layout']): Record<string, unknown> {
  if (layout.kind === 'standalone')
    return { mode: { standalone: { enabled: true }, distributed: { enabled: false } }, replicaCount: 1 };
  return {
    mode: { standalone: { enabled: false }, distributed: { enabled: true } },
    replicaCount: layout.servers,
    drivesPerNode: layout.drives,
    pdb: { create: true, maxUnavailable: 1 },
  };
}

/** An image as the chart takes it, which joins the two with a colon: a digest may follow the tag, or replace it. */
function imageParts(image: string): { repository: string; tag: string } {
  const [, repository = image, tag = ''] = /^(.+?):([^/]*)$/.exec(image) ?? [];
  return { repository, tag };
}
