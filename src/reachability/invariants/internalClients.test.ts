import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

const assumptions = { enforcer: 'kube-router', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };
const pod =
  '{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: a}, spec: {containers: [{name: c, image: x}]}}';
const machine =
  '{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {name: p, namespace: a}, spec: {template: {spec: {domain: {devices: {interfaces: [{name: default, masquerade: {}}]}}, networks: [{name: default, pod: {}}]}}}}';

const verdictsOf = (object: string, ingress: string) =>
  analyse(
    readObjects(
      parse(`
- ${object}
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: n, namespace: a}, spec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: ${ingress}}}
`),
      'list',
    ),
    assumptions,
  )
    .proofs.filter(({ invariant }) => invariant === 'internal-clients')
    .map(({ verdict }) => verdict);

it.each([
  ['a pod', pod],
  ['a machine', machine],
])('does not know who reaches %s without ports that admits everyone', (_, object) => {
  expect(verdictsOf(object, '[{}]')).toEqual(['unknown']);
  expect(verdictsOf(object, '[]')).toEqual([]);
});
