import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { type AdmissionPair, corePairs } from '../admission/corePairs.ts';
import { rulePairs, rulesWithoutPair } from '../admission/rulePairs.ts';
import { controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { type KubernetesClient, Refused } from './fixtures/kubernetesClient.ts';
import { realSuite } from './fixtures/suite.ts';

/** What the API server says of an object that it refuses; undefined if it accepts the object. */
async function refusalOf(cluster: KubernetesClient, object: KubernetesObject): Promise<string | undefined> {
  try {
    await cluster.create(object, { dryRun: true });
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

async function disagreements(
  cluster: KubernetesClient,
  pairs: readonly (AdmissionPair & { messages?: readonly string[] })[],
): Promise<readonly string[]> {
  const wrong = await Promise.all(
    pairs.map(async ({ rule, valid, invalid, messages = [''] }) => {
      const ofValid = await refusalOf(cluster, valid);
      const ofInvalid = await refusalOf(cluster, invalid);
      const found: string[] = [];
      if (ofValid !== undefined) found.push(`${rule}: the valid object is refused: ${ofValid}`);
      if (ofInvalid === undefined) found.push(`${rule}: the invalid object is accepted`);
      else if (!messages.some((message) => ofInvalid.includes(message)))
        found.push(`${rule}: refused for ${ofInvalid}`);
      return found;
    }),
  );
  return wrong.flat();
}

realSuite('kube-apiserver accepts and refuses what the validator does', controlPlaneParts, (parts) => {
  test('by the rules of its own kinds', async () => {
    await using cluster = await controlPlane(parts);
    expect(await disagreements(cluster, corePairs)).toEqual([]);
  }, 300_000);

  test('by the rules of our definitions', async () => {
    await using cluster = await controlPlane(parts);
    expect(await disagreements(cluster, rulePairs)).toEqual([]);
    const refusals = await Promise.all(rulesWithoutPair.map(({ refused }) => refusalOf(cluster, refused)));
    for (const refusal of refusals) expect(refusal).toContain('Unsupported value');
  }, 300_000);
});
