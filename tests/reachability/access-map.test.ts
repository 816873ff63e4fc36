// Crosses the model, the policies, the entry points and the invariants of the prover.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/reachability/analyse.ts';
import type { Entry } from '../../src/reachability/model/analysis.ts';
import { changed, home, homeText, readYaml } from './home.ts';

const entriesOf = (yaml: string, who?: Entry['who']) =>
  analyse(readYaml(yaml), home).entries.filter((entry) => who === undefined || entry.who === who);
const stations = ({ hops }: Entry) => hops.map(({ object }) => `${object.kind} ${object.name}`);

describe('the access map', () => {
  it('follows the tunnel to the application, with the demands of each hop', () => {
    const [entry, ...others] = entriesOf(homeText, 'internet');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      from: 'internet, photos.example.org',
      gate: 'verified',
      verdict: 'allowed',
    });
    expect(entry && stations(entry)).toEqual([
      'Deployment tunnel',
      'Service gate',
      'Deployment gate',
      'Service album',
      'Deployment album',
    ]);
    expect(
      entry?.hops.map(({ controls }) => controls.map(({ type, certainty }) => `${type} ${certainty}`)),
    ).toEqual([['access verified'], [], ['originProxy presence'], [], []]);
    expect(entry?.demands).toHaveLength(2);
    const deciding = entry?.hops
      .flatMap(({ because }) => because)
      .find(({ object }) => object.name === 'album');
    expect(deciding).toMatchObject({
      rule: 'ingress[0]',
      object: { kind: 'NetworkPolicy', file: 'home.yaml.txt' },
    });
    expect(deciding?.object.line).toBe(
      homeText
        .slice(0, homeText.indexOf('metadata: {name: album, namespace: photos}\nspec:\n  podSelector'))
        .split('\n').length - 2,
    );
  });

  it('has one path from each range, without an access check', () => {
    const found = [...entriesOf(homeText, 'lan'), ...entriesOf(homeText, 'vpn')];
    expect(found.map(({ from, gate, verdict }) => [from, gate, verdict])).toEqual([
      ['LAN 192.168.1.0/24', 'none', 'allowed'],
      ['VPN 10.8.0.0/24', 'none', 'allowed'],
    ]);
  });

  it('shows a range that the policy blocks, and one that it may not see', () => {
    const closed = changed('        - {ipBlock: {cidr: 10.8.0.0/24}}\n', '');
    expect(entriesOf(closed, 'vpn').map(({ verdict }) => verdict)).toEqual(['blocked']);
    const rewritten = changed('  externalTrafficPolicy: Local\n', '');
    expect(entriesOf(rewritten, 'lan').map(({ verdict }) => verdict)).toEqual(['unknown']);
  });

  it('lists the connections inside the cluster', () => {
    const found = entriesOf(homeText, 'cluster').map(({ from, to }) => `${from} → ${to?.name}`);
    expect(found.toSorted()).toEqual([
      'CronJob photos/dump → store',
      'Deployment edge/tunnel → gate',
      'Deployment photos/album → cache',
      'Deployment photos/album → faces',
      'Deployment photos/album → store',
      'origin proxy Deployment edge/gate → album',
    ]);
  });

  it.each([
    [
      'a tunnel with a token',
      changed('config.yaml, run]', 'config.yaml, run, --token=x]'),
      'unknown',
      'none',
    ],
    [
      'a rule that leads to nothing',
      changed('http://gate.edge.svc.cluster.local:8080', 'http://gone:8080'),
      'blocked',
      'verified',
    ],
    [
      'a proxy that is not read',
      changed('docker.io/nginxinc/nginx-unprivileged:1.30.4-alpine', 'docker.io/library/traefik:3'),
      'allowed',
      'verified',
    ],
    [
      'a tunnel by one URL',
      changed(
        '[tunnel, --config, /etc/cloudflared/config/config.yaml, run]',
        '[tunnel, --url, "http://album.photos:2283"]',
      ),
      'blocked',
      'none',
    ],
    [
      'the file that cloudflared looks for by itself',
      changed(
        '[tunnel, --config, /etc/cloudflared/config/config.yaml, run]',
        '[tunnel, run]',
        '{name: config, mountPath: /etc/cloudflared/config}',
        '{name: config, mountPath: /etc/cloudflared}',
      ),
      'allowed',
      'verified',
    ],
  ])('says of %s what it knows', (_name, yaml, verdict, gate) => {
    expect(entriesOf(yaml, 'internet').map((entry) => [entry.verdict, entry.gate])).toEqual([
      [verdict, gate],
    ]);
  });

  it('lists the assumptions that Git does not show', () => {
    const { assumptions, unknowns } = analyse(readYaml(homeText), home);
    expect(unknowns).toEqual([]);
    expect(assumptions.join('\n')).toContain('by kube-router');
    expect(assumptions.join('\n')).toContain('The Cloudflare Access application covers photos.example.org');
    const chart = `${homeText}---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r, namespace: n}\nspec: {chart: {spec: {chart: thing}}}\n`;
    expect(analyse(readYaml(chart), home).unknowns[0]?.sentence).toContain('chart thing');
  });

  it('reads malformed objects without an error', () => {
    const odd = `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x, namespace: photos}\nspec: 7\n---\napiVersion: v1\nkind: Service\nmetadata: {name: y, namespace: photos}\nspec: {ports: none, selector: [a]}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: z, namespace: photos}\nspec: {podSelector: [], ingress: {from: 1}, policyTypes: x}\n`;
    const { proofs } = analyse(readYaml(homeText + odd), home);
    expect(proofs.length).toBeGreaterThan(10);
    expect(proofs.filter(({ verdict }) => verdict === 'unknown').length).toBeGreaterThan(0);
  });
});
