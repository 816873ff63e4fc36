import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { jsonDocument, printable } from '../../report/printable.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  errorStyle,
  type GatehouseContext,
  outStyle,
} from '../context.ts';
import { failToTell } from '../fail.ts';

interface Flags extends CommonFlags {
  reveal?: boolean;
}

/** `gatehouse secrets view`: the private values, masked unless `--reveal` is set. */
export const view = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'List the private values that are set; with --reveal print them in the clear' },
  parameters: {
    flags: {
      ...commonFlags,
      reveal: { kind: 'boolean', optional: true, brief: 'Print the private values file in the clear' },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const { fieldValues } = await import('../../private-values/fieldEdits.ts');
    const found = await fieldValues(resolve(this.cwd, flags.directory ?? '.'), this.environment);
    if (!found.ok) return failToTell(this, flags, found.problems);
    const { values, text } = found.value;
    const { missingValues } = await import('../../operations/status/missingValues.ts');
    const missing = missingValues(found.value.missing) ?? [];
    if (flags.json) {
      const shown = flags.reveal ? values : values.map(({ value: _, ...rest }) => rest);
      this.process.stdout.write(jsonDocument({ schemaVersion: 1, ok: true, values: shown, missing }));
      return;
    }
    const width = Math.max(0, ...[...values, ...missing].map(({ field }) => field.length));
    const lines = values.map(
      ({ field, name, visibility }) =>
        `${field.padEnd(width)}  ${'•'.repeat(8)}  ${visibility}, \${${name}}\n`,
    );
    this.process.stdout.write(flags.reveal ? text : outStyle(this).fit(lines.join('')));
    if (flags.quiet) return;
    const absent = missing.map(({ field, source, command }) =>
      printable(`${field.padEnd(width)}  missing   ${source}${command ? ` (${command})` : ''}`),
    );
    this.process.stderr.write(errorStyle(this).fit(absent.map((line) => `${line}\n`).join('')));
  },
});
