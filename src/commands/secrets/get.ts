import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { jsonDocument } from '../../report/printable.ts';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext } from '../context.ts';
import { failToTell } from '../fail.ts';

/** `gatehouse secrets get FIELD`: prints one value in the clear. */
export const get = buildCommand<CommonFlags, [string], GatehouseContext>({
  docs: { brief: 'Print one private value or secret in the clear' },
  parameters: {
    flags: commonFlags,
    aliases: commonAliases,
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A field such as immich.host', placeholder: 'FIELD' }],
    },
  },
  async func(flags, field) {
    const { getField } = await import('../../private-values/fieldEdits.ts');
    const found = await getField(resolve(this.cwd, flags.directory ?? '.'), this.environment, field);
    if (!found.ok) return failToTell(this, flags, found.problems);
    this.process.stdout.write(
      flags.json
        ? jsonDocument({ schemaVersion: 1, ok: true, field, values: found.value })
        : `${found.value.join('\n')}\n`,
    );
  },
});
