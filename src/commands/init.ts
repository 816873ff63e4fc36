import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { type Answers, type TemplateName, templateNames } from '../operations/init/template.ts';
import { type CommonFlags, commonAliases, commonFlags, exit, type GatehouseContext } from './context.ts';
import { fail } from './fail.ts';

interface Flags extends CommonFlags, Partial<Answers> {
  yes?: boolean;
  template?: TemplateName;
}

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const;

/** `gatehouse init`: makes the two files to start from, by questions or by flags. */
export const init = buildCommand<Flags, [string?], GatehouseContext>({
  docs: { brief: 'Make cluster.yaml and its overlay, by questions, or by flags with --yes' },
  parameters: {
    flags: {
      ...commonFlags,
      yes: {
        kind: 'boolean',
        optional: true,
        brief: 'Ask nothing: what no flag says is left for you to fill in',
      },
      template: {
        kind: 'enum',
        values: templateNames,
        optional: true,
        brief:
          'What to start from: home is Immich on one node of k3s, platform several of Talos with backups and upgrades; by default home',
      },
      name: text('The name of the cluster', 'NAME'),
      node: text('The node, as "kubectl get nodes" prints it; for the platform several, with commas', 'NODE'),
      repository: text('Where Flux fetches the repository from', 'URL'),
      host: text('The host name under which people reach Immich', 'HOST'),
      lan: text('The range of the home network', 'CIDR'),
      libraryPath: text('The folder of the photos on the node, below the mount of the NAS', 'PATH'),
      team: text('The name of the Access team', 'TEAM'),
      audience: text('The audience tag of the Access application', 'TAG'),
      tunnel: text('The id of the tunnel', 'UUID'),
      owner: text('The e-mail address that may pass at the gate', 'EMAIL'),
      server: text('The server of the photos, for the platform', 'HOST'),
      talos: text('The version of Talos that the nodes run, for the platform', 'VERSION'),
      endpoint: text('The S3 server outside of the cluster, for the platform', 'URL'),
    },
    aliases: commonAliases,
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          optional: true,
          brief: 'The folder; by default the current one',
          placeholder: 'DIR',
        },
      ],
    },
  },
  async func({ yes, json, quiet, directory, template = 'home', ...inputs }, folder) {
    const flags = { ...(json ? { json } : {}), ...(quiet ? { quiet } : {}) };
    const { initialize } = await import('../operations/init/initialize.ts');
    const asks = !yes && !json && this.input?.isTTY === true;
    const answers = asks ? await (await import('./ask.ts')).ask(inputs, template) : inputs;
    if (answers === undefined) {
      this.process.exitCode = exit.invalid;
      return;
    }
    const target = resolve(this.cwd, directory ?? '.', folder ?? '.');
    const made = await initialize(target, template, answers, this.environment);
    if (!made.ok) return fail(this, flags, made.problems);
    const { files, keyFile, missing } = made.value;
    if (json) {
      this.process.stdout.write(
        `${JSON.stringify({ schemaVersion: 1, ok: true, ...made.value }, null, 2)}\n`,
      );
      return;
    }
    if (quiet) return;
    this.process.stdout.write(
      [
        `Made ${files.join(', ')} in ${target}.`,
        `The key that opens what will be encrypted is in ${keyFile}: keep a copy where a fire does not reach it.`,
        ...(missing.length > 0
          ? ['', 'Left for you to fill in:', ...missing.map((field) => `  ${field}`)]
          : []),
        '',
        `Next: ${missing.length > 0 ? 'fill them in, then ' : ''}gatehouse configure${target === this.cwd ? '' : ` -C ${target}`}`,
        '',
      ].join('\n'),
    );
  },
});
