import { reference } from '../../config/private.ts';
import type { BucketBinding } from '../contract/bindings.ts';
import { defineComponent } from '../contract/component.ts';
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
  schema: s3Section,
  provides: ['bucket'],
  accepts: (requirement) => requirement.kind === 'bucket' && requirement.store === 's3',
  providerRequires: (requirement) => (requirement.kind === 'bucket' ? reaches(requirement) : []),
  bind: (requirement, { section }) =>
    requirement.kind === 'bucket' ? grantOf(requirement, section) : undefined,
  rules: ({ provided }) => [...refusedBuckets(provided), ...sharedBuckets(provided)],
  build: () => ({ manifests: [] }),
  documents: s3Documents,
});

/** Network policies know no host names: whoever uses the bucket may reach any server of the internet over HTTPS. */
function reaches({ clients, field, purpose }: BucketRequirement): Requirement[] {
  const reach = connectionsFor('s3', field);
  return clients.flatMap((from) => [
    reach(from, clusterDns, dnsPorts, 'the name of the server'),
    reach(from, internet, tcp(443), purpose),
  ]);
}

function grantOf(requirement: BucketRequirement, { endpoint, region, keys }: S3Section): BucketBinding {
  const key = keys[requirement.bucket];
  const field = `s3.keys.${requirement.bucket}`;
  const source = 'given out by the server, for this bucket alone';
  return {
    kind: 'bucket',
    requirement,
    endpoint: reference(endpoint),
    region,
    accessKey: { value: key?.accessKey, field: `${field}.accessKey`, source },
    secretKey: { value: key?.secretKey, field: `${field}.secretKey`, source },
  };
}
