import { describe, expect, it } from 'vitest';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import { documentsOf, type Tree } from '../tree.ts';
import { clusterOf } from './cluster.ts';
import { clientsOf, openNamespaces } from './network.ts';

const deployment = (name: string, more: ConfigData = {}): ConfigData => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'x' },
  spec: {
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image: name, ports: [{ containerPort: 80 }] }], ...more },
    },
  },
});
const policy = (name: string, spec: ConfigData): ConfigData => ({
  ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'x' }, spec },
});
const denial = policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

function treeOf(...objects: readonly ConfigData[]): Tree {
  const files = new Map([['a.yaml', objects.map((object) => JSON.stringify(object)).join('\n---\n')]]);
  return {
    ...{
      name: 'a',
      title: 'a',
      files,
      values: new Map(),
      own: false,
      every: 1,
      documents: documentsOf(files, new Map()),
    },
    assumptions: { enforcer: 'kube-router', lan: ['192.168.1.0/24'], vpn: [] },
  };
}

function clients(...objects: readonly ConfigData[]): readonly string[] {
  const cluster = clusterOf(treeOf(...objects));
  const found = clientsOf(cluster, { lan: ['192.168.1.0/24'], vpn: [] }, () => true);
  return [...(found.get('Deployment x/web')?.undeclared ?? [])];
}

describe('the simulated network', () => {
  it('lets everybody in without policies', () => {
    expect(clients(deployment('web'), deployment('other'))).toEqual(
      expect.arrayContaining(['Deployment x/other', 'LAN', 'internet', 'internet by IPv6']),
    );
  });

  it('lets nobody in past a denial', () => {
    expect(clients(deployment('web'), deployment('other'), denial)).toEqual([]);
  });

  it('lets in what both ends allow, and calls it declared where both name it', () => {
    const ingress = policy('in', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: {} }] }],
    });
    const egress = policy('out', {
      podSelector: { matchLabels: { app: 'other' } },
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
    });
    const both = policy('in', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'other' } } }] }],
    });
    const objects = [deployment('web'), deployment('other'), denial];
    expect(clients(...objects, ingress)).toEqual([]);
    expect(clients(...objects, ingress, egress)).toEqual(['Deployment x/other']);
    expect(clients(...objects, both, egress)).toEqual([]);
  });

  it('tells the families of addresses apart', () => {
    const block = (cidr: string) =>
      policy('in', {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ ipBlock: { cidr } }] }],
      });
    expect(clients(deployment('web'), block('192.168.1.0/24'))).toEqual(['LAN']);
    expect(clients(deployment('web'), block('::/0'))).toEqual(['internet by IPv6']);
    expect(clients(deployment('web'), block('2001:db8:70::/44'))).toEqual(['internet by IPv6']);
    expect(clients(deployment('web'), block('2001:db8:60::/44'))).toEqual([]);
  });

  it('asks no policy about a pod on the network of its node', () => {
    expect(clients(deployment('web', { hostNetwork: true }), denial)).toContain('internet');
    expect(clients(deployment('web'), deployment('other', { hostNetwork: true }), denial)).toEqual([
      'Deployment x/other',
    ]);
  });

  it('names namespaces in which a later pod is open', () => {
    const oneWay = policy('deny', { podSelector: {}, policyTypes: ['Ingress'] });
    expect([...openNamespaces(clusterOf(treeOf(deployment('web'), oneWay)))]).toEqual(['x']);
    expect([...openNamespaces(clusterOf(treeOf(deployment('web'), denial)))]).toEqual([]);
  });
});
