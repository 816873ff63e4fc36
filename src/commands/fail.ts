import type { Problem } from '../problems/problem.ts';
import { jsonDocument, jsonLine } from '../report/printable.ts';
import { renderProblems } from '../report/problems.ts';
import { type CommonFlags, errorStyle, exitFor, type GatehouseContext } from './context.ts';

/** Ends a command that writes files and failed: prints the problems to standard error, or as the JSON document. */
export function fail(context: GatehouseContext, flags: CommonFlags, problems: readonly Problem[]): void {
  end(context, flags, problems, ' Nothing was written.');
}

/** The same for a command that only reads. One that runs again and again prints one line of JSON for each run. */
export function failToTell(
  context: GatehouseContext,
  flags: CommonFlags & { watch?: number },
  problems: readonly Problem[],
): void {
  end(context, flags, problems, '');
}

function end(
  context: GatehouseContext,
  flags: CommonFlags & { watch?: number },
  problems: readonly Problem[],
  unwritten: string,
): void {
  context.process.exitCode = exitFor(problems);
  if (flags.json) {
    const json = flags.watch === undefined ? jsonDocument : jsonLine;
    context.process.stdout.write(json({ schemaVersion: 1, ok: false, problems }));
    return;
  }
  const style = errorStyle(context);
  const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.${unwritten}`;
  context.process.stderr.write(style.fit(`${renderProblems(problems, style)}\n\n${style.bad(count)}\n`));
}
