import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { type KubernetesClient, kubernetesClient } from '../../real/fixtures/kubernetesClient.ts';
import type { Carried } from '../../real/fixtures/relay.ts';
import { type ClusterFacts, endpointOf } from './cluster.ts';
import { type Daemon, daemons } from './daemons.ts';
import { dnsObjects } from './dns.ts';
import {
  groupsFor,
  type ImageStore,
  imageStore,
  layStoreInto,
  rootOf,
  runtimeAnswers,
  storeInNode,
} from './imageStore.ts';
import { dnsImage } from './images.ts';
import {
  commandInNetworkOfNode,
  commandInNode,
  type NodeFacts,
  nodeName,
  partsInNode,
  startNode,
} from './node.ts';
import { type Parts, programsOfNode } from './parts.ts';
import { quoted, run } from './run.ts';
import { endRun, makeRunDirectory, type RunDirectory } from './runDirectory.ts';
import { makeSettings, type Settings } from './settings.ts';
import { connectNode, startWorld } from './world.ts';

/** A cluster that this process has started. It ends with `await using`, or with this process, however that ends. */
export interface StartedCluster extends AsyncDisposable {
  readonly facts: ClusterFacts;
  /** What the start took, step by step, in milliseconds since its begin. */
  readonly steps: readonly Step[];
  /** Ends the cluster. Returns what could not be removed. */
  readonly stop: () => Promise<string[]>;
}

export interface Step {
  readonly step: string;
  readonly milliseconds: number;
}

/**
 * Starts a one-node cluster: the store of images where it is absent, then the node and the world, the runtime, the
 * control plane, and CoreDNS. It is complete when the node is Ready, the cluster's DNS answers, and network policies hold.
 *
 * @param progress - receives each step when it is done
 * @throws Error with the logs when a step takes too long; nothing is left then
 */
