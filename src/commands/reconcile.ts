import { resolve } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { Reconciled } from '../operations/reconcile/types.ts';
import { type ClusterFlags, clusterChoice, clusterFlags } from './clusterFlags.ts';
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  type Exit,
  errorStyle,
  exit,
  type GatehouseContext,
  interrupted,
  outStyle,
} from './context.ts';
import { parseDuration } from './duration.ts';
import { failToTell } from './fail.ts';
import { interruptible } from './interruption.ts';

interface Flags extends CommonFlags, ClusterFlags {
  timeout?: number;
  reset?: boolean;
}

/** `gatehouse reconcile`: has Flux fetch and apply what was pushed now, and waits for it. */
export const reconcile = buildCommand<Flags, [], GatehouseContext>({
  docs: { brief: 'Have Flux fetch and apply what was pushed now, and wait until everything is ready' },
  parameters: {
    flags: {
      ...commonFlags,
      ...clusterFlags,
      timeout: {
        kind: 'parsed',
        parse: parseDuration,
        optional: true,
        brief: 'How long to wait, such as 90s or 15m; 5m otherwise',
        placeholder: 'TIME',
      },
      reset: {
        kind: 'boolean',
        optional: true,
        brief: 'Let Flux try again what it has tried often enough: HelmReleases that exceeded their retries',
      },
    },
    aliases: commonAliases,
  },
  async func(flags) {
    const { reconcileDirectory } = await import('../operations/reconcile/reconcileDirectory.ts');
    const { reconcilePrinter } = await import('../report/reconcileProgress.ts');
    const { reportReconcile } = await import('../report/reconcile.ts');
    const directory = resolve(this.cwd, flags.directory ?? '.');
    const isSilent = flags.quiet === true || flags.json === true;
    const printer = reconcilePrinter(isSilent ? undefined : this.process.stderr, errorStyle(this));
    try {
      const done = await interruptible((signal) =>
        reconcileDirectory(
          { directory, ...clusterChoice(flags, this) },
          {
            timeout: flags.timeout ?? 300_000,
            reset: flags.reset === true,
            signal,
            onProgress: printer.show,
          },
        ),
      );
      printer.done();
      if (!done.ok) return failToTell(this, flags, done.problems);
      const style = outStyle(this);
      const report = reportReconcile(done.value, flags, style);
      this.process.stdout.write(flags.json ? report : style.fit(report));
      this.process.exitCode = exitOf(done.value);
    } finally {
      printer.done();
    }
  },
});

function exitOf({ ended, failure, judged, notes }: Reconciled): Exit | typeof interrupted {
  if (ended === 'interrupted') return interrupted;
  if (failure !== undefined) return exit.found;
  const isLeft = judged.some(({ state }) => state !== 'done') || notes.some(({ isUnknown }) => isUnknown);
  return isLeft ? exit.unknown : exit.ok;
}
