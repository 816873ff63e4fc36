import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { corePairs } from '../admission/corePairs.ts';
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

realSuite('the rules of kube-apiserver', controlPlaneParts, (parts) => {
  test('accepts and refuses the objects of each pair, as the validator does', async () => {
    await using cluster = await controlPlane(parts);
    const wrong: string[] = [];
    for (const { rule, valid, invalid } of corePairs) {
      if (!(await isAccepted(cluster, valid))) wrong.push(`${rule}: the valid object is refused`);
      if (await isAccepted(cluster, invalid)) wrong.push(`${rule}: the invalid object is accepted`);
    }
    expect(wrong).toEqual([]);
  });
});
