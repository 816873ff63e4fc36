import { relative, resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Checked } from '../operations/check/check.ts';
import { jsonDocument } from '../report/printable.ts';
import { optimiseLate } from '../system/lateOptimisation.ts';
import { type CheckFlags, checkFlags, checkInputsFrom } from './checkFlags.ts';
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

interface Flags extends CommonFlags, CheckFlags {
  sarif?: string;
  markdown?: string;
  base?: string;
}

const file = (brief: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder: 'FILE' }) as const;

/** `gatehouse check`: who can reach what in any repository, proved or refuted. */
export const check = buildCommand<Flags, [string?], GatehouseContext>({
  docs: { brief: 'Prove who can reach what, in any repository of Flux, kustomize or plain YAML' },
  parameters: {
    flags: {
      ...commonFlags,
      ...checkFlags,
      sarif: file('Write the findings to this file too, as SARIF'),
      markdown: file('Write a summary for a pull request to this file too'),
      base: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'Say what changed since this commit: which ways open, which close',
        placeholder: 'REF',
      },
    },
    aliases: commonAliases,
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          optional: true,
          brief: 'The directory; by default the current one',
          placeholder: 'DIR',
        },
      ],
    },
  },
  async func(flags, target) {
    const context = workingOn(this, target);
    const cwd = resolve(this.cwd, flags.directory ?? '.');
    const at = (path: string): string => resolve(cwd, path);
    const { check: run } = await import('../operations/check/check.ts');
    optimiseLate(process.versions.node);
    const options = {
      ...checkInputsFrom(flags, at),
      ...(flags.base === undefined ? {} : { base: flags.base }),
    };
    const checked = await run(at(target ?? '.'), this.environment, options);
    if (!checked.ok) return failToTell(context, flags, checked.problems);
    const written = await writeReports(checked.value, flags, at, relative(cwd, at(target ?? '.')));
    if (!written.ok) return fail(context, flags, written.problems);
    const { checkDocument, renderCheck } = await import('../report/check.ts');
    const style = outStyle(context);
    const report = flags.json
      ? jsonDocument(checkDocument(checked.value))
      : style.fit(renderCheck(checked.value, flags.quiet ? { quiet: true } : {}, style));
    this.process.stdout.write(report);
    this.process.exitCode = exitOf(checked.value);
  },
});

async function writeReports(
  checked: Checked,
  { sarif, markdown }: Flags,
  at: (path: string) => string,
  directory: string,
) {
  const { writeReport } = await import('../operations/writeReport.ts');
  const { version } = await import('../version.ts');
  const { checkToSarif } = await import('../report/checkSarif.ts');
  const { checkToMarkdown } = await import('../report/checkMarkdown.ts');
  return writeReport([
    ...(sarif === undefined
      ? []
      : [
          {
            file: at(sarif),
            text: jsonDocument(checkToSarif(checked, version, directory)),
          },
        ]),
    ...(markdown === undefined ? [] : [{ file: at(markdown), text: checkToMarkdown(checked) }]),
  ]);
}

/** What is refuted counts before an invalid acceptance, and that before what is unknown. */
function exitOf({ verdict, problems }: Checked): Exit {
  if (verdict === 'refuted') return exit.found;
  const code = exitFor(problems);
  return code === exit.ok && verdict === 'unknown' ? exit.unknown : code;
}
