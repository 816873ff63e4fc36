import { bucketProblem } from '../../config/values/storage.ts';
import type { RuleFinding } from '../contract/component.ts';
import type { BucketRequirement, Requirement } from '../contract/requirements.ts';

/** The buckets that are claimed, each once: a consumer may ask for one as often as it likes. */
export function distinctBuckets(provided: readonly Requirement[]): BucketRequirement[] {
  const buckets = new Map<string, BucketRequirement>();
  for (const requirement of bucketsOf(provided)) {
    const first = buckets.get(requirement.bucket);
    const clients = [...(first?.clients ?? []), ...requirement.clients];
    buckets.set(requirement.bucket, { ...(first ?? requirement), clients });
  }
  return [...buckets.values()];
}

/** Two consumers of one bucket could read and delete what is the other's. */
export function sharedBuckets(provided: readonly Requirement[]): RuleFinding[] {
  const requirements = bucketsOf(provided);
  return requirements.flatMap((requirement, index) => {
    const first = requirements
      .slice(0, index)
      .find((other) => other.bucket === requirement.bucket && !sameConsumer(other, requirement));
    if (first === undefined) return [];
    return [
      {
        code: 'taken' as const,
        field: requirement.field,
        message: `the bucket ${requirement.bucket} is taken: ${first.by} keeps ${first.purpose} in it (${first.field}), and ${requirement.by} wants it for ${requirement.purpose} (${requirement.field})`,
        expected: 'a bucket for each: the key of one would open what is the other’s',
        remedy: 'give one of the two another name',
      },
    ];
  });
}

/** A name may be put together out of fields that hold on their own. */
export function refusedBuckets(provided: readonly Requirement[]): RuleFinding[] {
  return distinctBuckets(provided).flatMap(({ bucket, by, field }) => {
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

function sameConsumer(one: BucketRequirement, other: BucketRequirement): boolean {
  return one.by === other.by && one.purpose === other.purpose && one.access === other.access;
}

function bucketsOf(provided: readonly Requirement[]): BucketRequirement[] {
  return provided.filter((requirement): requirement is BucketRequirement => requirement.kind === 'bucket');
}
