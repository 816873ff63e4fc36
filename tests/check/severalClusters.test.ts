// Crosses the loader, the prover and the check of several clusters: what belongs to which cluster, and what is read.
import { describe, expect, it } from 'vitest';
import { settingsOfCluster } from '../../src/operations/check/clusters.ts';
import { checkTree, kustomization, pod, tree } from './fluxTree.ts';

const clustersOf = async (change: Record<string, string | undefined>) => {
  const { clusters } = await checkTree(change);
  return Object.fromEntries(clusters.map(({ name, verdict }) => [name, verdict]));
};

describe('a directory of clusters without a Flux Kustomization', () => {
  it.each([
    ['plain manifests', { 'clusters/b/web.yaml': pod('b') }],
    ['plain manifests deeper', { 'clusters/b/apps/web.yml': pod('b') }],
    [
      'a kustomization below',
      {
        'clusters/b/a.yaml': pod('a'),
        'clusters/b/deep/kustomization.yaml': 'resources: [b.yaml]\n',
        'clusters/b/deep/b.yaml': pod('b'),
      },
    ],
  ])('is a cluster of its own with %s', async (_, change) => {
    expect(await clustersOf(change)).toEqual({ b: 'refuted', main: 'proved' });
  });

  it.each([
    ['holds no manifest', { 'clusters/b/values.yaml': 'a: b\n' }],
    [
      'is a part of what another one builds',
      {
        'clusters/main/b.yaml': kustomization('b').replace('./b', './clusters/b'),
        'clusters/b/a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n',
      },
    ],
    [
      'is in a kustomization',
      {
        'apps/kustomization.yaml': 'resources: [web.yaml, ../clusters/b/a.yaml]\n',
        'clusters/b/a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n',
      },
    ],
  ])('is none if it %s', async (_, change) => {
    expect(await clustersOf(change)).toEqual({});
  });
});

describe('a Flux Kustomization in a file that no generated kustomization takes', () => {
  const [metadata, spec] = [
    { name: 'extra', namespace: 'flux-system' },
    {
      interval: '1h',
      path: './extra',
      prune: true,
      sourceRef: { kind: 'GitRepository', name: 'flux-system' },
    },
  ];
  const json = JSON.stringify({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata,
    spec,
  });

  it.each([
    ['clusters/main/extra.json', json],
    ['other/extra.json', json],
    ['other/extra.YAML', kustomization('extra')],
    ['other/extra.Yml', kustomization('extra')],
  ])('may have been applied by hand: %s', async (file, text) => {
    const { analysis, verdict } = await checkTree({ [file]: text, 'extra/a.yaml': pod('extra') });
    expect(verdict).toBe('unknown');
    expect(analysis.unknowns.map(({ sentence }) => sentence).join()).toContain(
      'Kustomization flux-system/extra',
    );
  });

  it('is applied where a kustomization lists it', async () => {
    const list = 'resources: [flux-system, apps.yaml, policies.yaml, extra.json]\n';
    const { analysis, source } = await checkTree({
      'clusters/main/kustomization.yaml': list,
      'clusters/main/extra.json': json,
      'extra/a.yaml': pod('extra'),
    });
    expect(analysis.unknowns).toEqual([]);
    expect(source.objects).toBe(Object.keys(tree).length + 4);
  });
});

describe('settings of nodes', () => {
  const setting = (file: string, means: 'k3s-off' | 'flannel-enforcing') => ({ file, rule: 'a', means });
  const names = ['a', 'kubernetes/b'];
  const of = (file: string, means: 'k3s-off' | 'flannel-enforcing', cluster: string) =>
    settingsOfCluster([setting(file, means)], cluster, names).map((each) => each.means);

  it.each(['clusters/a/k3s.yaml', 'talos/a/machine.yaml', 'a/x.yaml'])(
    'belong to the cluster of %s',
    (file) => {
      expect(of(file, 'k3s-off', 'a')).toEqual(['k3s-off']);
      expect(of(file, 'k3s-off', 'kubernetes/b')).toEqual([]);
      expect(of(file, 'flannel-enforcing', 'a')).toEqual(['flannel-enforcing']);
      expect(of(file, 'flannel-enforcing', 'kubernetes/b')).toEqual([]);
    },
  );

  it('are off for each cluster, and on for none, where no directory says whose they are', () => {
    for (const file of ['talos/machine.yaml', 'clusters/shared/machine.yaml', 'talos/a/b/machine.yaml'])
      for (const cluster of names) {
        expect(of(file, 'k3s-off', cluster)).toEqual(['k3s-off']);
        expect(of(file, 'flannel-enforcing', cluster)).toEqual(['flannel']);
      }
  });

  it('all count for the only cluster', () => {
    expect(settingsOfCluster([setting('x.yaml', 'flannel-enforcing')], undefined, [])).toHaveLength(1);
  });
});

it('gives up where variables fill in more than can be analysed', async () => {
  const uses = Array.from({ length: 5000 }, (_, at) => `  k${at}: "a \${LONG}"`).join('\n');
  const files = {
    'clusters/main/apps.yaml': kustomization(
      'apps',
      `, postBuild: {substitute: {LONG: "${'x'.repeat(20_000)}"}}`,
    ),
    'apps/map.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web}\ndata:\n${uses}\n`,
  };
  await expect(checkTree(files)).rejects.toThrow('over-budget');
});
