import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Problem } from '../../problems/problem.ts';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext } from '../context.ts';
import { fail } from '../fail.ts';
import { asked } from '../prompts.ts';
import { reportSaved } from './saved.ts';

/** `gatehouse secrets set FIELD`: stores a value from a prompt or from standard input, never from an argument. */
export const set = buildCommand<CommonFlags, [string], GatehouseContext>({
  docs: {
    brief: 'Store a private value or a secret',
    fullDescription:
      'The command prompts for the value, or reads it from standard input. The value cannot be an argument, because every user of the machine can see arguments, and the shell keeps them in its history. For a list, give one value per line.',
  },
  parameters: {
    flags: commonFlags,
    aliases: commonAliases,
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A field such as immich.host', placeholder: 'FIELD' }],
    },
  },
  async func(flags, field) {
    const value = await valueFor(this, field);
    if (value === undefined || value === '') return fail(this, flags, [noValue(field)]);
    const { setField } = await import('../../private-values/fieldEdits.ts');
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const saved = await setField(directory, this.environment, field, value);
    if (!saved.ok) return fail(this, flags, saved.problems);
    reportSaved(this, flags, saved.value);
  },
});

async function valueFor({ input }: GatehouseContext, field: string): Promise<string | undefined> {
  if (input === undefined) return undefined;
  if (input.isTTY === true) {
    const { password } = await import('@clack/prompts');
    const answer = await asked((place) => password({ ...place, message: `${field}:` }));
    return typeof answer === 'symbol' ? undefined : answer;
  }
  const parts: Buffer[] = [];
  for await (const part of input) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  // The last line break belongs to the pipe, not to the value.
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

function noValue(field: string): Problem {
  return {
    code: 'no-value',
    message: `no value was given for ${field}`,
    expected: 'a value from the prompt or on standard input',
    remedy: `pass show home/value | gatehouse secrets set ${field}`,
  };
}
