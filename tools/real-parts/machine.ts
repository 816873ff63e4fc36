import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a built program depends on in addition to its recipe. */
export interface Machine {
  readonly os: NodeJS.Platform;
  readonly arch: string;
  /** Go's version as `go env GOVERSION` prints it; undefined when there is no Go. */
  readonly go: string | undefined;
}

let known: Machine | undefined;

/** This machine. Go is asked once per process. */
export function thisMachine(): Machine {
  known ??= { os: process.platform, arch: process.arch, go: askGo() };
  return known;
}

function askGo(): string | undefined {
  try {
    const answer = execFileSync('go', ['env', 'GOVERSION'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    });
    return answer.trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * When a process started, in a form that is only good for comparison; undefined when no such process runs.
 * Process ids are used again, so that a recorded id alone never proves that the process is the recorded one.
 */
export function processStart(pid: number): string | undefined {
  try {
    // Field 22 of proc(5); the name in field 2 may hold spaces and brackets, so count from its end.
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, only its parent has not looked yet.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return process.platform === 'linux' ? undefined : askPs(pid);
  }
}

function askPs(pid: number): string | undefined {
  try {
    const answer = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return answer.trim().replaceAll(/[^0-9A-Za-z]+/g, '-') || undefined;
  } catch {
    return undefined;
  }
}
