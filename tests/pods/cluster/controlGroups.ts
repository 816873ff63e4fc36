import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** One hierarchy of control groups, as the calling process sees it. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Version 1: the controllers that are mounted together, or `name=systemd`. Version 2: empty. */
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** The directory of the process's own group. */
  readonly own: string;
}

/** Where the control groups of a node are made, and how the node mounts them. */
export interface GroupPlan {
  readonly version: 1 | 2;
  /** The node's own group in each hierarchy. The first process of the node joins them before its namespaces are made. */
  readonly groups: readonly string[];
  /** What the processes of the node join. Version 2: a child, since a group with children that limit holds no process. */
  readonly members: readonly string[];
  /** What the node mounts below `/sys/fs/cgroup`. */
  readonly mounts: readonly GroupMount[];
}

/** A mount of the node: the directory below `/sys/fs/cgroup` (`.` for itself), the type and the options. */
export interface GroupMount {
  readonly directory: string;
  readonly type: 'cgroup' | 'cgroup2';
  readonly options: string;
}

/** The controllers without which kubelet starts no pod. */
const required = ['cpu', 'memory', 'pids'] as const;

/** Every group that is made here has a name that begins so, and ends with the run's process id and start. */
export const groupPrefix = 'gatehouse-pods-';

/** The hierarchies of a process, from the text of its `/proc/PID/cgroup` and `/proc/PID/mountinfo` (proc(5), cgroups(7)). */
export function hierarchies(cgroup: string, mountinfo: string): Hierarchy[] {
  const mounts = mountinfo.split('\n').flatMap(groupMount);
  return cgroup.split('\n').flatMap((line) => {
    const [, names, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (names === undefined || path === undefined) return [];
    const version = names === '' ? 2 : 1;
    const controllers = names.split(',').filter(Boolean);
    const mount = mounts.find(
      (one) => one.version === version && controllers.every((name) => one.options.includes(name)),
    );
    if (mount === undefined) return [];
    return [{ version, controllers, mountPoint: mount.mountPoint, own: ownGroup(mount, path) }];
  });
}

interface Mounted {
  readonly version: 1 | 2;
  readonly root: string;
  readonly mountPoint: string;
  readonly options: readonly string[];
}

function groupMount(line: string): Mounted[] {
  const [place = '', origin = ''] = line.split(' - ');
  const [, , , root = '', mountPoint = ''] = place.split(' ');
  const [type, , options = ''] = origin.split(' ');
  if (type !== 'cgroup' && type !== 'cgroup2') return [];
  const plain = mountPoint.replaceAll(/\\(\d{3})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return [{ version: type === 'cgroup' ? 1 : 2, root, mountPoint: plain, options: options.split(',') }];
}

/** In a container only a part of the hierarchy may be mounted, and the path counts from the real root. */
function ownGroup({ root, mountPoint }: Mounted, path: string): string {
  const isBelow = root !== '/' && (path === root || path.startsWith(`${root}/`));
  return resolve(join(mountPoint, isBelow ? path.slice(root.length) : path));
}

/**
 * Plans the groups of a node below the caller's own, so that the node stays inside the caller's limits.
 *
 * @param groupsWith2 of a directory of version 2: the controllers that it hands on to its children
 * @returns what stops it, as a sentence, when the controllers are not there
 */
export function planGroups(
  all: readonly Hierarchy[],
  name: string,
  groupsWith2: (directory: string) => readonly string[] = handedOn,
): GroupPlan | string {
  const first = all.filter(({ version }) => version === 1);
  const available = first.flatMap(({ controllers }) => controllers);
  if (required.every((controller) => available.includes(controller))) return planFirst(all, name);
  const second = all.find(({ version }) => version === 2);
  const parent = second === undefined ? undefined : parentWith(second, groupsWith2);
  if (parent === undefined) {
    const missing = required.filter((controller) => !available.includes(controller));
    return second === undefined || available.length > 0
      ? `no control groups for ${missing.join(', ')} are mounted below /sys/fs/cgroup`
      : `no control group above this process hands on ${required.join(', ')} (cgroup.subtree_control)`;
  }
  const group = join(parent, name);
  return {
    version: 2,
    groups: [group],
    members: [join(group, 'node')],
    mounts: [{ directory: '.', type: 'cgroup2', options: 'rw' }],
  };
}

function planFirst(all: readonly Hierarchy[], name: string): GroupPlan {
  const groups = all.map(({ own }) => join(own, name));
  const mounts = all.map(({ version, controllers }): GroupMount => {
    if (version === 2) return { directory: 'unified', type: 'cgroup2', options: 'rw' };
    const [only = ''] = controllers;
    if (only.startsWith('name=')) {
      return { directory: only.slice('name='.length), type: 'cgroup', options: `none,${only}` };
    }
    return { directory: controllers.join(','), type: 'cgroup', options: controllers.join(',') };
  });
  return { version: 1, groups, members: groups, mounts };
}

/** A group with processes of its own cannot hand on controllers; the nearest above that does is the parent. */
function parentWith(
  { mountPoint, own }: Hierarchy,
  handsOn: (directory: string) => readonly string[],
): string | undefined {
  for (let directory = own; ; directory = dirname(directory)) {
    const controllers = handsOn(directory);
    if (required.every((controller) => controllers.includes(controller))) return directory;
    if (directory === mountPoint || directory === dirname(directory)) return undefined;
  }
}

function handedOn(directory: string): string[] {
  return words(join(directory, 'cgroup.subtree_control'));
}

function words(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
}

/** The plan of this process. */
export function planHere(name: string): GroupPlan | string {
  const read = (file: string): string => readFileSync(`/proc/self/${file}`, 'utf8');
  return planGroups(hierarchies(read('cgroup'), read('mountinfo')), name);
}

/** Why the groups of a plan cannot be made: in a container they are often mounted to be read only. Leaves none. */
export function whyNotMade({ groups }: GroupPlan): string | undefined {
  for (const group of groups) {
    try {
      mkdirSync(group);
      rmdirSync(group);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      return `none can be made in ${dirname(group)} (${code}); mount them so that they can be written to`;
    }
  }
  return undefined;
}

/** Makes the groups. A new group of cpuset holds neither processors nor memory nodes, and takes its parent's. */
export function makeGroups({ version, groups, members }: GroupPlan): void {
  for (const group of groups) {
    mkdirSync(group, { recursive: true });
    for (const file of version === 1 ? ['cpuset.cpus', 'cpuset.mems'] : []) {
      if (!existsSync(join(group, file))) continue;
      writeFileSync(join(group, file), readFileSync(join(dirname(group), file)));
      writeFileSync(join(group, 'cgroup.clone_children'), '1');
    }
  }
  if (version === 1) return;
  for (const member of members) {
    mkdirSync(member, { recursive: true });
    const parent = dirname(member);
    const controllers = words(join(parent, 'cgroup.controllers')).map((name) => `+${name}`);
    writeFileSync(join(parent, 'cgroup.subtree_control'), controllers.join(' '));
  }
}

/** The processes of a group and of all below it. */
export function processesOf(group: string): number[] {
  const own = words(join(group, 'cgroup.procs')).map(Number);
  return [...own, ...childrenOf(group).flatMap(processesOf)];
}

/** Ends what still runs in the groups and removes them. What cannot be removed in time is returned. */
export async function removeGroups(groups: readonly string[], patience = 5_000): Promise<string[]> {
  const deadline = performance.now() + patience;
  for (;;) {
    const left = groups.filter((group) => existsSync(group) && !removed(group));
    if (left.length === 0 || performance.now() > deadline) return left;
    for (const pid of new Set(left.flatMap(processesOf))) kill(pid);
    await wait(10);
  }
}

function removed(group: string): boolean {
  for (const child of childrenOf(group)) if (!removed(child)) return false;
  try {
    rmdirSync(group);
    return true;
  } catch {
    return !existsSync(group);
  }
}

function childrenOf(group: string): string[] {
  try {
    return readdirSync(group, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(group, entry.name));
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    // A group of another process namespace shows its processes as 0.
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

/** Groups that earlier runs made, anywhere below the mount points. */
export function groupsOfRuns(all: readonly Hierarchy[]): string[] {
  return [...new Set(all.map(({ mountPoint }) => mountPoint))].flatMap((root) => search(root, 8));
}

function search(directory: string, depth: number): string[] {
  return childrenOf(directory).flatMap((child) => {
    if (child.slice(directory.length + 1).startsWith(groupPrefix)) return [child];
    return depth > 0 ? search(child, depth - 1) : [];
  });
}

/** The memory that a node takes, in bytes: what its groups hold, without files that the kernel may forget at any time. */
export function memoryOf(members: readonly string[]): number {
  for (const member of members) {
    const first = number(join(member, 'memory.usage_in_bytes'));
    if (first !== undefined) return first - statistic(member, 'total_inactive_file');
    const group = dirname(member);
    const second = number(join(group, 'memory.current'));
    if (second !== undefined) return second - statistic(group, 'inactive_file');
  }
  return 0;
}

function number(file: string): number | undefined {
  const [word] = words(file);
  return word === undefined ? undefined : Number(word);
}

function statistic(group: string, name: string): number {
  const entries = words(join(group, 'memory.stat'));
  return Number(entries[entries.indexOf(name) + 1] ?? 0);
}
