import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupsOfRuns, hierarchies } from './controlGroups.ts';
import { runOrFail } from './run.ts';

/** What a run could change of a machine, by what it is. */
export type MachineState = Readonly<Record<string, string>>;

/** Settings that change by themselves, or that reading would change. */
const volatile =
  /^(?:fs|debug|dev)\/|random\/|nf_conntrack_count$|ns_last_pid$|pty\/nr$|stat_refresh$|drop_caches$|compact_memory$|flush$|sched_domain/;

/** The network and the kernel's settings of this machine, to be compared with a later state. */
export async function machineState(): Promise<MachineState> {
  const state: Record<string, string> = {
    devices: readdirSync('/sys/class/net').sort().join(' '),
    addresses: await runOrFail(['ip', '-brief', 'address']),
    routes: await runOrFail(['ip', 'route', 'show', 'table', 'all']),
    'host name': readFileSync('/proc/sys/kernel/hostname', 'utf8'),
  };
  for (const setting of settingsBelow('')) {
    const value = read(join('/proc/sys', setting));
    if (value !== undefined) state[setting] = value;
  }
  return state;
}

function settingsBelow(directory: string): string[] {
  const entries = readdirSync(join('/proc/sys', directory), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return settingsBelow(path);
    return volatile.test(path) ? [] : [path];
  });
}

function read(file: string): string | undefined {
  try {
    return statSync(file).mode & 0o444 ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** What differs, one line each. */
export function differences(before: MachineState, after: MachineState): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => before[key] !== after[key])
    .map((key) => `${key}: ${before[key]?.trim() ?? 'absent'} -> ${after[key]?.trim() ?? 'absent'}`);
}

/** What is left of a run: its mounts, control groups, processes and its directory. */
export function remainsOf(run: string): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const groups = groupsOfRuns(
    hierarchies(readFileSync('/proc/self/cgroup', 'utf8'), readFileSync('/proc/self/mountinfo', 'utf8')),
  );
  return [
    ...mounts.filter((line) => line.includes(run)).map((line) => `mount ${line}`),
    ...groups.filter((group) => group.endsWith(`/${run}`)).map((group) => `control group ${group}`),
    ...readdirSync(tmpdir())
      .filter((entry) => entry === run)
      .map((entry) => `directory ${entry}`),
    ...processesOfRun(run).map((pid) => `process ${pid}`),
  ];
}

/** The processes that name the run, or whose root is below its directory; this one names it in nothing. */
function processesOfRun(run: string): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return false;
    return read(`/proc/${entry}/cmdline`)?.includes(run) === true || rootOf(entry).includes(run);
  });
}

function rootOf(pid: string): string {
  try {
    return `${readlinkSync(`/proc/${pid}/root`)} ${read(`/proc/${pid}/cgroup`)}`;
  } catch {
    return '';
  }
}
