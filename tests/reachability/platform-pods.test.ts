// Crosses the compiler, its rendering to files, the manifest loader and the prover.
import { beforeAll, expect, it } from 'vitest';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { assumptionsOf } from '../../src/operations/assumptions.ts';
import { createEvaluator, type Evaluator } from '../../src/reachability/evaluator.ts';
import { parseBlocks } from '../../src/reachability/model/addresses.ts';
import { buildModel } from '../../src/reachability/model/model.ts';
import { preparedHome } from '../home.ts';

/**
 * The connections of pods that controllers create, and that one hop further is blocked. The test replaces charts by
 * their pods, with the labels of the chart, so nothing is unknown.
 */
const inCharts: SourcedObject[] = [
  pod(
    'storage',
    'rustfs',
    { 'app.kubernetes.io/name': 'rustfs', 'app.kubernetes.io/instance': 'rustfs' },
    9000,
  ),
  pod(
    'storage',
    'volsync',
    { 'app.kubernetes.io/name': 'volsync', 'app.kubernetes.io/instance': 'volsync' },
    8443,
  ),
  ...['controller', 'webhook', 'cainjector', 'startupapicheck'].map((part) =>
    pod(
      'cert-manager',
      part,
      {
        'app.kubernetes.io/name': part === 'controller' ? 'cert-manager' : part,
        'app.kubernetes.io/instance': 'cert-manager',
        'app.kubernetes.io/component': part,
      },
      part === 'webhook' ? 10_250 : 9402,
    ),
  ),
  pod('kube-system', 'coredns', { 'k8s-app': 'kube-dns' }, 53),
  pod('monitoring', 'prometheus', { 'app.kubernetes.io/name': 'prometheus' }, 9090),
  pod('home-automation', 'home-assistant', { app: 'home-assistant' }, 8123),
];

function pod(namespace: string, name: string, labels: Record<string, string>, port: number): SourcedObject {
  return {
    file: 'rendered',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: { containers: [{ name, image: 'x', ports: [{ containerPort: port }] }] },
    },
  };
}

let model: Evaluator;
beforeAll(async () => {
  // Its own policies are complete. With Cilium the path to the API server is in a CiliumNetworkPolicy.
  const { configuration, repository } = await preparedHome({
    example: 'platform',
    cluster(value) {
      value.cluster.network.policyEnforcer = 'kube-router';
      value.cluster.network.loadBalancer.kind = 'metallb';
    },
    privateFile(value) {
      value.cluster.network.controlPlane = ['192.0.2.10/32'];
    },
  });
  const objects = repository.objects.filter(({ object }) => object.kind !== 'HelmRelease');
  model = createEvaluator(buildModel([...objects, ...inCharts], assumptionsOf(configuration)));
});

const mover = 'media/ReplicationSource/immich-postgres-rustfs';
const otherMover = 'home-automation/ReplicationSource/home-assistant-s3';
const job = 'storage/Job/rustfs-buckets';
const store = 'storage/rustfs';
const operator = 'storage/volsync';
const gate = 'networking/Deployment/immich-origin-proxy';
const names = 'kube-system/coredns';
const apiServer = '192.0.2.10/32';
const internet = '203.0.113.7/32';
const lan = '192.168.7.44/32';

it.each<[from: string, to: string, port: number, reach: 'allowed' | 'blocked']>([
  [mover, store, 9000, 'allowed'],
  [mover, names, 53, 'allowed'],
  [mover, internet, 443, 'allowed'],
  [otherMover, store, 9000, 'allowed'],
  [otherMover, internet, 443, 'allowed'],
  [job, store, 9000, 'allowed'],
  [job, names, 53, 'allowed'],
  [store, store, 9000, 'allowed'],
  [operator, apiServer, 6443, 'allowed'],
  ['monitoring/prometheus', operator, 8443, 'allowed'],
  ['monitoring/prometheus', gate, 8081, 'allowed'],
  [apiServer, 'cert-manager/webhook', 10_250, 'allowed'],
  ['cert-manager/controller', internet, 443, 'allowed'],
  ['cert-manager/controller', names, 53, 'allowed'],
  ['cert-manager/controller', apiServer, 6443, 'allowed'],
  ['cert-manager/cainjector', apiServer, 6443, 'allowed'],
  ['cert-manager/startupapicheck', apiServer, 6443, 'allowed'],
  ['monitoring/prometheus', 'cert-manager/controller', 9402, 'allowed'],
  // One hop further.
  ['cert-manager/controller', internet, 53, 'blocked'],
  ['cert-manager/controller', lan, 443, 'blocked'],
  ['cert-manager/webhook', internet, 443, 'blocked'],
  ['cert-manager/cainjector', internet, 443, 'blocked'],
  ['cert-manager/startupapicheck', 'cert-manager/webhook', 10_250, 'blocked'],
  ['networking/Deployment/cloudflared', 'cert-manager/webhook', 10_250, 'blocked'],
  [mover, 'cert-manager/controller', 9402, 'blocked'],
  ['monitoring/prometheus', gate, 8080, 'blocked'],
  [job, gate, 8081, 'blocked'],
  ['networking/Deployment/cloudflared', gate, 8081, 'blocked'],
  [mover, store, 9001, 'blocked'],
  [mover, internet, 80, 'blocked'],
  [mover, apiServer, 6443, 'blocked'],
  [mover, operator, 8443, 'blocked'],
  [mover, 'media/Deployment/immich-postgres', 5432, 'blocked'],
  [mover, 'media/Deployment/immich-server', 2283, 'blocked'],
  [mover, otherMover, 8080, 'blocked'],
  [otherMover, 'media/Deployment/immich-server', 2283, 'blocked'],
  [otherMover, lan, 443, 'blocked'],
  [job, internet, 443, 'blocked'],
  [job, apiServer, 6443, 'blocked'],
  [job, 'media/Deployment/immich-postgres', 5432, 'blocked'],
  [store, internet, 443, 'blocked'],
  [store, mover, 8080, 'blocked'],
  [operator, store, 9000, 'blocked'],
  [operator, internet, 443, 'blocked'],
  ['media/Deployment/immich-server', store, 9000, 'blocked'],
  ['networking/Deployment/cloudflared', store, 9000, 'blocked'],
  ['networking/Deployment/cloudflared', mover, 8080, 'blocked'],
  ['home-automation/home-assistant', store, 9000, 'blocked'],
  ['home-automation/home-assistant', otherMover, 8080, 'blocked'],
  ['monitoring/prometheus', store, 9000, 'blocked'],
])('%s → %s on port %i is %s', (from, to, port, reach) => {
  const party = (name: string) => {
    if (/^\d/.test(name)) return { addresses: parseBlocks([name]).set };
    const workload = model.workloads.find((candidate) => candidate.name === name);
    if (workload === undefined)
      throw new Error(`${name} is not among ${model.workloads.map((each) => each.name).join(', ')}`);
    return { workload };
  };
  const protocol = port === 53 ? 'UDP' : 'TCP';
  expect(model.flow(party(from), party(to), protocol, port).verdict).toBe(reach);
});
