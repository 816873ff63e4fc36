import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { workOn } from '../operations/status/components.ts';
import type { Status } from '../operations/status/status.ts';
import type { WrittenDocument } from '../operations/status/writeDocument.ts';
import { optimiseLate } from '../system/lateOptimisation.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  type Exit,
  exit,
  type GatehouseContext,
  outStyle,
} from './context.ts';
import { fail, failToTell } from './fail.ts';

interface Flags extends CommonFlags {
  write?: boolean;
  accept?: 'theirs';
}

/** `gatehouse status`: what is left to do, and how far each component has come, without asking the cluster. */
export const status = buildCommand<Flags, [], GatehouseContext>({
  docs: {
    brief:
      'List broken promises, what is left to do and how long it takes, and how far each component has come',
  },
  parameters: {
    flags: {
      ...commonFlags,
      write: {
        kind: 'boolean',
        optional: true,
        brief: 'Keep docs/remaining-work.md too, which lists what is left under fixed headings',
      },
      accept: {
        kind: 'enum',
        values: ['theirs'],
        optional: true,
        brief: 'With --write: replace what was changed by hand in it, outside of your notes and the log',
      },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const { readStatus } = await import('../operations/status/status.ts');
    const { reportStatus } = await import('../report/status.ts');
    optimiseLate(process.versions.node);
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const read = await readStatus(directory, this.environment);
    if (!read.ok) return failToTell(this, flags, read.problems);
    const written = flags.write ? await writeRemaining(this, flags, directory, read.value) : undefined;
    if (written === 'failed') return;
    const style = outStyle(this);
    const report = reportStatus(read.value, { ...flags, document: written }, style);
    this.process.stdout.write(flags.json ? report : style.fit(report));
    this.process.exitCode = exitOf(read.value);
  },
});

async function writeRemaining(
  context: GatehouseContext,
  flags: Flags,
  directory: string,
  read: Status,
): Promise<WrittenDocument | 'failed'> {
  const { writeDocument } = await import('../operations/status/writeDocument.ts');
  const { printable } = await import('../report/printable.ts');
  const options = { now: context.environment.now(), printable, replace: flags.accept === 'theirs' };
  const written = await writeDocument(directory, read, options);
  if (written.ok) return written.value;
  fail(context, flags, written.problems);
  return 'failed';
}

/** While anything is left it counts as found; what only a look at the cluster can tell is unknown. */
function exitOf({ left, broken, components }: Status): Exit {
  const work = components.map(workOn);
  if (left.length + broken.length > 0 || work.includes('something')) return exit.found;
  return work.includes('verification') ? exit.unknown : exit.ok;
}
