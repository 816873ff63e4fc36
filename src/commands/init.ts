import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { LacksInGit } from '../operations/init/gitRepository.ts';
import type { Initialized } from '../operations/init/initialize.ts';
import { type Answers, type TemplateName, templateNames } from '../operations/init/template.ts';
import { jsonDocument } from '../report/printable.ts';
import { shellWord } from '../system/shellWord.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  exit,
  type GatehouseContext,
  outStyle,
} from './context.ts';
import { fail, failToTell } from './fail.ts';

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
    const { initialize, refusalsOf } = await import('../operations/init/initialize.ts');
    const target = resolve(this.cwd, directory ?? '.', argument ?? '.');
    const refusals = await refusalsOf(target, template, inputs);
    if (refusals.length > 0) return fail(this, flags, refusals);
    const asks = !yes && !json && this.input?.isTTY === true && this.process.stderr.isTTY === true;
    const decided = asks ? await answersOf(target, template, inputs) : { answers: inputs };
    if (decided === undefined) return cancelled(this);
    const made = await uninterrupted(async () => {
      const written = await initialize(target, template, decided.answers, this.environment);
      if (!written.ok || decided.make === undefined) return { written };
      const { makeGitRepository } = await import('../operations/init/gitRepository.ts');
      return { written, git: await makeGitRepository(target, decided.answers.repository, decided.make) };
    });
    if (!made.written.ok) return fail(this, flags, made.written.problems);
    const { value } = made.written;
    if (json) this.process.stdout.write(jsonDocument({ schemaVersion: 1, ok: true, ...value }));
    else if (!quiet) {
      const { lackingInGit } = await import('../operations/init/gitRepository.ts');
      const url = decided.answers.repository;
      const lacks = await lackingInGit(target, url);
      this.process.stdout.write(
        outStyle(this).fit(reportOf(value, target, { moved: target !== this.cwd, lacks, url })),
      );
    }
    if (made.git?.ok === false) failToTell(this, flags, made.git.problems);
  },
});

/** The answers of the user, and what to make of the directory in Git. Undefined if the user cancels. */
async function answersOf(
  target: string,
  template: TemplateName,
  inputs: Partial<Answers>,
): Promise<{ answers: Partial<Answers>; make?: LacksInGit | undefined } | undefined> {
  const { ask, askForGit } = await import('./ask.ts');
  const answers = await ask(inputs, template);
  if (answers === undefined) return undefined;
  const { lackingInGit } = await import('../operations/init/gitRepository.ts');
  const lacks = await lackingInGit(target, answers.repository);
  if (lacks === undefined) return { answers };
  const agreed = await askForGit(target, answers.repository, lacks);
  return agreed === undefined ? undefined : { answers, make: agreed ? lacks : undefined };
}

function cancelled({ process }: GatehouseContext): void {
  process.stderr.write('Cancelled. Nothing was written: no file, no directory and no key.\n');
  process.exitCode = exit.invalid;
}

/** What is being written takes less than a second: Ctrl-C ends the program after it, not in the middle. */
async function uninterrupted<Value>(write: () => Promise<Value>): Promise<Value> {
  const wait = (): void => undefined;
  process.on('SIGINT', wait);
  try {
    return await write();
  } finally {
    process.off('SIGINT', wait);
  }
}

function reportOf(
  { files, keyFile, missing }: Initialized,
  target: string,
  { moved, lacks, url = '' }: { moved: boolean; lacks: LacksInGit | undefined; url: string | undefined },
): string {
  const directory = moved ? ` -C ${shellWord(target)}` : '';
  return [
    `Created ${files.join(', ')} in ${target}.`,
    `The private key is in ${keyFile}. Keep a copy in another place: without it nobody can decrypt the secrets.`,
    ...(missing.length > 0
      ? [
          '',
          'Fill in these fields:',
          ...missing.map((field) => `  ${field}`),
          `Public ones in cluster.yaml. Private ones: gatehouse${directory} secrets edit`,
          `Where to get each: gatehouse${directory} status`,
        ]
      : []),
    ...(lacks === 'repository'
      ? ['', `Git keeps what you write here. Make it a repository: git init ${shellWord(target)}`]
      : []),
    ...(lacks === 'remote'
      ? ['', `It has no remote yet: git -C ${shellWord(target)} remote add origin ${shellWord(url)}`]
      : []),
    '',
    `Next: ${missing.length > 0 ? 'fill in the fields, then run ' : ''}gatehouse${directory} configure`,
    '',
  ].join('\n');
}
