import { reference } from '../../config/private.ts';
import type { BucketBinding } from '../contract/bindings.ts';
import { type BuildContext, defineComponent } from '../contract/component.ts';
import type { BucketRequirement, Requirement } from '../contract/requirements.ts';
import { refusedBuckets, sharedBuckets } from '../shared/buckets.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { clusterDns, dnsPorts, internet } from '../shared/externalPeers.ts';
import { s3Documents } from './documents.ts';
import { type S3Section, s3Section } from './section.ts';

/**
 * Object storage outside of the cluster. Buckets and keys are made by hand, since the key that could make them could
 * delete everything.
 */
export const s3 = defineComponent<S3Section>({
  name: 's3',
  section: 's3',
  summary: 'Object storage outside of the cluster: Cloudflare R2, or any server that speaks S3.',
  listing: { title: 'S3 (Object Storage Outside)', area: 'recovery', guide: 'docs/quickstart.md' },
  schema: s3Section,
  provides: {
    bucket: {
      accepts: ({ store }) => store === 's3',
      requires: connections,
      bind: bindingOf,
    },
  },
  rules: ({ provided }) => [...refusedBuckets(provided('bucket')), ...sharedBuckets(provided('bucket'))],
  build: () => ({ manifests: [] }),
  documents: s3Documents,
});

/** Network policies know no host names: a client of the bucket may connect to any server of the internet over HTTPS. */
function connections({ clients, purpose, requester }: BucketRequirement): Requirement[] {
  const connect = connectionsFor('s3', requester.field);
  return clients.flatMap((from) => [
    connect(from, clusterDns, dnsPorts, 'the name of the server'),
    connect(from, internet, tcp(443), purpose),
  ]);
}

const forReading = { from: 'field', source: 'given out by the server, for reading these buckets' } as const;

function bindingOf({ bucket }: BucketRequirement, { section }: BuildContext<S3Section>): BucketBinding {
  const { endpoint, region, keys, reader } = section;
  const key = keys[bucket];
  const field = `s3.keys.${bucket}`;
  const source = 'given out by the server, for this bucket alone';
  return {
    endpoint: reference(endpoint),
    region,
    accessKey: { from: 'field', value: key?.accessKey, field: `${field}.accessKey`, source },
    secretKey: { from: 'field', value: key?.secretKey, field: `${field}.secretKey`, source },
    reader: {
      name: 's3',
      endpoint,
      region,
      accessKey: { ...forReading, value: reader?.accessKey, field: 's3.reader.accessKey' },
      secretKey: { ...forReading, value: reader?.secretKey, field: 's3.reader.secretKey' },
    },
  };
}
