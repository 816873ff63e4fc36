import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isSystemError } from './fileSystem.ts';

/**
 * The holder of a lock. Process ids are reused: the start time, the boot and the process namespace distinguish two
 * processes with one id. Without `/proc`, these are `-`.
 */
export interface ProcessIdentity {
  pid: number;
  /** Start of the process in clock ticks since boot: field 22 of `/proc/PID/stat`, proc(5). */
  start: string;
  boot: string;
  /** Inode of the process namespace, which differs between containers of one machine. */
  namespace: string;
  /** A hash of the host name, which may be private. */
  host: string;
  /** Distinguishes two locks of one process. */
  nonce: string;
}

/** The running process, with a fresh nonce. */
export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    start: statusOf(process.pid)?.start ?? '-',
    boot: readOr('-', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: readOr('-', () => readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')),
    host: createHash('sha256').update(hostname()).digest('hex').slice(0, 16),
    nonce: randomBytes(8).toString('hex'),
  };
}

/** An identity as a file name. */
export function formatIdentity(identity: ProcessIdentity): string {
  const { pid, start, boot, namespace, host, nonce } = identity;
  return [pid, start, boot, namespace, host, nonce].join('_');
}

/** Parses a name of {@link formatIdentity}; undefined for any other name. */
export function parseIdentity(name: string): ProcessIdentity | undefined {
  const match =
    /^(?<pid>\d{1,10})_(?<start>\d+|-)_(?<boot>[0-9a-f-]+)_(?<namespace>\d+|-)_(?<host>[0-9a-f]{16})_(?<nonce>[0-9a-f]{16})$/.exec(
      name,
    )?.groups;
  if (match === undefined) return undefined;
  const { pid, start = '-', boot = '-', namespace = '-', host = '', nonce = '' } = match;
  return { pid: Number(pid), start, boot, namespace, host, nonce };
}

/**
 * Whether a process has certainly ended. A process on another machine, or in another container, is not visible here and
 * counts as running.
 */
export function hasEnded(identity: ProcessIdentity, here: ProcessIdentity = ownIdentity()): boolean {
  if (identity.host !== here.host) return false;
  if (identity.boot !== here.boot) return true;
  if (identity.namespace !== here.namespace) return false;
  if (here.start === '-') return !isRunning(identity.pid);
  const status = statusOf(identity.pid);
  return status === undefined || status.isZombie || status.start !== identity.start;
}

function statusOf(pid: number): { start: string; isZombie: boolean } | undefined {
  const text = readOr('', () => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the program name in parentheses, which may itself hold parentheses and blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  if (state === undefined || start === undefined) return undefined;
  return { start, isZombie: state === 'Z' || state === 'X' };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error) && error.code === 'EPERM';
  }
}

function readOr(otherwise: string, read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error)) return otherwise;
    throw error;
  }
}
