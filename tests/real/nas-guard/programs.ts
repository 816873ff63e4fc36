import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inject } from 'vitest';
import { realPart } from '../../../tools/real-parts/lookup.ts';
import { isPartName } from '../../../tools/real-parts/table.ts';
import { note } from '../fixtures/scratch.ts';
import { skipBecause } from '../fixtures/suite.ts';

/** Where a program is: among the real parts, or on the machine. */
export function findProgram(name: string): string | undefined {
  const part = isPartName(name) ? realPart(name) : undefined;
  if (part?.found) return part.path;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .concat('/usr/sbin', '/sbin')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
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
  if (process.platform !== 'linux') reasons.push('Linux');
  else if (process.getuid?.() !== 0)
    reasons.push('root, who may mount: run it with sudo or in a container with CAP_SYS_ADMIN');
  if (reasons.length > 0) {
    skipBecause(scratch, title, reasons);
    return;
  }
  for (const name of programs) note(scratch, 'took-part', name);
  body();
}
