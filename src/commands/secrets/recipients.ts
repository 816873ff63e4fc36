import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { ChangedRecipients } from '../../private-values/recipients.ts';
import { jsonDocument } from '../../report/printable.ts';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext, outStyle } from '../context.ts';
import { fail, failToTell } from '../fail.ts';

const parameters = {
  flags: commonFlags,
  aliases: commonAliases,
  positional: {
    kind: 'array',
    minimum: 1,
    parameter: { parse: String, brief: 'An age public key', placeholder: 'age1…' },
  },
} as const;

/** `gatehouse secrets recipients list`: the recipients of the encrypted files. */
export const listRecipient = buildCommand<CommonFlags, [], GatehouseContext>({
  docs: { brief: 'List the recipients that can decrypt the encrypted files' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  async func(flags) {
    const { listRecipients } = await import('../../private-values/recipients.ts');
    const listed = await listRecipients(resolve(this.cwd, flags.directory ?? '.'), this.environment);
    if (!listed.ok) return failToTell(this, flags, listed.problems);
    this.process.stdout.write(
      flags.json
        ? jsonDocument({ schemaVersion: 1, ok: true, recipients: listed.value })
        : listed.value
            .map(({ recipient, mine }) => `${recipient}${mine ? '  (your key is here)' : ''}\n`)
            .join(''),
    );
  },
});

/** `gatehouse secrets recipients add`: encrypts the files for more recipients. */
export const addRecipient = buildCommand<CommonFlags, string[], GatehouseContext>({
  docs: { brief: 'Let another user or cluster decrypt the encrypted files' },
  parameters,
  async func(flags, ...recipients) {
    const { addRecipients } = await import('../../private-values/recipients.ts');
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const changed = await addRecipients(directory, this.environment, recipients);
    if (!changed.ok) return fail(this, flags, changed.problems);
    report(this, flags, changed.value, 'They can decrypt all current values as soon as you have pushed.');
  },
});

/** `gatehouse secrets recipients remove`: encrypts the files with new data keys, without the removed recipients. */
export const removeRecipient = buildCommand<CommonFlags, string[], GatehouseContext>({
  docs: { brief: 'Remove recipients; they cannot decrypt new versions of the files' },
  parameters,
  async func(flags, ...recipients) {
    const { removeRecipients } = await import('../../private-values/recipients.ts');
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const changed = await removeRecipients(directory, this.environment, recipients);
    if (!changed.ok) return fail(this, flags, changed.problems);
    report(
      this,
      flags,
      changed.value,
      'The removed recipients can still decrypt the Git history. Replace passwords and tokens where they are issued,\nand generated ones with "gatehouse secrets rotate --generated NAME".',
    );
  },
});

function report(
  context: GatehouseContext,
  { json, quiet }: CommonFlags,
  { recipients, files }: ChangedRecipients,
  advice: string,
): void {
  const { stdout } = context.process;
  if (json) {
    stdout.write(jsonDocument({ schemaVersion: 1, ok: true, recipients, files }));
    return;
  }
  if (quiet) return;
  const count = `${recipients.length} ${recipients.length === 1 ? 'recipient' : 'recipients'}`;
  const written = files.map((file) => `  ${file}\n`).join('');
  stdout.write(
    outStyle(context).fit(
      `${count} now. Updated cluster.yaml, .sops.yaml and\n${written}${advice}\n\nNext: gatehouse configure\n`,
    ),
  );
}
