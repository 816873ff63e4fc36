import { expect, it } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { readDocuments } from '../../manifests/tree.ts';
import { buildModel } from '../model/model.ts';
import { createCandidateFinder } from './candidates.ts';
import { createFlowEvaluator } from './flow.ts';
import { unknownPod } from './network.ts';

const namespaces = ['x', 'y', 'z'];
const word = fc.constantFrom('a', 'b');
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), word, { maxKeys: 2, noNullPrototype: true });
const selector = fc.oneof(
  fc.record({ matchLabels: labels }),
  fc.constantFrom(...namespaces).map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
  fc.constant({ matchExpressions: [{ key: 'team', operator: 'Exists' }] }),
  fc.constant({
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['x'] }],
  }),
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ namespaceSelector: selector, podSelector: selector }),
  fc.constantFrom('10.42.0.0/24', '192.168.1.0/24', '0.0.0.0/0').map((cidr) => ({ ipBlock: { cidr } })),
  fc.constant({}),
);
const mostlyNot = fc.nat(9).map((number) => number === 0);
const pod = fc.record({ namespace: fc.constantFrom(...namespaces), labels, hostNetwork: mostlyNot });
const policy = fc.record({
  namespace: fc.constantFrom(...namespaces),
  podSelector: fc.record({ matchLabels: labels }),
  ingress: fc.array(fc.record({ from: fc.array(peer, { maxLength: 2 }) }), { maxLength: 2 }),
});

function objectsOf(
  pods: readonly { namespace: string; labels: object; hostNetwork: boolean }[],
  policies: readonly { namespace: string; podSelector: object; ingress: object[] }[],
): readonly SourcedObject[] {
  const all = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', labels: { team: 'a' } } },
    ...pods.map((each, index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${index}`, namespace: each.namespace, labels: each.labels },
      spec: { hostNetwork: each.hostNetwork, containers: [{ name: 'main', ports: [{ containerPort: 80 }] }] },
    })),
    ...policies.map(({ namespace, ...spec }, index) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `policy-${index}`, namespace },
      spec,
    })),
  ];
  return readDocuments('random.yaml', all.map((object) => JSON.stringify(object)).join('\n---\n')).objects;
}

it('leaves out only workloads that are blocked for certain', () => {
  let left = 0;
  fc.assert(
    fc.property(
      fc.array(pod, { minLength: 2, maxLength: 6 }),
      fc.array(policy, { maxLength: 5 }),
      fc.constantFrom('some', 'some', 'cilium', 'none'),
      (pods, policies, enforcer) => {
        const model = buildModel(objectsOf(pods, policies), {
          enforcer,
          lan: [],
          vpn: [],
          podRanges: ['10.42.0.0/16'],
        });
        const flow = createFlowEvaluator(model.network);
        const candidatesFor = createCandidateFinder(model);
        for (const target of model.workloads) {
          const asked = new Set(candidatesFor(target));
          for (const workload of [...model.workloads, unknownPod]) {
            if (asked.has(workload) || workload === target) continue;
            left += 1;
            expect(flow({ workload }, { workload: target }, 'TCP', 80).verdict).toBe('blocked');
          }
        }
      },
    ),
    { numRuns: 400 },
  );
  expect(left).toBeGreaterThan(20);
});
