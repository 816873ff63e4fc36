import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { type Answers, type TemplateName, templateNames } from '../operations/init/template.ts';
import { jsonDocument } from '../report/printable.ts';
import { type CommonFlags, commonAliases, commonFlags, exit, type GatehouseContext } from './context.ts';
import { fail } from './fail.ts';

interface Flags extends CommonFlags, Partial<Answers> {
  yes?: boolean;
  template?: TemplateName;
}

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const;

/** `gatehouse init`: creates the two configuration files, from questions or flags. */
export const init = buildCommand<Flags, [string?], GatehouseContext>({
  docs: {
    brief: 'Create cluster.yaml and the private values file, from questions, or from flags with --yes',
  },
  parameters: {
    flags: {
      ...commonFlags,
      yes: {
        kind: 'boolean',
        optional: true,
        brief: 'Ask no questions: fields without a flag stay empty',
      },
      template: {
        kind: 'enum',
        values: templateNames,
        optional: true,
        brief:
          'The template: home is Immich on one k3s node, platform is several Talos nodes with backups and upgrades; default: home',
      },
      name: text('The name of the cluster', 'NAME'),
      node: text(
        'The node, as "kubectl get nodes" prints it; for the platform several, separated by commas',
        'NODE',
      ),
      repository: text('The URL from which Flux fetches the repository', 'URL'),
      host: text('The host name at which users reach Immich', 'HOST'),
      lan: text('The address range of the home network', 'CIDR'),
      libraryPath: text('The directory of the photos on the node, below the mount of the NAS', 'PATH'),
      team: text('The name of the Cloudflare Access team', 'TEAM'),
      audience: text('The audience tag of the Access application', 'TAG'),
      tunnel: text('The ID of the tunnel', 'UUID'),
      owner: text('The e-mail address that may sign in with Cloudflare Access', 'EMAIL'),
      server: text('The NFS server of the photos, for the platform', 'HOST'),
      talos: text('The Talos version of the nodes, for the platform', 'VERSION'),
      endpoint: text('The S3 server outside of the cluster, for the platform', 'URL'),
    },
    aliases: commonAliases,
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          optional: true,
          brief: 'The directory; default: the current one',
          placeholder: 'DIR',
        },
      ],
    },
  },
  async func({ yes, json, quiet, directory, template = 'home', ...inputs }, argument) {
    const flags = { ...(json ? { json } : {}), ...(quiet ? { quiet } : {}) };
    const { initialize } = await import('../operations/init/initialize.ts');
    const asks = !yes && !json && this.input?.isTTY === true;
    const answers = asks ? await (await import('./ask.ts')).ask(inputs, template) : inputs;
    if (answers === undefined) {
      this.process.exitCode = exit.invalid;
      return;
    }
    const target = resolve(this.cwd, directory ?? '.', argument ?? '.');
    const made = await initialize(target, template, answers, this.environment);
    if (!made.ok) return fail(this, flags, made.problems);
    const { files, keyFile, missing } = made.value;
    if (json) {
      this.process.stdout.write(jsonDocument({ schemaVersion: 1, ok: true, ...made.value }));
      return;
    }
    if (quiet) return;
    this.process.stdout.write(
      [
        `Created ${files.join(', ')} in ${target}.`,
        `The private key is in ${keyFile}. Keep a copy in another place: without it nobody can decrypt the secrets.`,
        ...(missing.length > 0
          ? [
              '',
              'Fill in these fields:',
              ...missing.map((field) => `  ${field}`),
              'Private ones with "gatehouse secrets edit" or "gatehouse secrets set FIELD", the others in cluster.yaml.',
            ]
          : []),
        '',
        `Next: ${missing.length > 0 ? 'fill in the fields, then run ' : ''}gatehouse configure${target === this.cwd ? '' : ` -C ${target}`}`,
        '',
      ].join('\n'),
    );
  },
});
