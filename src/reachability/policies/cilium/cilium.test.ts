import { describe, expect, it } from 'vitest';
import { asked, ciliumPolicy, clusterwide, web } from '../../../../tests/reachability/podQuestions.ts';

describe('a policy of Cilium', () => {
  it.each<[name: string, spec: string, from: string, reach: string]>([
    ['admits nobody by an empty rule', `{${web}, ingress: [{}]}`, 'x/near', 'blocked/allowed'],
    [
      'denies what another rule allows',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{matchLabels: {app: near}}]}]}`,
      'x/near',
      'blocked/allowed',
    ],
    [
      'denies nobody else',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{matchLabels: {app: near}}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'denies no other port',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromEntities: [all], toPorts: [{ports: [{port: "81"}]}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'leaves unknown what a denial may select',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromCIDR: [10.0.0.0/8]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'leaves unknown whom a denial without peers denies',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'isolates by a denial alone',
      `{${web}, ingressDeny: [{fromEntities: [world]}]}`,
      'y/far',
      'blocked/allowed',
    ],
    [
      'does not isolate where enableDefaultDeny is false',
      `{${web}, enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEntities: [world]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'isolates without a rule where enableDefaultDeny is true',
      `{${web}, enableDefaultDeny: {ingress: true}}`,
      'y/far',
      'blocked/allowed',
    ],
    [
      'leaves a policy with an unknown field in doubt',
      `{${web}, moon: true, ingress: [{fromEndpoints: [{}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'leaves a policy without a selector in doubt',
      '{ingress: [{fromEndpoints: [{}]}]}',
      'y/far',
      'unknown/allowed',
    ],
    [
      'adds up the specs of one object',
      `specs: [{${web}, ingress: [{}]}, {${web}, ingress: [{fromEntities: [cluster]}]}]`,
      'y/far',
      'allowed/allowed',
    ],
  ])('%s', (_name, spec, from, reach) => {
    expect(asked(ciliumPolicy(spec), from, 'x/web').reach).toBe(reach);
  });

  it('selects in every namespace where it is of the whole cluster', () => {
    const isolated = ciliumPolicy(
      '{endpointSelector: {matchLabels: {app: far}}, ingress: [{fromEndpoints: [{matchLabels: {app: near}}]}]}',
      clusterwide,
    );
    expect(asked(isolated, 'x/near', 'y/far').reach).toBe('allowed/allowed');
    expect(asked(isolated, 'x/web', 'y/far').reach).toBe('blocked/allowed');
    const open = ciliumPolicy('{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}', clusterwide);
    expect(asked(open, 'x/web', 'y/far').reach).toBe('allowed/allowed');
    const teams = ciliumPolicy(
      '{endpointSelector: {matchLabels: {io.cilium.k8s.namespace.labels.team: b}}, ingress: [{}]}',
      clusterwide,
    );
    expect(asked(teams, 'x/web', 'y/far').reach).toBe('blocked/allowed');
    expect(asked(teams, 'x/near', 'x/web').reach).toBe('allowed/allowed');
  });

  it('leaves unknown what runs on the network of a node that it selects', () => {
    const nodes = ciliumPolicy('{nodeSelector: {}, ingress: [{}]}', clusterwide);
    expect(asked(nodes, 'x/web', 'y/host').reach).toBe('unknown/allowed');
    expect(asked(nodes, 'y/host', 'x/web').reach).toBe('unknown/unknown');
    expect(asked(nodes, 'x/near', 'x/web').reach).toBe('allowed/allowed');
    expect(asked([], 'y/host', 'x/web').reach).toBe('allowed/allowed');
  });

  it('adds up with NetworkPolicy', () => {
    const plain = `- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: n, namespace: x}
  spec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}
`;
    const own = ciliumPolicy(
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: y}}]}]}`,
    );
    expect(asked([plain, own], 'x/near', 'x/web').reach).toBe('allowed/allowed');
    expect(asked([plain, own], 'y/far', 'x/web').reach).toBe('allowed/allowed');
    expect(asked([plain, own], 'y/far', 'x/near').reach).toBe('blocked/allowed');
    const denial = ciliumPolicy(`{${web}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: near}}]}]}`);
    expect(asked([plain, denial], 'x/near', 'x/web').reach).toBe('blocked/allowed');
  });
});
