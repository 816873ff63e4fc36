import { describe, expect, it } from 'vitest';
import { changesBetween, changesOf, object } from '../../../tests/upgradedTrees.ts';

describe('the network', () => {
  const of = (apiVersion: string, kind: string, spec: object, metadata: object = {}) =>
    object(apiVersion, kind, { metadata: { name: 'app', namespace: 'media', ...metadata }, spec });

  it.each([
    ['networking.k8s.io/v1', 'NetworkPolicy', { egress: [] }],
    ['cilium.io/v2', 'CiliumNetworkPolicy', { egress: [] }],
    ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy', { egress: [] }],
    ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', { priority: 1 }],
    ['crd.projectcalico.org/v1', 'GlobalNetworkPolicy', { order: 1 }],
    ['v1', 'Service', { ports: [{ port: 80 }] }],
    ['networking.k8s.io/v1', 'Ingress', { rules: [{ host: 'a' }] }],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute', { hostnames: ['a'] }],
    ['gateway.networking.k8s.io/v1', 'Gateway', { listeners: [{ name: 'a', port: 1 }] }],
    ['gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy', { jwt: {} }],
    ['rbac.authorization.k8s.io/v1', 'Role', { rules: [] }],
  ])('changes with a %s %s', (apiVersion, kind, spec) => {
    expect(changesOf(of(apiVersion, kind, {}), of(apiVersion, kind, spec))).toMatchObject([
      { risk: 'network', certain: true },
    ]);
    expect(changesBetween([of(apiVersion, kind, spec)], [])).toMatchObject([{ risk: 'network' }]);
    expect(changesBetween([], [of(apiVersion, kind, spec)])).toMatchObject([{ risk: 'network' }]);
    const labelled = of(apiVersion, kind, spec, { labels: { 'app.kubernetes.io/part-of': 'a' } });
    expect(changesOf(of(apiVersion, kind, spec), labelled)).toMatchObject([{ risk: 'nothing' }]);
  });

  it('is named where a policy gets another name and says the same', () => {
    const policy = (name: string) => of('networking.k8s.io/v1', 'NetworkPolicy', { ingress: [] }, { name });
    const changes = changesBetween([policy('old')], [policy('new')]);
    expect(changes.find(({ name }) => name.endsWith('/old'))?.sentence).toContain(
      'NetworkPolicy media/new says the same',
    );
  });

  it('changes with a label of a namespace that a policy selects, and with no other', () => {
    const namespace = (labels: object) => object('v1', 'Namespace', { metadata: { name: 'media', labels } });
    const policy = of('networking.k8s.io/v1', 'NetworkPolicy', {
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { tier: 'a' } } }] }],
    });
    const expression = of('networking.k8s.io/v1', 'NetworkPolicy', {
      ingress: [
        { from: [{ namespaceSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }] },
      ],
    });
    for (const selecting of [policy, expression])
      expect(changesOf(namespace({ tier: 'a' }), namespace({ tier: 'b' }), [selecting])).toMatchObject([
        { risk: 'network' },
      ]);
    expect(changesOf(namespace({ other: 'a' }), namespace({ other: 'b' }), [policy])).toMatchObject([
      { risk: 'nothing' },
    ]);
    const level = 'pod-security.kubernetes.io/enforce';
    expect(changesOf(namespace({ [level]: 'baseline' }), namespace({ [level]: 'restricted' }))).toMatchObject(
      [{ risk: 'network' }],
    );
    const warn = 'pod-security.kubernetes.io/warn';
    expect(changesOf(namespace({ [warn]: 'baseline' }), namespace({ [warn]: 'restricted' }))).toMatchObject([
      { risk: 'nothing' },
    ]);
  });
});
