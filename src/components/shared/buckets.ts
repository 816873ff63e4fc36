import { bucketProblem } from '../../config/values/storage.ts';
import type { RuleFinding } from '../contract/component.ts';
import type { BucketRequirement } from '../contract/requirements.ts';
import { isSameRequester, requesterTitle } from './requesters.ts';

/** The buckets that are required, each once: a requester may ask for one as often as it likes. */
export function distinctBuckets(provided: readonly BucketRequirement[]): BucketRequirement[] {
  const buckets = new Map<string, BucketRequirement>();
  for (const requirement of provided) {
    const first = buckets.get(requirement.bucket);
    const clients = [...(first?.clients ?? []), ...requirement.clients];
    buckets.set(requirement.bucket, { ...(first ?? requirement), clients });
  }
  return [...buckets.values()];
}

/** Two requesters of one bucket could read and delete what is the other's. */
export function sharedBuckets(provided: readonly BucketRequirement[]): RuleFinding[] {
  return provided.flatMap((requirement, index) => {
    const first = provided
      .slice(0, index)
      .find((other) => other.bucket === requirement.bucket && !hasSameUse(other, requirement));
    if (first === undefined) return [];
    const [owner, other] = [first.requester, requirement.requester];
    return [
      {
        code: 'taken' as const,
        field: other.field,
        message: `the bucket ${requirement.bucket} is taken: ${requesterTitle(owner)} keeps ${first.purpose} in it (${owner.field}), and ${requesterTitle(other)} requires it for ${requirement.purpose} (${other.field})`,
        expected: 'a bucket for each: the key of one would open what is the other’s',
        remedy: 'give one of the two another name',
      },
    ];
  });
}

/** A name may be put together out of fields that hold on their own. */
export function refusedBuckets(provided: readonly BucketRequirement[]): RuleFinding[] {
  return distinctBuckets(provided).flatMap(({ bucket, requester }) => {
    const problem = bucketProblem(bucket);
    if (problem === undefined) return [];
    return [
      {
        code: 'not-a-bucket' as const,
        field: requester.field,
        message: `${requesterTitle(requester)} requires the bucket ${bucket} (${requester.field}): ${problem}`,
        expected: '3 to 63 small letters, digits and single hyphens',
        remedy: 'shorten or change what the name is made of',
      },
    ];
  });
}

function hasSameUse(one: BucketRequirement, other: BucketRequirement): boolean {
  return (
    isSameRequester(one.requester, other.requester) &&
    one.purpose === other.purpose &&
    one.access === other.access
  );
}
