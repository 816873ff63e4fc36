import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext } from '../context.ts';
import { failToTell } from '../fail.ts';

interface Flags extends CommonFlags {
  reveal?: boolean;
}

/** `gatehouse secrets view`: what is set, masked unless the person wants to see it. */
export const view = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'List what is set; with --reveal print it in the clear' },
  parameters: {
    flags: {
      ...commonFlags,
      reveal: { kind: 'boolean', optional: true, brief: 'Print the overlay in the clear' },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const { fieldValues: overlayValues } = await import('../../private-values/fieldEdits.ts');
    const found = await overlayValues(resolve(this.cwd, flags.directory ?? '.'), this.environment);
    if (!found.ok) return failToTell(this, flags, found.problems);
    const { values, text } = found.value;
    if (flags.json) {
      const shown = flags.reveal ? values : values.map(({ value: _, ...rest }) => rest);
      this.process.stdout.write(
        `${JSON.stringify({ schemaVersion: 1, ok: true, values: shown }, null, 2)}\n`,
      );
      return;
    }
    const width = Math.max(0, ...values.map(({ field }) => field.length));
    const lines = values.map(
      ({ field, name, visibility }) =>
        `${field.padEnd(width)}  ${'•'.repeat(8)}  ${visibility}, \${${name}}\n`,
    );
    this.process.stdout.write(flags.reveal ? text : lines.join(''));
  },
});
