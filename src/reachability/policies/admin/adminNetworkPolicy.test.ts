import { describe, expect, it } from 'vitest';
import { asked } from '../../../../tests/reachability/podQuestions.ts';

describe('an AdminNetworkPolicy', () => {
  const admin = (subject: string): string =>
    `- apiVersion: policy.networking.k8s.io/v1alpha1
  kind: AdminNetworkPolicy
  metadata: {name: a}
  spec: {priority: 1, subject: ${subject}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}
`;

  it('leaves unknown whom it may select, and nobody else', () => {
    const some = admin('{namespaces: {matchLabels: {team: a}}}');
    expect(asked(some, 'y/far', 'x/web', 80, { enforcer: 'kube-router' }).reach).toBe('unknown/allowed');
    expect(asked(some, 'x/web', 'y/far', 80, { enforcer: 'kube-router' }).reach).toBe('allowed/unknown');
    const one = admin('{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: near}}}}');
    expect(asked(one, 'y/far', 'x/web').reach).toBe('allowed/allowed');
    expect(asked(one, 'y/far', 'x/near').reach).toBe('unknown/allowed');
  });
});
