import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext } from '../context.ts';
import { fail } from '../fail.ts';
import { reportSaved } from './saved.ts';

/** `gatehouse secrets encrypt`: encrypts a plain private values file, so that Git can keep it. */
export const encrypt = buildCommand<CommonFlags, [], GatehouseContext>({
  docs: { brief: 'Encrypt a plain private values file, so that Git can keep it' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  async func(flags) {
    const { encryptPlainFile } = await import('../../private-values/editSession.ts');
    const saved = await encryptPlainFile(resolve(this.cwd, flags.directory ?? '.'), this.environment);
    if (!saved.ok) return fail(this, flags, saved.problems);
    reportSaved(this, flags, saved.value);
  },
});
