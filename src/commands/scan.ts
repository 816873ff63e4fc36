import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Scanned, ScanSource } from '../operations/scan/scan.ts';
import { jsonDocument } from '../report/printable.ts';
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
} from './context.ts';
import { fail, failToTell } from './fail.ts';

interface Flags extends CommonFlags {
  staged?: boolean;
  history?: boolean;
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
        brief: 'Install a pre-commit hook that searches the staged files',
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
    if ([flags.staged, flags.history, flags.install].filter(Boolean).length > 1) {
      this.process.stderr.write('Use only one of --staged, --history and --install.\n');
      this.process.exitCode = exit.invalid;
      return;
    }
    if (flags.install) return install(this, flags, directory);
    const source: ScanSource = flags.staged ? 'staged' : flags.history ? 'history' : 'tree';
    const { scan: run, writeSarif } = await import('../operations/scan/scan.ts');
    const scanned = await run(directory, this.environment, source, progress(this, flags));
    if (this.process.stderr.isTTY && !flags.json && !flags.quiet) this.process.stderr.write('\r\u001b[2K');
    if (!scanned.ok) return failToTell(this, flags, scanned.problems);
    if (flags.sarif !== undefined) {
      const written = await writeSarif(resolve(this.cwd, flags.sarif), scanned.value.report, version);
      if (!written.ok) return fail(this, flags, written.problems);
    }
    const { renderScan, scanDocument } = await import('../report/findings.ts');
    const shown = { source, ...(flags.quiet ? { quiet: true } : {}) };
    this.process.stdout.write(
      flags.json
        ? jsonDocument(scanDocument(scanned.value, source))
        : renderScan(scanned.value, shown, outStyle(this)),
    );
    this.process.exitCode = exitOf(scanned.value);
  },
});

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

async function install(context: GatehouseContext, flags: Flags, directory: string): Promise<void> {
  const { installHook } = await import('../privacy/hook.ts');
  const outcome = await installHook({ directory: directory });
  if (outcome.kind === 'problem') return fail(context, flags, outcome.problems);
  if (flags.json) {
    context.process.stdout.write(jsonDocument({ schemaVersion: 1, ok: true, hook: outcome }));
    return;
  }
  const sentences = {
    written: 'Installed the pre-commit hook',
    extended: 'Extended the existing pre-commit hook',
    unchanged: 'The pre-commit hook is installed already',
  };
  context.process.stdout.write(
    outcome.kind === 'advice'
      ? `Another program manages the hooks of this repository. Add this to ${outcome.file}:\n\n${outcome.add}`
      : `${sentences[outcome.kind]}: ${outcome.path}\n`,
  );
}
