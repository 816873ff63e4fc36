import * as z from 'zod';
import type { Build, BuildContext, Component, Providers } from '../../src/components/contract/component.ts';
import type { VolumeRequirement } from '../../src/components/contract/requirements.ts';
import { fluxKustomizationIn, withField } from '../../src/components/shared/fluxKustomizations.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';

/** A component of a test that is always on and only provides. */
export function sampleProvider(
  name: string,
  provides: Providers<undefined>,
  build: (context: BuildContext<undefined>) => readonly KubernetesObject[] = () => [],
): Component {
  const place = fluxKustomizationIn('samples', name);
  const { fluxKustomization, manifest } = withField('cluster');
  const component: Component<undefined> = {
    name,
    summary: 'A provider of a test.',
    schema: z.undefined(),
    provides,
    build(context): Build {
      const objects = build(context);
      return {
        manifests: [manifest(place, 'objects.yaml', objects)],
        fluxKustomizations: objects.length === 0 ? [] : [fluxKustomization(place, [], '5m')],
      };
    },
  };
  return component as Component;
}

const object = (kind: string, namespace: string, name: string): KubernetesObject => ({
  apiVersion: 'samples.example/v1',
  kind,
  metadata: { namespace, name },
});

/** Routes with every login that the origin proxy cannot check. */
export const sampleGateway = sampleProvider(
  'sample-gateway',
  {
    route: {
      accepts: ({ login }) => login.kind !== 'access',
      bind: ({ host }) => ({
        host,
        proxy: { directory: 'apps/samples/gateway', namespace: 'gateway', name: 'gateway', labels: {} },
      }),
    },
  },
  ({ provided }) =>
    provided('route').map(({ requester, login }) => ({
      ...object('Route', 'samples', requester.instance),
      spec: { login: login.kind },
    })),
);

export const sampleDatabases = sampleProvider(
  'sample-databases',
  {
    database: {
      bind: ({ name }) => ({
        host: `${name}-db.samples.svc.cluster.local`,
        port: 5432,
        database: name,
        secret: { name: `${name}-db`, keys: { username: 'username', password: 'password' } },
        fluxKustomization: 'sample-databases',
      }),
    },
  },
  ({ provided }) => provided('database').map(({ namespace, name }) => object('Database', namespace, name)),
);

export const sampleStore = sampleProvider(
  'sample-store',
  {
    bucket: {
      accepts: ({ store }) => store === 'sample-store',
      bind: ({ bucket }) => ({
        endpoint: 'https://store.example',
        region: 'auto',
        accessKey: { from: 'text', text: bucket, source: 'the name of the bucket' },
        secretKey: { from: 'user', source: 'the store gives it out' },
        reader: {
          name: 'sample-store',
          region: 'auto',
          accessKey: { from: 'text', text: 'reader', source: 'the store gives it out' },
          secretKey: { from: 'user', source: 'the store gives it out' },
        },
      }),
    },
  },
  ({ provided }) => provided('bucket').map(({ bucket }) => object('Bucket', 'samples', bucket)),
);

export const sampleVolumes = sampleProvider(
  'sample-volumes',
  {
    volume: {
      requires: (volume) => backupOf(volume),
      bind: ({ name }) => ({ claimName: name }),
    },
  },
  ({ provided }) => provided('volume').map(({ namespace, name }) => object('Volume', namespace, name)),
);

function backupOf({ backup, namespace, name, storageClass, accessMode, requester }: VolumeRequirement) {
  if (backup === 'none') return [];
  return [{ kind: 'backup' as const, requester, namespace, name, storageClass, accessMode, ...backup }];
}

export const sampleBackups = sampleProvider('sample-backups', { backup: {} }, ({ provided }) =>
  provided('backup').map(({ namespace, name }) => object('Backup', namespace, name)),
);

export const sampleCertificates = sampleProvider(
  'sample-certificates',
  { certificate: { bind: ({ name }) => ({ secret: name }) } },
  ({ provided }) => provided('certificate').map(({ namespace, name }) => object('Cert', namespace, name)),
);

export const sampleSecretStore = sampleProvider(
  'sample-secret-store',
  { 'store-item': { bind: ({ name }) => ({ secret: name }) } },
  ({ provided }) => provided('store-item').map(({ namespace, name }) => object('Item', namespace, name)),
);

/** One provider for each kind that the catalogue does not provide to the sample apps. */
export const sampleProviders: readonly Component[] = [
  sampleGateway,
  sampleDatabases,
  sampleStore,
  sampleVolumes,
  sampleBackups,
  sampleCertificates,
  sampleSecretStore,
];
