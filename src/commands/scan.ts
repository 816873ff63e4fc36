import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Scanned, ScanSource } from '../operations/scan/scan.ts';
import type { HookOutcome } from '../privacy/hook.ts';
import { hookVariable, searchedCode } from '../privacy/hookAnswer.ts';
import { jsonDocument } from '../report/printable.ts';
import { type Git, gitEnvironment } from '../system/git.ts';
import { version } from '../version.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  type Exit,
  exit,
  exitFor,
  type GatehouseContext,
  outStyle,
  workingOn,
} from './context.ts';
import { fail, failToTell } from './fail.ts';

interface Flags extends CommonFlags {
  staged?: boolean;
  history?: boolean;
  message?: string;
  push?: string;
  sarif?: string;
  install?: boolean;
}

/** `gatehouse scan`: finds private values and secrets in the work tree, the index or the history. */
export const scan = buildCommand<Flags, [string?], GatehouseContext>({
  docs: { brief: 'Find private values and secrets that Git would publish' },
  parameters: {
    flags: {
      ...commonFlags,
      staged: { kind: 'boolean', optional: true, brief: 'Search the staged files' },
      history: {
        kind: 'boolean',
        optional: true,
        brief: 'Search every commit: files, messages, authors, tags and branches',
      },
      message: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'Search the file of a commit message, for a commit-msg hook',
        placeholder: 'FILE',
      },
      push: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief:
          'Search what a push to this remote would publish; standard input has the references of a pre-push hook',
        placeholder: 'REMOTE',
      },
      sarif: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'Also write the findings to this file, as SARIF',
        placeholder: 'FILE',
      },
      install: {
        kind: 'boolean',
        optional: true,
        brief: 'Install hooks that search the staged files, each commit message, and what is pushed',
      },
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
  async func(flags, argument) {
    const directory = resolve(this.cwd, flags.directory ?? '.', argument ?? '.');
    const context = workingOn(this, argument);
    const { message, push } = flags;
    const modes = [flags.staged, flags.history, flags.install, message !== undefined, push !== undefined];
    if (modes.filter(Boolean).length > 1) {
      this.process.stderr.write('Use only one of --staged, --history, --message, --push and --install.\n');
      this.process.exitCode = exit.invalid;
      return;
    }
    const env = gitEnvironment(process.env, this.cwd);
    if (flags.install) return install(context, flags, { directory, env });
    const source = sourceOf(flags);
    const { scan: run, writeSarif } = await import('../operations/scan/scan.ts');
    const request = {
      directory,
      source,
      env,
      onProgress: progress(this, flags),
      ...(message === undefined ? {} : { message: resolve(this.cwd, message) }),
      ...(push === undefined ? {} : { push: { remote: push, references: await inputOf(this) } }),
    };
    const scanned = await run(request, this.environment);
    if (this.process.stderr.isTTY && !flags.json && !flags.quiet) this.process.stderr.write('\r\u001b[2K');
    if (!scanned.ok) return failToTell(context, flags, scanned.problems);
    if (flags.sarif !== undefined) {
      const written = await writeSarif(resolve(this.cwd, flags.sarif), scanned.value.report, version);
      if (!written.ok) return fail(context, flags, written.problems);
    }
    const { renderScan, scanDocument } = await import('../report/findings.ts');
    const shown = { source, ...(flags.quiet ? { quiet: true } : {}) };
    this.process.stdout.write(
      flags.json
        ? jsonDocument(scanDocument(scanned.value, source))
        : outStyle(context).fit(renderScan(scanned.value, shown, outStyle(context))),
    );
    const code = exitOf(scanned.value);
    const asked = this.environment.env[hookVariable] === '1' && inHooks.includes(source);
    this.process.exitCode = asked && code === exit.ok ? searchedCode : code;
  },
});

const inHooks: readonly ScanSource[] = ['staged', 'message', 'push'];

function sourceOf({ staged, history, message, push }: Flags): ScanSource {
  if (staged) return 'staged';
  if (history) return 'history';
  if (message !== undefined) return 'message';
  return push === undefined ? 'tree' : 'push';
}

/** The references that Git writes for a pre-push hook. A terminal has none. */
async function inputOf({ input }: GatehouseContext): Promise<string> {
  if (input === undefined || input.isTTY) return '';
  const parts: Buffer[] = [];
  for await (const part of input) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

/** Findings take precedence. Unreadable private values make the result unknown. */
function exitOf({ report, problems, unknown }: Scanned): Exit {
  if (report.findings.length > 0) return exit.found;
  const code = exitFor(problems);
  return code === exit.ok && unknown ? exit.unknown : code;
}

function progress(
  { process: { stderr } }: GatehouseContext,
  { json, quiet }: Flags,
): (texts: number) => void {
  if (!stderr.isTTY || json || quiet) return () => {};
  return (texts) => stderr.write(`\r\u001b[2KSearching … ${texts} texts`);
}

async function install(context: GatehouseContext, flags: Flags, git: Git): Promise<void> {
  const { installHooks, programOfHooks } = await import('../operations/scan/installHooks.ts');
  const outcomes = await installHooks(git);
  const problems = outcomes.flatMap((each) => (each.kind === 'problem' ? each.problems : []));
  const done = outcomes.filter((each) => each.kind !== 'problem');
  if (problems.length > 0 && (flags.json || done.length === 0)) return fail(context, flags, problems);
  const program = await programOfHooks(git, context.environment);
  if (flags.json) {
    context.process.stdout.write(
      jsonDocument({
        schemaVersion: 1,
        ok: true,
        hook: outcomes[0],
        hooks: outcomes,
        program: program ?? null,
      }),
    );
    return;
  }
  context.process.stdout.write(`${done.map(sentenceOf).join('\n')}\n`);
  context.process.stdout.write(outStyle(context).fit(programSentence(program, context)));
  if (problems.length > 0) failToTell(context, flags, problems);
}

/** What to know of the program that the hooks run, where it is not this one. */
function programSentence(found: string | undefined, { program = 'gatehouse' }: GatehouseContext): string {
  if (found === undefined)
    return 'There is no gatehouse where the hooks look, on the PATH or in node_modules/.bin: until there is, Git stops at each commit. In a clone of Gatehouse: npm ci, npm run build, npm link\n';
  if (program === 'gatehouse') return '';
  return `The hooks run ${found}. If that is another program, Git stops at each commit.\n`;
}

function sentenceOf(outcome: Exclude<HookOutcome, { kind: 'problem' }>): string {
  switch (outcome.kind) {
    case 'advice':
      return `Another program manages the hooks of this repository. Add this to ${outcome.file}:\n\n${outcome.add}`;
    case 'written':
      return `Installed the ${outcome.hook} hook: ${outcome.path}`;
    case 'extended':
      return `Extended the existing ${outcome.hook} hook: ${outcome.path}`;
    case 'unchanged':
      return `The ${outcome.hook} hook is installed already: ${outcome.path}`;
  }
}
