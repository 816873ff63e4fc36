import type { BucketBinding, BucketReader } from '../contract/bindings.ts';
import { type BuildContext, defineComponent, type RuleFinding } from '../contract/component.ts';
import type { Workload } from '../contract/network.ts';
import type { BucketRequirement, Requirement } from '../contract/requirements.ts';
import type { RequiredSecret, SecretSource } from '../contract/secrets.ts';
import { distinctBuckets, refusedBuckets, sharedBuckets } from '../shared/buckets.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { apiServer, clusterDns, dnsPorts } from '../shared/externalPeers.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { requesterOf } from '../shared/requesters.ts';
import { accessKeyOf, bucketFiles, bucketsJob } from './buckets.ts';
import { rustfsChecks } from './checks.ts';
import { rustfsDocuments } from './documents.ts';
import {
  backend,
  bucketJob,
  endpoint,
  fluxKustomizations,
  keysSecret,
  namespace,
  readerUser,
  region,
  rootSecret,
  server,
} from './names.ts';
import { release, source } from './release.ts';
import { releaseNotes } from './releaseNotes.ts';
import { type RustfsSection, rustfsSection } from './section.ts';

/** Object storage in the cluster: a bucket for each requester, with a key that opens it and no other. */
export const rustfs = defineComponent<RustfsSection>({
  name: 'rustfs',
  section: 'rustfs',
  summary: 'Object storage inside the cluster, with a bucket and a key for each consumer.',
  listing: { title: 'RustFS (Object Storage in the Cluster)', area: 'recovery', guide: 'docs/quickstart.md' },
  schema: rustfsSection,
  requires: ({ section }) => [
    { kind: 'namespace', requester, name: namespace, podSecurity: 'restricted' },
    { kind: 'chart', requester, release: server },
    ...(section.layout.kind === 'distributed'
      ? [...withNames('rustfs.layout', server, 'the other servers'), allServers]
      : []),
  ],
  provides: {
    bucket: {
      accepts: ({ store }) => store === 'rustfs',
      requires: ({ clients, purpose, requester: { field } }) => [
        ...[bucketJob, ...clients].flatMap((client) => withNames(field, client, purpose)),
        connectionsFor('rustfs', field)(
          apiServer,
          server,
          tcp(backend.targetPort),
          'how old the newest backup is, which "gatehouse verify" asks through the API server',
        ),
      ],
      bind: (requirement, { section }) => bindingOf(requirement, section),
    },
  },
  rules: (context) => [
    ...refusedBuckets(context.provided('bucket')),
    ...sharedBuckets(context.provided('bucket')),
    ...tooFewNodes(context),
  ],
  secrets: secretNeeds,
  build(context) {
    const buckets = distinctBuckets(context.provided('bucket'));
    const files = bucketFiles(buckets);
    const wanted = buckets.length > 0;
    return {
      manifests: [
        manifest(fluxKustomizations.server, 'helmrepository.yaml', [source()]),
        manifest(fluxKustomizations.server, 'helmrelease.yaml', [release(context)]),
        manifest(fluxKustomizations.buckets, 'configmap.yaml', wanted ? files : []),
        manifest(fluxKustomizations.buckets, 'job.yaml', wanted ? [bucketsJob(context, buckets, files)] : []),
      ],
      fluxKustomizations: [
        fluxKustomization(fluxKustomizations.server, [], '15m'),
        ...(wanted
          ? [fluxKustomization(fluxKustomizations.buckets, [fluxKustomizations.server.name], '15m')]
          : []),
      ],
    };
  },
  probeImages: ({ section }) => [{ image: section.images.init, connects: 'nc' }],
  checks: rustfsChecks,
  documents: rustfsDocuments,
  releaseNotes,
});

const requester = requesterOf('rustfs', 'rustfs');
const { fluxKustomization, manifest } = withField('rustfs');

/** One server may be missing, and two may not: a node goes down only while all of them are there. */
const allServers: Requirement = {
  kind: 'health',
  requester: requesterOf('rustfs', 'rustfs.layout'),
  of: { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace },
  expr: 'has(status.readyReplicas) && status.readyReplicas == object.spec.replicas',
  description: 'Every server of the object storage is ready',
};

