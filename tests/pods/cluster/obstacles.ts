import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { shellWord } from '../../../src/system/shellWord.ts';
import { groupPrefix, planHere } from './controlGroups.ts';

/** What decides whether a cluster can run on a machine. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  readonly uid: number;
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

/** What the node's layer, the images of the runtime and the pods' volumes take at the most. */
export const neededBytes = 3 * 1024 ** 3;

/** What a machine lacks to run a cluster: one sentence each, with what to do about it. Empty where nothing is missing. */
export function obstaclesOf(facts: MachineFacts): string[] {
  if (facts.platform !== 'linux')
    return [`a Linux kernel: this is ${facts.platform}; run the tests on Linux`];
  if (facts.uid !== 0) {
    return [
      `root: the runtime mounts file systems and makes control groups, and this is user ${facts.uid}; run the tests with sudo`,
    ];
  }
  const { missingPrograms, kernel, failed, groups, freeBytes, directory } = facts;
  const gibibytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);
  return [
    ...missingPrograms.map((name) => `the program ${name}: install ${packageOf(name)}`),
    ...(kernel === undefined ? [] : missingFeatures(kernel)),
    ...failed,
    ...(groups === undefined ? [] : [`control groups: ${groups}`]),
    ...(freeBytes >= neededBytes
      ? []
      : [
          `${gibibytes(neededBytes)} GiB of disk: ${directory} has ${gibibytes(freeBytes)} GiB free; set TMPDIR to a directory on another disk`,
        ]),
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
  const directory = tmpdir();
  const missingPrograms = Object.keys(programs).filter(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error !== undefined,
  );
  const isRootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;
  const plan = isRootOnLinux ? planHere(groupPrefix) : undefined;
  const { bavail, bsize } = statfsSync(directory);
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    missingPrograms,
    kernel: kernelConfiguration(),
    failed: isRootOnLinux && missingPrograms.length === 0 ? attempts(directory) : [],
    groups: typeof plan === 'string' ? plan : undefined,
    freeBytes: bavail * bsize,
    directory,
  };
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
  const scratch = mkdtempSync(join(directory, 'gatehouse-try-'));
  mkdirSync(join(scratch, 'try'));
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
