import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { LocalManifests } from '../operations/manifests/localManifests.ts';
import { type CommonFlags, commonAliases, commonFlags, exit, type GatehouseContext } from './context.ts';
import { fail } from './fail.ts';
import { asksForLocal, localFlag, reportCopy } from './localCopy.ts';

interface Flags extends CommonFlags {
  local?: boolean;
  accept?: 'mine' | 'theirs';
}

/** `gatehouse manifests --local`: a kustomization with every private value filled in, for those without Flux. */
export const manifests = buildCommand<Flags, [], GatehouseContext>({
  docs: {
    brief: 'Write a kustomization with your own values to local/, which Git ignores, for kubectl apply -k',
  },
  parameters: {
    flags: {
      ...commonFlags,
      local: localFlag('the manifests without them are'),
      accept: {
        kind: 'enum',
        values: ['mine', 'theirs'],
        optional: true,
        brief:
          'For files of local/ changed by hand: keep mine, or take theirs, which is what Gatehouse would write',
      },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const otherwise =
      'The manifests without private values are in apps/ and clusters/, written by "gatehouse configure".\nWith your own values, for kubectl: gatehouse manifests --local\n';
    if (!asksForLocal(this, flags, otherwise)) return;
    const { writeLocalManifests } = await import('../operations/manifests/localManifests.ts');
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const written = await writeLocalManifests(directory, this.environment, flags.accept);
    if (!written.ok) return fail(this, flags, written.problems);
    reportCopy(this, flags, written.value, report(written.value));
    if (written.value.unseen.length > 0) this.process.exitCode = exit.unknown;
  },
});

function report({ folder, patched, secrets, unseen }: LocalManifests): string {
  return [
    `${folder}/ puts your own values into ${patched} objects. Git ignores it.`,
    ...(secrets.length > 0
      ? [
          `Left out, since kubectl cannot decrypt: ${secrets.join(', ')}. The lines that make them are in docs/quickstart.md.`,
        ]
      : []),
    ...unseen.map((sentence) => `Not looked at: ${sentence}.`),
    `Apply it with: kubectl apply --server-side -k ${folder}`,
    '',
  ].join('\n');
}
