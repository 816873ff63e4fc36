import type { Container } from '../../kubernetes/types.ts';
import { type GuardFailure, guardScriptText } from './nasGuardScript.ts';

/** Where the script is mounted in every container that uses it. */
export const guardMountPath = '/guard';
export const guardScriptName = 'nas-guard.sh';

/** The file on the NAS that holds the library's id. A file of that name alone could be on any disk. */
export const sentinelFile = '.gatehouse-library';

/** One failure of the guard: what is in the log, what the pod looks like, and what to do. */
export interface GuardSignal extends GuardFailure {
  /** The pod, when the signal comes before the start and while it runs. */
  podState: { atStart: string; running: string };
  remedy: string;
}

const refused = '`Init:Error`, then `Init:CrashLoopBackOff`; a container that restarts: `CrashLoopBackOff`';
const unready = '`Running`, 0 ready; the container is restarted after three failed liveness probes';

/**
 * What the guard says and how it ends. Each is in the log as `NAS_GUARD: <signal>: <means>`, with a detail in
 * brackets where there is one: the type of file system found, the seconds waited. Neither the library's path nor
 * the sentinel's id is ever printed. The numbers are 64 (usage, as in sysexits.h) and a range of our own.
 */
export const guardSignals: readonly GuardSignal[] = [
  {
    signal: 'not-mounted',
    exit: 10,
    means: 'nothing is mounted where the library should be',
    podState: { atStart: refused, running: unready },
    remedy:
      'Mount the NAS on the node; name the real path, not a link to it. In a pod: the volume of the library is missing from the container.',
  },
  {
    signal: 'wrong-filesystem',
    exit: 11,
    means: 'the library lies on a file system that is not the NAS',
    podState: {
      atStart: `\`Init:0/1\` with the event \`FailedMount\` while the directory is missing on the node; where it exists on the node’s own disk: ${refused}`,
      running: unready,
    },
    remedy:
      'The bracket names the type that was found: the node’s own disk (ext4, xfs, btrfs) means that the NAS is not mounted on the node. Mount it. If the NAS is attached in another way, add its type to `immich.library.fileSystems`.',
  },
  {
    signal: 'sentinel-missing',
    exit: 12,
    means: 'the library has no sentinel',
    podState: { atStart: refused, running: unready },
    remedy:
      'Look whether the right directory of the right share is mounted. If it is, and this is the first start, write the sentinel with the command of the quickstart.',
  },
  {
    signal: 'sentinel-mismatch',
    exit: 13,
    means: 'the sentinel holds another id, so this is the library of somebody else',
    podState: { atStart: refused, running: unready },
    remedy:
      'Mount the share that belongs to this cluster. If this is the right one, set `immich.library.sentinel` to the id that it holds; the guard never overwrites one.',
  },
  {
    signal: 'timeout',
    exit: 14,
    means: 'the NAS does not answer',
    podState: {
      atStart: `mostly \`Init:0/1\` without an event, and no line of the guard, since the kubelet waits for the NAS first; where it does not: ${refused}`,
      running:
        '`Running`, 0 ready, then killed after three failed liveness probes; processes that wait for the NAS cannot be killed, so that the pod may say `Running` for minutes more, and then `CreateContainerError` until the NAS answers',
    },
    remedy: 'Bring the NAS or the network back. Nothing has to be done in the cluster afterwards.',
  },
  {
    signal: 'read-only',
    exit: 15,
    means: 'the library cannot be written',
    podState: {
      atStart: refused,
      running: `${unready} (while it runs, only a mount that is read-only is noticed)`,
    },
    remedy:
      'With the bracket “mounted so”, mount the share read-write. Without it, the directory on the NAS is full or does not belong to `immich.library.uid` and `gid`.',
  },
  {
    signal: 'unreadable',
    exit: 16,
    means: 'the NAS is there but the library cannot be opened',
    podState: { atStart: refused, running: unready },
    remedy:
      'The directory is missing on the NAS, may not be entered by `immich.library.uid`, or the mount is stale: mount it again on the node.',
  },
  {
    signal: 'misconfigured',
    exit: 64,
    means: 'the guard was started in a way that it does not understand',
    podState: { atStart: refused, running: unready },
    remedy:
      'The bracket says what is wrong. The manifests of Gatehouse do not do this: compare them with `gatehouse configure --diff`.',
  },
];

/**
 * Keeps Immich from writing where the NAS is not. One script for the init container, the start command and the
 * probes: a mount can go while the pod runs, and after a crash kubelet starts the container on whatever is there
 * without running init containers again.
 *
 * It asks the kernel for the type of file system behind the library (`mountpoint` says yes for every volume), then
 * opens the directory and asks on which mount it really is, and reads the sentinel from there. A check that hangs is
 * left behind; while one is overdue, no other is started.
 */
export const nasGuardScript = guardScriptText(guardSignals);

/** What the script reads from its environment. */
export const guardVariable = {
  library: 'NAS_GUARD_LIBRARY',
  sentinelFile: 'NAS_GUARD_SENTINEL',
  sentinelId: 'NAS_GUARD_ID',
  fileSystems: 'NAS_GUARD_FILE_SYSTEMS',
  seconds: 'NAS_GUARD_SECONDS',
  /** A directory on a local disk or in memory that outlives a probe; `/tmp` where it is not set. */
  state: 'NAS_GUARD_STATE',
} as const;

interface GuardSettings {
  /** Where the library is mounted in the container. */
  library: string;
  /** The id that the sentinel holds. */
  sentinel: string;
  fileSystems: readonly string[];
  /** How long the NAS may take, 1 to 999 seconds. */
  timeoutSeconds: number;
}

/** The guard's part of a container's environment: init container and main container need the same. */
export function guardEnvironment(settings: GuardSettings): NonNullable<Container['env']> {
  return [
    { name: guardVariable.library, value: settings.library },
    { name: guardVariable.sentinelFile, value: sentinelFile },
    { name: guardVariable.sentinelId, value: settings.sentinel },
    { name: guardVariable.fileSystems, value: settings.fileSystems.join(' ') },
    { name: guardVariable.seconds, value: String(settings.timeoutSeconds) },
  ];
}

const script = ['sh', `${guardMountPath}/${guardScriptName}`];

/** The command of an init container: it ends well only where the NAS is and can be written. */
export const guardedInit = (): string[] => [...script, 'check'];

/**
 * The guard in front of a start command, which it becomes.
 *
 * @param command the image's own entrypoint and arguments: `command` of a container replaces both
 */
export const guardedStart = (command: readonly string[]): string[] => [...script, 'start', ...command];

/**
 * The guard in front of a probe's own command: both must be content. For liveness as well as readiness, since a
 * pod that is not ready still runs its background jobs.
 *
 * @param command must limit its own time, as `curl --max-time 5` does; without one only the guard probes
 */
export const guardedProbe = (command: readonly string[] = []): string[] => [...script, 'probe', ...command];

/**
 * The `timeoutSeconds` of a guarded probe: the guard's own patience, the command's, and two for starting both on a
 * busy node. When kubelet is the first to lose patience, the signal is lost.
 */
export function guardedProbeSeconds(guardSeconds: number, commandSeconds: number): number {
  return guardSeconds + commandSeconds + 2;
}
