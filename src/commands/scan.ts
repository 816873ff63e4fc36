import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Scanned, ScanSource } from '../operations/scan/scan.ts';
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

/** `gatehouse scan`: private values and secrets in the tree, the index or the history. */
export const scan = buildCommand<Flags, [string?], GatehouseContext>({
  docs: { brief: 'Search for private values and secrets that Git would publish' },
  parameters: {
    flags: {
      ...commonFlags,
      staged: { kind: 'boolean', optional: true, brief: 'Search what the next commit would bring' },
      history: {
        kind: 'boolean',
        optional: true,
        brief: 'Search every commit: files, messages, authors, tags and branches',
      },
      sarif: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'Write the findings to this file too, as SARIF',
        placeholder: 'FILE',
      },
      install: {
        kind: 'boolean',
        optional: true,
        brief: 'Install the pre-commit hook that searches what is staged',
      },
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
  async func(flags, folder) {
    const directory = resolve(this.cwd, flags.directory ?? '.', folder ?? '.');
    if ([flags.staged, flags.history, flags.install].filter(Boolean).length > 1) {
      this.process.stderr.write('One of --staged, --history and --install, please.\n');
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
        ? `${JSON.stringify(scanDocument(scanned.value, source), null, 2)}\n`
        : renderScan(scanned.value, shown, outStyle(this)),
    );
    this.process.exitCode = exitOf(scanned.value);
  },
});

/** A finding counts before everything else; values that nobody could read leave the answer open. */
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
    context.process.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, ok: true, hook: outcome }, null, 2)}\n`,
    );
    return;
  }
  const sentences = {
    written: 'The hook searches every commit from now on',
    extended: 'The hook that was there now searches every commit as well',
    unchanged: 'The hook is there already',
  };
  context.process.stdout.write(
    outcome.kind === 'advice'
      ? `Hooks are kept by another program here. Add this to ${outcome.file}:\n\n${outcome.add}`
      : `${sentences[outcome.kind]}: ${outcome.path}\n`,
  );
}
