import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  exit,
  type GatehouseContext,
  outStyle,
} from './context.ts';
import { failToTell } from './fail.ts';

/** `gatehouse status`: what is left to do, from the files alone. */
export const status = buildCommand<CommonFlags, [], GatehouseContext>({
  docs: { brief: 'List what is left to do: what is missing, where to get it, and how long it takes' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  async func(flags) {
    const { readStatus } = await import('../operations/status/status.ts');
    const { reportStatus } = await import('../report/status.ts');
    const read = await readStatus(resolve(this.cwd, flags.directory ?? '.'), this.environment);
    if (!read.ok) return failToTell(this, flags, read.problems);
    const style = outStyle(this);
    const report = reportStatus(read.value, flags, style);
    this.process.stdout.write(flags.json ? report : style.fit(report));
    this.process.exitCode = read.value.left.length > 0 ? exit.found : exit.ok;
  },
});
