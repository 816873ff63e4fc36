import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { shellWord } from '../../../src/system/shellWord.ts';
import { type GroupPlan, makeGroups } from './controlGroups.ts';
import { childrenOf, isRunning, type RunDirectory, type StartedProcess } from './runDirectory.ts';

/** The node as every process of the run can find it. */
export interface NodeFacts {
  /** The first process, as the machine counts. */
  readonly pid: number;
  /** The control groups that a process joins before it enters: entering alone would leave it in the caller's. */
  readonly members: readonly string[];
  readonly groups: GroupPlan;
}

/** What the node is made from. */
export interface NodeToStart {
  /** The unpacked Debian root. It stays as it is. */
  readonly debian: string;
  readonly groups: GroupPlan;
  /** Texts of files that the node has, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  /** Directories of the machine that the node sees, by their path in the node. */
  readonly binds: Readonly<Record<string, { readonly source: string; readonly access: 'ro' | 'rw' }>>;
  /** The runtime's store of images, which stays as it is; undefined while it is being made. */
  readonly images: string | undefined;
}

/** The name and the address of the node, as in the examples of the documents. */
export const nodeName = 'alpha';
export const nodeAddress = '192.0.2.10';

/** Where programs of the parts are in the node. */
export const partsInNode = '/opt/parts';

const searchPath = '/opt/parts/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Makes the node: a process in mount, network, process, IPC, host name and control group namespaces of its own, whose root is the
 * Debian root with a layer over it.
 *
 * @throws Error with the log when it is not made in time
 */
export async function startNode(directory: RunDirectory, node: NodeToStart): Promise<NodeFacts> {
  const place = join(directory.path, 'node');
  const upper = join(place, 'upper');
  // A working directory belongs to one mount: the layers go on after the node is restarted.
  const work = mkdtempSync(join(mkdirsIn(place), 'work-'));
  for (const [path, text] of Object.entries(node.files)) {
    mkdirSync(dirname(join(upper, path)), { recursive: true });
    writeFileSync(join(upper, path), text);
  }
  const binds = Object.entries(node.binds).map(
    ([target, { source, access }]) => `${source}\t${target}\t${access}\n`,
  );
  writeFileSync(join(place, 'binds'), binds.join(''));
  const mounts = node.groups.mounts.map((mount) => `${mount.directory} ${mount.type} ${mount.options}\n`);
  writeFileSync(join(place, 'groups'), mounts.join(''));
  directory.noteGroups(node.groups.groups);
  makeGroups(node.groups);
  for (const name of ['node', 'images']) mkdirSync(join(work, name));
  const namespaces = '--mount --net --pid --ipc --uts --cgroup --fork --kill-child';
  const script = `${joinGroups(node.groups.groups)}exec unshare ${namespaces} -- sh -c "$1"`;
  const init = `${node.groups.version === 2 ? joinGroups(node.groups.members) : ''}exec sh ${shellWord(join(import.meta.dirname, 'nodeInit.sh'))}`;
  const parent = directory.start('node', ['sh', '-c', script, 'sh', init], {
    lower: node.debian,
    upper,
    work: join(work, 'node'),
    root: join(place, 'root'),
    binds: join(place, 'binds'),
    groups: join(place, 'groups'),
    images: node.images ?? '',
    images_upper: join(place, 'images-upper'),
    images_work: join(work, 'images'),
  });
  const pid = await firstProcess(directory, 'node', parent, 'run/node-is-made');
  return { pid, members: node.groups.members, groups: node.groups };
}

function mkdirsIn(place: string): string {
  for (const name of ['root', 'upper', 'images-upper']) mkdirSync(join(place, name), { recursive: true });
  return place;
}

/** The first process of a new process namespace, once the file says that it is ready. */
export async function firstProcess(
  directory: RunDirectory,
  name: string,
  parent: StartedProcess,
  readyFile: string,
): Promise<number> {
  const deadline = performance.now() + 60_000;
  let noted: number | undefined;
  while (isRunning(parent) && performance.now() < deadline) {
    const [pid] = childrenOf(parent.pid);
    if (pid !== undefined && pid !== noted) directory.note(name, pid);
    noted = pid ?? noted;
    // The root of the process is the machine's until it changes it.
    if (noted !== undefined && existsSync(`/proc/${noted}/root/${readyFile}`)) return noted;
    await wait(10);
  }
  const why = isRunning(parent) ? 'is not made after 60 s' : 'cannot be made';
  throw new Error(`The ${name} ${why}:\n${directory.log(name).split('\n').slice(-15).join('\n')}`);
}

function joinGroups(groups: readonly string[]): string {
  return groups.map((group) => `echo $$ >${shellWord(`${group}/cgroup.procs`)}\n`).join('');
}

/** A file of the node, as the machine can open it. */
export function fileOfNode({ pid }: NodeFacts, path: string): string {
  return `/proc/${pid}/root${path}`;
}

/** The command that runs another command in the node: in its namespaces, control groups and root. */
export function commandInNode(
  { pid, members }: NodeFacts,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string[] {
  const variables = { PATH: searchPath, HOME: '/root', TERM: 'dumb', ...environment };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const enter = `exec nsenter -t ${pid} -m -n -p -i -u -C -r -w -- env -i "$@"`;
  return ['sh', '-c', `${joinGroups(members)}${enter}`, 'sh', ...assignments, ...command];
}

/** The command that runs another command of the machine in the network of the node. */
export function commandInNetworkOfNode({ pid }: NodeFacts, command: readonly string[]): string[] {
  return ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...command];
}
