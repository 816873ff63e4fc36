import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { inject } from 'vitest';
import { executableOn } from '../../../src/system/executable.ts';
import { realPart } from '../../../tools/real-parts/lookup.ts';
import { isPartName } from '../../../tools/real-parts/table.ts';
import { note } from '../fixtures/scratch.ts';
import { skipBecause } from '../fixtures/suite.ts';

/** Where a program is: among the real parts, or on the machine. */
export function findProgram(name: string): string | undefined {
  const part = isPartName(name) ? realPart(name) : undefined;
  if (part?.found) return part.path;
  return executableOn([process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter), name);
}

function mayMount(): boolean {
  const attempt = 'mount -t ramfs none /mnt';
  return spawnSync('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', attempt]).status === 0;
}

/**
 * A group of tests that mounts file systems in namespaces of its own. Without root or the programs it is skipped,
 * and the run says why; with `CI=true` it fails.
 */
export function mountSuite(title: string, programs: readonly string[], body: () => void): void {
  const scratch = inject('realScratch');
  const needed = ['unshare', 'nsenter', 'mount', 'chroot', ...programs];
  const reasons = needed
    .filter((name) => findProgram(name) === undefined)
    .map((name) => `the program ${name}: install the package of that name, or util-linux`);
  if (!mayMount()) reasons.push('the right to mount: root on Linux, in a container CAP_SYS_ADMIN');
  if (programs.includes('bindfs') && !existsSync('/dev/fuse')) reasons.push('/dev/fuse');
  if (reasons.length > 0) {
    skipBecause(scratch, title, reasons);
    return;
  }
  for (const name of programs) note(scratch, 'took-part', name);
  body();
}
