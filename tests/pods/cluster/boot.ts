import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { shellWord } from '../../../src/system/shellWord.ts';
import { type KubernetesClient, kubernetesClient } from '../../real/fixtures/kubernetesClient.ts';
import type { Carried } from '../../real/fixtures/relay.ts';
import { type GroupPlan, removeGroups } from './controlGroups.ts';
import { type Daemon, daemons } from './daemons.ts';
import { dnsObjects } from './dns.ts';
import { type ClusterFacts, endpointOf, readFacts, writeFacts } from './facts.ts';
import { type ImageStore, layStoreInto, rootOf, runtimeAnswers, storeInNode } from './imageStore.ts';
import { dnsImage } from './images.ts';
import {
  commandInNetworkOfNode,
  commandInNode,
  type NodeFacts,
  type NodeToStart,
  nodeName,
  partsInNode,
  startNode,
} from './node.ts';
import { clusterParts, type Parts, programsOfNode } from './parts.ts';
import { run, typescript } from './run.ts';
import { openRunDirectory, type RunDirectory } from './runDirectory.ts';
import { makeSettings } from './settings.ts';
import { connectNode, placeScript } from './world.ts';

/** Receives each step of a start when it is done. */
export type Done = (step: string) => void;

/** What a node is made from, in a directory where the runtime's store is laid out already. */
export function nodeToStart(
  directory: RunDirectory,
  parts: Parts,
  images: string,
  groups: GroupPlan,
  files: Readonly<Record<string, string>>,
): NodeToStart {
  return {
    debian: rootOf(parts, 'node-root'),
    groups,
    files,
    binds: bindsOf(directory, parts, images),
    images,
  };
}

/** Starts all daemons on a node that is made and connected, and waits until the node is Ready and names are answered. */
export async function startDaemons(
  facts: ClusterFacts,
  done: Done,
  whenServing: (client: KubernetesClient) => Promise<void> = async () => undefined,
): Promise<void> {
  const directory = openRunDirectory(facts.directory);
  const { node } = facts;
  const began = Math.floor(Date.now() / 1000) * 1000;
  const start = (daemon: Daemon) => startDaemon(directory, node, daemon);
  writeTools(facts);
  startRelay(directory, node, facts.socket);
  await Promise.all([start(daemons.containerd), start(daemons.etcd), start(daemons.apiServer)]);
  await runtimeAnswers(node);
  done('containerd answers');
  const client = kubernetesClient(endpointOf(facts));
  await until(directory, 'kube-apiserver', 120_000, () => isServing(client));
  done('the API server is ready');
  const { controllerManager, scheduler, kubelet, proxy, policyController } = daemons;
  await Promise.all([kubelet, controllerManager, scheduler, proxy].map(start));
  await whenServing(client);
  await until(directory, 'kubelet', 120_000, () => isNodeReady(client, began));
  done('the node is Ready');
  await until(directory, 'kubelet', 120_000, () => isDnsReady(client, began));
  done('CoreDNS answers');
  // It writes back the filter table as it has read it: what kube-proxy has changed meanwhile, such as the rule that refuses a
  // Service without pods, would come back, and stay until kube-proxy has a reason to write it again.
  await start(policyController);
  await until(directory, 'policy-controller', 120_000, () => policiesHold(node));
  done('network policies hold');
}

/**
 * Ends the node at once, as a power cut does, and starts it again on its disk: with new namespaces, without a process, a mount or a
 * rule of before. The world goes on. Resolves when the node is Ready and names are answered; other pods may need longer.
 *
 * @returns the facts from now on, which are also in the directory of the run
 */
export function restartNode(before: ClusterFacts): Promise<ClusterFacts> {
  return anotherNode(before, () => ({}));
}

/**
 * Ends daemons of a node with SIGTERM, all of them, and starts them again: first those that the API server needs and itself,
 * then, once it answers, those that need it.
 */
