import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { indexed } from './dump.ts';
import { workloadsReady } from './workloads.ts';

it('ends where owners lead in a circle', () => {
  const owned = (kind: string, uid: string, owner: string): KubernetesObject => ({
    apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
    kind,
    metadata: {
      ...{ name: uid, namespace: 'media', uid, generation: 1 },
      ownerReferences: [{ uid: owner, controller: true }],
    },
    ...(kind === 'Pod' ? {} : { status: { observedGeneration: 1 } }),
  });
  const objects = [
    owned('Pod', 'pod', 'one'),
    owned('Deployment', 'one', 'two'),
    owned('Deployment', 'two', 'one'),
  ];
  const dump = indexed({ objects, listed: [], complete: [], missing: [], unread: [] });
  const workloads = objects.slice(1, 2).map((object) => ({ object, file: 'one.yaml' }));
  expect(workloadsReady(workloads, dump)).toMatchObject({ verdict: 'broken' });
});
