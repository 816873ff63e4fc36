import { describe, expect, test } from 'vitest';
import { compiledExample } from '../../../tests/compiledExample.ts';
import { type Change, threeTalosNodes } from '../../../tests/home.ts';
import { type FakeOptions, fakeCluster, servedKind } from '../../../tests/live/fakeCluster.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { CheckResult } from '../../live/check.ts';
import { LiveError } from '../../live/cluster.ts';
import { runChecks } from '../../live/runChecks.ts';
import { liveChecks } from './liveChecks.ts';

const now = (): Date => new Date(0);

/** What the checks say of a cluster, by id. */
async function asked(
  objects: readonly KubernetesObject[],
  { change = {}, ...options }: FakeOptions & { change?: Change } = {},
): Promise<Record<string, CheckResult>> {
  const { cluster } = fakeCluster(objects, options);
  const context = { ...compiledExample(change), clone: { kind: 'no-git' as const } };
  const results = await runChecks(liveChecks(context), { cluster, now });
  return Object.fromEntries(results.map((result) => [result.id, result]));
}

interface NodeShape {
  name?: string;
  kubelet?: string;
  image?: string;
  args?: string;
  podCIDR?: string;
  ready?: string;
}

function node({
  name = 'alpha',
  kubelet = 'v1.36.0+k3s1',
  image = 'Debian',
  args,
  podCIDR,
  ready,
}: NodeShape = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, ...(args === undefined ? {} : { annotations: { 'k3s.io/node-args': args } }) },
    spec: podCIDR === undefined ? {} : { podCIDRs: [podCIDR] },
    status: {
      nodeInfo: { kubeletVersion: kubelet, osImage: image },
      conditions: [{ type: 'Ready', status: ready ?? 'True' }],
    },
  };
}

const named = (apiVersion: string, kind: string, name: string, more: object = {}, namespace?: string) => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});
const talos = ['alpha', 'beta', 'gamma'].map((name) =>
  node({ name, kubelet: 'v1.36.0', image: 'Talos (v1.13.0)' }),
);

describe('versions', () => {
  test.each([
    ['v1.36.4', 'kept'],
    ['v1.36.1+k3s1', 'kept'],
    ['v1.35.9', 'broken'],
    ['nonsense', 'not checked'],
  ])('an API server %s is %s', async (version, verdict) => {
    expect((await asked([], { version }))['api-version']?.verdict).toBe(verdict);
  });

  test.each([
    ['v1.33.0+k3s1', 'kept'],
    ['v1.32.0+k3s1', 'broken'],
    ['v1.37.0+k3s1', 'broken'],
  ])('a kubelet %s beside it is %s', async (kubelet, verdict) => {
    expect((await asked([node({ kubelet })]))['kubelet-version']?.verdict).toBe(verdict);
  });

  test.each<[string, KubernetesObject[], Change, string]>([
    ['k3s', [node()], {}, 'kept'],
    ['another distribution', [node({ kubelet: 'v1.36.0' })], {}, 'broken'],
    ['Talos', talos, threeTalosNodes, 'kept'],
    ['k3s where Talos is meant', [node()], threeTalosNodes, 'broken'],
    ['no node', [], {}, 'not checked'],
  ])('%s', async (_, nodes, change, verdict) => {
    expect((await asked(nodes, { change }))['distribution']?.verdict).toBe(verdict);
  });

  test('another version of Talos is named', async () => {
    const change: Change = {
      ...threeTalosNodes,
      cluster(value) {
        threeTalosNodes.cluster(value);
        value.cluster.talos = '1.14.0';
      },
    };
    expect((await asked(talos, { change }))['distribution']).toMatchObject({
      verdict: 'broken',
      evidence: talos.map(({ metadata }) => `${metadata.name} is Talos (v1.13.0) with kubelet v1.36.0`),
    });
  });

  test('nodes that are missing, unknown or not Ready are named', async () => {
    expect((await asked([node({ name: 'beta', ready: 'False' })]))['nodes']?.evidence).toEqual([
      'The cluster has no node alpha',
      'The node beta is not in cluster.yaml',
      'The node beta is not Ready',
    ]);
    expect((await asked([node()]))['nodes']?.verdict).toBe('kept');
  });
});

