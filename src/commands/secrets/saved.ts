import type { Saved } from '../../private-values/editSession.ts';
import { jsonDocument } from '../../report/printable.ts';
import { type CommonFlags, type GatehouseContext, outStyle } from '../context.ts';

/** Reports what saving the private values file changed. */
export function reportSaved(context: GatehouseContext, { json, quiet }: CommonFlags, saved: Saved): void {
  const { stdout } = context.process;
  if (json) stdout.write(jsonDocument({ schemaVersion: 1, ok: true, ...saved }));
  if (json || quiet) return;
  const sentences = [
    saved.changed
      ? 'Encrypted in cluster.private.sops.yaml, which you can commit.'
      : 'Nothing changed. No file was written.',
    ...(saved.tookOver
      ? [
          'Its content came from cluster.private.yaml, which was overwritten and removed. Backups may still contain it.',
        ]
      : []),
  ];
  stdout.write(outStyle(context).fit(`${sentences.join('\n')}\n`));
}