function bindingOf(requirement: BucketRequirement, section: RustfsSection): BucketBinding {
  return {
    endpoint,
    region,
    accessKey: { from: 'text', text: accessKeyOf(requirement), source: 'the name of the bucket' },
    secretKey: secretKeySource(requirement, section.keys),
    reader: readerOf(section),
    fluxKustomization: fluxKustomizations.buckets.name,
  };
}

function readerOf(section: RustfsSection): BucketReader {
  return {
    name: 'rustfs',
    service: { namespace, name: backend.service, port: backend.port },
    region,
    accessKey: { from: 'text', text: readerUser, source: 'said by Gatehouse' },
    secretKey: readerKeySource(section),
  };
}

function readerKeySource({ readerKey }: RustfsSection): SecretSource {
  return {
    from: 'generated',
    field: 'rustfs.readerKey',
    value: readerKey,
    generate: 's3SecretKey',
    // Who writes the values by hand has no such key after an upgrade.
    optional: true,
  };
}

function secretKeySource({ bucket }: BucketRequirement, keys: RustfsSection['keys']): SecretSource {
  return { from: 'generated', field: `rustfs.keys.${bucket}`, value: keys[bucket], generate: 's3SecretKey' };
}

const step = 'The Secrets of the object storage';

/** The administrator's keys, which the server and the Job read, and what the Job gives to the users of the buckets and to the reader. */
function secretNeeds({ section, provided }: BuildContext<RustfsSection>): RequiredSecret[] {
  const buckets = distinctBuckets(provided('bucket'));
  const root: RequiredSecret = {
    name: rootSecret.name,
    namespace,
    purpose: 'the keys of the administrator of the object storage',
    usedBy: [
      `${section.layout.kind === 'standalone' ? 'deployment' : 'statefulset'}/${server.name}`,
      `job/${bucketJob.name}`,
    ],
    field: 'rustfs',
    step,
    directory: server.directory,
    keys: [
      { key: rootSecret.accessKey, from: 'text', text: 'gatehouse', source: 'said by Gatehouse' },
      {
        key: rootSecret.secretKey,
        from: 'generated',
        field: 'rustfs.secretKey',
        value: section.secretKey,
        generate: 's3SecretKey',
      },
    ],
  };
  const keys: RequiredSecret = {
    name: keysSecret,
    namespace,
    purpose: 'the secret keys of the buckets, for the Job that gives them to their users',
    usedBy: [`job/${bucketJob.name}`],
    field: 'rustfs',
    step,
    directory: bucketJob.directory,
    keys: [
      ...buckets.map((requirement) => ({
        key: requirement.bucket,
        ...secretKeySource(requirement, section.keys),
      })),
      { key: readerUser, ...readerKeySource(section) },
    ],
  };
  return buckets.length === 0 ? [root] : [root, keys];
}

/** The chart puts each server on a node of its own, and erasure coding with parity wants four volumes. */
function tooFewNodes({ settings, section: { layout } }: BuildContext<RustfsSection>): RuleFinding[] {
  if (layout.kind !== 'distributed') return [];
  const nodes = Object.keys(settings.cluster.nodes).length;
  const volumes = layout.servers * layout.drives;
  return [
    ...(layout.servers > nodes
      ? [
          {
            code: 'needs-another' as const,
            field: 'rustfs.layout.servers',
            message: `rustfs.layout: ${layout.servers} servers, each on a node of its own, and cluster.nodes has ${nodes}`,
            expected: nodes > 1 ? `at most ${nodes}` : 'kind: standalone, or more nodes',
          },
        ]
      : []),
    ...(volumes < 4
      ? [
          {
            code: 'wrong-value' as const,
            field: 'rustfs.layout',
            message: `rustfs.layout: ${volumes} volumes in all, and losing one of them would lose what is in it`,
            expected: 'servers times drives is 4 or more',
          },
        ]
      : []),
  ];
}

/** Clients of the servers look their name up, so each connection needs DNS too. */
function withNames(field: string, from: Workload, why: string): Requirement[] {
  const connect = connectionsFor('rustfs', field);
  return [
    connect(from, clusterDns, dnsPorts, 'names of Services'),
    connect(from, server, tcp(backend.targetPort), why),
  ];
}
