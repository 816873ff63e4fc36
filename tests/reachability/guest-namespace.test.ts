// Crosses the compiler, its rendering to files, the manifest loader and the prover.
import { expect, it } from 'vitest';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { analyse } from '../../src/reachability/analyse.ts';
import { assumptions, source } from './sourced.ts';

const labels = { 'app.kubernetes.io/name': 'volsync', 'app.kubernetes.io/component': 'mover' };

/** The backups of a volume whose app is in another repository. */
const backups = source({
  apiVersion: 'volsync.backube/v1alpha1',
  kind: 'ReplicationSource',
  metadata: { name: 'notes', namespace: 'guest' },
  spec: { sourcePVC: 'notes', restic: { repository: 'notes', moverPodLabels: labels } },
});
const policy = (matchLabels: Record<string, string>, policyTypes = ['Ingress', 'Egress']): SourcedObject =>
  source({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'mover', namespace: 'guest' },
    spec: { podSelector: { matchLabels }, policyTypes },
  });
const namespace = source({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'guest' } });
const app = source({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'notes', namespace: 'guest', labels: { app: 'notes' } },
  spec: { containers: [{ name: 'notes', image: 'notes:1.0.0' }] },
});

const about = (...objects: SourcedObject[]) =>
  analyse(objects, assumptions)
    .proofs.filter(({ invariant }) => invariant === 'default-deny')
    .map(({ claim, verdict }) => `${verdict}: ${claim}`);

const guest = 'Each pod that controllers make in namespace guest is isolated in both directions';
const whole = 'Namespace guest denies by default in both directions';

it('checks only the pods of controllers in a namespace that is defined elsewhere', () => {
  expect(about(backups, policy(labels))).toEqual([`proved: ${guest}`]);
  expect(about(backups)).toEqual([`refuted: ${guest}`]);
  expect(about(backups, policy(labels, ['Ingress']))).toEqual([`refuted: ${guest}`]);
  expect(about(backups, policy({ app: 'other' }))).toEqual([`refuted: ${guest}`]);
  // The Job may have any labels, so a policy may or may not select it by labels.
  expect(about(backups, policy({ 'job-name': 'volsync-src-notes' }))).toEqual([`unknown: ${guest}`]);
});

it('checks the whole namespace if it is defined here or an app runs in it', () => {
  expect(about(backups, policy(labels), namespace)).toEqual([`refuted: ${whole}`]);
  expect(about(backups, policy(labels), app)).toEqual([`refuted: ${whole}`]);
});

it('checks only the pods of these objects in the namespace of Kubernetes', () => {
  const there = ({ object }: SourcedObject): SourcedObject =>
    source({ ...object, metadata: { ...object.metadata, namespace: 'kube-system' } });
  const system = 'Each pod that these objects make in namespace kube-system is isolated in both directions';
  expect(about(there(app), there(policy({ app: 'notes' })))).toEqual([`proved: ${system}`]);
  expect(about(there(app), there(policy(labels)))).toEqual([`refuted: ${system}`]);
});

it('proves nothing without a policy enforcer', () => {
  const proofs = analyse([backups, policy(labels)], { ...assumptions, enforcer: 'none' }).proofs;
  expect(proofs.find(({ claim }) => claim === guest)?.verdict).toBe('unknown');
});
