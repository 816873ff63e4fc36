import type { Saved } from '../../private-values/editSession.ts';
import type { CommonFlags, GatehouseContext } from '../context.ts';

/** Says what saving the overlay did. */
export function reportSaved(
  { process: { stdout } }: GatehouseContext,
  { json, quiet }: CommonFlags,
  saved: Saved,
): void {
  if (json) stdout.write(`${JSON.stringify({ schemaVersion: 1, ok: true, ...saved }, null, 2)}\n`);
  if (json || quiet) return;
  const sentences = [
    saved.changed
      ? 'Encrypted in cluster.private.sops.yaml, which you can commit.'
      : 'Nothing changed, and no byte was written.',
    ...(saved.tookOver
      ? ['cluster.private.yaml was taken over, overwritten and removed; copies in backups are not.']
      : []),
  ];
  stdout.write(`${sentences.join('\n')}\n`);
}
