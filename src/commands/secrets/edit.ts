import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { AskAbout } from '../../operations/secrets/edit.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  errorStyle,
  type GatehouseContext,
} from '../context.ts';
import { fail } from '../fail.ts';
import { asked } from '../prompts.ts';
import { reportSaved } from './saved.ts';

/** `gatehouse secrets edit`: opens the private values file in an editor, decrypted in memory only. */
export const edit = buildCommand<CommonFlags, [], GatehouseContext>({
  docs: { brief: 'Edit the private values and secrets in $VISUAL or $EDITOR' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  async func(flags) {
    const { editPrivateValues } = await import('../../operations/secrets/edit.ts');
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const saved = await editPrivateValues(directory, this.environment, await questionFor(this, flags));
    if (!saved.ok) return fail(this, flags, saved.problems);
    reportSaved(this, flags, saved.value);
  },
});

/** Without a terminal, a text with problems is discarded. */
async function questionFor(context: GatehouseContext, { json }: CommonFlags): Promise<AskAbout> {
  if (context.input?.isTTY !== true || json) return async () => 'discard';
  const { select } = await import('@clack/prompts');
  const { renderProblems } = await import('../../report/problems.ts');
  return async (problems, worse) => {
    const style = errorStyle(context);
    context.process.stderr.write(style.fit(`${renderProblems(problems, style)}\n\n`));
    const answer = await asked((place) =>
      select({
        ...place,
        message: 'The configuration has problems.',
        options: [
          { value: 'again' as const, label: 'Edit again' },
          ...(worse ? [] : [{ value: 'save' as const, label: 'Save anyway: the problems are not new' }]),
          { value: 'discard' as const, label: 'Discard the changes' },
        ],
      }),
    );
    return typeof answer === 'symbol' ? 'discard' : answer;
  };
}
