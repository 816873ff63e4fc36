import { describe, expect, it } from 'vitest';
import { asked, ciliumPolicy, objectsOf, web } from '../../../tests/reachability/podQuestions.ts';
import { analyse } from '../analyse.ts';

describe('a policy that only some enforcers read', () => {
  it.each<[enforcer: string, reach: string]>([
    ['cilium', 'blocked/allowed'],
    ['given', 'blocked/allowed'],
    ['kube-router', 'allowed/allowed'],
    ['calico', 'allowed/allowed'],
    ['something else', 'unknown/allowed'],
    ['none', 'unknown/allowed'],
  ])('with enforcer %s answers %s', (enforcer, reach) => {
    expect(asked(ciliumPolicy(`{${web}, ingress: [{}]}`), 'y/far', 'x/web', 80, { enforcer }).reach).toBe(
      reach,
    );
  });

  it('is stated to have no effect where the enforcer does not read its kind', () => {
    const objects = objectsOf(ciliumPolicy('{endpointSelector: {}, ingress: [{}], egress: [{}]}'));
    const { proofs, assumptions } = analyse(objects, {
      enforcer: 'kube-router',
      lan: ['192.0.2.0/24'],
      vpn: [],
      podRanges: ['10.42.0.0/16'],
    });
    const proof = proofs.find(
      ({ invariant, claim }) => invariant === 'default-deny' && claim.includes(' x '),
    );
    expect(proof?.verdict).toBe('refuted');
    expect(assumptions).toContain(
      'CiliumNetworkPolicy x/p has no effect, since kube-router does not read its kind',
    );
  });
});