export async function startCluster(parts: Parts, progress: (news: string) => void): Promise<StartedCluster> {
  const store = await imageStore(parts, progress);
  const directory = makeRunDirectory();
  watchOver(directory);
  const stop = () => endRun(directory.path);
  try {
    const steps: Step[] = [];
    const started = performance.now();
    const done = (step: string): void => {
      const milliseconds = performance.now() - started;
      steps.push({ step, milliseconds });
      progress(`${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${step}`);
    };
    const facts = await bringUp(directory, parts, store, done);
    return { facts, steps, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the guardian, which ends the run when this process is gone: its input ends with this process. */
function watchOver(directory: RunDirectory): void {
  const guardian = join(import.meta.dirname, 'guardian.ts');
  const child = spawn(process.execPath, ['--import', typescript(), guardian, directory.path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // The pipe alone does not keep this process.
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function')
    child.stdin.unref();
}

function typescript(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}

async function bringUp(
  directory: RunDirectory,
  parts: Parts,
  store: ImageStore,
  done: (step: string) => void,
): Promise<ClusterFacts> {
  const groups = groupsFor(directory);
  const settings = makeSettings(groups.version);
  const [node, world] = await Promise.all([
    startNode(directory, {
      debian: rootOf(parts, 'node-root'),
      groups,
      files: settings.files,
      binds: bindsOf(directory, parts, store),
      images: store.directory,
    }),
    startWorld(directory),
  ]);
  await connectNode(node, world);
  done('the node and the world are made');
  const facts: ClusterFacts = {
    directory: directory.path,
    node,
    world,
    server: 'https://127.0.0.1:6443',
    socket: join(directory.path, 'api.sock'),
    token: settings.token,
    authority: settings.authority,
    worldAuthority: store.authority,
    kubectl: parts('kubectl').path,
  };
  startRelay(directory, node, facts.socket);
  writeTools(directory, facts, settings);
  const start = (daemon: Daemon) => startDaemon(directory, node, daemon);
  await Promise.all([start(daemons.containerd), start(daemons.etcd), start(daemons.apiServer)]);
  await runtimeAnswers(node);
  done('containerd answers');
  const client = kubernetesClient(endpointOf(facts));
  await until(directory, 'kube-apiserver', 60_000, () => isServing(client));
  done('the API server is ready');
  const { controllerManager, scheduler, kubelet, proxy, policyController } = daemons;
  await Promise.all([kubelet, controllerManager, scheduler, proxy, policyController].map(start));
  for (const object of dnsObjects(dnsImage)) await client.apply(object);
  await until(directory, 'kubelet', 60_000, () => isNodeReady(client));
  done('the node is Ready');
  await until(directory, 'kubelet', 90_000, () => isDnsReady(client));
  done('CoreDNS answers');
  await until(directory, 'policy-controller', 60_000, () => policiesHold(node));
  done('network policies hold');
  writeFileSync(join(directory.path, 'cluster.json'), JSON.stringify(facts), { mode: 0o600 });
  return facts;
}

function bindsOf(directory: RunDirectory, parts: Parts, store: ImageStore) {
  const place = join(directory.path, 'node');
  const bin = join(place, 'bin');
  for (const name of ['containerd', 'kubelet', 'etcd', 'bin', 'pods-log'])
    mkdirSync(join(place, name), { recursive: true });
  layStoreInto(join(place, 'containerd'), store);
  // Programs are found by name; each is in the directory of its part.
  for (const name of programsOfNode) {
    const path = parts(name).path.slice(parts(name).directory.length);
    symlinkSync(`${partsInNode}/${name}${path}`, join(bin, name));
  }
  const readOnly = programsOfNode.map(
    (name) => [`${partsInNode}/${name}`, { source: parts(name).directory, access: 'ro' }] as const,
  );
  return {
    [`${partsInNode}/bin`]: { source: bin, access: 'ro' },
    ...Object.fromEntries(readOnly),
    [storeInNode]: { source: store.directory, access: 'ro' },
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
function writeTools(directory: RunDirectory, facts: ClusterFacts, settings: Settings): void {
  writeFileSync(join(directory.path, 'kubeconfig'), settings.kubeconfig, { mode: 0o600 });
  const { node, world } = facts;
  const kubeconfig = join(directory.path, 'kubeconfig');
  const kubectl = commandInNetworkOfNode(node, [facts.kubectl, `--kubeconfig=${kubeconfig}`]);
  const inNode = commandInNode(node, []);
  const tools = {
    kubectl: `exec ${kubectl.map(quoted).join(' ')} "$@"`,
    'in-node': `[ $# -gt 0 ] || set -- bash\nexec ${inNode.map(quoted).join(' ')} "$@"`,
    'in-world': `place=$1\nshift\nexec nsenter -t ${world.pid} -m -p "--net=/proc/${world.pid}/root${world.namespaces}/$place" -- "$@"`,
  };
  for (const [name, text] of Object.entries(tools)) {
    writeFileSync(join(directory.path, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(directory.path, name), 0o700);
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

const withConditions = z.looseObject({
  conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
});
const withReplicas = z.looseObject({ readyReplicas: z.number().default(0) });

async function isNodeReady(client: KubernetesClient): Promise<boolean> {
  const node = await client.get({ apiVersion: 'v1', kind: 'Node', name: nodeName });
  const { conditions } = withConditions.parse(node?.['status'] ?? {});
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

async function isDnsReady(client: KubernetesClient): Promise<boolean> {
  const dns = await client.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'coredns',
    namespace: 'kube-system',
  });
  return withReplicas.parse(dns?.['status'] ?? {}).readyReplicas > 0;
}

/** The controller has written its first rules. */
async function policiesHold(node: NodeFacts): Promise<boolean> {
  const { code } = await run(commandInNode(node, ['iptables', '-w', '-S', 'KUBE-ROUTER-FORWARD']));
  return code === 0;
}
