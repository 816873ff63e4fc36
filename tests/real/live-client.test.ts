import { expect, test } from 'vitest';
import { identityOf, openCluster } from '../../src/live/openCluster.ts';
import { controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { realSuite } from './fixtures/suite.ts';

const environment = { env: {}, home: '/nonexistent', platform: 'linux', now: () => new Date() } as const;

async function opened(kubeconfig: string) {
  const identity = await identityOf({ kubeconfig, environment });
  if (!identity.ok) throw new Error(JSON.stringify(identity.problems));
  const cluster = await openCluster({ uid: identity.value.uid, kubeconfig, environment });
  if (!cluster.ok) throw new Error(JSON.stringify(cluster.problems));
  return cluster.value;
}

realSuite('the client of a running cluster', controlPlaneParts, (parts) => {
  test('finds every kind in two requests', async () => {
    await using plane = await controlPlane(parts);
    const cluster = await opened(plane.kubeconfig);
    const before = cluster.sent();
    const { served, missing } = await cluster.kinds();
    expect(cluster.sent() - before).toBe(2);
    expect(missing).toEqual([]);
    expect(served).toContainEqual(
      expect.objectContaining({
        apiVersion: 'gateway.envoyproxy.io/v1alpha1',
        kind: 'SecurityPolicy',
        resource: 'securitypolicies',
        namespaced: true,
        preferred: true,
      }),
    );
    const definitions = await cluster.list({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
    });
    expect(definitions?.length).toBeGreaterThan(60);
    cluster.close();
  });
});
