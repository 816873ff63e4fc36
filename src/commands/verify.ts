import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildCommand } from '@stricli/core';
import type { Asking, Given } from '../live/check.ts';
import type { Verifiable, Verified } from '../operations/verify/verify.ts';
import type { ProblemCode } from '../problems/codes.ts';
import { type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { jsonDocument, jsonLine } from '../report/printable.ts';
import { type ClusterFlags, clusterChoice, clusterFlags } from './clusterFlags.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  exitForResults,
  type GatehouseContext,
  interrupted,
  outStyle,
} from './context.ts';
import { failToTell } from './fail.ts';
import { interruptible } from './interruption.ts';

interface Flags extends CommonFlags, ClusterFlags {
  only?: readonly string[];
  watch?: number;
  junit?: string;
  probe?: boolean;
  from?: 'outside' | 'home';
  library?: string;
}

/** `gatehouse verify`: whether every promise still holds in the running cluster. */
export const verify = buildCommand<Flags, [URL?], GatehouseContext>({
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
      probe: {
        kind: 'boolean',
        optional: true,
        brief: 'Try the connections that must be refused, from short-lived pods, which are removed again',
      },
      from: {
        kind: 'enum',
        values: ['outside', 'home'],
        optional: true,
        brief: 'Where this computer is: ask from here too what is promised there',
      },
      library: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'Where the library of the NAS is mounted on this computer, to look for an upload there',
        placeholder: 'DIR',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: originFrom,
          optional: true,
          brief: 'With --from outside: ask this hostname only; by default that of each route',
          placeholder: 'URL',
        },
      ],
    },
    aliases: commonAliases,
  },
  async func(flags, url) {
    const misuse = misuseOf(flags, url);
    if (misuse !== undefined) return failToTell(this, flags, [misuse]);
    const run = (signal: AbortSignal): Promise<void> => askAndAgain(this, flags, { url, signal });
    // Without probes nothing has to be removed, and Ctrl-C ends the program at once.
    await (flags.probe ? interruptible(run) : run(new AbortController().signal));
  },
});

async function askAndAgain(context: GatehouseContext, flags: Flags, run: Run): Promise<void> {
  const { signal } = run;
  for (let isFirst = true; ; isFirst = false) {
    const verified = await once(context, flags, run);
    if (verified.ok) await report(context, flags, verified.value);
    else failToTell(context, flags, verified.problems);
    // A cluster that is started again is asked again.
    const goesOn = verified.ok || (!isFirst && verified.problems.every(({ code }) => passing.has(code)));
    if (goesOn && flags.watch !== undefined && !signal.aborted)
      await wait(flags.watch * 1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) context.process.exitCode = interrupted;
    if (!goesOn || flags.watch === undefined || signal.aborted) return;
  }
}

/** Problems of a run that the next one may not have. */
const passing: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'cluster-unreachable',
  'credentials-unusable',
  'cluster-forbidden',
]);

interface Run {
  url: URL | undefined;
  signal: AbortSignal;
}

/** Reads what was pushed by now, and asks. */
async function once(context: GatehouseContext, flags: Flags, run: Run): Promise<Outcome<Verified>> {
  const { prepareVerify } = await import('../operations/verify/verify.ts');
  const directory = resolve(context.cwd, flags.directory ?? '.');
  const prepared = await prepareVerify(directory, context.environment);
  if (!prepared.ok) return prepared;
  const { redactProblems } = await import('../private-values/redactValues.ts');
  return redactProblems(await asked(context, flags, prepared.value, run), prepared.value.hidden);
}