export async function restartDaemons(
  facts: ClusterFacts,
  names: readonly (keyof typeof daemons)[],
): Promise<void> {
  const { node } = facts;
  const directory = openRunDirectory(facts.directory);
  const chosen = names.map((name) => daemons[name]);
  const stop = `for name; do
  pid=$(cat "/run/$name.pid"); kill "$pid"
done
for name; do
  pid=$(cat "/run/$name.pid")
  for turn in $(seq 100); do [ -e "/proc/$pid" ] || break; [ "$turn" -lt 100 ] || kill -KILL "$pid"; sleep 0.1; done
done`;
  const command = ['bash', '-c', stop, 'stop', ...chosen.map(({ name }) => name)];
  const ended = await run(commandInNode(node, command), { timeout: 60_000 });
  if (ended.code !== 0) throw new Error(`${names.join(', ')} cannot be ended: ${ended.errors}`);
  const first: readonly Daemon[] = [daemons.containerd, daemons.etcd, daemons.apiServer];
  const start = (some: readonly Daemon[]) =>
    Promise.all(some.map((daemon) => startDaemon(directory, node, daemon)));
  await start(chosen.filter((daemon) => first.includes(daemon)));
  const client = kubernetesClient(endpointOf(facts));
  await until(directory, 'kube-apiserver', 120_000, () => isServing(client));
  await start(chosen.filter((daemon) => !first.includes(daemon)));
}

/**
 * Throws the cluster away, with the disk of its node, and makes an empty one of the same name in its place. The world goes on.
 * The certificates of the API server and the administrator's stay, as whoever installs a cluster is given some.
 *
 * @returns the facts from now on, which are also in the directory of the run
 */
export function replaceNode(before: ClusterFacts): Promise<ClusterFacts> {
  return anotherNode(
    before,
    (directory, parts) => {
      const disk = join(directory.path, 'node');
      const settings = Object.keys(makeSettings(before.node.groups.version).files);
      const kept = settings.map((path) => [path, readFileSync(join(disk, 'upper', path), 'utf8')]);
      rmSync(disk, { recursive: true });
      layOut(directory, parts, { directory: before.images, authority: before.worldAuthority });
      return Object.fromEntries(kept);
    },
    installDns,
  );
}

async function anotherNode(
  before: ClusterFacts,
  filesOn: (directory: RunDirectory, parts: Parts) => Readonly<Record<string, string>>,
  whenServing?: (client: KubernetesClient) => Promise<void>,
): Promise<ClusterFacts> {
  const parts = clusterParts();
  if (typeof parts !== 'function') throw new Error(parts.join('; '));
  const directory = openRunDirectory(before.directory);
  await directory.end('relay');
  await directory.end('node');
  rmSync(before.socket, { force: true });
  const { groups } = before.node;
  // No pod has left a group on a machine that was off: kubelet would wait for each of them.
  await removeGroups(groups.groups);
  const files = filesOn(directory, parts);
  const node = await startNode(directory, nodeToStart(directory, parts, before.images, groups, files));
  await connectNode(node, before.world);
  const facts = { ...before, node, isGivenUp: false };
  await startDaemons(facts, () => undefined, whenServing);
  writeFacts(facts);
  return readFacts(facts.directory);
}

/** Applies CoreDNS, as the installer of a cluster does. */
export async function installDns(client: KubernetesClient): Promise<void> {
  for (const object of dnsObjects(dnsImage)) await client.apply(object);
}

/** Lays out the directories that are the disk of the node, and links by which the node finds its programs. */
export function layOut(directory: RunDirectory, parts: Parts, store: ImageStore): void {
  const place = join(directory.path, 'node');
  for (const name of ['containerd', 'kubelet', 'etcd', 'bin', 'pods-log']) {
    mkdirSync(join(place, name), { recursive: true });
  }
  layStoreInto(join(place, 'containerd'), store);
  for (const name of programsOfNode) {
    const path = parts(name).path.slice(parts(name).directory.length);
    symlinkSync(`${partsInNode}/${name}${path}`, join(place, 'bin', name));
  }
}

function bindsOf(directory: RunDirectory, parts: Parts, images: string) {
  const place = join(directory.path, 'node');
  const bin = join(place, 'bin');
  const readOnly = programsOfNode.map(
    (name) => [`${partsInNode}/${name}`, { source: parts(name).directory, access: 'ro' }] as const,
  );
  return {
    [`${partsInNode}/bin`]: { source: bin, access: 'ro' },
    ...Object.fromEntries(readOnly),
    [storeInNode]: { source: images, access: 'ro' },
    '/var/lib/containerd': { source: join(place, 'containerd'), access: 'rw' },
    '/var/lib/kubelet': { source: join(place, 'kubelet'), access: 'rw' },
    '/var/lib/etcd': { source: join(place, 'etcd'), access: 'rw' },
    '/var/log/pods': { source: join(place, 'pods-log'), access: 'rw' },
    '/var/log/daemons': { source: join(directory.path, 'logs'), access: 'rw' },
  } as const;
}

