import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, exit, type GatehouseContext } from './context.ts';
import { fail } from './fail.ts';

interface Flags extends CommonFlags {
  local?: boolean;
}

/** `gatehouse docs --local`: the operator documents with every private value filled in. */
export const docs = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'Write the operator documents with your own values to docs/local/, which Git ignores' },
  parameters: {
    flags: {
      ...commonFlags,
      local: {
        kind: 'boolean',
        optional: true,
        brief: 'Fill in the private values; the copy without them is written by configure',
      },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    if (!flags.local) {
      this.process.stderr.write(
        'The documents without private values are in docs/, written by "gatehouse configure".\nWith your own values: gatehouse docs --local\n',
      );
      this.process.exitCode = exit.invalid;
      return;
    }
    const { writeLocalDocuments } = await import('../workspace/localDocuments.ts');
    const written = await writeLocalDocuments(resolve(this.cwd, flags.directory ?? '.'), this.surroundings);
    if (!written.ok) return fail(this, flags, written.problems);
    if (flags.json)
      this.process.stdout.write(
        `${JSON.stringify({ schemaVersion: 1, ok: true, ...written.value }, null, 2)}\n`,
      );
    else if (!flags.quiet)
      this.process.stdout.write(
        `${written.value.files.length} documents with your own values are in docs/local/. Git ignores them.\n`,
      );
  },
});
