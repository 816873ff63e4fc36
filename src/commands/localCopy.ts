import { jsonDocument } from '../report/printable.ts';
import { type CommonFlags, errorStyle, exit, type GatehouseContext, outStyle } from './context.ts';

/** The flag of a command that writes a copy with the private values filled in. */
export const localFlag = (original: string) =>
  ({
    kind: 'boolean',
    optional: true,
    brief: `Fill in the private values; ${original} written by configure`,
  }) as const;

/** Whether `--local` is set. If not, prints what to use instead and sets the exit code. */
export function asksForLocal(
  context: GatehouseContext,
  { local }: { local?: boolean },
  otherwise: string,
): boolean {
  if (local) return true;
  context.process.stderr.write(errorStyle(context).fit(otherwise));
  context.process.exitCode = exit.invalid;
  return false;
}

/** Reports the written files. */
export function reportCopy(
  context: GatehouseContext,
  { json, quiet }: CommonFlags,
  written: object,
  text: string,
): void {
  const { stdout } = context.process;
  if (json) stdout.write(jsonDocument({ schemaVersion: 1, ok: true, ...written }));
  else if (!quiet) stdout.write(outStyle(context).fit(text));
}
