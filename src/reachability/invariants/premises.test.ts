import { describe, expect, it } from 'vitest';
import { changed, home, homeText, readYaml } from '../../../tests/reachability/home.ts';
import { type Analysis, analyse } from '../analyse.ts';
import type { Assumptions } from '../model/analysis.ts';
import { readObjects } from '../queries.ts';
import { premises } from './premises.ts';
import { invariants } from './registry.ts';

const ids = invariants.map(({ id }) => id);

it.each(premises)('each invariant decides whether it rests on $name', (premise) => {
  const { usedBy, usedOnInternet = [], usedAtHome = [], notUsedBy } = premise;
  expect([...usedBy, ...usedOnInternet, ...usedAtHome, ...notUsedBy].toSorted()).toEqual(ids.toSorted());
});

const runs: Record<string, () => Analysis> = {
  'the model home': () => analyse(readYaml(homeText), home),
  'a home on the internet': () => analyse(readYaml(homeText), { ...home, ipv6: 'global' }),
  'a home without an enforcer': () => analyse(readYaml(homeText), { lan: [], vpn: [] }),
  'a home with objects of other systems': () =>
    analyse(
      [
        ...readYaml(homeText),
        ...readObjects(
          [
            {
              apiVersion: 'cilium.io/v2',
              kind: 'CiliumNetworkPolicy',
              metadata: { name: 'p', namespace: 'media' },
              spec: { endpointSelector: {}, ingress: [{}] },
            },
            {
              apiVersion: 'unknown.example.org/v1',
              kind: 'App',
              metadata: { name: 'a', namespace: 'media' },
            },
          ],
          'list',
        ),
      ],
      home,
    ),
  'a policy that kube-router enforces otherwise': () =>
    analyse(
      [
        ...readYaml(homeText),
        ...readObjects(
          [
            {
              apiVersion: 'networking.k8s.io/v1',
              kind: 'NetworkPolicy',
              metadata: { name: 'p', namespace: 'media' },
              spec: {
                podSelector: {},
                policyTypes: ['Ingress', 'Egress'],
                egress: [{ to: [{ podSelector: {} }] }],
              },
            },
          ],
          'list',
        ),
      ],
      home,
    ),
  'no objects': () => analyse([], home),
};

describe.each(Object.entries(runs))('%s', (_name, run) => {
  it('prints each premise that a proof uses, and no other', () => {
    const { assumptions, proofs } = run();
    const used = new Set(proofs.flatMap((proof) => proof.premises));
    expect(new Set(assumptions)).toEqual(used);
    expect(assumptions).toHaveLength(used.size);
  });
});

const premisesOf = (analysis: Analysis, id: string): readonly string[] =>
  analysis.proofs.find(({ invariant }) => invariant === id)?.premises ?? [];

it('gives each proof its own premises', () => {
  const found = analyse(readYaml(homeText), home);
  const lan = 'Only the home network and the VPN use the LAN and VPN ranges: 192.168.1.0/24, 10.8.0.0/24';
  expect(premisesOf(found, 'backend-clients')).toContain(lan);
  expect(premisesOf(found, 'proxy-clients')).not.toContain(lan);
  expect(premisesOf(found, 'secrets-encrypted')).toEqual([]);
  expect(premisesOf(found, 'node-ports')).toContain('No node has a global IPv6 address');
  expect(premisesOf(found, 'outside-gated').join('\n')).toContain('The Cloudflare Access application covers');
  expect(premisesOf(found, 'ways-work').join('\n')).toContain('No configuration in Cloudflare');
  expect(premisesOf(found, 'ways-work').join('\n')).not.toContain('Access application');
});

it('leaves the home ranges out where there are none', () => {
  const none: Assumptions = { ...home, lan: [], vpn: [] };
  expect(analyse(readYaml(homeText), none).assumptions.join('\n')).not.toContain('VPN ranges');
});

it.each<[string, boolean]>([
  ['kube-router', true],
  ['Kube-Router ', true],
  ['aws-vpc-cni', true],
  ['cilium', false],
  ['calico', false],
  ['kube-network-policies', false],
])('says of %s whether it isolates a pod only after its start', (enforcer, isLate) => {
  const found = analyse(readYaml(homeText), { ...home, enforcer });
  const late = /new pod before .* isolates it/;
  for (const id of ['backend-clients', 'proxy-clients', 'internal-clients', 'default-deny']) {
    const said = premisesOf(found, id).filter((sentence) => late.test(sentence));
    expect(said).toHaveLength(isLate ? 1 : 0);
  }
  for (const id of ['node-ports', 'outside-gated', 'ways-work', 'secrets-encrypted'])
    expect(premisesOf(found, id).join('\n')).not.toMatch(late);
});

it('has policies beneath what is open to the internet only where nodes are on it', () => {
  const enforced = 'Network policies are enforced in the whole cluster, by kube-router';
  const of = (ipv6: 'none' | 'global') =>
    premisesOf(analyse(readYaml(homeText), { ...home, ipv6 }), 'node-ports');
  expect(of('none')).not.toContain(enforced);
  expect(of('global')).toContain(enforced);
});

it('says of a tunnel without rules that there is nothing to prove, and what that rests on', () => {
  const text = changed(
    homeText.slice(homeText.indexOf('- hostname:'), homeText.indexOf('- service: http_status:404')),
    '',
  );
  const { proofs } = analyse(readYaml(text), home);
  const proof = proofs.find(({ invariant }) => invariant === 'outside-gated');
  expect(proof).toMatchObject({
    verdict: 'proved',
    sentence: 'Nothing to prove: Deployment edge/tunnel answers every request by itself',
  });
  expect(proof?.premises.join('\n')).toContain('No configuration in Cloudflare');
});
