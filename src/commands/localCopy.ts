import { type CommonFlags, exit, type GatehouseContext } from './context.ts';

/** The flag of a command that writes a copy with the private values filled in. */
export const localFlag = (kept: string) =>
  ({
    kind: 'boolean',
    optional: true,
    brief: `Fill in the private values; ${kept} written by configure`,
  }) as const;

/** Whether the copy was asked for; where it was not, says what there is without it. */
export function asksForLocal(
  { process }: GatehouseContext,
  { local }: { local?: boolean },
  otherwise: string,
): boolean {
  if (local) return true;
  process.stderr.write(otherwise);
  process.exitCode = exit.invalid;
  return false;
}

/** Says what was written. */
export function reportCopy(
  { process: { stdout } }: GatehouseContext,
  { json, quiet }: CommonFlags,
  written: object,
  text: string,
): void {
  if (json) stdout.write(`${JSON.stringify({ schemaVersion: 1, ok: true, ...written }, null, 2)}\n`);
  else if (!quiet) stdout.write(text);
}
