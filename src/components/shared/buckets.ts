import { bucketProblem } from '../../config/values/storage.ts';
import type { RuleFinding } from '../contract/component.ts';
import type { BucketClaim, Claim } from '../contract/requirements.ts';

/** The buckets that are claimed, each once: a consumer may ask for one as often as it likes. */
export function distinctBuckets(answered: readonly Claim[]): BucketClaim[] {
  const buckets = new Map<string, BucketClaim>();
  for (const claim of bucketsOf(answered)) {
    const first = buckets.get(claim.bucket);
    const clients = [...(first?.clients ?? []), ...claim.clients];
    buckets.set(claim.bucket, { ...(first ?? claim), clients });
  }
  return [...buckets.values()];
}

/** Two consumers of one bucket could read and delete what is the other's. */
export function sharedBuckets(answered: readonly Claim[]): RuleFinding[] {
  const claims = bucketsOf(answered);
  return claims.flatMap((claim, index) => {
    const first = claims
      .slice(0, index)
      .find((other) => other.bucket === claim.bucket && !sameConsumer(other, claim));
    if (first === undefined) return [];
    return [
      {
        code: 'taken' as const,
        field: claim.field,
        message: `the bucket ${claim.bucket} is taken: ${first.by} keeps ${first.purpose} in it (${first.field}), and ${claim.by} wants it for ${claim.purpose} (${claim.field})`,
        expected: 'a bucket for each: the key of one would open what is the other’s',
        remedy: 'give one of the two another name',
      },
    ];
  });
}

/** A name may be put together out of fields that hold on their own. */
export function refusedBuckets(answered: readonly Claim[]): RuleFinding[] {
  return distinctBuckets(answered).flatMap(({ bucket, by, field }) => {
    const problem = bucketProblem(bucket);
    if (problem === undefined) return [];
    return [
      {
        code: 'not-a-bucket' as const,
        field,
        message: `${by} wants the bucket ${bucket} (${field}): ${problem}`,
        expected: '3 to 63 small letters, digits and single hyphens',
        remedy: 'shorten or change what the name is made of',
      },
    ];
  });
}

function sameConsumer(one: BucketClaim, other: BucketClaim): boolean {
  return one.by === other.by && one.purpose === other.purpose && one.access === other.access;
}

function bucketsOf(answered: readonly Claim[]): BucketClaim[] {
  return answered.filter((claim): claim is BucketClaim => claim.kind === 'bucket');
}
