import { describe, expect, it } from 'vitest';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'web' },
  spec: { containers: [] },
};
const object = (apiVersion: string, kind: string, spec: object = {}, namespace = 'web') => ({
  apiVersion,
  kind,
  metadata: { name: 'a', namespace },
  spec,
});

const verdictBeside = (...objects: object[]) =>
  analyse(readObjects([pod, ...objects], 'list'), { enforcer: 'cilium', lan: [], vpn: [] }).proofs.find(
    ({ invariant }) => invariant === 'default-deny',
  )?.verdict;

describe('a namespace without a policy', () => {
  it('does not deny by default', () => {
    expect(verdictBeside()).toBe('refuted');
  });

  it.each([
    ['a chart that is not rendered', object('helm.toolkit.fluxcd.io/v2', 'HelmRelease')],
    ['an object of an unknown kind', object('example.org/v1', 'Thing')],
    [
      'what makes policies when a Namespace is made',
      object('kyverno.io/v1', 'ClusterPolicy', {
        rules: [{ name: 'deny', generate: { kind: 'NetworkPolicy' } }],
      }),
    ],
    [
      'a policy of administrators',
      object('policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy', {
        subject: { namespaces: {} },
        ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
      }),
    ],
  ])('may deny by default beside %s', (_, beside) => {
    expect(verdictBeside(beside)).toBe('unknown');
  });

  it.each([
    ['a chart of another namespace', object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {}, 'other')],
    ['a kind that makes no policies', object('monitoring.coreos.com/v1', 'Prometheus')],
  ])('does not deny by default beside %s', (_, beside) => {
    expect(verdictBeside(beside)).toBe('refuted');
  });
});
