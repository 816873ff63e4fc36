import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import {
  guardEnvironment,
  guardMountPath,
  guardScriptName,
  nasGuardScript,
} from '../../../src/components/immich/nasGuard.ts';
import { processStart } from '../../../tools/real-parts/machine.ts';
import { endProcess, isRunning, noteProcess, type ProcessRecord } from '../fixtures/scratch.ts';
import { type Ended, ended, owner, readIfThere, type TestNode } from './node.ts';
import { findProgram } from './programs.ts';

/** The shells that images bring as `sh`. */
export const shells = ['dash', 'bash', 'busybox'] as const;
export type Shell = (typeof shells)[number];

const defaultMountPath = '/data';
export const sentinelId = '6f1c2e9a4b7d8035';

/** What a pod's specification says of one container. */
export interface ContainerOptions {
  command: readonly string[];
  shell?: Shell;
  /** The hostPath; none for a container without the volume. */
  source?: string;
  /** Where the volume is mounted, and where the guard looks if not told otherwise. */
  mountPath?: string;
  library?: string;
  propagation?: 'None' | 'HostToContainer';
  readOnly?: boolean;
  fileSystems?: readonly string[];
  sentinel?: string;
  timeoutSeconds?: number;
  user?: number;
}

/** A container that was started. Its first process is that of the command, in its own process namespace. */
export interface TestContainer extends AsyncDisposable {
  /** What its first process, and who writes to that one's streams, has written. */
  log(): string;
  /** Resolves when the first process has ended. */
  end: Promise<number | null>;
  /** What an exec probe does: runs a command in the container, beside the first process. */
  exec(command: readonly string[]): Promise<Ended>;
  /** Every process in it but the first, as the kernel's line of its state. */
  processes(): Promise<string[]>;
}

/**
 * Starts a container on a node as containerd does: a missing source is made, the volume is bound recursively with
 * its propagation, and its streams are pipes that belong to its user.
 */
const start = `
set -e
read -r pid rest </proc/self/stat
mount --bind "$root" "$root"
cd "$root"
mkdir -p proc tmp guard ".$mountPath"
for system in usr bin sbin lib lib64 etc dev; do
  if [ -L "/$system" ]; then cp -P "/$system" .
  elif [ -d "/$system" ]; then mkdir "$system"; mount --rbind "/$system" "$system"; mount --make-rslave "$system"
  fi
done
mount --bind "$files" guard
mount -t tmpfs tmp tmp
chmod 1777 tmp
if [ -n "$source" ]; then
  [ -e "$source" ] || mkdir -p "$source"
  mount --rbind "$source" ".$mountPath"
  mount "--make-$flow" ".$mountPath"
  [ "$readOnly" = no ] || mount -o remount,bind,ro ".$mountPath"
fi
mount -t proc proc proc
chown "$user:$user" /proc/self/fd/1 /proc/self/fd/2
echo "$pid" >"$pidFile"
exec chroot --userspec "$user:$user" . "$@"
`;

/** Starts a container; it runs its command, or has already ended, when this resolves. */
export async function startContainer(node: TestNode, options: ContainerOptions): Promise<TestContainer> {
  const user = String(options.user ?? owner);
  const environment = containerEnvironment(options);
  const started = await spawnContainer(node, options, ['env', '-i', ...environment, ...options.command]);
  const { child, pid, logFile, end } = started;
  const first = { pid, program: 'container', start: processStart(pid) ?? 'ended' };
  const inside = ['-t', String(pid), '-m', '-p', '-r', '-w', '-S', user, '-G', user, '--', 'env', '-i'];
  const exec = async (command: readonly string[]): Promise<Ended> =>
    keepsQuiet(await ended('nsenter', [...inside, ...environment, ...command]));
  return {
    log: () => readIfThere(logFile),
    end,
    exec,
    processes: async () => (await exec(['sh', '-c', listProcesses])).output.split('\n').filter(Boolean),
    [Symbol.asyncDispose]: async () => {
      // As the first process of its namespace it would not hear a milder signal.
      if (isRunning(first)) process.kill(pid, 'SIGKILL');
      await end;
      await endProcess(node.scratch, child);
      keepsQuiet({ code: 0, output: readIfThere(logFile) });
    },
  };
}

interface SpawnedContainer {
  /** The parent of the container's first process. It ends even when something in there waits for a NAS that hangs. */
  child: ProcessRecord;
  /** The first process, by its number on the machine. */
  pid: number;
  logFile: string;
  end: Promise<number | null>;
}

