// Measures `gatehouse verify` against a real API server with about 300 objects, and with 5,000; kubectl lists the same kinds.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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
import { realPart } from '../../tools/real-parts/lookup.ts';
import { platformWithVolumes } from '../configure/volumes.ts';

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
  using directory = platformWithVolumes(Number(process.env['VOLUMES'] ?? 30));
  const system = await client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
  const uid = String(system?.metadata['uid']);
  const confirmed = withClusterUid(directory.read('cluster.yaml'), uid);
  if (!confirmed.ok) throw new Error(JSON.stringify(confirmed.problems));
  directory.write('cluster.yaml', confirmed.value);
  const run = (command: string, ...args: string[]) =>
    spawnSync(command, args, {
      cwd: directory.path,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, ...directory.environment.env, KUBECONFIG: kubeconfig },
    });
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'All'],
  ]) {
    if (words[0] === 'add') run(process.execPath, program, 'configure');
    run('git', ...words);
  }
  const prepared = await prepareVerify(directory.path, directory.environment);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const { repository } = prepared.value.tree;
  const objects = [...repository.objects, ...repository.outside].map(({ object }) => object);
  await applyAll(client, objects);
  const kinds = [...new Set(objects.map(resourceOf))].join(',');
  const verify = () => run('/usr/bin/env', 'time', '-f', '%M', process.execPath, program, 'verify', '--json');
  const report = (what: string): void => {
    const [ours, peers] = [0, 1].map((which) =>
      median(
        Array.from({ length: rounds }, () =>
          timed(() => (which === 0 ? verify() : run('kubectl', 'get', kinds, '-A', '-o', 'json'))),
        ),
      ),
    ) as [number, number];
    const ran = verify();
    if (!ran.stdout.startsWith('{')) throw new Error(ran.stderr);
    const { requests, results } = JSON.parse(ran.stdout);
    const memory = Math.round(Number(ran.stderr.trim().split('\n').at(-1)) / 1024);
    process.stdout.write(
      `${what}: verify ${Math.round(ours)} ms, ${requests} requests, ${results.length} checks, ${memory} MiB; kubectl get of the same kinds ${Math.round(peers)} ms (${(ours / peers).toFixed(2)} times)\n`,
    );
  };
  report(`${objects.length} objects`);
  await addOthers(client, 5_000 - objects.length);
  report('5000 objects');
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
