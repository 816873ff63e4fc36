import { buildCommand } from '@stricli/core';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  exit,
  type GatehouseContext,
  outStyle,
} from './context.ts';

/** `gatehouse explain`: what a field or a code means. */
export const explain = buildCommand<CommonFlags, [string?], GatehouseContext>({
  docs: { brief: 'Say what a field of cluster.yaml or the code of a problem means' },
  parameters: {
    flags: commonFlags,
    aliases: commonAliases,
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          optional: true,
          brief: 'A field such as immich.library, or a code',
          placeholder: 'FIELD|CODE',
        },
      ],
    },
  },
  async func(flags, subject) {
    const { explanationOf } = await import('../workspace/explain.ts');
    const { renderExplanation } = await import('../report/explanation.ts');
    const explanation = explanationOf(subject ?? '');
    if (explanation.kind === 'unknown') this.process.exitCode = exit.invalid;
    const stream = explanation.kind === 'unknown' && !flags.json ? this.process.stderr : this.process.stdout;
    stream.write(
      flags.json
        ? `${JSON.stringify({ schemaVersion: 1, ...explanation }, null, 2)}\n`
        : renderExplanation(explanation, outStyle(this)),
    );
  },
});
