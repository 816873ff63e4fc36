import { execFile } from 'node:child_process';
import type { Environment } from '../../system/environment.ts';
import { executableOn } from '../../system/executable.ts';
import { oneLine } from '../oneLine.ts';
import type { TalosAccessForms } from './machineConfig.ts';

/** The nodes of Talos, as `talosctl` reaches them. */
export interface TalosNodes {
  /** Who may call the Talos API on a node. Each node is asked once. */
  readonly access: (address: string) => Promise<TalosAccessForms | { why: string }>;
}

/** How long `talosctl` may take for a node, in milliseconds. */
const patience = 15_000;

/** Asks nodes with the program `talosctl` and the user's talosconfig; undefined where it is not installed. */
export function talosNodes({ env, platform }: Environment): TalosNodes | undefined {
  const program = executableOn(env['PATH'] ?? '', platform === 'win32' ? 'talosctl.exe' : 'talosctl');
  if (program === undefined) return undefined;
  const asked = new Map<string, ReturnType<TalosNodes['access']>>();
  return {
    access: (address) => {
      const known = asked.get(address) ?? accessOn(program, address, env);
      asked.set(address, known);
      return known;
    },
  };
}

async function accessOn(
  program: string,
  address: string,
  env: Environment['env'],
): ReturnType<TalosNodes['access']> {
  const ran = await run(program, ['-n', address, 'get', 'machineconfig', 'v1alpha1', '-o', 'yaml'], env);
  if ('why' in ran) return ran;
  const { accessIn } = await import('./machineConfig.ts');
  return accessIn(ran.output) ?? { why: 'talosctl printed no machine configuration' };
}

function run(
  program: string,
  parameters: readonly string[],
  env: Environment['env'],
): Promise<{ output: string } | { why: string }> {
  const options = {
    env: { ...env },
    timeout: patience,
    killSignal: 'SIGKILL',
    maxBuffer: 16 * 1024 * 1024,
  } as const;
  return new Promise((resolve) => {
    const child = execFile(program, [...parameters], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ output: stdout });
      if (error.killed === true)
        return resolve({ why: `talosctl gave no answer within ${patience / 1000} s` });
      const last = stderr.trimEnd().split('\n').at(-1) ?? '';
      // Long words may be keys.
      const said = oneLine(last.replace(/[\w+/=~-]{40,}/g, '…'));
      resolve({
        why: `talosctl failed (${String(error.code ?? 'unknown')})${said === '' ? '' : `: ${said}`}`,
      });
    });
    child.stdin?.end();
  });
}
