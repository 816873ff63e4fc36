import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { cacheDirectory } from '../../../tools/real-parts/cache.ts';
import { processStart } from '../../../tools/real-parts/machine.ts';
import { bundledStandIn } from '../standIns/programs.ts';
import { type Certificate, makeAuthority } from './certificates.ts';
import { type GroupPlan, planHere } from './controlGroups.ts';
import { containerdConfiguration, daemons } from './daemons.ts';
import { startRun } from './guardedRun.ts';
import { type NodeImage, nodeImages, pauseImage } from './images.ts';
import { commandInNode, fileOfNode, type NodeFacts, startNode } from './node.ts';
import { gibibytes } from './obstacles.ts';
import { type ImageToWrite, writeOciArchive } from './ociArchive.ts';
import type { Parts } from './parts.ts';
import { runOrFail } from './run.ts';
import { childrenOf, isRunning, type RunDirectory } from './runDirectory.ts';

/**
 * The runtime's store with every image imported, in the cache beside the real parts. Its name changes with everything that
 * may change it. A run never writes to it: {@link layStoreInto} makes what a runtime can write to.
 */
export interface ImageStore {
  readonly directory: string;
  /** The authority that the images trust. */
  readonly authority: Certificate;
}

/** Raised when the way in which images are written or imported changes. Part of the key. */
const recipe = 1;

const certificate = z.object({ certificate: z.string().min(1), key: z.string().min(1) });

const authorityFile = 'authority.json';
const finished = 'finished';
const mark = '.building-';

/** What the images take, in bytes, with some room for the next version of one. */
const storeBytes = 2.5 * 1024 ** 3;

/** What is missing where the store is not there and does not fit into the cache: one sentence, with what to do about it. */
export async function storeObstacle(parts: Parts): Promise<string | undefined> {
  const cache = cacheDirectory();
  if (completeStore(join(cache, await storeKey(parts, nodeImages('')))) !== undefined) return undefined;
  const { bavail, bsize } = statfsSync(cache);
  return noRoomIn(cache, bavail * bsize);
}

export function noRoomIn(cache: string, freeBytes: number): string | undefined {
  if (freeBytes >= storeBytes) return undefined;
  return `${gibibytes(storeBytes)} GiB of disk for the images: ${cache} has ${gibibytes(freeBytes)} GiB free; run \`npm run real-parts -- --prune\`, or set GATEHOUSE_REAL_PARTS to a directory on another disk`;
}

/** A store that was made to its end and can be read: a machine that lost its power may have lost what was written. */
export function completeStore(directory: string): ImageStore | undefined {
  if (!existsSync(join(directory, finished))) return undefined;
  try {
    const authority = certificate.parse(JSON.parse(readFileSync(join(directory, authorityFile), 'utf8')));
    return { directory, authority };
  } catch {
    return undefined;
  }
}