describe('the network', () => {
  test.each<[NodeShape, string]>([
    [{ podCIDR: '10.42.1.0/24' }, 'kept'],
    [{ podCIDR: '10.244.1.0/24' }, 'broken'],
    [{}, 'not checked'],
  ])('pods of %j: %s', async (shape, verdict) => {
    expect((await asked([node(shape)]))['pod-range']?.verdict).toBe(verdict);
  });

  test.each([
    ['10.43.0.0/16', 'kept'],
    ['10.96.0.0/12', 'broken'],
  ])('the API server gives %s to Services: %s', async (range, verdict) => {
    const found = await asked([
      named('networking.k8s.io/v1', 'ServiceCIDR', 'kubernetes', { spec: { cidrs: [range] } }),
    ]);
    expect(found['service-range']?.verdict).toBe(verdict);
  });

  test.each([
    ['10.43.0.1', 'kept'],
    ['10.96.0.1', 'broken'],
  ])('before 1.33, the Service of the API server at %s: %s', async (clusterIP, verdict) => {
    const service = named('v1', 'Service', 'kubernetes', { spec: { clusterIP } }, 'default');
    expect((await asked([service]))['service-range']?.verdict).toBe(verdict);
  });

  test.each<[string, NodeShape, string]>([
    ['nothing', {}, 'not checked'],
    ['server', { args: '["server"]' }, 'kept'],
    ['an option', { args: '["server","--disable-network-policy"]' }, 'broken'],
  ])('k3s that says %s of its options', async (_, shape, verdict) => {
    expect((await asked([node(shape)]))['policy-enforcer']?.verdict).toBe(verdict);
  });

  test.each<[string, KubernetesObject[], string]>([
    ['is not there', [], 'broken'],
    ['is not ready', [cilium(2)], 'broken'],
    ['is ready', [cilium(3)], 'kept'],
    [
      'enforces nothing',
      [
        cilium(3),
        named('v1', 'ConfigMap', 'cilium-config', { data: { 'enable-policy': 'never' } }, 'kube-system'),
      ],
      'broken',
    ],
  ])('Cilium that %s', async (_, objects, verdict) => {
    const found = await asked(objects, { change: threeTalosNodes });
    expect(found['policy-enforcer']?.verdict).toBe(verdict);
  });

  function cilium(ready: number): KubernetesObject {
    const status = { numberReady: ready, desiredNumberScheduled: 3 };
    return named('apps/v1', 'DaemonSet', 'cilium', { status }, 'kube-system');
  }
});

