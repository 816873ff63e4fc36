import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Regenerated } from '../../private-values/generate.ts';
import { jsonDocument } from '../../report/printable.ts';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext, outStyle } from '../context.ts';
import { fail } from '../fail.ts';

interface Flags extends CommonFlags {
  generated?: string;
}

/** `gatehouse secrets rotate`: new data keys for all encrypted files, or a new value for a generated secret. */
export const rotate = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'Encrypt all files with new data keys, or generate a new value for a generated secret' },
  parameters: {
    flags: {
      ...commonFlags,
      generated: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'Generate a new value for this Secret, and print what must restart',
        placeholder: 'NAME',
      },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    if (flags.generated !== undefined) return remake(this, flags, flags.generated);
    const { rotateFiles } = await import('../../private-values/recipients.ts');
    const rotated = await rotateFiles(resolve(this.cwd, flags.directory ?? '.'), this.environment);
    if (!rotated.ok) return fail(this, flags, rotated.problems);
    const { files } = rotated.value;
    if (flags.json) this.process.stdout.write(jsonDocument({ schemaVersion: 1, ok: true, files }));
    else if (!flags.quiet)
      this.process.stdout.write(
        `${files.length} files have new data keys.\n${files.map((file) => `  ${file}\n`).join('')}`,
      );
  },
});

async function remake(context: GatehouseContext, flags: Flags, name: string): Promise<void> {
  const { openConfiguration } = await import('../../private-values/configuration.ts');
  const { regenerateSecret: remakeSecret } = await import('../../private-values/generate.ts');
  const directory = resolve(context.cwd, flags.directory ?? '.');
  const opened = await openConfiguration(directory, context.environment);
  if (!opened.ok) return fail(context, flags, opened.problems);
  const remade = await remakeSecret(opened.value, context.environment, name);
  if (!remade.ok) return fail(context, flags, remade.problems);
  const { stdout } = context.process;
  if (flags.json) stdout.write(jsonDocument({ schemaVersion: 1, ok: true, ...remade.value }));
  else if (!flags.quiet) stdout.write(outStyle(context).fit(whatNext(remade.value)));
}

function whatNext({ name, namespace, fields, usedBy, replacing }: Regenerated): string {
  // Whatever keeps the old value needs a step by hand, so that configure asks for consent.
  const allowed = replacing === undefined ? '' : ` --allow-removal secret/${namespace}/${name}`;
  return [
    `${name} has a new value, encrypted in cluster.private.sops.yaml (gatehouse secrets get ${fields.join(' ')}).`,
    '',
    `1. gatehouse configure${allowed}, commit and push: Flux delivers it.`,
    ...(replacing === undefined ? [] : [`2. ${replacing}`]),
    ...(usedBy.length === 0
      ? []
      : [
          `${replacing === undefined ? '2' : '3'}. kubectl -n ${namespace} rollout restart ${usedBy.join(' ')}`,
        ]),
    '',
  ].join('\n');
}
