import { describe, expect, it } from 'vitest';
import { changesBetween, changesOf, object } from '../../../tests/upgradedTrees.ts';
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
});
