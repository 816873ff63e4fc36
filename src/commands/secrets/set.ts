import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Problem } from '../../problems/problem.ts';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext } from '../context.ts';
import { fail } from '../fail.ts';
import { reportSaved } from './saved.ts';

/** `gatehouse secrets set FIELD`: the value comes from a prompt or a pipe, and never stands in an argument. */
export const set = buildCommand<CommonFlags, [string], GatehouseContext>({
  docs: {
    brief: 'Store a private value or a secret',
    fullDescription:
      'The value is asked for, or read from standard input. It is never an argument: those can be seen by every user of the machine, and stay in the history of the shell. A field that is a list takes a value a line.',
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
    const { isCancel, password } = await import('@clack/prompts');
    const answer = await password({ message: `${field}:` });
    return isCancel(answer) ? undefined : answer;
  }
  const parts: Buffer[] = [];
  for await (const part of input) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  // The last line break is that of the pipe, not of the value.
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