async function spawnContainer(
  node: TestNode,
  options: ContainerOptions,
  command: readonly string[],
): Promise<SpawnedContainer> {
  const id = randomUUID().slice(0, 8);
  const home = join(node.scratch, `container-${id}`);
  const [pidFile, logFile, pipe] = [join(home, 'pid'), join(home, 'log'), join(home, 'pipe')];
  const root = `${node.disk}/containers/${id}`;
  const variables = {
    root,
    pidFile,
    files: guardDirectory(home, options.shell ?? 'dash'),
    source: options.source ?? '',
    mountPath: options.mountPath ?? defaultMountPath,
    flow: options.propagation === 'HostToContainer' ? 'rslave' : 'rprivate',
    readOnly: options.readOnly ? 'yes' : 'no',
    user: String(options.user ?? owner),
  };
  await node.run('mkdir -p "$root"; mkfifo "$pipe"', { root, pipe });
  // A pipe, as of a container's runtime; what Node makes for a child is a socket.
  const toLog = ['-c', 'exec cat "$0" >"$1"', pipe, logFile];
  const reader = spawn('sh', toLog, { detached: true, stdio: 'ignore' });
  const read = new Promise<void>((resolve) => reader.once('close', () => resolve()));
  const enter = ['nsenter', `--mount=/proc/${node.pid}/ns/mnt`];
  const unshare = ['unshare', '--mount', '--propagation', 'slave', '--pid', '--fork', '--kill-child'];
  const child = spawn(
    'sh',
    ['-c', 'exec "$@" >"$0" 2>&1', pipe, ...enter, ...unshare, 'sh', '-c', start, 'start', ...command],
    { detached: true, stdio: 'ignore', env: { ...process.env, ...variables } },
  );
  const noted = noteProcess(node.scratch, child.pid ?? 0, 'container');
  const end = new Promise<number | null>((resolve) => {
    child.once('close', (code) => void read.then(() => resolve(code)));
  });
  while (child.exitCode === null && rootOf(Number(readIfThere(pidFile))) !== root) await wait(5);
  const pid = Number(readIfThere(pidFile));
  if (pid === 0) throw new Error(`the container did not start: ${readIfThere(logFile)}`);
  return { child: noted, pid, logFile, end };
}

/** The root directory of a process; nothing for one that is not there, or that has ended. */
function rootOf(pid: number): string | undefined {
  try {
    return pid === 0 ? undefined : readlinkSync(`/proc/${pid}/root`);
  } catch {
    return undefined;
  }
}

/** Runs a container to its end, as an init container. */
export async function runContainer(node: TestNode, options: ContainerOptions): Promise<Ended> {
  await using container = await startContainer(node, options);
  const code = await container.end;
  return { code, output: container.log() };
}

/** Without starting anything itself. The dead whose parent has not asked for their end are listed, with the state Z. */
const listProcesses = `for one in /proc/[0-9]*; do
  case $one in /proc/1 | /proc/$$) continue ;; esac
  { read -r line <"$one/stat"; } 2>/dev/null && echo "$line"
done; :`;

/** Two things the guard must never say: where the library is on the node, and what its sentinel holds. */
export function keepsQuiet(result: Ended): Ended {
  expect(result.output).not.toContain(sentinelId);
  expect(result.output).not.toContain('/mnt/nas');
  return result;
}

function containerEnvironment(options: ContainerOptions): string[] {
  const guard = guardEnvironment({
    library: options.library ?? options.mountPath ?? defaultMountPath,
    sentinel: options.sentinel ?? sentinelId,
    fileSystems: options.fileSystems ?? ['tmpfs'],
    timeoutSeconds: options.timeoutSeconds ?? 20,
  });
  return [`PATH=${guardMountPath}/bin:/usr/bin:/bin`, ...guard.map(({ name, value }) => `${name}=${value}`)];
}

/** The ConfigMap's directory, and beside the script the shell that the image calls `sh`. */
function guardDirectory(home: string, shell: Shell): string {
  const files = join(home, 'guard');
  const sh = join(files, 'bin', 'sh');
  mkdirSync(dirname(sh), { recursive: true });
  writeFileSync(join(files, guardScriptName), nasGuardScript);
  symlinkSync(findProgram(shell) ?? shell, sh);
  return files;
}
