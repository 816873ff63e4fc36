import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import { defined } from '../kubernetes/defined.ts';
import type { Source } from '../operations/reach/context.ts';
import type { Reach } from '../reachability/model/analysis.ts';
import { jsonDocument } from '../report/printable.ts';
import { optimiseLate } from '../system/lateOptimisation.ts';
import { type CheckFlags, checkFlags, checkInputsFrom } from './checkFlags.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  type Exit,
  exit,
  type GatehouseContext,
  outStyle,
  workingOn,
} from './context.ts';
import { failToTell } from './fail.ts';

interface Flags extends CommonFlags, CheckFlags {
  from?: string;
  to?: string;
  objects?: string;
  queries?: string;
  stored?: boolean;
}

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const;

/** `gatehouse reach`: one question about who reaches what, or many. */
export const reach = buildCommand<Flags, [string?], GatehouseContext>({
  docs: { brief: 'Say whether one reaches another, hop by hop, and which policy decides' },
  parameters: {
    flags: {
      ...commonFlags,
      ...checkFlags,
      from: text('namespace/pod, namespace/kind/name, internet, lan, or a range of addresses', 'A'),
      to: text('namespace/name:port, with /udp or /sctp where it is not TCP', 'B'),
      objects: text('Ask about a List of objects in this file instead of a repository', 'FILE'),
      stored: {
        kind: 'boolean',
        optional: true,
        brief: 'All objects of that file are as an API server stores them: no label is added to a Namespace',
      },
      queries: text(
        'Answer the questions of this file, a JSON object a line; with --json in the same form',
        'FILE',
      ),
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
    const cwd = resolve(this.cwd, flags.directory ?? '.');
    const source: Source = defined({
      cwd,
      directory: resolve(cwd, target ?? '.'),
      objects: flags.objects,
      stored: flags.stored,
    });
    const context = workingOn(this, target);
    const { from, to, queries } = flags;
    if (queries !== undefined && from === undefined && to === undefined)
      return answerMany(context, flags, source, queries);
    if (queries === undefined && from !== undefined && to !== undefined)
      return answerOne(context, flags, source, { from, to });
    this.process.stderr.write('Use either --from and --to, or --queries.\n');
    this.process.exitCode = exit.invalid;
  },
});

async function answerOne(
  context: GatehouseContext,
  flags: Flags,
  source: Source,
  question: { from: string; to: string },
): Promise<void> {
  const { reachOne } = await import('../operations/reach/reach.ts');
  optimiseLate(process.versions.node);
  const inputs = checkInputsFrom(flags, (path) => resolve(source.cwd, path));
  const outcome = await reachOne(source, question, context.environment, inputs);
  if (!outcome.ok) return failToTell(context, flags, outcome.problems);
  const { renderReach } = await import('../report/reach.ts');
  const { value: answer } = outcome;
  const style = outStyle(context);
  const report = flags.json
    ? jsonDocument({ schemaVersion: 1, ok: true, ...answer })
    : style.fit(renderReach(answer, style));
  context.process.stdout.write(report);
  context.process.exitCode = exitOf(answer.verdict);
}

async function answerMany(
  context: GatehouseContext,
  flags: Flags,
  source: Source,
  queries: string,
): Promise<void> {
  const { reachMany } = await import('../operations/reach/reach.ts');
  optimiseLate(process.versions.node);
  const inputs = checkInputsFrom(flags, (path) => resolve(source.cwd, path));
  const outcome = await reachMany(source, queries, context.environment, inputs);
  if (!outcome.ok) return failToTell(context, flags, outcome.problems);
  const { renderAnswers, renderAnswerTable } = await import('../report/reach.ts');
  let code: Exit = exit.ok;
  const answers = noting(outcome.value, ({ verdict }) => {
    if (exitOf(verdict) !== exit.ok) code = exitOf(verdict);
  });
  const pieces = flags.json ? renderAnswers(answers) : renderAnswerTable(answers, outStyle(context));
  for (const text of pieces) context.process.stdout.write(text);
  context.process.exitCode = code;
}

function* noting<Item>(items: Iterable<Item>, note: (item: Item) => void): Generator<Item, void> {
  for (const item of items) {
    note(item);
    yield item;
  }
}

/** No answer is a finding; only one that is not known gets an exit code of its own. */
function exitOf(verdict: Reach): Exit {
  return verdict === 'unknown' ? exit.unknown : exit.ok;
}
