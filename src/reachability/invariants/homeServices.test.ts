import { describe, expect, it } from 'vitest';
import { home, readYaml } from '../../../tests/reachability/home.ts';
import { analyse } from '../analyse.ts';
import type { Assumptions } from '../model/analysis.ts';

const { expectedNodePorts: _, ...assumptions } = home;
const named: Assumptions = { ...assumptions, homeServices: ['names/names'] };
const ranges = [...home.lan, ...home.vpn];
const ports = '{protocol: UDP, port: 1053}, {protocol: TCP, port: 1053}';
const names = `apiVersion: v1
kind: Namespace
metadata: {name: names}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: names}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: names, namespace: names}
spec:
  podSelector: {matchLabels: {app: names}}
  policyTypes: [Ingress]
  ingress:
    - from: [${ranges.map((cidr) => `{ipBlock: {cidr: ${cidr}}}`).join(', ')}]
      ports: [${ports}]
---
apiVersion: v1
kind: Service
metadata: {name: names, namespace: names}
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  externalTrafficPolicy: Local
  selector: {app: names}
  ports: [{name: udp, port: 53, protocol: UDP, targetPort: 1053}, {name: tcp, port: 53, protocol: TCP, targetPort: 1053}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: names, namespace: names}
spec:
  selector: {matchLabels: {app: names}}
  template:
    metadata: {labels: {app: names}}
    spec:
      containers:
        - name: names
          image: example.org/names:1
          ports: [{containerPort: 1053, protocol: UDP}, {containerPort: 1053, protocol: TCP}, {containerPort: 8080}]
`;

const proofsOf = (yaml: string, invariant: string, given = named) =>
  analyse(readYaml(yaml), given).proofs.filter((proof) => proof.invariant === invariant);
const verdicts = (yaml: string, invariant: string, given = named) =>
  proofsOf(yaml, invariant, given).map(({ verdict }) => verdict);

/** Replaces a text that must be there. */
function replaced(from: string, to: string): string {
  if (!names.includes(from)) throw new Error(`${from} is not there`);
  return names.replaceAll(from, to);
}

describe('a Service that is named for the home network', () => {
  it('is proved to be reached by the home network and the VPN alone', () => {
    expect(verdicts(names, 'load-balancers')).toEqual(['proved', 'proved', 'proved']);
    expect(verdicts(names, 'internal-clients')).toEqual(['proved']);
    expect(verdicts(names, 'node-ports')).toEqual(['proved']);
    const [whole, udp, tcp] = proofsOf(names, 'load-balancers');
    expect(whole?.sentence).toContain('but Service names/names, which the home network alone is to reach');
    expect(udp?.sentence).toMatch(/port 53\/UDP .*asks nobody who they are/);
    expect(tcp?.sentence).toContain('port 53/TCP');
  });

  it('rests on what no object tells, and for UDP on one thing more', () => {
    const [, udp, tcp] = proofsOf(names, 'load-balancers');
    const spoofed = /No router lets packets in .* address of the home network as their source/;
    expect(udp?.premises.join('\n')).toMatch(spoofed);
    expect(tcp?.premises.join('\n')).not.toMatch(spoofed);
    for (const proof of [udp, tcp]) {
      const all = proof?.premises.join('\n');
      expect(all).toContain(
        `Only the home network and the VPN use the LAN and VPN ranges: ${ranges.join(', ')}`,
      );
      expect(all).toContain('Network policies are enforced in the whole cluster, by kube-router');
      expect(all).toContain('Nothing in front of Service names/names gives the connection of a client');
    }
  });

  it('rests on nothing that the report does not print', () => {
    const { assumptions: printed, proofs } = analyse(readYaml(names), named);
    expect(proofs.flatMap(({ premises }) => premises).filter((each) => !printed.includes(each))).toEqual([]);
  });

  it('is a load balancer like any other where it is not named', () => {
    expect(verdicts(names, 'load-balancers', assumptions)).toEqual(['refuted']);
    expect(verdicts(names, 'internal-clients', assumptions)).toEqual(['refuted']);
    const elsewhere = { ...assumptions, homeServices: ['other/names', 'names/other'] };
    expect(verdicts(names, 'load-balancers', elsewhere)).toEqual(['refuted']);
  });

  it.each([
    ['a wider range', replaced(`cidr: ${home.lan[0]}`, 'cidr: 192.168.0.0/16'), 'refuted'],
    ['everybody', replaced(`cidr: ${home.lan[0]}`, 'cidr: 0.0.0.0/0'), 'refuted'],
    ['a public range beside', replaced(`cidr: ${home.vpn[0]}`, 'cidr: 203.0.113.0/24'), 'refuted'],
    [
      'no policy',
      names.replace(/---\napiVersion: networking[\s\S]*?(?=---\napiVersion: v1\nkind: Service)/, ''),
      'refuted',
    ],
    ['a rule without peers', replaced('    - from: [', '    - {}\n    - from: ['), 'refuted'],
    [
      'sources that are rewritten',
      replaced('externalTrafficPolicy: Local', 'externalTrafficPolicy: Cluster'),
      'unknown',
    ],
    ['pods that are not there', replaced('  selector: {app: names}', '  selector: {app: other}'), 'unknown'],
    ['no selector', replaced('  selector: {app: names}\n', ''), 'unknown'],
    [
      'pods on the network of their node',
      replaced('      containers:', '      hostNetwork: true\n      containers:'),
      'refuted',
    ],
  ])('is not proved with %s', (_, yaml, verdict) => {
    const [, ...own] = verdicts(yaml, 'load-balancers');
    expect(own).not.toContain('proved');
    expect(own).toContain(verdict);
  });

  it('is not proved where nothing enforces policies', () => {
    const unenforced = { ...named, enforcer: 'none' };
    const [, ...own] = verdicts(names, 'load-balancers', unenforced);
    expect(own.length).toBeGreaterThan(0);
    expect(own).not.toContain('proved');
  });

  it('is not proved beside another way to its pods that rewrites sources', () => {
    const around = `---
apiVersion: v1
kind: Service
metadata: {name: around, namespace: names}
spec:
  type: NodePort
  selector: {app: names}
  ports: [{port: 53, protocol: UDP, targetPort: 1053, nodePort: 30053}]
`;
    expect(verdicts(names + around, 'load-balancers').slice(1)).not.toContain('proved');
    expect(verdicts(names + around.replace('NodePort\n', 'LoadBalancer\n'), 'load-balancers')[0]).toBe(
      'refuted',
    );
  });

  it('opens nothing but its own ports', () => {
    const wider = replaced(ports, `${ports}, {protocol: TCP, port: 8080}`);
    expect(verdicts(wider, 'internal-clients')).toEqual(['refuted']);
    const external = replaced(
      '  selector: {app: names}',
      '  externalIPs: [203.0.113.5]\n  selector: {app: names}',
    );
    expect(verdicts(external, 'load-balancers')[0]).toBe('refuted');
    const nodePort = replaced('  allocateLoadBalancerNodePorts: false\n', '');
    expect(verdicts(nodePort, 'node-ports')).toEqual(['refuted']);
  });

  it('is not opened to the internet where nodes have addresses on it', () => {
    const global: Assumptions = { ...named, ipv6: 'global' };
    const open = replaced(`cidr: ${home.vpn[0]}`, 'cidr: "::/0"');
    expect(verdicts(names, 'outside-gated', global)).not.toContain('refuted');
    expect(verdicts(open, 'load-balancers', global).slice(1)).toContain('refuted');
  });
});
