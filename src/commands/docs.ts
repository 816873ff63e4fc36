import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext } from './context.ts';
import { fail } from './fail.ts';
import { asksForLocal, localFlag, reportCopy } from './localCopy.ts';

interface Flags extends CommonFlags {
  local?: boolean;
}

/** `gatehouse docs --local`: the operator documents with the private values filled in. */
export const docs = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'Write the operator documents with your private values to docs/local/, which Git ignores' },
  parameters: {
    flags: {
      ...commonFlags,
      local: localFlag('the documents without them are'),
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const otherwise =
      'The documents without private values are in docs/; "gatehouse configure" writes them.\nTo get them with your private values, run: gatehouse docs --local\n';
    if (!asksForLocal(this, flags, otherwise)) return;
    const { writeLocalDocuments } = await import('../operations/docs/localDocuments.ts');
    const written = await writeLocalDocuments(resolve(this.cwd, flags.directory ?? '.'), this.environment);
    if (!written.ok) return fail(this, flags, written.problems);
    const text = `${written.value.files.length} documents with your private values are in docs/local/. Git ignores them.\n`;
    reportCopy(this, flags, written.value, text);
  },
});
