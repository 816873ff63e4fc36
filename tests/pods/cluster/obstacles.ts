import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { shellWord } from '../../../src/system/shellWord.ts';
import { processStart } from '../../../tools/real-parts/machine.ts';
import { planHere, whyNotMade } from './controlGroups.ts';
import { runOf } from './runDirectory.ts';

/** What decides whether a cluster can run on a machine. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  readonly uid: number;
  /** Root is only root of a user namespace. */
  readonly isInUserNamespace: boolean;
  /** Capabilities that this process does not have. */
  readonly missingRights: readonly string[];
  /** Programs of the machine that are not installed. */
  readonly missingPrograms: readonly string[];
  /** What the kernel was built with, as its `.config`; undefined where the machine does not say. */
  readonly kernel: string | undefined;
  /** What was tried in namespaces that are gone again, and failed. */
  readonly failed: readonly string[];
  /** Why no control groups can be made. */
  readonly groups: string | undefined;
  readonly freeBytes: number;
  /** Where they are free. */
  readonly directory: string;
}

/** The programs of the machine that make the namespaces, and those who they come from. */
const programs = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  mount: 'util-linux',
  umount: 'util-linux',
  pivot_root: 'util-linux',
  setpriv: 'util-linux',
  ip: 'iproute2',
} as const;

/** What the kernel must have, and who needs it. A module is as good: the kernel loads it when it is asked for. */
const features = {
  UTS_NS: 'the node',
  IPC_NS: 'the node',
  PID_NS: 'the node',
  NET_NS: 'the node',
  POSIX_MQUEUE: 'the node',
  OVERLAY_FS: 'containerd',
  SECCOMP_FILTER: 'containerd',
  MEMCG: 'kubelet',
  CGROUP_PIDS: 'kubelet',
  CGROUP_DEVICE: 'kubelet',
  CFS_BANDWIDTH: 'kubelet',
  VETH: 'the network of pods',
  BRIDGE: 'the network of pods',
  BRIDGE_NETFILTER: 'network policies',
  NF_TABLES: 'iptables',
  NFT_COMPAT: 'iptables',
  NF_CONNTRACK: 'kube-proxy',
  NF_NAT: 'kube-proxy',
  NETFILTER_XT_MARK: 'kube-proxy',
  NETFILTER_XT_NAT: 'kube-proxy',
  NETFILTER_XT_TARGET_MASQUERADE: 'kube-proxy',
  NETFILTER_XT_MATCH_ADDRTYPE: 'kube-proxy',
  NETFILTER_XT_MATCH_COMMENT: 'kube-proxy',
  NETFILTER_XT_MATCH_CONNTRACK: 'kube-proxy',
  NETFILTER_XT_MATCH_STATISTIC: 'kube-proxy',
  IP_NF_TARGET_REJECT: 'network policies',
  IP_SET: 'network policies',
  IP_SET_HASH_IP: 'network policies',
  IP_SET_HASH_NET: 'network policies',
  NETFILTER_XT_SET: 'network policies',
} as const;

/** The capabilities that the run needs (unshare(2), nsenter(1)) or hands on to containers, by their bits in capabilities(7). */
const rights = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_MKNOD: 27,
  CAP_AUDIT_WRITE: 29,
  CAP_SETFCAP: 31,
} as const;

/** The capabilities that a process lacks, from the text of its `/proc/PID/status`. */
export function rightsMissingIn(status: string): string[] {
  const [, mask] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  if (mask === undefined) return [];
  const held = BigInt(`0x${mask}`);
  return Object.entries(rights)
    .filter(([, bit]) => ((held >> BigInt(bit)) & 1n) === 0n)
    .map(([name]) => name);
}

/** Whether users are those of a user namespace, from the text of `/proc/PID/uid_map` (user_namespaces(7)). */
export function mapsUsers(map: string): boolean {
  return map.trim() !== '' && map.trim().split(/\s+/).join(' ') !== '0 0 4294967295';
}

/** The path of a socket has 107 bytes (unix(7)); the directory of a run and the name of its socket take up to 46. */
const longestDirectory = 61;

/** What the node's layer, the images of the runtime and the pods' volumes take at the most. */
export const neededBytes = 3 * 1024 ** 3;

/** A number of bytes as a text, without its unit. */
export const gibibytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);

/** What a machine lacks to run a cluster: one sentence each, with what to do about it. Empty where nothing is missing. */
export function obstaclesOf(facts: MachineFacts): string[] {
  if (facts.platform !== 'linux')
    return [`a Linux kernel: this is ${facts.platform}; run the tests on Linux`];
  if (facts.uid !== 0) {
    return [
      `root: the runtime mounts file systems and makes control groups, and this is user ${facts.uid}; run the command with sudo -E env "PATH=$PATH", so that it finds Go and the cache of programs`,
    ];
  }
  if (facts.isInUserNamespace) {
    return [
      'root of the machine: this is root of a user namespace, who may not mount what the node needs; run the command outside of it',
    ];
  }
  const { missingRights, missingPrograms, kernel, failed, groups, freeBytes, directory } = facts;
  return [
    ...(missingRights.length === 0
      ? []
      : [
          `the rights ${missingRights.join(', ')}, which root does not have here: run the command outside of the container, or give them to it`,
        ]),
    ...missingPrograms.map((name) => `the program ${name}: install ${packageOf(name)}`),
    ...(kernel === undefined ? [] : missingFeatures(kernel)),
    ...failed,
    ...(groups === undefined ? [] : [`control groups: ${groups}`]),
    ...obstaclesOfPath(directory),
    ...(freeBytes >= neededBytes
      ? []
      : [
          `${gibibytes(neededBytes)} GiB of disk: ${directory} has ${gibibytes(freeBytes)} GiB free; set TMPDIR to a directory on another disk`,
        ]),
  ];
}

