import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { type AdmissionPair, corePairs } from '../admission/corePairs.ts';
import { rulePairs } from '../admission/rulePairs.ts';
import { controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { type KubernetesClient, Refused } from './fixtures/kubernetesClient.ts';
import { realSuite } from './fixtures/suite.ts';

async function isAccepted(cluster: KubernetesClient, object: KubernetesObject): Promise<boolean> {
  try {
    await cluster.create(object, { dryRun: true });
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

async function disagreements(
  cluster: KubernetesClient,
  pairs: readonly AdmissionPair[],
): Promise<readonly string[]> {
  const wrong = await Promise.all(
    pairs.map(async ({ rule, valid, invalid }) => [
      ...((await isAccepted(cluster, valid)) ? [] : [`${rule}: the valid object is refused`]),
      ...((await isAccepted(cluster, invalid)) ? [`${rule}: the invalid object is accepted`] : []),
    ]),
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
  }, 300_000);
});
