import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Done, installDns, layOut, nodeToStart, startDaemons } from './boot.ts';
import { type ClusterFacts, writeFacts } from './facts.ts';
import { startRun } from './guardedRun.ts';
import { groupsFor, type ImageStore, imageStore } from './imageStore.ts';
import { startNode } from './node.ts';
import { type Parts, partsOfCluster } from './parts.ts';
import type { RunDirectory } from './runDirectory.ts';
import { makeSettings } from './settings.ts';
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
  return await startOn(await imageStore(parts, progress), parts, progress);
}

/**
 * Starts several clusters at the same time, which share nothing but the store of images.
 *
 * @throws Error when one of them does not start; then none is left
 */
export async function startClusters(
  parts: Parts,
  count: number,
  progress: (news: string) => void,
): Promise<readonly StartedCluster[]> {
  const store = await imageStore(parts, progress);
  const started = await Promise.allSettled(
    Array.from({ length: count }, (_, at) =>
      startOn(store, parts, (news) => progress(count === 1 ? news : `${news} (cluster ${at + 1})`)),
    ),
  );
  const clusters = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed === undefined) return clusters;
  await Promise.all(clusters.map(({ stop }) => stop()));
  throw failed.reason;
}

async function startOn(
  store: ImageStore,
  parts: Parts,
  progress: (news: string) => void,
): Promise<StartedCluster> {
  const { directory, stop } = startRun();
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
    throw explained(error, directory);
  }
}

/** A full disk does not say which one it is. */
export function explained(error: unknown, { path }: Pick<RunDirectory, 'path'>): unknown {
  if (!(error instanceof Error) || !/ENOSPC|no space left on device/i.test(error.message)) return error;
  return new Error(
    `The disk of ${dirname(path)} is full: make room, or set TMPDIR to a directory on another disk`,
    { cause: error },
  );
}

async function bringUp(
  directory: RunDirectory,
  parts: Parts,
  store: ImageStore,
  done: Done,
): Promise<ClusterFacts> {
  const groups = groupsFor(directory);
  const settings = makeSettings(groups.version);
  layOut(directory, parts, store);
  writeFileSync(join(directory.path, 'kubeconfig'), settings.kubeconfig, { mode: 0o600 });
  const [node, world] = await Promise.all([
    startNode(directory, nodeToStart(directory, parts, store.directory, groups, settings.files)),
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
    images: store.directory,
    versions: Object.fromEntries(partsOfCluster.map((name) => [name, parts(name).version])),
    kubectl: parts('kubectl').path,
  };
  await startDaemons(facts, done, installDns);
  writeFacts(facts);
  return facts;
}
