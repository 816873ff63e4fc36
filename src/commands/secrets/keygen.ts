import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { jsonDocument } from '../../report/printable.ts';
import { type CommonFlags, commonAliases, commonFlags, type GatehouseContext, outStyle } from '../context.ts';
import { fail } from '../fail.ts';

interface Flags extends CommonFlags {
  postQuantum?: boolean;
}

/** `gatehouse secrets keygen`: generates a key outside of the repository, where sops finds it. */
export const keygen = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'Generate an age key outside of the repository, where sops finds it' },
  parameters: {
    flags: {
      ...commonFlags,
      postQuantum: {
        kind: 'boolean',
        optional: true,
        brief: 'Generate a post-quantum hybrid key (age1pq1…), for programs with age 1.3 or later',
      },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const { makeKey } = await import('../../operations/secrets/keygen.ts');
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const made = await makeKey(directory, this.environment, flags.postQuantum ? 'hybrid' : 'x25519');
    if (!made.ok) return fail(this, flags, made.problems);
    const { recipient, file } = made.value;
    if (flags.json) {
      this.process.stdout.write(jsonDocument({ schemaVersion: 1, ok: true, ...made.value }));
      return;
    }
    this.process.stdout.write(
      flags.quiet
        ? `${recipient}\n`
        : outStyle(this).fit(
            `${recipient}\n\nThe private key is in ${file}. Keep a copy in another place: without the key nobody\ncan decrypt what is encrypted for it.\n\nNext: gatehouse secrets recipients add ${recipient}\n`,
          ),
    );
  },
});
