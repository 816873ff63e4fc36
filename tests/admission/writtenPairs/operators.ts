import { pairsOf, type WrittenPair } from './writtenPair.ts';

const database = (fields: object) => ({ instances: 1, storage: { size: '1Gi' }, ...fields });
const catalogue = {
  apiGroup: 'postgresql.cnpg.io',
  kind: 'ImageCatalog',
  name: 'a',
  major: 17,
};

const clusters = pairsOf('postgresql.cnpg.io/v1', 'Cluster', {
  'imageName and imageCatalogRef are mutually exclusive': [
    database({ imageCatalogRef: catalogue }),
    database({ imageCatalogRef: catalogue, imageName: 'example.org/postgres:17' }),
  ],
  "self.kind == 'ImageCatalog' || self.kind == 'ClusterImageCatalog'": [
    database({ imageCatalogRef: { ...catalogue, kind: 'ClusterImageCatalog' } }),
    database({ imageCatalogRef: { ...catalogue, kind: 'Secret' } }),
  ],
  "self.apiGroup == 'postgresql.cnpg.io'": [
    database({ imageCatalogRef: catalogue }),
    database({ imageCatalogRef: { ...catalogue, apiGroup: 'example.org' } }),
  ],
});

const pooled = (pgbouncer: object) => ({
  cluster: { name: 'a' },
  pgbouncer: { poolMode: 'session', ...pgbouncer },
});
const { major: _, ...poolerCatalogue } = catalogue;

const poolers = pairsOf('postgresql.cnpg.io/v1', 'Pooler', {
  'image and imageCatalogRef are mutually exclusive': [
    pooled({ image: 'example.org/pgbouncer:1' }),
    pooled({ image: 'example.org/pgbouncer:1', imageCatalogRef: { ...poolerCatalogue, key: 'a' } }),
  ],
});

const images = (...componentImages: readonly object[]) => ({
  images: [{ image: 'example.org/postgres:17', major: 17 }],
  componentImages,
});
const component = { key: 'a', image: 'example.org/a:1' };

const catalogues = pairsOf('postgresql.cnpg.io/v1', 'ImageCatalog', {
  'Component image keys must be unique': [
    images(component, { ...component, key: 'b' }),
    images(component, component),
  ],
});

const flux = (fields: object) => ({
  distribution: { version: '2.x', registry: 'ghcr.io/fluxcd' },
  ...fields,
});
const synced = (kind: string, provider: string) =>
  flux({ sync: { kind, provider, url: 'https://a.example.org', ref: 'main', path: 'a' } });

const fluxInstances = pairsOf(
  'fluxcd.controlplane.io/v1',
  'FluxInstance',
  {
    ".spec.storage must be set when .spec.sharding.storage is 'persistent'": [
      flux({
        sharding: { shards: ['a'], storage: 'persistent' },
        storage: { class: 'a', size: '1Gi' },
      }),
      flux({ sharding: { shards: ['a'], storage: 'persistent' } }),
    ],
    '.objectLevelWorkloadIdentity must be set to true when .multitenantWorkloadIdentity is set to true': [
      flux({ cluster: { multitenantWorkloadIdentity: true, objectLevelWorkloadIdentity: true } }),
      flux({ cluster: { multitenantWorkloadIdentity: true } }),
    ],
    "sync.provider 'gcp' is only supported for OCIRepository and Bucket": [
      synced('OCIRepository', 'gcp'),
      synced('GitRepository', 'gcp'),
    ],
    "sync.provider 'github' is only supported for GitRepository": [
      synced('GitRepository', 'github'),
      synced('OCIRepository', 'github'),
    ],
  },
  { name: 'flux', namespace: 'default' },
);

const otherNames = pairsOf('fluxcd.controlplane.io/v1', 'FluxInstance', {
  "the only accepted name for a FluxInstance is 'flux'": [flux({}), flux({})],
}).map((pair) => ({
  ...pair,
  valid: { ...pair.valid, metadata: { name: 'flux', namespace: 'default' } },
}));

const selectors = [{ name: 'a' }];
const input = (type: string, fields: object) => ({ type, ...fields });

const inputProviders = pairsOf('fluxcd.controlplane.io/v1', 'ResourceSetInputProvider', {
  "spec.url must be empty when spec.type is 'ExternalArtifact'": [
    input('ExternalArtifact', { selectors }),
    input('ExternalArtifact', { selectors, url: 'https://a.example.org' }),
  ],
  "spec.url must not be empty when spec.type is not 'Static' or 'ExternalArtifact'": [
    input('ExternalService', { url: 'https://a.example.org' }),
    input('ExternalService', {}),
  ],
  "spec.url must use 'https://' unless spec.insecure is true": [
    input('ExternalService', { url: 'http://a.example.org', insecure: true }),
    input('ExternalService', { url: 'http://a.example.org' }),
  ],
  'cannot specify spec.secretRef when spec.type is one of Static, ExternalArtifact, AWSCodeCommit*, ACRArtifactTag, ECRArtifactTag or GARArtifactTag':
    [
      input('GitHubBranch', { url: 'https://a.example.org', secretRef: { name: 'a' } }),
      input('Static', { secretRef: { name: 'a' } }),
    ],
});

const store = (customSessionTags: object) => ({
  provider: { aws: { service: 'SecretsManager', region: 'eu-central-1', customSessionTags } },
});

const secretStores = pairsOf('external-secrets.io/v1', 'SecretStore', {
  'customSessionTags cannot contain automatically injected reserved keys: esoNamespace, esoStoreName, esoStoreKind':
    [store({ team: 'a' }), store({ esoNamespace: 'a' })],
});

const pushed = (fields: object) => ({
  secretStoreRefs: [{ name: 'a' }],
  selector: { secret: { name: 'a' } },
  dataTo: [{ storeRef: { name: 'a' }, ...fields }],
});
const renamed = [{ regexp: { source: 'a', target: 'b' } }];

const pushSecrets = pairsOf('external-secrets.io/v1alpha1', 'PushSecret', {
  'remoteKey and rewrite are mutually exclusive: rewrite is only supported in per-key mode (without remoteKey)':
    [pushed({ rewrite: renamed }), pushed({ remoteKey: 'a', rewrite: renamed })],
});

export const operators: readonly WrittenPair[] = [
  ...clusters,
  ...poolers,
  ...catalogues,
  ...fluxInstances,
  ...otherNames,
  ...inputProviders,
  ...secretStores,
  ...pushSecrets,
];
