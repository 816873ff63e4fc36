import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { jsonDocument } from '../report/printable.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  exit,
  type GatehouseContext,
  outStyle,
} from './context.ts';
import { failToTell } from './fail.ts';

/** `gatehouse explain`: the meaning of a field or a problem code, and how to restore a backup. */
export const explain = buildCommand<CommonFlags, [string?, string?], GatehouseContext>({
  docs: { brief: 'Explain a field or a problem code, or how to restore a backup' },
  parameters: {
    flags: commonFlags,
    aliases: commonAliases,
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          optional: true,
          brief: 'A field such as immich.library, a problem code, or the word restore',
          placeholder: 'FIELD|CODE|restore',
        },
        {
          parse: String,
          optional: true,
          brief: 'What to restore: a volume, or all backups of an app',
          placeholder: 'NAME',
        },
      ],
    },
  },
  async func(flags, subject, name) {
    if (subject === 'restore') {
      const { restoreLists } = await import('../operations/explain/restore.ts');
      const directory = resolve(this.cwd, flags.directory ?? '.');
      const lists = await restoreLists(directory, this.environment, name ?? '');
      if (!lists.ok) return failToTell(this, flags, lists.problems);
      const json = jsonDocument({ schemaVersion: 1, ok: true, kind: 'restore', ...lists.value });
      this.process.stdout.write(flags.json ? json : lists.value.text);
      return;
    }
    const { explanationOf } = await import('../operations/explain/explain.ts');
    const { renderExplanation } = await import('../report/explanation.ts');
    const explanation = explanationOf(subject ?? '');
    if (explanation.kind === 'unknown') this.process.exitCode = exit.invalid;
    const stream = explanation.kind === 'unknown' && !flags.json ? this.process.stderr : this.process.stdout;
    stream.write(
      flags.json
        ? jsonDocument({ schemaVersion: 1, ...explanation })
        : outStyle(this).fit(renderExplanation(explanation, outStyle(this))),
    );
  },
});