describe('what the cluster has', () => {
  test.each<[string, KubernetesObject[], string]>([
    ['with the class', [named('storage.k8s.io/v1', 'StorageClass', 'local-path')], 'kept'],
    ['with another', [named('storage.k8s.io/v1', 'StorageClass', 'other')], 'broken'],
  ])('a cluster %s', async (_, objects, verdict) => {
    const found = await asked(objects, { change: threeTalosNodes });
    expect(found['storage-class-local-path']?.verdict).toBe(verdict);
  });

  const platform = { change: { example: 'platform' } };
  const snapshotClass = 'snapshot.storage.k8s.io/v1';

  test('the snapshot class and a controller that makes snapshots', async () => {
    const without = await asked([], { ...platform, served: [] });
    expect(without['snapshot-controller']).toMatchObject({ verdict: 'broken' });
    const served = [
      servedKind(snapshotClass, 'VolumeSnapshotClass', false),
      servedKind('apps/v1', 'Deployment'),
    ];
    const hidden = await asked([], { ...platform, served });
    expect(hidden['snapshot-controller']).toMatchObject({ verdict: 'not checked' });
    const controller = named('apps/v1', 'Deployment', 'snapshot-controller', {}, 'kube-system');
    const there = await asked([controller, named(snapshotClass, 'VolumeSnapshotClass', 'ceph-block')], {
      ...platform,
      served,
    });
    expect(there['snapshot-controller']).toMatchObject({ verdict: 'kept' });
    expect(there['snapshot-class-ceph-block']).toMatchObject({ verdict: 'kept' });
  });

  test('a definition that its chart brings is not missing before that', async () => {
    const found = await asked([], { ...platform, served: [] });
    expect(found['definitions-cert-manager-io']).toMatchObject({
      verdict: 'kept',
      evidence: [expect.stringContaining('HelmRelease cert-manager/cert-manager brings them')],
    });
    expect(found['definitions-monitoring-coreos-com']).toMatchObject({ verdict: 'broken' });
  });

  test('a definition is missing where its chart is there and brought it not', async () => {
    const release = named('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'cert-manager', {}, 'cert-manager');
    const found = await asked([release], { ...platform, served: [] });
    expect(found['definitions-cert-manager-io']).toMatchObject({ verdict: 'broken' });
  });

  test('a kind in another version is named with that version', async () => {
    const served = [servedKind('source.toolkit.fluxcd.io/v1beta2', 'GitRepository')];
    const found = await asked([], { served });
    expect(found['definitions-source-toolkit-fluxcd-io']).toMatchObject({
      verdict: 'broken',
      evidence: [
        'GitRepository (source.toolkit.fluxcd.io/v1) is served as source.toolkit.fluxcd.io/v1beta2 only',
      ],
    });
  });

  test('a group whose server is down was not checked', async () => {
    const found = await asked([], { served: [], missing: ['source.toolkit.fluxcd.io/v1'] });
    expect(found['definitions-source-toolkit-fluxcd-io']?.verdict).toBe('not checked');
  });

  test('Flux with its controllers and their versions', async () => {
    const controller = (name: string, readyReplicas: number) =>
      named(
        'apps/v1',
        'Deployment',
        name,
        {
          spec: { template: { spec: { containers: [{ image: `ghcr.io/fluxcd/${name}:v1.9.1` }] } } },
          status: { readyReplicas },
        },
        'flux-system',
      );
    const both = await asked([controller('source-controller', 1), controller('kustomize-controller', 1)]);
    expect(both['flux']).toMatchObject({
      verdict: 'kept',
      evidence: ['source-controller v1.9.1', 'kustomize-controller v1.9.1'],
    });
    const one = await asked([controller('source-controller', 0)]);
    expect(one['flux']).toMatchObject({
      verdict: 'broken',
      evidence: [
        'flux-system/source-controller is not ready',
        'There is no flux-system/kustomize-controller',
      ],
    });
  });

  test('Traefik and ServiceLB of k3s, with the ports that they hold', async () => {
    const balancer = {
      spec: { template: { spec: { containers: [{ ports: [{ hostPort: 80 }, { hostPort: 443 }] }] } } },
    };
    const found = await asked([
      named('helm.cattle.io/v1', 'HelmChart', 'traefik', {}, 'kube-system'),
      named('apps/v1', 'DaemonSet', 'svclb-traefik-1a2b', balancer, 'kube-system'),
    ]);
    expect(found['k3s-extras']).toMatchObject({
      verdict: 'broken',
      evidence: [
        'HelmChart kube-system/traefik',
        'DaemonSet kube-system/svclb-traefik-1a2b holds the ports 80, 443 of the nodes',
      ],
    });
    expect((await asked([]))['k3s-extras']?.verdict).toBe('kept');
    expect(await asked([], { change: threeTalosNodes })).not.toHaveProperty('k3s-extras');
  });

  test.each([
    [undefined, 'not checked'],
    [29_000, 'kept'],
    [-31_000, 'broken'],
    [86_400_000, 'broken'],
  ])('a clock that is %s ms ahead: %s', async (clockAhead, verdict) => {
    const options = clockAhead === undefined ? {} : { clockAhead };
    expect((await asked([], options))['clock']?.verdict).toBe(verdict);
  });

  test('the level of a namespace that nothing here makes is not known, unless it says so', async () => {
    const foreign = (labels: object) => ({
      ...named('v1', 'Namespace', 'home-automation'),
      metadata: { name: 'home-automation', labels: { ...labels } },
    });
    const level = { 'pod-security.kubernetes.io/enforce': 'baseline' };
    expect((await asked([], platform))['pod-security']?.verdict).toBe('broken');
    expect((await asked([foreign({})], platform))['pod-security']?.verdict).toBe('not checked');
    expect((await asked([foreign(level)], platform))['pod-security']?.verdict).toBe('kept');
  });
});

describe('Secrets that are made by hand', () => {
  const secret = (keys: readonly string[]) => ({
    ...named('v1', 'Secret', 'immich-database', {}, 'media'),
    data: Object.fromEntries(keys.map((key) => [key, 'VGhlIHZhbHVl'])),
  });

  test.each([
    [['password'], 'kept'],
    [['other'], 'broken'],
  ])('with the keys %j: %s', async (keys, verdict) => {
    const found = (await asked([secret(keys)]))['secret-media-immich-database'];
    expect(found?.verdict).toBe(verdict);
    expect(JSON.stringify(found)).not.toContain('VGhlIHZhbHVl');
  });

  test('none: the command that makes it', async () => {
    expect((await asked([]))['secret-media-immich-database']).toMatchObject({
      verdict: 'broken',
      remedy: expect.stringContaining(
        'kubectl -n media create secret generic immich-database --from-literal=password=',
      ),
    });
  });

  test('nobody may look: not checked', async () => {
    const found = await asked([secret(['password'])], {
      refuse: (_, kind) => {
        if (kind === 'Secret') throw new LiveError('forbidden', 'GET: forbidden', 403);
      },
    });
    expect(found['secret-media-immich-database']).toMatchObject({
      verdict: 'not checked',
      evidence: ['GET: forbidden'],
    });
  });
});

test('without a cluster nothing was checked', async () => {
  const context = { ...compiledExample(), clone: { kind: 'no-git' as const } };
  const results = await runChecks(liveChecks(context), { cluster: undefined, now });
  expect(results.length).toBeGreaterThan(10);
  expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['not checked']));
});
