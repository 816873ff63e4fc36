import { describe, expect, it } from 'vitest';
import { asked, ciliumPolicy, web } from '../../../../tests/reachability/podQuestions.ts';

describe('endpoints of Cilium', () => {
  // Identities of what is no pod have no label of a namespace, and a reserved label is not restricted to one.
  it.each([
    ['unknown', 'matchLabels: {"reserved:world": ""}'],
    ['unknown', 'matchExpressions: [{key: "reserved:host", operator: DoesNotExist}]'],
    ['unknown', 'matchExpressions: [{key: "k8s:io.kubernetes.pod.namespace", operator: NotIn, values: [y]}]'],
    ['unknown', 'matchExpressions: [{key: io.kubernetes.pod.namespace, operator: DoesNotExist}]'],
    [
      'unknown',
      'matchExpressions: [{key: "k8s:io.cilium.k8s.namespace.labels.team", operator: NotIn, values: [b]}]',
    ],
    ['blocked', 'matchLabels: {"k8s:io.kubernetes.pod.namespace": y}'],
    ['blocked', 'matchExpressions: [{key: app, operator: NotIn, values: [web]}]'],
    [
      'blocked',
      'matchLabels: {"k8s:app": near}, matchExpressions: [{key: io.kubernetes.pod.namespace, operator: NotIn, values: [y]}]',
    ],
  ])('are %s for addresses by %s', (reach, selector) => {
    const policy = ciliumPolicy(`{${web}, ingress: [{fromEndpoints: [{${selector}}]}]}`);
    expect(asked(policy, '192.0.2.1/32', 'x/web').reach).toMatch(reach);
  });

  it.each<[name: string, spec: string, from: string, reach: string]>([
    [
      'admits nobody by an empty list of endpoints',
      `{${web}, ingress: [{fromEndpoints: []}]}`,
      'x/near',
      'blocked/allowed',
    ],
    [
      'selects its own namespace by an empty selector',
      `{${web}, ingress: [{fromEndpoints: [{}]}]}`,
      'x/near',
      'allowed/allowed',
    ],
    [
      'selects no other namespace by an empty selector',
      `{${web}, ingress: [{fromEndpoints: [{}]}]}`,
      'y/far',
      'blocked/allowed',
    ],
    [
      'selects another namespace by its name',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": y}}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'takes a key with the source any',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {"any:app": near}}]}]}`,
      'x/near',
      'allowed/allowed',
    ],
    [
      'selects by service account',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: web}}]}]}`,
      'x/near',
      'blocked/allowed',
    ],
    [
      'may select by labels of a namespace, which some versions ignore',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.team: b}}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'may select by a label that is no part of an identity',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {pod-template-hash: abc}}]}]}`,
      'x/near',
      'unknown/allowed',
    ],
    [
      'may select by a reserved label',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {"reserved:host": ""}}]}]}`,
      'x/near',
      'unknown/allowed',
    ],
  ])('%s', (_name, spec, from, reach) => {
    expect(asked(ciliumPolicy(spec), from, 'x/web').reach).toBe(reach);
  });

  it.each<[name: string, egress: string, to: string, reach: string]>([
    [
      'selects no node by labels',
      '{toEndpoints: [{matchLabels: {"io.kubernetes.pod.namespace": y}}]}',
      'y/host',
      'allowed/blocked',
    ],
  ])('in egress: %s', (_name, egress, to, reach) => {
    expect(asked(ciliumPolicy(`{${web}, egress: [${egress}]}`), 'x/web', to).reach).toBe(reach);
  });
});
