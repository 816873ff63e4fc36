import { expect, test } from 'vitest';
import { fakeCluster } from '../../../tests/live/fakeCluster.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { readFluxObject } from './fluxObject.ts';
import { unreadyOf, unreadyOfRelease } from './unready.ts';

const deployment = (name: string, status: object): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'media' },
  spec: { replicas: 1, selector: { matchLabels: { app: name } } },
  status,
});
const pod = (app: string, status: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${app}-1`, namespace: 'media', labels: { app } },
  status,
});
const waiting = (reason: string, message?: string) => ({
  containerStatuses: [{ name: 'main', state: { waiting: { reason, message } } }],
});

/** A Kustomization that has applied these. */
const applied = (...ids: string[]) =>
  readFluxObject({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'home', namespace: 'flux-system' },
    status: { inventory: { entries: ids.map((id) => ({ id, v: 'v1' })) } },
  });

test.each([
  [waiting('ImagePullBackOff', 'not found'), 'pod web-1, container main: ImagePullBackOff (not found)'],
  [waiting('CreateContainerConfigError'), 'pod web-1, container main: CreateContainerConfigError'],
  [
    { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }] },
    'pod web-1 is in no node: 0/1 nodes are available',
  ],
  [
    { initContainerStatuses: [{ name: 'guard', state: { terminated: { exitCode: 11 } } }] },
    'pod web-1, container guard: ended with 11',
  ],
])('a Deployment that is not ready is named with what its pod says', async (status, said) => {
  const { cluster } = fakeCluster([deployment('web', {}), pod('web', status), pod('other', waiting('x'))]);
  expect(await unreadyOf(cluster, applied('media_web_apps_Deployment'))).toEqual([
    `Deployment media/web: 0 of 1 ready; ${said}`,
  ]);
});

test('pods that nobody may make are told by the Deployment', async () => {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }];
  const { cluster } = fakeCluster([deployment('web', { conditions })]);
  expect(await unreadyOf(cluster, applied('media_web_apps_Deployment'))).toEqual([
    'Deployment media/web: 0 of 1 ready; exceeded quota',
  ]);
});

test('an old pod that is ready does not hide a new one that is not', async () => {
  const { cluster } = fakeCluster([deployment('web', { readyReplicas: 1, updatedReplicas: 0 })]);
  expect(await unreadyOf(cluster, applied('media_web_apps_Deployment'))).toHaveLength(1);
});

test('nor does it while both are there, as in a rolling update', async () => {
  const status = { replicas: 2, readyReplicas: 1, updatedReplicas: 1 };
  const { cluster } = fakeCluster([deployment('web', status), pod('web', waiting('ErrImagePull'))]);
  expect(await unreadyOf(cluster, applied('media_web_apps_Deployment'))).toEqual([
    'Deployment media/web: 0 of 1 ready; pod web-1, container main: ErrImagePull',
  ]);
});

test('what the chart of a release has made is found by its labels', async () => {
  const labels = { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'flux-system' };
  const made = deployment('web', {});
  const other = { ...labels, 'helm.toolkit.fluxcd.io/name': 'other' };
  const { cluster } = fakeCluster([
    { ...made, metadata: { ...made.metadata, labels } },
    { ...deployment('theirs', {}), metadata: { name: 'theirs', namespace: 'media', labels: other } },
    pod('web', waiting('CrashLoopBackOff')),
  ]);
  const release = readFluxObject({
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'shop', namespace: 'flux-system' },
  });
  expect(await unreadyOfRelease(cluster, release)).toEqual([
    'Deployment media/web: 0 of 1 ready; pod web-1, container main: CrashLoopBackOff',
  ]);
});

test('what is ready, and what is of others, is not named', async () => {
  const ready = { readyReplicas: 1, updatedReplicas: 1 };
  const { cluster } = fakeCluster([deployment('web', ready), deployment('theirs', {})]);
  expect(await unreadyOf(cluster, applied('media_web_apps_Deployment', '_media__Namespace'))).toEqual([]);
});