function obstaclesOfPath(directory: string): string[] {
  if (/[\s,:"'\\]/.test(directory)) {
    return [
      `a plain path: TMPDIR is ${JSON.stringify(directory)}, and mount and ip cannot read it; set it to a path without spaces, commas, colons, quotes and backslashes`,
    ];
  }
  const bytes = Buffer.byteLength(directory);
  if (bytes <= longestDirectory) return [];
  return [
    `a shorter path: sockets are below TMPDIR, which has ${bytes} bytes; set it to a path of at most ${longestDirectory}`,
  ];
}

function packageOf(program: string): string {
  return Object.entries(programs).find(([name]) => name === program)?.[1] ?? program;
}

function missingFeatures(kernel: string): string[] {
  const built = new Set([...kernel.matchAll(/^CONFIG_(\w+)=[ym]$/gm)].map(([, name]) => name));
  return Object.entries(features)
    .filter(([name]) => !built.has(name))
    .map(([name, who]) => `the kernel feature CONFIG_${name}, for ${who}: use a kernel that has it`);
}

/** The facts of this machine. Everything that is tried is tried in namespaces that end with the try. */
export function machineFacts(): MachineFacts {
  const directory = resolve(tmpdir());
  const missingPrograms = Object.keys(programs).filter(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error !== undefined,
  );
  const isRootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;
  const missingRights = isRootOnLinux ? rightsMissingIn(readFileSync('/proc/self/status', 'utf8')) : [];
  const isInUserNamespace = isRootOnLinux && mapsUsers(readFileSync('/proc/self/uid_map', 'utf8'));
  const mayTry = isRootOnLinux && !isInUserNamespace && missingRights.length === 0;
  const { bavail, bsize } = statfsSync(directory);
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    isInUserNamespace,
    missingRights,
    missingPrograms,
    kernel: kernelConfiguration(),
    failed:
      mayTry && missingPrograms.length === 0 && obstaclesOfPath(directory).length === 0
        ? attempts(directory)
        : [],
    groups: mayTry ? whyNoGroups() : undefined,
    freeBytes: bavail * bsize,
    directory,
  };
}

/** The name of what is tried. A later run removes what a killed one has left of it. */
function nameOfTry(): string {
  return runOf(process.pid, processStart(process.pid) ?? '0', 0);
}

function whyNoGroups(): string | undefined {
  const plan = planHere(nameOfTry());
  return typeof plan === 'string' ? plan : whyNotMade(plan);
}

function kernelConfiguration(): string | undefined {
  try {
    return gunzipSync(readFileSync('/proc/config.gz')).toString();
  } catch {
    try {
      return readFileSync(`/boot/config-${release()}`, 'utf8');
    } catch {
      return undefined;
    }
  }
}

/** What is tried, by the words that say what is missing when it fails. */
const tries: readonly (readonly [missing: string, command: string])[] = [
  ['the right to mount (CAP_SYS_ADMIN)', 'mount -t tmpfs none /mnt'],
  [
    'a directory for an overlay file system: the one below TMPDIR cannot hold one',
    'mkdir "$0/lower" "$0/upper" "$0/work" "$0/root" && mount -t overlay -o "lowerdir=$0/lower,upperdir=$0/upper,workdir=$0/work" try "$0/root"',
  ],
  ['the right to make network devices (CAP_NET_ADMIN)', 'ip link set lo up'],
  ['virtual network devices (CONFIG_VETH)', 'ip link add one type veth peer name other'],
  ['bridges (CONFIG_BRIDGE)', 'ip link add bridge0 type bridge'],
  ['filters on bridges (CONFIG_BRIDGE_NETFILTER)', 'test -e /proc/sys/net/bridge/bridge-nf-call-iptables'],
];

function attempts(directory: string): string[] {
  const scratch = join(directory, nameOfTry());
  try {
    // Each by itself: with `recursive` a file system that is read only shows as ENOENT.
    mkdirSync(scratch);
    mkdirSync(join(scratch, 'try'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`a directory that can be written to: ${reason}; set TMPDIR to another one`];
  }
  const script = tries.map(([missing, command]) => `{ ${command}; } >/dev/null 2>&1 || ${failure(missing)}`);
  const isolated = [
    '--mount',
    '--net',
    '--pid',
    '--ipc',
    '--uts',
    '--cgroup',
    '--fork',
    '--kill-child',
    '--propagation',
    'private',
  ];
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    [...isolated, 'sh', '-c', script.join('\n'), join(scratch, 'try')],
    { encoding: 'utf8', timeout: 10_000 },
  );
  rmSync(scratch, { recursive: true, force: true });
  const failed = stdout.split('\n').filter(Boolean);
  if (status === 0 || failed.length > 0) return failed;
  return [`the right to make namespaces: ${stderr.trim() || 'unshare failed'}`];
}

/** Without a right nothing after it can be tried. */
function failure(missing: string): string {
  return `{ echo ${shellWord(missing)}${missing.startsWith('the right') ? '; exit' : ''}; }`;
}
