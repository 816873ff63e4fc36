import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Upgrade } from '../operations/upgrade/upgrade.ts';
import { optimiseLate } from '../system/lateOptimisation.ts';
import { version } from '../version.ts';
import { type RenderingFlags, renderingBy, renderingFlags } from './checkFlags.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  type Exit,
  exit,
  exitFor,
  type GatehouseContext,
  outStyle,
} from './context.ts';
import { failToTell } from './fail.ts';
import { progressOn } from './progress.ts';

interface Flags extends CommonFlags, RenderingFlags {
  verbose?: boolean;
  write?: boolean;
}

/** `gatehouse upgrade`: what this version would change in a running cluster. It writes `cluster.yaml` alone, with `--write`. */
export const upgrade = buildCommand<Flags, [], GatehouseContext>({
  docs: {
    brief: 'Say what this version would change in the repository and in what runs, by risk',
  },
  parameters: {
    flags: {
      ...commonFlags,
      verbose: { kind: 'boolean', optional: true, brief: 'Name also what changes nothing that runs' },
      write: {
        kind: 'boolean',
        optional: true,
        brief: 'Write cluster.yaml in the newest format, and nothing else',
      },
      ...renderingFlags,
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const operation = await import('../operations/upgrade/upgrade.ts');
    optimiseLate(process.versions.node);
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const watcher = progressOn(this, flags);
    const { rendering } = renderingBy(flags, (path) => resolve(directory, path));
    const found = await operation.upgrade(directory, this.environment, watcher, rendering);
    watcher.done();
    if (!found.ok) return failToTell(this, flags, found.problems);
    const { format } = found.value;
    const { writeFormat } = await import('../operations/upgrade/formatChange.ts');
    const written = format && flags.write ? await writeFormat(directory, format) : undefined;
    if (written?.ok === false) return failToTell(this, flags, written.problems);
    const { reportUpgrade } = await import('../report/upgrade.ts');
    const options = { ...flags, version, written: written !== undefined };
    this.process.stdout.write(reportUpgrade(found.value, options, outStyle(this)));
    this.process.exitCode = exitOf(found.value);
  },
});

/** A change counts first, and then what could not be compared. */
function exitOf({ prepared: { difference, unknown }, format, running, changes }: Upgrade): Exit {
  const isRecorded = difference.record.before !== undefined;
  const differs = difference.changes.length + difference.conflicts.length + changes.length > 0;
  if (differs || format !== undefined || !isRecorded) return exit.found;
  return exitFor([...unknown, ...(running?.unknown ?? [])]);
}
