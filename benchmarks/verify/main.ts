// Measures `gatehouse verify` against a real API server with about 300 objects, and with 5,000, and against stores that answer
// and stores that do not. kubectl lists the same kinds.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { groupOf, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { withClusterUid } from '../../src/live/clusterUid.ts';
import { prepareVerify } from '../../src/operations/verify/verify.ts';
import { definitionsDirectory } from '../../tests/real/fixtures/definitions.ts';
import { type KubernetesClient, kubernetesClient } from '../../tests/real/fixtures/kubernetesClient.ts';
import { clearScratch, makeScratch } from '../../tests/real/fixtures/scratch.ts';
import { startControlPlane, writeKubeconfig } from '../../tests/real/fixtures/startControlPlane.ts';
import type { TestDirectory } from '../../tests/testDirectory.ts';
import { realPart } from '../../tools/real-parts/lookup.ts';
import { platformWithVolumes } from '../configure/volumes.ts';
import { notingRequests, summaryOf } from './requests.ts';
import { startStores } from './stores.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = `${root}dist/main.js`;
const rounds = Number(process.env['ROUNDS'] ?? 5);
const built = spawnSync(process.execPath, [`${root}tools/build.mjs`, '--program-only'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(1);
const scratch = makeScratch();
try {
  await measure();
} finally {
  await clearScratch(scratch);
}

async function measure(): Promise<void> {
  const endpoint = await startControlPlane(scratch, {
    etcd: part('etcd'),
    'kube-apiserver': part('kube-apiserver'),
  });
  const client = kubernetesClient(endpoint);
  const kubeconfig = await writeKubeconfig(scratch, endpoint);
  using directory = platformWithVolumes(Number(process.env['VOLUMES'] ?? 46));
  const stores = await startStores(scratch, directory);
  const authority = join(scratch, 'authority.pem');
  writeFileSync(authority, stores.authority);
  const noted = notingRequests(join(scratch, 'requests.json'));
  const env = { ...process.env, ...directory.environment.env, KUBECONFIG: kubeconfig };
  Object.assign(env, { NODE_EXTRA_CA_CERTS: authority, ...noted.environment });
  const run: Run = (command, ...args) =>
    spawnSync(command, args, { cwd: directory.path, encoding: 'utf8', maxBuffer: 1 << 28, env });
  const { objects, checks } = await written(client, directory, run);
  stores.fill(checks);
  await applyAll(client, objects);
  for (const object of stores.objects) await created(client, object);
  for (const name of ['alpha', 'beta', 'gamma']) await created(client, nodeOf(name));
  const kinds = [...new Set(objects.map(resourceOf))].join(',');
  const verify = (...parameters: string[]) =>
    run(process.execPath, ...parameters, program, 'verify', '--json');
  const report = (what: string): void => {
    const ours = medianOf(() => verify());
    const peers = medianOf(() => run('kubectl', 'get', kinds, '-A', '-o', 'json'));
    const node = medianOf(() => run(process.execPath, '-e', '0'));
    const ran = run('/usr/bin/env', 'time', '-f', '%U %S %M', process.execPath, program, 'verify', '--json');
    if (!ran.stdout.startsWith('{')) throw new Error(ran.stderr);
    const { requests, results } = JSON.parse(ran.stdout);
    const [user = 0, system = 0, memory = 0] = (ran.stderr.trim().split('\n').at(-1) ?? '')
      .split(' ')
      .map(Number);
    verify(...noted.parameters);
    process.stdout.write(
      `${what}: verify ${Math.round(ours)} ms (${Math.round((user + system) * 1000)} ms of the processor), ${requests} requests, ${results.length} checks, ${Math.round(memory / 1024)} MiB; kubectl get of the same kinds ${Math.round(peers)} ms (${(ours / peers).toFixed(2)} times), node -e 0 ${Math.round(node)} ms (${(ours / node).toFixed(1)} times)\n${summaryOf(noted.read(), new URL(endpoint.server).host)}${backupsIn(results)}`,
    );
  };
  report(`${objects.length} objects`);
  await addOthers(client, 5_000 - objects.length);
  report('5000 objects');
  await stores[Symbol.asyncDispose]();
  report('5000 objects, no store answers');
}

type Run = (command: string, ...args: string[]) => SpawnSyncReturns<string>;

/** Writes and commits the repository, and says what is in it and what is asked about it. */
async function written(client: KubernetesClient, directory: TestDirectory, run: Run) {
  const system = await client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
  const confirmed = withClusterUid(directory.read('cluster.yaml'), String(system?.metadata['uid']));
  if (!confirmed.ok) throw new Error(JSON.stringify(confirmed.problems));
  directory.write('cluster.yaml', confirmed.value);
  run(process.execPath, program, 'configure');
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'All'],
  ])
    run('git', ...words);
  const prepared = await prepareVerify(directory.path, directory.environment);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const { repository } = prepared.value.tree;
  const objects = [...repository.objects, ...repository.outside].map(({ object }) => object);
  return { objects, checks: prepared.value.plan.checks };
}

