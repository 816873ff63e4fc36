import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { indexed } from '../dump.ts';
import { notInGit } from './notInGit.ts';

const release = {
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name: 'envoy-gateway', namespace: 'network' },
  spec: { releaseName: 'gateway' },
} as KubernetesObject;
const account = (metadata: Partial<KubernetesObject['metadata']>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'certgen', namespace: 'network', ...metadata },
});
const inGit = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'network' } } as KubernetesObject,
  release,
];
const found = (object: KubernetesObject): boolean =>
  notInGit(
    indexed({ objects: [...inGit, object], listed: [], complete: [], missing: [], unread: [] }),
    inGit,
  ).includes(object);

const hook = { 'helm.sh/hook': 'pre-install, pre-upgrade' };
const of = (name: string, namespace: string) => ({
  'helm.toolkit.fluxcd.io/name': name,
  'helm.toolkit.fluxcd.io/namespace': namespace,
});

// Helm writes no name of a release on a hook, as it does on everything else.
it('leaves out what a hook of a release of Git made', () => {
  expect(found(account({}))).toBe(true);
  expect(found(account({ annotations: hook, labels: of('envoy-gateway', 'network') }))).toBe(false);
});

it.each([
  ['of another release', { annotations: hook, labels: of('other', 'network') }],
  ['of a release elsewhere', { annotations: hook, labels: of('envoy-gateway', 'other') }],
  ['of nobody', { annotations: hook }],
  ['that is none', { labels: of('envoy-gateway', 'network') }],
])('names a hook %s', (_, metadata) => {
  expect(found(account(metadata))).toBe(true);
});
