import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, noteProcess } from '../fixtures/scratch.ts';

/** How a command ended. It is over only when its output has been closed too, as for a kubelet that reads it. */
export interface Ended {
  code: number | null;
  output: string;
}

/**
 * A node of a cluster, in a mount namespace of its own. Its root disk is a ramfs and its NAS a separate tmpfs
 * that is mounted by binding: two types of file system, so that the guard can tell them apart, and contents
 * that outlive an unmount, as a NAS does.
 */
export interface TestNode extends AsyncDisposable {
  readonly scratch: string;
  readonly pid: number;
  /** The root disk. */
  readonly disk: string;
  /** What the NAS exports; `library` in it is the directory of Immich. */
  readonly nas: string;
  /** Where the NAS belongs on the node. */
  readonly mountPoint: string;
  /** Runs shell text on the node with `disk`, `nas` and `mountPoint` as variables. Throws when it fails. */
  run(text: string, environment?: Readonly<Record<string, string>>): Promise<string>;
  /** The same. The caller decides what the exit code means. */
  try(text: string, environment?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Every file on the root disk itself below the mount point, whatever is mounted over it. */
  filesUnderMountPoint(): Promise<string>;
}

/** The user that the library belongs to, and that Immich runs as. */
export const owner = 1000;

const setup = `
set -e
mount -t ramfs disk "$disk"
mount --make-rshared "$disk"
mkdir -p "$mountPoint" "$nas" "$disk/containers"
mount -t tmpfs nas "$nas"
mkdir "$nas/library"
chown ${owner}:${owner} "$nas/library"
mount --bind "$disk" "$view"
mount --make-private "$view"
echo ready
exec sleep infinity
`;

export async function testNode(scratch: string): Promise<TestNode> {
  const home = join(scratch, `node-${randomUUID().slice(0, 8)}`);
  const disk = join(home, 'disk');
  const view = join(home, 'view');
  for (const directory of [disk, view]) mkdirSync(directory, { recursive: true });
  const variables = { disk, view, nas: join(disk, 'nas'), mountPoint: join(disk, 'mnt', 'nas') };
  const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', setup], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...variables },
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('close', () => reject(new Error('the node’s disks cannot be mounted')));
  });
  const pid = child.pid ?? 0;
  child.unref();
  const noted = noteProcess(scratch, pid, 'node');
  const onNode = (text: string, environment = {}): Promise<Ended> =>
    ended('nsenter', [`--mount=/proc/${pid}/ns/mnt`, 'sh', '-ec', text], { ...variables, ...environment });
  const run = async (text: string, environment = {}): Promise<string> => {
    const { code, output } = await onNode(text, environment);
    if (code !== 0) throw new Error(`on the node: ${text}\nended with ${code}: ${output}`);
    return output;
  };
  return {
    scratch,
    pid,
    ...variables,
    try: onNode,
    run,
    filesUnderMountPoint: () => run('find "$view/mnt/nas" -mindepth 1 ! -type d'),
    [Symbol.asyncDispose]: () => endProcess(scratch, noted),
  };
}

/** Runs a program until it has ended and closed its output. */
export function ended(program: string, parameters: readonly string[], environment = {}): Promise<Ended> {
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let output = '';
  const take = (text: Buffer): void => {
    output += text.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Reads a file that another process is about to write. */
export function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
