import { describe, expect, it } from 'vitest';
import { changesBetween, changesOf, object, workload } from '../../../tests/upgradedTrees.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

describe('a custom resource', () => {
  const resource = (apiVersion: string, kind: string, spec: object, metadata: object = {}) =>
    object(apiVersion, kind, { metadata: { name: 'app', namespace: 'media', ...metadata }, spec });

  it.each([
    ['postgresql.cnpg.io/v1', 'Cluster', 'CloudNativePG'],
    ['k8s.keycloak.org/v2alpha1', 'Keycloak', 'operator'],
    ['gateway.envoyproxy.io/v1alpha1', 'EnvoyProxy', 'Envoy Gateway'],
    ['example.org/v1', 'Anything', 'not known here'],
    ['ceph.rook.io/v1', 'CephCluster', 'storage'],
  ])('whose controller restarts pods may do so: %s %s', (apiVersion, kind, why) => {
    const changes = changesOf(resource(apiVersion, kind, { a: 1 }), resource(apiVersion, kind, { a: 2 }));
    expect(changes).toContainEqual(
      expect.objectContaining({
        risk: 'restart',
        pods: 'may',
        certain: false,
        sentence: expect.stringContaining(why),
      }),
    );
  });

  it.each([
    ['monitoring.coreos.com/v1', 'PodMonitor'],
    ['cert-manager.io/v1', 'ClusterIssuer'],
    ['policy/v1', 'PodDisruptionBudget'],
    ['volsync.backube/v1alpha1', 'ReplicationDestination'],
  ])('of which no pod restarts is named as nothing: %s %s', (apiVersion, kind) => {
    expect(
      changesOf(resource(apiVersion, kind, { a: 1 }), resource(apiVersion, kind, { a: 2 })),
    ).toMatchObject([{ risk: 'nothing' }]);
  });

  it('may be told something by an annotation', () => {
    const [before, after] = ['1', '2'].map((value) =>
      resource('example.org/v1', 'Anything', {}, { annotations: { 'example.org/restart': value } }),
    );
    expect(changesOf(before as KubernetesObject, after as KubernetesObject)).toMatchObject([{ pods: 'may' }]);
  });

  it('restarts nodes for another version of Talos', () => {
    const talos = (version: string) =>
      resource('tuppr.home-operations.com/v1alpha1', 'TalosUpgrade', { talos: { version } });
    expect(changesOf(talos('v1.13.2'), talos('v1.14.7'))).toMatchObject([
      {
        risk: 'restart',
        pods: 'replaced',
        gap: 'per-node',
        sentence: expect.stringContaining('v1.13.2 → v1.14.7'),
      },
    ]);
    const kubernetes = (version: string) =>
      resource('tuppr.home-operations.com/v1alpha1', 'KubernetesUpgrade', { kubernetes: { version } });
    expect(changesOf(kubernetes('v1.36.0'), kubernetes('v1.36.1'))).toMatchObject([
      { risk: 'restart', pods: 'may' },
    ]);
  });

  it('that is new and of an unknown kind may do anything', () => {
    expect(changesBetween([], [resource('example.org/v1', 'Anything', {})])).toMatchObject([
      { pods: 'may', certain: false },
    ]);
  });

  it.each([
    ['autoscaling/v2', 'HorizontalPodAutoscaler', 'starts and stops pods'],
    ['autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', 'restarts pods'],
    ['upgrade.cattle.io/v1', 'Plan', 'drains them'],
    ['helm.cattle.io/v1', 'HelmChartConfig', 'k3s upgrades the release'],
    ['v1', 'ResourceQuota', 'refused'],
    ['tuppr.home-operations.com/v1alpha1', 'TalosUpgrade', 'drained and restarts'],
    ['tuppr.home-operations.com/v1alpha1', 'KubernetesUpgrade', 'kubelet'],
    ['unheard.k8s.io/v1', 'Anything', 'not known here'],
  ])('that is new may reach pods that run: %s %s', (apiVersion, kind, why) => {
    expect(changesBetween([], [resource(apiVersion, kind, {})])).toMatchObject([
      { pods: 'may', certain: false, sentence: expect.stringContaining(why) },
    ]);
  });

  it.each([
    ['postgresql.cnpg.io/v1', 'Cluster'],
    ['k8s.keycloak.org/v2alpha1', 'Keycloak'],
    ['monitoring.coreos.com/v1', 'Prometheus'],
    ['cert-manager.io/v1', 'Certificate'],
  ])('that is new and makes pods of its own reaches no other: %s %s', (apiVersion, kind) => {
    expect(changesBetween([], [resource(apiVersion, kind, {})])).toMatchObject([{ risk: 'nothing' }]);
  });

  it.each([
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['autoscaling.k8s.io/v1', 'VerticalPodAutoscaler'],
    ['unheard.k8s.io/v1', 'Anything'],
    ['k8s.keycloak.org/v2alpha1', 'Keycloak'],
  ])('that is gone may reach pods that run: %s %s', (apiVersion, kind) => {
    expect(changesBetween([resource(apiVersion, kind, {})], [])).toMatchObject([
      { pods: 'may', certain: false },
    ]);
  });

  it('that only forbids is not missed', () => {
    expect(changesBetween([resource('v1', 'LimitRange', {})], [])).toMatchObject([{ risk: 'nothing' }]);
  });

  it('may be told something by a label, but for those that say what it is', () => {
    const labelled = (name: string, value: string) =>
      resource('example.org/v1', 'Anything', {}, { labels: { [name]: value } });
    const changes = (name: string) => changesOf(labelled(name, '1'), labelled(name, '2'));
    expect(changes('example.org/shard')).toMatchObject([{ pods: 'may', certain: false }]);
    expect(changes('app.kubernetes.io/version')).toMatchObject([{ risk: 'nothing' }]);
  });

  it('of Flux that is no longer suspended applies what nobody lists', () => {
    const flux = (suspend: boolean) =>
      resource('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', { suspend });
    expect(changesOf(flux(true), flux(false))).toMatchObject([{ pods: 'may', certain: false }]);
    expect(changesOf(flux(false), flux(true))).toMatchObject([{ risk: 'nothing' }]);
  });

  it.each([
    ['v1', 'ServiceAccount', 'serviceAccountName'],
    ['scheduling.k8s.io/v1', 'PriorityClass', 'priorityClassName'],
    ['node.k8s.io/v1', 'RuntimeClass', 'runtimeClassName'],
  ])('that pods need is missed when they start again: %s %s', (apiVersion, kind, field) => {
    const gone = resource(apiVersion, kind, {});
    const reader = (name: string) =>
      workload('Deployment', { metadata: { name: 'reader' }, pod: { [field]: name } });
    expect(changesBetween([gone, reader('app')], [reader('app')])).toContainEqual(
      expect.objectContaining({
        pods: 'may',
        sentence: expect.stringContaining('Deployment media/reader still names it'),
      }),
    );
    expect(changesBetween([gone, reader('other')], [reader('other')])).toMatchObject([{ risk: 'nothing' }]);
  });
});
