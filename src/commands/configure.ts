import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Prepared } from '../operations/configure/configure.ts';
import type { Problem } from '../problems/problem.ts';
import { renderProblems } from '../report/problems.ts';
import { optimiseLate } from '../system/lateOptimisation.ts';
import { type RenderingFlags, renderingBy, renderingFlags } from './checkFlags.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  type Exit,
  errorStyle,
  exit,
  exitFor,
  type GatehouseContext,
  outStyle,
} from './context.ts';
import { fail, failToTell } from './fail.ts';
import { progressOn } from './progress.ts';

interface Flags extends CommonFlags, RenderingFlags {
  check?: boolean;
  diff?: boolean;
  timings?: boolean;
  accept?: 'mine' | 'theirs';
  allowRemoval?: readonly string[];
}

/** `gatehouse configure`: compiles the configuration and brings the directory to what it says. */
export const configure = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'Compile cluster.yaml, prove the result, and write it' },
  parameters: {
    flags: {
      ...commonFlags,
      check: {
        kind: 'boolean',
        optional: true,
        brief: 'Write nothing; end with 1 if something would change',
      },
      diff: { kind: 'boolean', optional: true, brief: 'Show what changes, line by line' },
      timings: {
        kind: 'boolean',
        optional: true,
        brief: 'Show how long each stage took, and the peak of memory',
      },
      accept: {
        kind: 'enum',
        values: ['mine', 'theirs'],
        optional: true,
        brief: 'For files changed by hand: keep mine, or take theirs, which is what Gatehouse would write',
      },
      allowRemoval: {
        kind: 'parsed',
        parse: String,
        variadic: true,
        optional: true,
        brief:
          'Remove or replace this, although it holds data, such as namespace/media; may be given several times',
        placeholder: 'NAME',
      },
      ...renderingFlags,
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const { apply, prepare } = await import('../operations/configure/configure.ts');
    const { removalProblems } = await import('../operations/configure/removalProblems.ts');
    const { refusedWrites } = await import('../operations/configure/refusedWrites.ts');
    optimiseLate(process.versions.node);
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const watcher = progressOn(this, flags);
    const { rendering } = renderingBy(flags, (path) => resolve(directory, path));
    const options = { rendering, accept: flags.accept };
    const prepared = await prepare(directory, this.environment, watcher, options);
    if (!prepared.ok) {
      watcher.done();
      return fail(this, flags, prepared.problems);
    }
    const removals = removalProblems(
      prepared.value.losses,
      refusedWrites(prepared.value),
      flags.allowRemoval ?? [],
    );
    if (removals.length > 0 && !flags.check) {
      watcher.done();
      return refuseRemovals(this, flags, prepared.value, removals);
    }
    const writes = !flags.check && prepared.value.refuted.ours.length === 0;
    const isSettled = prepared.value.difference.conflicts.length === 0 || flags.accept !== undefined;
    const { reportBeforeWriting, reportConfigure } = await import('../report/configure.ts');
    const first = reportBeforeWriting(
      prepared.value,
      { ...flags, written: writes && isSettled },
      outStyle(this),
    );
    if (first !== '') {
      watcher.done();
      this.process.stdout.write(first);
    }
    const written = writes ? await apply(prepared.value, flags.accept, watcher) : undefined;
    watcher.done();
    if (written && !written.ok) {
      await showConflicts(this, flags, prepared.value);
      return fail(this, flags, written.problems);
    }
    this.process.stdout.write(
      reportConfigure(
        prepared.value,
        { ...flags, written: writes, removals, timings: watcher.timings(flags) },
        outStyle(this),
      ),
    );
    this.process.exitCode = exitOf(prepared.value, flags, removals);
    if (removals.length > 0 && !flags.json) this.process.stderr.write(problemText(this, removals));
    await nameEncryption(this, flags, prepared.value);
    if (writes) await followLocally(this, flags, directory);
  },
});

/** Says of a plain private values file that only this computer has it. */
async function nameEncryption(
  context: GatehouseContext,
  { json, quiet }: Flags,
  { configuration: { directory, loaded } }: Prepared,
): Promise<void> {
  if (json || quiet) return;
  const { encryptCommand, isLostWithComputer } = await import('../operations/plainValues.ts');
  if (await isLostWithComputer(directory, loaded))
    context.process.stdout.write(
      outStyle(context).fit(
        `\nOnly this computer has your private values: Git ignores cluster.private.yaml. Encrypt it, so that Git keeps it: ${encryptCommand}\n`,
      ),
    );
}

/** Writes nothing of a change that takes data away, but the annotation with which Flux leaves the data alone. */
async function refuseRemovals(
  context: GatehouseContext,
  flags: Flags,
  prepared: Prepared,
  removals: readonly Problem[],
): Promise<void> {
  const { applyKept } = await import('../operations/configure/configure.ts');
  const kept = await applyKept(prepared);
  if (!kept.ok) return fail(context, flags, [...removals, ...kept.problems]);
  if (kept.value.length === 0) return fail(context, flags, removals);
  failToTell(context, flags, removals);
  if (!flags.json)
    context.process.stderr.write(
      `\nWritten: the annotation that keeps Flux from pruning them, and nothing else.\n${kept.value.map((path) => `  changed  ${path}\n`).join('')}`,
    );
}

/** Keeps `local/` up to date where `manifests --local` wrote it before, so that nobody applies an older one. */
async function followLocally(context: GatehouseContext, flags: Flags, directory: string): Promise<void> {
  const { hasLocalManifests, writeLocalManifests } = await import(
    '../operations/manifests/localManifests.ts'
  );
  if (!hasLocalManifests(directory)) return;
  const followed = await writeLocalManifests(directory, context.environment);
  if (followed.ok) {
    if (!flags.json && !flags.quiet)
      context.process.stdout.write(`\n${followed.value.folder}/ has the values too.\n`);
    return;
  }
  context.process.stderr.write(problemText(context, followed.problems));
  context.process.exitCode = exitFor(followed.problems);
}

function problemText(context: GatehouseContext, problems: readonly Problem[]): string {
  const style = errorStyle(context);
  return style.fit(`${renderProblems(problems, style)}\n`);
}

async function showConflicts(context: GatehouseContext, flags: Flags, prepared: Prepared): Promise<void> {
  if (flags.json || prepared.difference.conflicts.length === 0) return;
  const { reportConflicts } = await import('../report/configure.ts');
  context.process.stderr.write(reportConflicts(prepared, errorStyle(context)));
}

/** Data that would be lost counts first, then a refuted proof that nobody accepted, then, with `--check`, a difference, and then what is unknown. */
function exitOf({ open, difference, unknown }: Prepared, flags: Flags, removals: readonly Problem[]): Exit {
  if (removals.length > 0) return exitFor(removals);
  const verdicts = open.map(({ verdict }) => verdict);
  if (verdicts.includes('refuted')) return exit.found;
  // The record of what was written is a file too.
  const isRecorded = difference.record.before !== undefined;
  if (flags.check && (difference.changes.length + difference.conflicts.length > 0 || !isRecorded))
    return exit.found;
  if (unknown.length > 0) return exitFor(unknown);
  return verdicts.includes('unknown') ? exit.unknown : exit.ok;
}