/** Makes an object, and says its status beside: with a pod it is not taken. */
async function created(client: KubernetesClient, object: KubernetesObject): Promise<void> {
  const { object: made } = await client.create(object);
  const { kind, metadata, status } = { status: undefined, ...object };
  if (kind !== 'Pod') return;
  const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`;
  await client.request('PUT', path, { ...made, status });
}

function nodeOf(name: string): KubernetesObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Node', metadata: { name } },
    status: { nodeInfo: { osImage: 'Talos (v1.13.0)', kubeletVersion: 'v1.36.0' } },
  };
}

/** What the stores were found to hold: a run that could not ask them is a measurement of something else. */
function backupsIn(results: readonly { id: string; verdict: string; evidence: readonly string[] }[]): string {
  const newest = results.filter(({ id }) => /^volsync-newest-|^talos-backup-newest/.test(id));
  return [...new Set(newest.map(({ verdict }) => verdict))]
    .map((each) => {
      const those = newest.filter(({ verdict }) => verdict === each);
      return `  ${those.length} backups in buckets: ${each} (${those[0]?.evidence[0]})\n`;
    })
    .join('');
}

function part(name: 'etcd' | 'kube-apiserver') {
  const found = realPart(name);
  if (!found.found) throw new Error(`${found.message}; ${found.remedy}`);
  return found;
}

/** Applies the definitions of the kinds first, then everything. Finalizers and references to absent objects do not matter. */
async function applyAll(client: KubernetesClient, objects: readonly KubernetesObject[]): Promise<void> {
  const wanted = new Set(objects.map((object) => `${groupOf(object)} ${object.kind}`));
  for (const file of readdirSync(definitionsDirectory).filter((name) => name.endsWith('.yaml')))
    for (const document of parseAllDocuments(readFileSync(join(definitionsDirectory, file), 'utf8'))) {
      const { status: _, ...definition } = document.toJS() ?? {};
      const { group, names } = definition.spec ?? {};
      if (wanted.has(`${group} ${names?.kind}`)) await client.apply(definition);
    }
  const [namespaces, others] = [true, false].map((which) =>
    objects.filter(({ kind }) => (kind === 'Namespace') === which),
  ) as [KubernetesObject[], KubernetesObject[]];
  for (const name of new Set(others.flatMap(({ metadata }) => metadata.namespace ?? [])))
    namespaces.push({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const object of [...namespaces, ...others]) await applied(client, object);
}

/** A kind is served a moment after its definition. */
async function applied(client: KubernetesClient, object: KubernetesObject): Promise<void> {
  const { sops: _, ...plain } = object;
  const secret = object.kind === 'Secret' ? { data: {}, stringData: {} } : {};
  for (let tries = 0; ; tries += 1) {
    try {
      await client.apply({ ...plain, ...secret } as KubernetesObject);
      return;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Half of them are pods that a ReplicaSet made, half ConfigMaps of one kilobyte, in namespaces that Git does not have. */
async function addOthers(client: KubernetesClient, count: number): Promise<void> {
  const namespace = 'others';
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const labels = { app: 'other' };
  const spec = { containers: [{ name: 'other', image: 'example.org/other:1' }] };
  const template = { metadata: { labels }, spec };
  const set = await client.apply({
    ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'other', namespace } },
    spec: { replicas: count, selector: { matchLabels: labels }, template },
  });
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: 'other',
    controller: true,
    uid: set.object.metadata['uid'],
  };
  const all = Array.from({ length: count }, (_, index): KubernetesObject => {
    const metadata = { name: `other-${index}`, namespace };
    if (index % 2 === 0)
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, labels, ownerReferences: [owner] },
        spec,
      };
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text: 'x'.repeat(1_000) } };
  });
  for (let at = 0; at < all.length; at += 20)
    await Promise.all(all.slice(at, at + 20).map((object) => client.create(object)));
}

/** As kubectl takes it. */
function resourceOf(object: KubernetesObject): string {
  const group = groupOf(object);
  return `${object.kind.toLowerCase()}${group === '' ? '' : `.${group}`}`;
}

function medianOf(run: () => { status: number | null; stderr: string }): number {
  return median(Array.from({ length: rounds }, () => timed(run)));
}

function timed(run: () => { status: number | null; stderr: string }): number {
  const began = performance.now();
  const { status, stderr } = run();
  const taken = performance.now() - began;
  if (status === null || ![0, 1, 4].includes(status)) throw new Error(stderr.slice(-2_000));
  return taken;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
