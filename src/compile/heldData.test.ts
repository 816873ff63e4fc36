import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { heldData, isKept, isKindKnown, keptByFlux } from './heldData.ts';

function object(apiVersion: string, kind: string, more: object = {}): KubernetesObject {
  return { apiVersion, kind, metadata: { name: 'any' }, ...more };
}

describe('an object with which data is lost', () => {
  it.each([
    ['v1', 'Namespace', {}],
    ['v1', 'PersistentVolumeClaim', {}],
    ['v1', 'PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Delete' } }],
    ['v1', 'PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Retain' } }],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', {}],
    ['helm.toolkit.fluxcd.io/v2beta2', 'HelmRelease', {}],
    ['postgresql.cnpg.io/v1', 'Cluster', {}],
    ['apps/v1', 'StatefulSet', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } }],
    ['v1', 'Secret', { data: { RESTIC_PASSWORD: 'x' } }],
    ['v1', 'Secret', { stringData: { RESTIC_PASSWORD: 'x' } }],
  ])('%s %s %j is kept by Flux', (apiVersion, kind, more) => {
    const plain = object(apiVersion, kind, more);
    expect(heldData(plain)).toBeDefined();
    expect(isKept(plain)).toBe(false);
    expect(isKept(keptByFlux(plain))).toBe(true);
  });

  it('keeps its other annotations', () => {
    const annotated = object('v1', 'Namespace');
    annotated.metadata.annotations = { one: 'two', 'kustomize.toolkit.fluxcd.io/prune': 'enabled' };
    expect(keptByFlux(annotated).metadata.annotations).toEqual({
      one: 'two',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    });
  });
});

describe('an object that Git can make again', () => {
  it.each([
    ['v1', 'ConfigMap', {}],
    ['v1', 'Secret', { data: { password: 'x' } }],
    ['apps/v1', 'StatefulSet', {}],
    ['apps/v1', 'StatefulSet', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' } } }],
    // A Cluster of the Cluster API is another kind.
    ['cluster.x-k8s.io/v1beta1', 'Cluster', {}],
  ])('%s %s %j is as it was', (apiVersion, kind, more) => {
    const plain = object(apiVersion, kind, more);
    expect(heldData(plain)).toBeUndefined();
    expect(keptByFlux(plain)).toBe(plain);
  });
});

describe('a network policy', () => {
  const policy = (spec: object) => object('networking.k8s.io/v1', 'NetworkPolicy', { spec });

  it('that denies by default stays with the namespace', () => {
    expect(isKept(keptByFlux(policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })))).toBe(true);
  });

  it.each([
    { podSelector: { matchLabels: { app: 'a' } } },
    { podSelector: {}, ingress: [{}] },
    { podSelector: {}, egress: [{ to: [] }] },
  ])('that opens something goes: %j', (spec) => {
    expect(isKept(keptByFlux(policy(spec)))).toBe(false);
  });
});

it('does not know a kind that nobody has looked at', () => {
  expect(isKindKnown(object('example.org/v1', 'Database'))).toBe(false);
});