async function asked(
  context: GatehouseContext,
  flags: Flags,
  verifiable: Verifiable,
  run: Run,
): Promise<Outcome<Verified>> {
  const { openCluster } = await import('../live/openCluster.ts');
  const { uid } = verifiable.configuration.loaded.cluster.cluster;
  // Outside, the API server is usually not to be reached, and nobody waits half a minute to hear that.
  const patience = { later: 2_000, ...(flags.from === 'outside' ? { whole: 10_000 } : {}) };
  const opened = await openCluster({ uid, patience, ...clusterChoice(flags, context) });
  const unreached = opened.ok || flags.from !== 'outside' ? undefined : unreachedFrom(opened.problems);
  if (!opened.ok && unreached === undefined) return opened;
  const cluster = opened.ok ? opened.value : undefined;
  try {
    const { verify: ask } = await import('../operations/verify/verify.ts');
    const { storeSender } = await import('../live/store/send.ts');
    const { talosNodes } = await import('../live/talos/talosctl.ts');
    const asking = {
      cluster,
      writer: flags.probe ? cluster?.writer() : undefined,
      places: flags.from === undefined ? {} : await placesOf(flags.from, run.url),
      given: givenBy(context, flags),
      signal: run.signal,
      sendToStore: storeSender(),
      talos: talosNodes(context.environment),
      ends: cluster?.ends,
      now: context.environment.now,
    };
    const verified = await ask(verifiable, asking, { only: flags.only, host: run.url?.hostname, unreached });
    // What only some checks found says nothing of the others.
    if (!verified.ok || flags.only !== undefined || run.url !== undefined) return verified;
    const kept = await keep(verifiable, verified.value, cluster !== undefined);
    return kept.ok ? verified : kept;
  } finally {
    cluster?.close();
  }
}

/** Why there is no cluster to ask. Another cluster than the right one is no reason to go on. */
function unreachedFrom(problems: readonly Problem[]): string | undefined {
  const reached = ['cluster-is-another', 'cluster-unconfirmed'];
  return problems.some(({ code }) => reached.includes(code))
    ? undefined
    : problems.map(({ message }) => message).join('; ');
}

async function placesOf(from: 'outside' | 'home', url: URL | undefined): Promise<Asking['places']> {
  const { thisPlace } = await import('../live/place.ts');
  const place = thisPlace(url?.port ? { httpsPort: Number(url.port) } : {});
  return from === 'outside' ? { internet: place } : { home: place };
}

function givenBy({ cwd, environment }: GatehouseContext, { library }: Flags): Given {
  return {
    variable: (name) => environment.env[name] || undefined,
    library: library === undefined ? undefined : resolve(cwd, library),
  };
}

function misuseOf({ from, probe, library }: Flags, url: URL | undefined): Problem | undefined {
  const wrong = (message: string, expected: string): Problem => ({ code: 'wrong-usage', message, expected });
  if (url !== undefined && from !== 'outside')
    return wrong('a URL is asked from outside only', '--from outside before it');
  if (library !== undefined && from !== 'home')
    return wrong('--library is for an upload at home', '--from home beside it');
  if (probe && from === 'outside')
    return wrong('--probe asks the cluster and --from outside asks the tunnel', 'one of the two in each run');
  return undefined;
}

/** An address without a path: what is asked there, the configuration says. */
function originFrom(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.pathname !== '/' || url.search !== '')
    throw new Error('https:// with a hostname, and nothing behind it');
  return url;
}

async function keep(
  { directory, tree, plan }: Verifiable,
  verified: Verified,
  wasReached: boolean,
): Promise<Outcome<undefined>> {
  const { readRecord, writeRecord } = await import('../operations/verify/record.ts');
  const { resultsToKeep } = await import('../operations/verify/elsewhere.ts');
  const { printableValues } = await import('../report/printable.ts');
  // JSON escapes some controls only, and somebody may look at the file in a terminal.
  const { at, context, results } = printableValues(verified);
  const { commit } = tree;
  if (commit === undefined) return ok(undefined);
  const earlier = await readRecord(directory);
  const known = earlier.ok && earlier.value?.commit === commit ? earlier.value : undefined;
  if (!wasReached && known === undefined) return ok(undefined);
  const problem = await writeRecord(directory, {
    schemaVersion: 1,
    at: wasReached ? at : (known?.at ?? at),
    commit,
    context: wasReached ? context : (known?.context ?? context),
    results: resultsToKeep(plan.checks, { results, known: known?.results ?? [], wasReached }),
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
  context.process.exitCode = exitForResults(verified.results);
}

function secondsFrom(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 1 || seconds > 86_400)
    throw new Error('a number of seconds from 1 to 86400');
  return seconds;
}
