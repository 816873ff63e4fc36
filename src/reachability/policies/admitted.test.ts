import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildModel } from '../model/model.ts';
import { readObjects } from '../queries.ts';
import { admittedAddresses } from './admitted.ts';

const given = (more: string, spec = '') => `
- {apiVersion: v1, kind: Namespace, metadata: {name: x}}
- {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: x, labels: {app: web}}, spec: {${spec}containers: [{name: c}]}}
${more}`;
const open =
  '- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: x}, spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]}}\n';
const admin = (subject: string) =>
  `- {apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: a}, spec: {priority: 1, subject: ${subject}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}}\n`;
const baseline =
  '- {apiVersion: policy.networking.k8s.io/v1alpha1, kind: BaselineAdminNetworkPolicy, metadata: {name: default}, spec: {subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}}\n';
const calico =
  '- {apiVersion: crd.projectcalico.org/v1, kind: GlobalNetworkPolicy, metadata: {name: g}, spec: {order: 1, types: [Ingress], ingress: [{action: Deny}]}}\n';

/** Whether what the workload admits on port 80 is certain, rule by rule. */
function certainties(text: string, enforcer = 'calico'): readonly boolean[] {
  const assumptions = { enforcer, lan: [], vpn: [] };
  const { network, workloads } = buildModel(readObjects(parse(text), 'list.yaml'), assumptions);
  const web = workloads.find(({ ref }) => ref.name === 'web');
  if (web === undefined) throw new Error('no workload');
  return admittedAddresses(network, web, 'TCP', 80).map(({ certain }) => certain);
}

describe('addresses that a workload admits', () => {
  it('are certain by a rule that is read', () => {
    expect(certainties(given(open))).toEqual([true]);
    expect(certainties(given(''))).toEqual([true]);
    expect(certainties(given('', 'hostNetwork: true, '))).toEqual([true]);
    expect(certainties(given(open + admin('{namespaces: {matchLabels: {team: other}}}')))).toEqual([true]);
  });

  it.each<[name: string, policy: string]>([
    ['an earlier tier', admin('{namespaces: {}}')],
    [
      'an earlier tier for its pods',
      admin('{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}'),
    ],
    ['a later tier', baseline],
    ['a policy of Calico', calico],
  ])('are not certain beside %s that is not modelled', (_name, policy) => {
    expect(certainties(given(open + policy))).toEqual([false]);
    expect(certainties(given(policy))).toEqual([false]);
    expect(certainties(given(open + policy, 'hostNetwork: true, '))).toEqual([false]);
  });

  const cilium = (from: string) =>
    `- {apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: c, namespace: x}, spec: {endpointSelector: {}, ingress: [{${from}}]}}\n`;

  // Cilium adds no namespace to a selector with a reserved label (1.18, `getEndpointSelector`).
  it.each([
    'fromEndpoints: [{matchLabels: {"reserved:world": ""}}]',
    'fromEndpoints: [{matchExpressions: [{key: "reserved:world", operator: Exists}]}]',
    'fromEndpoints: [{matchLabels: {"cidr:0.0.0.0/0": ""}}]',
    'fromCIDRSet: [{cidrGroupRef: office}]',
    'fromGroups: [{aws: {region: x}}]',
  ])('may be any by %s', (from) => {
    expect(certainties(given(cilium(from)), 'cilium')).toEqual([false]);
  });

  it.each(['fromEndpoints: [{}]', 'fromEndpoints: [{matchLabels: {app: web}}]', 'fromCIDR: []'])(
    'are none by %s',
    (from) => {
      expect(certainties(given(cilium(from)), 'cilium')).toEqual([]);
    },
  );
});
