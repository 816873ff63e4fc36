import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyse } from '../analyse.ts';
import type { Assumptions } from '../model/analysis.ts';
import { readObjects } from '../queries.ts';

const app = `
- {apiVersion: v1, kind: Namespace, metadata: {name: x}}
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: x, labels: {app: web}}
  spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}
`;
const service = (spec = '', type = 'NodePort') =>
  `- {apiVersion: v1, kind: Service, metadata: {name: web, namespace: x}, spec: {type: ${type}, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]${spec}}}\n`;
const policy = (...cidrs: string[]) =>
  `- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: x}, spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [${cidrs.map((cidr) => `{ipBlock: {cidr: "${cidr}"}}`).join(', ')}]}]}}\n`;
const node = (address: string) =>
  `- {apiVersion: v1, kind: Node, metadata: {name: n}, status: {addresses: [{type: InternalIP, address: "${address}"}, {type: Hostname, address: n}]}}\n`;

const lan = ['192.168.1.0/24', '2001:db8:1::/64'];
const global: Assumptions = {
  enforcer: 'kube-router',
  lan,
  vpn: [],
  podRanges: ['10.42.0.0/16'],
  ipv6: 'global',
};

function analysed(more: string, assumptions: Partial<Assumptions> = {}) {
  const {
    proofs,
    entries,
    assumptions: premises,
  } = analyse(readObjects(parse(app + more), 'list'), {
    ...global,
    ...assumptions,
  });
  const verdicts = (invariant: string) =>
    proofs.filter((each) => each.invariant === invariant).map(({ verdict }) => verdict);
  return {
    nodePorts: verdicts('node-ports')[0],
    outside: verdicts('outside-gated'),
    internet: entries.filter(({ who }) => who === 'internet').map(({ verdict }) => verdict),
    premises,
  };
}

const dual = service(', ipFamilyPolicy: RequireDualStack');

describe('a node port of nodes with global IPv6 addresses', () => {
  it.each<[verdict: string, more: string, assumptions?: Partial<Assumptions>]>([
    ['refuted', dual],
    ['refuted', service(', ipFamilies: [IPv6]')],
    ['refuted', service(', ipFamilies: [IPv4, IPv6], ipFamilyPolicy: PreferDualStack')],
    ['refuted', service(), { serviceRanges: ['fd00:43::/108'] }],
    ['unknown', service(', ipFamilyPolicy: PreferDualStack')],
    ['unknown', service()],
    ['proved', service(', ipFamilies: [IPv4]')],
    ['proved', service(), { serviceRanges: ['10.43.0.0/16'] }],
    ['refuted', dual + policy('0.0.0.0/0', '::/0')],
    ['proved', dual + policy('0.0.0.0/0')],
    ['proved', dual + policy('192.168.1.0/24', '2001:db8:1::/64')],
    ['unknown', dual + policy('2001:db8::/32')],
    ['unknown', dual + policy('2001:db8:1::/64'), { enforcer: 'none' }],
    ['unknown', dual.replace('Local', 'Cluster') + policy('2001:db8:1::/64')],
    ['proved', dual, { ipv6: 'private' }],
    ['proved', dual, { ipv6: 'none' }],
  ])('is %s: %s %j', (verdict, more, assumptions = {}) => {
    expect(analysed(more, assumptions).nodePorts).toBe(verdict);
  });

  it('is a way in from outside in the access map and of what is demanded there', () => {
    expect(analysed(dual)).toMatchObject({ internet: ['allowed'], outside: ['refuted'] });
    expect(analysed(dual + policy('0.0.0.0/0'))).toMatchObject({
      internet: ['blocked'],
      outside: ['proved'],
    });
    expect(analysed(dual, { ipv6: 'none' })).toMatchObject({ internet: [], outside: [] });
  });

  it('is not known where nothing tells what is behind it', () => {
    const alone = dual.replace('selector: {app: web}, ', '');
    expect(analysed(alone)).toMatchObject({ nodePorts: 'unknown', outside: ['unknown'] });
  });

  it.each(['hostNetwork: true', 'hostPort'])('counts a pod with %s too', (how) => {
    const spec =
      how === 'hostPort'
        ? 'containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]'
        : 'hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]';
    const pod = `- {apiVersion: v1, kind: Pod, metadata: {name: h, namespace: x}, spec: {${spec}}}\n`;
    expect(analysed(pod).outside).toEqual([how === 'hostPort' ? 'unknown' : 'refuted']);
  });
});

describe('the address of a Node among the objects', () => {
  it.each<[verdict: string, address: string]>([
    ['refuted', '2001:db8:9::10'],
    ['refuted', '203.0.113.9'],
    ['proved', 'fd00::10'],
    ['proved', '192.168.1.10'],
    ['proved', '100.64.0.9'],
  ])('%s: %s', (verdict, address) => {
    const { ipv6: _said, ...unsaid } = global;
    const objects = readObjects(parse(app + dual + node(address)), 'list');
    const proof = analyse(objects, unsaid).proofs.find(({ invariant }) => invariant === 'node-ports');
    expect(proof?.verdict).toBe(verdict);
  });
});

it.each<[premise: string, ipv6: Assumptions['ipv6'] | 'unsaid']>([
  ['No node has a global IPv6 address', 'unsaid'],
  ['No node has a global IPv6 address', 'none'],
  ['The IPv6 addresses of nodes are private: nothing on the internet reaches them', 'private'],
  [
    'Nodes have global IPv6 addresses, and nothing before them blocks a connection from the internet',
    'global',
  ],
])('%s is printed where it is %s', (premise, ipv6) => {
  const { ipv6: _said, ...unsaid } = global;
  const given: Assumptions = ipv6 === 'unsaid' || ipv6 === undefined ? unsaid : { ...unsaid, ipv6 };
  const { assumptions } = analyse(readObjects(parse(app + dual), 'list'), given);
  expect(assumptions).toContain(premise);
});
