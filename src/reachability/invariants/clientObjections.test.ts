import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

const assumptions = { enforcer: 'cilium', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };
const verdictOf = (service: string, endpoints: string) =>
  analyse(
    readObjects(
      parse(`
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: a}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}
- {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: a, labels: {app: db}}, spec: {containers: [{name: c, image: postgres, ports: [{containerPort: 5432}]}]}}
- {apiVersion: v1, kind: Service, metadata: {name: s, namespace: a}, spec: {${service}, ports: [{port: 80}]}}
- ${endpoints}
`),
      'list',
    ),
    assumptions,
  ).proofs.find(({ invariant }) => invariant === 'internal-clients')?.verdict;
const slice = (address: string): string =>
  `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: s-1, namespace: a, labels: {kubernetes.io/service-name: s}}, addressType: IPv4, ports: [{port: 5432}], endpoints: [{addresses: [${address}]}]}`;

describe('an exposed Service that leads to an address by hand', () => {
  it.each([
    ['a node port', 'type: NodePort', slice('10.42.0.9')],
    ['an external address', 'externalIPs: [192.0.2.1]', slice('10.42.0.9')],
    [
      'Endpoints',
      'type: NodePort',
      '{apiVersion: v1, kind: Endpoints, metadata: {name: s, namespace: a}, subsets: [{addresses: [{ip: 10.42.0.9}], ports: [{port: 5432}]}]}',
    ],
    ['a variable', 'type: NodePort', slice('"${ADDRESS}"')],
  ])('may lead to any pod, from the address of a node: %s', (_, service, endpoints) => {
    expect(verdictOf(service, endpoints)).toBe('unknown');
  });

  it.each([
    ['outside of the cluster', 'type: NodePort', slice('192.0.2.9')],
    ['with the address of the client', 'type: NodePort, externalTrafficPolicy: Local', slice('10.42.0.9')],
    ['in the cluster only', 'type: ClusterIP', slice('10.42.0.9')],
  ])('changes nothing %s', (_, service, endpoints) => {
    expect(verdictOf(service, endpoints)).toBe('proved');
  });
});
