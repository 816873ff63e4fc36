import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext } from '../context.ts';
import { fail } from '../fail.ts';

/** `gatehouse secrets rotate`: new data keys for everything that is encrypted. */
export const rotate = buildCommand<CommonFlags, [], GatehouseContext>({
  docs: { brief: 'Encrypt everything anew, under new data keys' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  async func(flags) {
    const { rotateFiles } = await import('../../workspace/recipients.ts');
    const rotated = await rotateFiles(resolve(this.cwd, flags.directory ?? '.'), this.surroundings);
    if (!rotated.ok) return fail(this, flags, rotated.problems);
    const { files } = rotated.value;
    if (flags.json)
      this.process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ok: true, files }, null, 2)}\n`);
    else if (!flags.quiet)
      this.process.stdout.write(
        `${files.length} files have new data keys.\n${files.map((file) => `  ${file}\n`).join('')}`,
      );
  },
});
