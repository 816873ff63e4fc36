import { reference } from '../../config/private.ts';
import type { BucketGrant } from '../contract/bindings.ts';
import { defineComponent } from '../contract/component.ts';
import type { BucketClaim, Claim } from '../contract/requirements.ts';
import { refusedBuckets, sharedBuckets } from '../shared/buckets.ts';
import { reaching, tcp } from '../shared/connections.ts';
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
  answers: ['bucket'],
  accepts: (claim) => claim.kind === 'bucket' && claim.store === 's3',
  answer: (claim) => (claim.kind === 'bucket' ? reaches(claim) : []),
  grant: (claim, { section }) => (claim.kind === 'bucket' ? grantOf(claim, section) : undefined),
  rules: ({ answered }) => [...refusedBuckets(answered), ...sharedBuckets(answered)],
  build: () => ({ manifests: [] }),
  documents: s3Documents,
});

/** Network policies know no host names: whoever uses the bucket may reach any server of the internet over HTTPS. */
function reaches({ clients, field, purpose }: BucketClaim): Claim[] {
  const reach = reaching('s3', field);
  return clients.flatMap((from) => [
    reach(from, clusterDns, dnsPorts, 'the name of the server'),
    reach(from, internet, tcp(443), purpose),
  ]);
}

function grantOf(claim: BucketClaim, { endpoint, region, keys }: S3Section): BucketGrant {
  const key = keys[claim.bucket];
  const field = `s3.keys.${claim.bucket}`;
  const source = 'given out by the server, for this bucket alone';
  return {
    kind: 'bucket',
    claim,
    endpoint: reference(endpoint),
    region,
    accessKey: { value: key?.accessKey, field: `${field}.accessKey`, source },
    secretKey: { value: key?.secretKey, field: `${field}.secretKey`, source },
  };
}