async function storeKey(parts: Parts, images: readonly NodeImage[]): Promise<string> {
  const ingredients = images.map((image) => ({
    ...image,
    root: image.root && basename(parts(image.root).directory),
    programs: Object.entries(image.programs ?? {}).map(([path, name]) => [
      path,
      basename(parts(name).directory),
    ]),
    add: Object.entries(image.add ?? {}).map(([path, what]) => [
      path,
      'file' in what ? { ...what, file: readFileSync(what.file, 'base64') } : what,
    ]),
  }));
  const texts = await Promise.all(
    images.flatMap(({ standIns = {} }) => Object.values(standIns).map(bundledStandIn)),
  );
  const runtime = basename(parts('node-root').directory);
  const text = JSON.stringify({ recipe, runtime, ingredients, texts });
  return `pods-images-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/** The store; it is made when it is absent. What a process that died has half made is removed. */
export async function imageStore(parts: Parts, progress: (news: string) => void): Promise<ImageStore> {
  const cache = cacheDirectory();
  // The certificate of the authority is new with the store, and says nothing about what is in the images otherwise.
  const key = await storeKey(parts, nodeImages(''));
  const directory = join(cache, key);
  await mkdir(cache, { recursive: true });
  await othersAreDone(cache, key, progress);
  const there = completeStore(directory);
  if (there !== undefined) return there;
  await rm(directory, { recursive: true, force: true });
  const building = join(cache, `${key}${mark}${process.pid}-${processStart(process.pid) ?? 0}`);
  try {
    await makeStore(building, parts, progress);
    await rename(building, directory).catch((error: Error) => {
      // Another process began at the same moment, and was first.
      if (completeStore(directory) === undefined) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  const made = completeStore(directory);
  if (made === undefined) throw new Error(`The images in ${directory} are not complete`);
  return made;
}

/** Waits for a process that makes the same store, and removes what dead ones have half made. */
async function othersAreDone(cache: string, key: string, progress: (news: string) => void): Promise<void> {
  for (;;) {
    let isBusy = false;
    for (const entry of await readdir(cache)) {
      const [, store, pid, start] = /^(pods-images-\w+)\.building-(\d+)-(\w+)$/.exec(entry) ?? [];
      if (store === undefined) continue;
      if (processStart(Number(pid)) !== start) await rm(join(cache, entry), { recursive: true, force: true });
      else if (store === key) isBusy = true;
    }
    if (!isBusy) return;
    progress('waiting for another process, which imports the images');
    await wait(500);
  }
}

/** Starts a node with the runtime alone and imports every image. */
async function makeStore(store: string, parts: Parts, progress: (news: string) => void): Promise<void> {
  mkdirSync(store, { mode: 0o711 });
  const authority = makeAuthority('gatehouse-tests');
  writeFileSync(join(store, authorityFile), JSON.stringify(authority), { mode: 0o600 });
  const { directory: run, stop } = startRun();
  try {
    const archives = join(run.path, 'archives');
    mkdirSync(archives);
    const node = await startNode(run, {
      debian: rootOf(parts, 'node-root'),
      groups: groupsFor(run),
      files: { '/etc/containerd/config.toml': containerdConfiguration(pauseImage) },
      binds: {
        '/var/lib/containerd': { source: store, access: 'rw' },
        '/opt/archives': { source: archives, access: 'ro' },
      },
      images: undefined,
    });
    const runtime = run.start('containerd', commandInNode(node, daemons.containerd.command));
    await runtimeAnswers(node);
    for (const image of nodeImages(authority.certificate)) {
      progress(`importing ${image.references.join(', ')}`);
      await importImage(node, archives, parts, image);
    }
    // It closes its databases.
    for (const pid of childrenOf(runtime.pid)) process.kill(pid, 'SIGTERM');
    while (isRunning(runtime)) await wait(20);
    writeFileSync(join(store, finished), '');
  } finally {
    await stop();
  }
}

/** The control groups of a run. */
export function groupsFor(run: RunDirectory): GroupPlan {
  const plan = planHere(run.name);
  if (typeof plan === 'string') throw new Error(`No cluster can run here: ${plan}`);
  return plan;
}

/** The root file system of a part, as a directory. */
export function rootOf(parts: Parts, name: Parameters<Parts>[0]): string {
  return parts(name).files['root'] ?? join(parts(name).directory, 'root');
}

/** Waits until containerd serves requests. */
export async function runtimeAnswers(node: NodeFacts): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!existsSync(fileOfNode(node, '/run/containerd/containerd.sock'))) {
    if (performance.now() > deadline) throw new Error('containerd does not answer after 30 s');
    await wait(20);
  }
}

async function importImage(node: NodeFacts, archives: string, parts: Parts, image: NodeImage): Promise<void> {
  const [first = ''] = image.references;
  writeOciArchive(join(archives, 'image.tar'), await contentOf(parts, image), image.references);
  const ctr = ['ctr', '--namespace', 'k8s.io', 'images'];
  await runOrFail(commandInNode(node, [...ctr, 'import', '/opt/archives/image.tar']), { timeout: 180_000 });
  for (const name of image.digests ?? []) await runOrFail(commandInNode(node, [...ctr, 'tag', first, name]));
  rmSync(join(archives, 'image.tar'));
}

async function contentOf(
  parts: Parts,
  { root, programs = {}, partFiles = {}, standIns = {}, add, ...image }: NodeImage,
): Promise<ImageToWrite> {
  const brought = Object.entries(partFiles).map(
    ([path, [name, file]]) => [path, { file: parts(name).files[file] ?? '', mode: 0o755 }] as const,
  );
  const files = Object.entries(programs).map(
    ([path, name]) => [path, { file: parts(name).path, mode: 0o755 }] as const,
  );
  const bundles = Object.entries(standIns).map(
    async ([path, name]) => [path, { text: await bundledStandIn(name) }] as const,
  );
  return {
    ...image,
    ...(root !== undefined && { root: rootOf(parts, root) }),
    add: {
      ...add,
      ...Object.fromEntries([...files, ...brought]),
      ...Object.fromEntries(await Promise.all(bundles)),
    },
  };
}

const metadata = 'io.containerd.metadata.v1.bolt';
const snapshotter = 'io.containerd.snapshotter.v1.overlayfs';

/** Where the node sees the store. */
export const storeInNode = '/var/lib/image-store';

/**
 * Makes the runtime's own directory of a run: the databases as copies, and each snapshot of an image as a link to the store. The
 * node lays a layer over the content, so that any number of runs share one store and none changes it.
 */
export function layStoreInto(directory: string, store: ImageStore): void {
  const snapshots = join(directory, snapshotter, 'snapshots');
  mkdirSync(join(directory, metadata), { recursive: true });
  mkdirSync(snapshots, { recursive: true, mode: 0o700 });
  for (const file of [join(metadata, 'meta.db'), join(snapshotter, 'metadata.db')]) {
    copyFileSync(join(store.directory, file), join(directory, file));
  }
  for (const name of readdirSync(join(store.directory, snapshotter, 'snapshots'))) {
    symlinkSync(join(storeInNode, snapshotter, 'snapshots', name), join(snapshots, name));
  }
}
