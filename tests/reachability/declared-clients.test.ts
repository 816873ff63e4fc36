// Crosses the model, the policies, the entry points and the invariants of the prover.
import { expect, it } from 'vitest';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { analyse } from '../../src/reachability/analyse.ts';
import type { Proof } from '../../src/reachability/invariants/registry.ts';
import { assumptions, source } from './sourced.ts';

const port = { port: 9000, protocol: 'TCP' };
const peer = (namespace: string, matchLabels: object) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  podSelector: { matchLabels },
});
const namespace = (name: string) =>
  source({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
  });
const policy = (name: string, space: string, spec: object) =>
  source({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: space },
    spec: { policyTypes: ['Ingress', 'Egress'], ...spec },
  });
const pod = (name: string, space: string, container: object) =>
  source({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: space, labels: { app: name } },
    spec: { containers: [{ name, image: `${name}:1.0.0`, ...container }] },
  });
const service = (name: string, space: string, number: number) =>
  source({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: space },
    spec: { selector: { app: name }, ports: [{ port: number }] },
  });

/** A store that a Job names, and a volume with a backup to it, whose destination is in a Secret. */
const mover = { app: 'mover' };
const stored = [
  namespace('storage'),
  namespace('media'),
  pod('rustfs', 'storage', { ports: [{ containerPort: 9000 }] }),
  service('rustfs', 'storage', 9000),
  pod('buckets', 'storage', { env: [{ name: 'STORE', value: 'http://rustfs:9000' }] }),
  policy('buckets', 'storage', {
    podSelector: { matchLabels: { app: 'buckets' } },
    egress: [{ to: [peer('storage', { app: 'rustfs' })], ports: [port] }],
  }),
  source({
    apiVersion: 'volsync.backube/v1alpha1',
    kind: 'ReplicationSource',
    metadata: { name: 'photos', namespace: 'media' },
    spec: { sourcePVC: 'photos', restic: { repository: 'photos', moverPodLabels: mover } },
  }),
];
const admitting = (...clients: object[]) =>
  policy('rustfs', 'storage', {
    podSelector: { matchLabels: { app: 'rustfs' } },
    ingress: [{ from: [peer('storage', { app: 'buckets' }), ...clients], ports: [port] }],
  });
const movers = policy('movers', 'media', {
  podSelector: { matchLabels: mover },
  egress: [{ to: [peer('storage', { app: 'rustfs' })], ports: [port] }],
});

const verdictOf = (objects: readonly SourcedObject[], invariant: Proof['invariant'], about: string) =>
  analyse(objects, assumptions).proofs.find(
    (proof) => proof.invariant === invariant && proof.claim.includes(about),
  )?.verdict;

it('a pod of a controller with an unseen configuration is a client if the policies of both ends select each other', () => {
  const verdict = (...more: SourcedObject[]) =>
    verdictOf([...stored, ...more], 'internal-clients', 'Pod storage/rustfs');
  expect(verdict(admitting(peer('media', mover)), movers)).toBe('proved');
  expect(verdict(admitting(), movers)).toBe('proved');
  const { podSelector: _, ...everybody } = peer('media', {});
  expect(verdict(admitting(everybody), movers)).toBe('refuted');
});

it('a pod whose configuration does not name the store is not a client', () => {
  const reader = pod('reader', 'media', {});
  const policies = [
    admitting(peer('media', { app: 'reader' })),
    policy('reader', 'media', {
      podSelector: { matchLabels: { app: 'reader' } },
      egress: [{ to: [peer('storage', { app: 'rustfs' })], ports: [port] }],
    }),
  ];
  expect(verdictOf([...stored, reader, ...policies, movers], 'internal-clients', 'Pod storage/rustfs')).toBe(
    'refuted',
  );
});

it('pods of an unseen namespace are clients if policies name both, but never of a data store', () => {
  const monitored = (name: string, from: object) => [
    namespace('apps'),
    pod(name, 'apps', { ports: [{ containerPort: 9402 }] }),
    service(name, 'apps', 9402),
    policy(name, 'apps', {
      podSelector: { matchLabels: { app: name } },
      ingress: [{ from: [from], ports: [{ port: 9402, protocol: 'TCP' }] }],
    }),
  ];
  const verdict = (name: string, from: object) =>
    verdictOf(monitored(name, from), 'internal-clients', `Pod apps/${name}`);
  const prometheus = peer('monitoring', { app: 'prometheus' });
  expect(verdict('controller', prometheus)).toBe('proved');
  expect(verdict('redis', prometheus)).toBe('unknown');
  const { podSelector: _, ...anyPod } = prometheus;
  expect(verdict('controller', anyPod)).toBe('unknown');
  expect(verdict('controller', { ...prometheus, namespaceSelector: {} })).toBe('unknown');
});

it('the API server is a client of a webhook, from its nodes', () => {
  const verdict = (entities: readonly string[], webhook: object) =>
    analyse(
      [
        namespace('apps'),
        pod('guard', 'apps', { ports: [{ containerPort: 10250 }] }),
        source({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'guard', namespace: 'apps' },
          spec: { selector: { app: 'guard' }, ports: [{ port: 443, targetPort: 10250 }] },
        }),
        policy('closed', 'apps', { podSelector: {} }),
        source({
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumNetworkPolicy',
          metadata: { name: 'guard', namespace: 'apps' },
          spec: {
            endpointSelector: { matchLabels: { app: 'guard' } },
            ingress: [{ fromEntities: entities, toPorts: [{ ports: [{ port: '10250', protocol: 'TCP' }] }] }],
          },
        }),
        source({
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingWebhookConfiguration',
          metadata: { name: 'guard' },
          webhooks: [{ name: 'guard.example.org', clientConfig: { service: webhook } }],
        }),
      ],
      { ...assumptions, enforcer: 'cilium' },
    ).proofs.find(({ invariant }) => invariant === 'internal-clients');
  const nodes = ['kube-apiserver', 'remote-node', 'host'];
  expect(verdict(nodes, { name: 'guard', namespace: 'apps' })).toMatchObject({
    verdict: 'proved',
    sentence: 'Nothing reaches Pod apps/guard, except for the API server, from any node, on TCP 10250',
  });
  expect(verdict(nodes, { name: 'guard', namespace: 'apps', port: 8443 })?.verdict).toBe('unknown');
  expect(verdict(nodes, { name: 'other', namespace: 'apps' })?.verdict).toBe('unknown');
  expect(verdict([...nodes, 'cluster'], { name: 'guard', namespace: 'apps' })?.verdict).not.toBe('proved');
  expect(verdict([...nodes, 'all'], { name: 'guard', namespace: 'apps' })?.verdict).toBe('refuted');
});

it.each([
  ['the name of the namespace', ['--leader-election-namespace=certs'], undefined],
  ['its Service with a port', ['--server=certs:9402'], 'refuted'],
  ['its Service in a URL', ['--server=https://certs/metrics'], 'refuted'],
  ['its Service by a longer name', ['--server=certs.certs'], 'refuted'],
])('a Service with the name of its namespace: %s', (_, args, verdict) => {
  const objects = [
    namespace('certs'),
    pod('certs', 'certs', { ports: [{ containerPort: 9402 }] }),
    service('certs', 'certs', 9402),
    pod('injector', 'certs', { args }),
    policy('closed', 'certs', { podSelector: {} }),
  ];
  expect(verdictOf(objects, 'ways-work', 'Pod certs/certs')).toBe(verdict);
});
