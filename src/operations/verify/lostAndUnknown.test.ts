import { describe, expect, it } from 'vitest';
import { servedKind } from '../../../tests/live/fakeCluster.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { driftBetween } from './drift/drift.ts';
import { indexed } from './dump.ts';
import { fluxReady } from './flux.ts';

function dumpOf(objects: readonly KubernetesObject[]) {
  const kinds = objects.map(({ apiVersion, kind }) => servedKind(apiVersion, kind));
  return indexed({ objects, listed: kinds, complete: kinds, missing: [], unread: [] });
}

const inGit = (object: KubernetesObject) => ({ object, file: 'a.yaml' });

describe('a claim', () => {
  const claim: KubernetesObject = {
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    metadata: { name: 'library', namespace: 'media' },
    spec: { storageClassName: 'nas' },
  };
  it.each([
    ['Bound', []],
    ['Lost', [expect.stringContaining('media/library has lost its volume')]],
  ])('that is %s', (phase, sentences) => {
    const live = { ...claim, status: { phase } };
    expect(driftBetween([inGit(claim)], dumpOf([live]))).toMatchObject({ sentences, notRead: [] });
  });
});

describe('a HelmRepository of which Flux says nothing', () => {
  it.each([
    ['oci', 'kept'],
    ['default', 'broken'],
    [undefined, 'broken'],
  ])('of the type %s is %s', (type, verdict) => {
    const source: KubernetesObject = {
      ...{ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmRepository' },
      metadata: { name: 'charts', namespace: 'flux-system' },
      spec: { url: 'https://charts.example.org', ...(type === undefined ? {} : { type }) },
    };
    expect(fluxReady(inGit(source), dumpOf([source]), undefined).verdict).toBe(verdict);
  });
});
