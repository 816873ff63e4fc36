import { describe, expect, it } from 'vitest';
import { ciliumPolicy, clusterwide, objectsOf, web } from '../../../../tests/reachability/podQuestions.ts';
import { analyse } from '../../analyse.ts';
import type { Assumptions } from '../../model/analysis.ts';

describe('proofs about policies of Cilium', () => {
  const given: Assumptions = {
    enforcer: 'cilium',
    lan: ['192.0.2.0/24'],
    vpn: [],
    podRanges: ['10.42.0.0/16'],
  };
  const denialOf = (spec: string, kind?: string) => {
    const { proofs } = analyse(objectsOf(ciliumPolicy(spec, kind)), given);
    const proof = proofs.find(
      ({ invariant, claim }) => invariant === 'default-deny' && claim.includes(' x '),
    );
    return proof?.verdict;
  };

  it.each<[verdict: string, spec: string, kind?: string]>([
    ['proved', '{endpointSelector: {}, ingress: [{}], egress: [{}]}'],
    ['proved', '{endpointSelector: {}, ingress: [{}], egress: [{}]}', clusterwide],
    [
      'proved',
      '{endpointSelector: {matchLabels: {io.kubernetes.pod.namespace: x}}, ingress: [{}], egress: [{}]}',
      clusterwide,
    ],
    [
      'refuted',
      '{endpointSelector: {matchLabels: {io.kubernetes.pod.namespace: y}}, ingress: [{}], egress: [{}]}',
      clusterwide,
    ],
    ['refuted', '{endpointSelector: {}, ingress: [{fromEntities: [all]}], egress: [{}]}'],
    ['refuted', '{endpointSelector: {}, ingress: [{}]}'],
    ['refuted', '{endpointSelector: {}, enableDefaultDeny: {egress: false}, ingress: [{}], egress: [{}]}'],
    ['refuted', '{endpointSelector: {matchLabels: {app: web}}, ingress: [{}], egress: [{}]}'],
    ['unknown', '{endpointSelector: {}, moon: 1, ingress: [{}], egress: [{}]}'],
    ['unknown', '{endpointSelector: {matchLabels: {"reserved:all": ""}}, ingress: [{}], egress: [{}]}'],
  ])('default denial is %s: %s', (verdict, spec, kind) => {
    expect(denialOf(spec, kind)).toBe(verdict);
  });

  it.each<[reach: string, ingress: string]>([
    ['allowed', '{fromEntities: [world]}'],
    ['allowed', '{fromCIDR: [192.0.2.0/25, 192.0.2.128/25]}'],
    ['unknown', '{fromCIDR: [192.0.2.0/25]}'],
    ['unknown', '{fromEntities: [remote-node]}'],
    ['blocked', '{fromEntities: [host]}'],
    ['blocked', '{fromEndpoints: [{}]}'],
  ])('the home network is %s by %s', (reach, ingress) => {
    const service = `- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: x}
  spec: {type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
`;
    const { entries } = analyse(objectsOf(service, ciliumPolicy(`{${web}, ingress: [${ingress}]}`)), given);
    // The fixture has a pod on the network of its node, too.
    const found = entries.filter(({ who, to }) => who === 'lan' && to?.name === 'web');
    expect(found.map(({ verdict }) => verdict)).toEqual([reach]);
  });

  it('does not prove that nothing reaches what admits every node', () => {
    const objects = objectsOf(ciliumPolicy(`{${web}, ingress: [{fromEntities: [remote-node]}]}`));
    const { proofs } = analyse(
      objects.filter(({ object }) => object.metadata.name !== 'host'),
      given,
    );
    const proof = proofs.find(({ claim }) => claim === 'Nothing but its declared clients reaches Pod x/web');
    expect(proof?.verdict).toBe('unknown');
    expect(proof?.sentence).toContain('admits every node');
  });

  const clientsOf = (policy: string, enforcer = 'cilium') => {
    const objects = objectsOf(policy).filter(({ object }) => object.metadata.name !== 'host');
    return analyse(objects, { ...given, enforcer }).proofs.find(
      ({ claim }) => claim === 'Nothing but its declared clients reaches Pod x/web',
    );
  };

  it.each<[verdict: string, deny: string]>([
    ['proved', '{fromEntities: [all]}'],
    ['unknown', '{}'],
    ['unknown', '{fromEntities: [all], moon: 1}'],
    ['unknown', '{fromEntities: [cluster]}'],
    ['refuted', '{fromEndpoints: [{}]}, {fromCIDR: ["0.0.0.0/1", "::/0"]}'],
  ])('a denial that does not isolate leaves the clients %s: %s', (verdict, deny) => {
    const proof = clientsOf(
      ciliumPolicy(`{${web}, enableDefaultDeny: {ingress: false}, ingressDeny: [${deny}]}`),
    );
    expect(proof?.verdict).toBe(verdict);
  });

  it('names an address that no rule denies', () => {
    const deny = '{fromCIDR: ["0.0.0.0/1", "::/0"]}';
    const proof = clientsOf(
      ciliumPolicy(`{${web}, enableDefaultDeny: {ingress: false}, ingressDeny: [${deny}]}`),
    );
    expect(proof?.sentence).toContain('admits addresses such as 128.0.0.0 on TCP 80');
  });

  it('leaves the clients unknown where a policy that is not modelled may select the pod', () => {
    const calico =
      '- {apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: p, namespace: x}, spec: {}}\n';
    expect(clientsOf(calico, 'calico')?.verdict).toBe('unknown');
  });
});
