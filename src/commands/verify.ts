import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildCommand } from '@stricli/core';
import type { Verifiable, Verified } from '../operations/verify/verify.ts';
import { type Outcome, ok } from '../problems/outcome.ts';
import { jsonDocument, jsonLine } from '../report/printable.ts';
import { type ClusterFlags, clusterChoice, clusterFlags } from './clusterFlags.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  type Exit,
  exit,
  type GatehouseContext,
  outStyle,
} from './context.ts';
import { failToTell } from './fail.ts';

interface Flags extends CommonFlags, ClusterFlags {
  only?: readonly string[];
  watch?: number;
  junit?: string;
}

/** `gatehouse verify`: whether every promise still holds in the running cluster. */
export const verify = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'Ask the running cluster whether every promise still holds, and show the evidence' },
  parameters: {
    flags: {
      ...commonFlags,
      ...clusterFlags,
      only: {
        kind: 'parsed',
        parse: String,
        variadic: ',',
        optional: true,
        brief: 'Ask only checks whose id begins so, or those of this component',
        placeholder: 'ID',
      },
      watch: {
        kind: 'parsed',
        parse: secondsFrom,
        optional: true,
        brief: 'Ask again after so many seconds, until it is ended',
        placeholder: 'SECONDS',
      },
      junit: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'Write the results to this file too, as JUnit',
        placeholder: 'FILE',
      },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const { prepareVerify } = await import('../operations/verify/verify.ts');
    const prepared = await prepareVerify(directory, this.environment);
    if (!prepared.ok) return failToTell(this, flags, prepared.problems);
    for (;;) {
      const verified = await once(this, flags, prepared.value);
      if (!verified.ok) return failToTell(this, flags, verified.problems);
      await report(this, flags, verified.value);
      if (flags.watch === undefined) return;
      await wait(flags.watch * 1000);
    }
  },
});

async function once(
  context: GatehouseContext,
  flags: Flags,
  verifiable: Verifiable,
): Promise<Outcome<Verified>> {
  const { openCluster } = await import('../live/openCluster.ts');
  const { verify: run } = await import('../operations/verify/verify.ts');
  const { uid } = verifiable.configuration.loaded.cluster.cluster;
  const opened = await openCluster({ uid, ...clusterChoice(flags, context) });
  if (!opened.ok) return opened;
  const cluster = opened.value;
  try {
    const verified = await run(verifiable, { cluster, now: context.environment.now }, { only: flags.only });
    if (!verified.ok) return verified;
    // What only some checks found says nothing of the others.
    const kept = flags.only === undefined ? await keep(verifiable, verified.value) : ok(undefined);
    return kept.ok ? verified : kept;
  } finally {
    cluster.close();
  }
}

async function keep({ directory, tree }: Verifiable, verified: Verified): Promise<Outcome<undefined>> {
  const { writeRecord } = await import('../operations/verify/record.ts');
  const { at, context, results } = verified;
  if (tree.commit === undefined) return ok(undefined);
  const problem = await writeRecord(directory, {
    schemaVersion: 1,
    at,
    commit: tree.commit,
    context,
    results,
  });
  return problem.ok ? ok(undefined) : problem;
}

async function report(context: GatehouseContext, flags: Flags, verified: Verified): Promise<void> {
  const { renderVerified, verifiedDocument } = await import('../report/verify.ts');
  const style = outStyle(context);
  const { stdout } = context.process;
  if (flags.junit !== undefined) {
    const { resultsToJunit } = await import('../report/junit.ts');
    const { writeReport } = await import('../operations/writeReport.ts');
    const file = resolve(context.cwd, flags.directory ?? '.', flags.junit);
    const written = await writeReport([{ file, text: resultsToJunit(verified.results, 'gatehouse verify') }]);
    if (!written.ok) return failToTell(context, flags, written.problems);
  }
  if (!flags.json) stdout.write(style.fit(renderVerified(verified, { quiet: flags.quiet }, style)));
  else stdout.write((flags.watch === undefined ? jsonDocument : jsonLine)(verifiedDocument(verified)));
  context.process.exitCode = exitOf(verified);
}

function exitOf({ results }: Verified): Exit {
  if (results.some(({ verdict }) => verdict === 'broken')) return exit.found;
  return results.some(({ verdict }) => verdict === 'not checked') ? exit.unknown : exit.ok;
}

function secondsFrom(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 1 || seconds > 86_400)
    throw new Error('a number of seconds from 1 to 86400');
  return seconds;
}
