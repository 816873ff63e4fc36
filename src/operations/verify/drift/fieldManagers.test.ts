import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { setBeside } from './fieldManagers.ts';

const annotation = (name: string) => ({ 'f:metadata': { 'f:annotations': { [`f:${name}`]: {} } } });
const caBundle = {
  'f:webhooks': { 'k:{"name":"a.example.org"}': { 'f:clientConfig': { 'f:caBundle': {} } } },
};

function objectSetBy(manager: string, [apiVersion, kind, name, fieldsV1]: Place): KubernetesObject {
  const managedFields = [
    {
      manager: 'kustomize-controller',
      operation: 'Apply',
      fieldsV1: { 'f:spec': { 'f:type': {} } },
    },
    { manager, operation: 'Update', time: '2026-11-30T11:00:00Z', fieldsV1 },
  ];
  return { apiVersion, kind, metadata: { name, namespace: 'media', managedFields } };
}

type Place = readonly [apiVersion: string, kind: string, name: string, fieldsV1: object];

const known: readonly Place[] = [
  ['apps/v1', 'Deployment', 'a', annotation('deployment.kubernetes.io/revision')],
  ['v1', 'PersistentVolumeClaim', 'a', annotation('pv.kubernetes.io/bind-completed')],
  ['v1', 'PersistentVolumeClaim', 'a', annotation('volume.beta.kubernetes.io/storage-provisioner')],
  ['v1', 'PersistentVolumeClaim', 'a', { 'f:spec': { 'f:volumeName': {} } }],
  ['v1', 'PersistentVolume', 'a', { 'f:spec': { 'f:claimRef': { '.': {}, 'f:uid': {} } } }],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'a', caBundle],
  ['apiregistration.k8s.io/v1', 'APIService', 'a', { 'f:spec': { 'f:caBundle': {} } }],
  ['v1', 'Secret', 'metallb-webhook-cert', { 'f:data': { '.': {}, 'f:tls.key': {} } }],
  ['v1', 'Service', 'a', annotation('metallb.io/ip-allocated-from-pool')],
  ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'a', { 'f:spec': { 'f:suspend': {} } }],
  ['v1', 'Service', 'a', { 'f:spec': { 'f:type': {} } }],
  ['apps/v1', 'Deployment', 'a', { 'f:status': { 'f:replicas': {} } }],
];

const unknown: readonly Place[] = [
  ['v1', 'Service', 'a', annotation('deployment.kubernetes.io/revision')],
  ['v1', 'Service', 'a', annotation('metallb.io/loadBalancerIPs')],
  ['v1', 'Service', 'a', { 'f:spec': { 'f:externalIPs': {} } }],
  ['v1', 'ConfigMap', 'a', { 'f:data': { 'f:caBundle': {} } }],
  ['v1', 'Secret', 'app', { 'f:data': { 'f:tls.key': {} } }],
  ['batch/v1', 'CronJob', 'a', { 'f:spec': { 'f:suspend': {} } }],
];

describe('what was set beside Flux', () => {
  it.each(known)('is work of a program on %s %s %s: %j', (...place) => {
    for (const manager of ['kube-controller-manager', 'manager', 'kubectl-edit'])
      expect(setBeside(objectSetBy(manager, place))).toEqual([]);
  });

  it.each(unknown)('is nobody known on %s %s %s: %j', (...place) => {
    const found = ['kubectl-edit', 'helm', 'my-operator', 'flux', 'gotk-me', '']
      .flatMap((manager) => setBeside(objectSetBy(manager, place)))
      .map(({ manager, isNamedProgram }) => [manager, isNamedProgram]);
    expect(found).toEqual([
      ['kubectl-edit', false],
      ['helm', false],
      ['my-operator', true],
      ['flux', true],
      ['gotk-me', true],
      ['', false],
    ]);
  });

  it.each(['kustomize-controller', 'helm-controller', 'gotk-helm-controller'])('is no work of %s', (flux) => {
    for (const place of unknown) expect(setBeside(objectSetBy(flux, place))).toEqual([]);
  });
});