/** A daemon is a child of the node's first process, so that it holds nothing outside. */
async function startDaemon(
  directory: RunDirectory,
  node: NodeFacts,
  { name, command, environment }: Daemon,
): Promise<void> {
  const script = `setsid "$@" </dev/null >>/var/log/daemons/${name}.log 2>&1 & echo $! >/run/${name}.pid`;
  const { code, errors } = await run(
    commandInNode(node, ['bash', '-c', script, name, ...command], environment),
  );
  if (code !== 0) throw new Error(`${name} cannot be started: ${errors}${lastLines(directory, name)}`);
}

/** The one way from the tests to the API server: a socket in the file system, which both networks see. */
function startRelay(directory: RunDirectory, node: NodeFacts, socket: string): void {
  const carried: Carried = { inward: socket, outward: [] };
  const relay = join(import.meta.dirname, '..', '..', 'real', 'fixtures', 'relay.ts');
  const command = [process.execPath, '--import', typescript(), relay, JSON.stringify(carried)];
  directory.start('relay', commandInNetworkOfNode(node, command));
}

/** Small programs for a developer: kubectl, a shell in the node, a command in a place of the world. */
function writeTools(facts: ClusterFacts): void {
  const { node, world, directory } = facts;
  const kubeconfig = join(directory, 'kubeconfig');
  const kubectl = commandInNetworkOfNode(node, [facts.kubectl, `--kubeconfig=${kubeconfig}`]);
  const inNode = commandInNode(node, []);
  const tools = {
    kubectl: `exec ${kubectl.map(shellWord).join(' ')} "$@"`,
    'in-node': `[ $# -gt 0 ] || set -- bash\nexec ${inNode.map(shellWord).join(' ')} "$@"`,
    'in-world': placeScript(world),
  };
  for (const [name, text] of Object.entries(tools)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(directory, name), 0o700);
  }
}

async function until(
  directory: RunDirectory,
  daemon: string,
  patience: number,
  isTrue: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await isTrue())) {
    if (performance.now() > deadline) {
      throw new Error(
        `The cluster is not complete after ${patience / 1000} s. ${lastLines(directory, daemon)}`,
      );
    }
    await wait(50);
  }
}

function lastLines(directory: RunDirectory, name: string): string {
  if (!existsSync(join(directory.path, 'logs', `${name}.log`))) return `${name} has no log`;
  return `The last lines of ${name}:\n${directory.log(name).split('\n').slice(-15).join('\n')}`;
}

async function isServing(client: KubernetesClient): Promise<boolean> {
  try {
    return (await client.request('GET', '/readyz')) === 'ok';
  } catch {
    return false;
  }
}

const nodeStatus = z.looseObject({
  conditions: z
    .array(z.looseObject({ type: z.string(), status: z.string(), lastHeartbeatTime: z.string().default('') }))
    .default([]),
});
const podStatus = z.looseObject({
  conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
  containerStatuses: z
    .array(
      z.looseObject({
        state: z.looseObject({ running: z.looseObject({ startedAt: z.string() }).optional() }),
      }),
    )
    .default([]),
});

/** Says Ready since this time: what is stored may be from before. */
async function isNodeReady(client: KubernetesClient, since: number): Promise<boolean> {
  const node = await client.get({ apiVersion: 'v1', kind: 'Node', name: nodeName });
  const { conditions } = nodeStatus.parse(node?.['status'] ?? {});
  return conditions.some(
    ({ type, status, lastHeartbeatTime }) =>
      type === 'Ready' && status === 'True' && Date.parse(lastHeartbeatTime) >= since,
  );
}

async function isDnsReady(client: KubernetesClient, since: number): Promise<boolean> {
  const pods = await client.list('v1', 'Pod', 'kube-system');
  return pods
    .filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns')
    .map((pod) => podStatus.parse(pod['status'] ?? {}))
    .some(
      ({ conditions, containerStatuses }) =>
        conditions.some(({ type, status }) => type === 'Ready' && status === 'True') &&
        containerStatuses.every(({ state }) => Date.parse(state.running?.startedAt ?? '') >= since),
    );
}

/** The controller has written its first rules. */
async function policiesHold(node: NodeFacts): Promise<boolean> {
  const { code } = await run(commandInNode(node, ['iptables', '-w', '-S', 'KUBE-ROUTER-FORWARD']));
  return code === 0;
}
