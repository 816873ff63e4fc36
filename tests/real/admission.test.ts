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
  const wrong: string[] = [];
  for (const { rule, valid, invalid } of pairs) {
    if (!(await isAccepted(cluster, valid))) wrong.push(`${rule}: the valid object is refused`);
    if (await isAccepted(cluster, invalid)) wrong.push(`${rule}: the invalid object is accepted`);
  }
  return wrong;
}

realSuite('kube-apiserver accepts and refuses what the validator does', controlPlaneParts, (parts) => {
  test('by the rules of its own kinds', async () => {
    await using cluster = await controlPlane(parts);
    expect(await disagreements(cluster, corePairs)).toEqual([]);
  });

  test('by the rules of our definitions', async () => {
    await using cluster = await controlPlane(parts);
    expect(await disagreements(cluster, rulePairs)).toEqual([]);
  });
});
