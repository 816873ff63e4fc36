import { defined } from '../kubernetes/defined.ts';
import { describeObject } from '../manifests/sourcedObject.ts';
import { type ClusterChange, restartsAmong } from '../operations/upgrade/clusterChange.ts';
import type { RunningChanges } from '../operations/upgrade/runningChanges.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** The pods that restart when Flux applies a change, each with whether a moment is without them. Empty where nothing runs. */
export function renderRestartList(running: RunningChanges | undefined, style: Style): string {
  if (running === undefined || running.changes.length === 0) return '';
  const restarts = restartsAmong(running.changes);
  if (restarts.length === 0) return `${style.strong('No pod restarts')} when Flux applies this.`;
  const title = `${style.strong('Pods that restart')} when Flux applies this, compared with ${comparedWith(running).join(' and ')}`;
  return `${title}\n\n${renderRestarts(restarts, style)}`;
}

/** One line for each object, the worst first. */
export function renderRestarts(restarts: readonly ClusterChange[], style: Style): string {
  return restarts
    .map((change) => {
      const command = change.pods === 'by-hand' && change.remedy !== undefined ? ` (${change.remedy})` : '';
      const line = `${describeObject(change.object)}: ${change.sentence}${command}`;
      return `  ${labelOf(change, style)}  ${printable(line)}`;
    })
    .join('\n');
}

const width = 8;

/** What happens to the pods, as a word of one width. */
function labelOf({ pods, gap, certain, object }: ClusterChange, style: Style): string {
  if (pods === 'may' || !certain) return style.unsure('may'.padEnd(width));
  if (pods === 'by-hand') return style.unsure('by hand'.padEnd(width));
  if (pods === 'mounted') return 'no'.padEnd(width);
  if (pods === 'stopped') return style.bad('stops'.padEnd(width));
  if (object.kind === 'Job') return 'runs'.padEnd(width);
  if (gap === 'none') return style.good('rolls'.padEnd(width));
  return style.bad('gap'.padEnd(width));
}

/** What the change is compared with, as a reader knows it. */
export function comparedWith(running: RunningChanges | undefined): string[] {
  return (running?.comparedWith ?? []).map((reference) =>
    reference === undefined ? 'this directory' : reference.replace(/^refs\/remotes\//, ''),
  );
}

/** The restarts as JSON data. */
export function restartsOf(running: RunningChanges | undefined): unknown[] {
  return restartsAmong(running?.changes ?? []).map(asData);
}

/** A change as JSON data. */
export function asData({
  risk,
  name,
  object,
  certain,
  sentence,
  fields,
  pods,
  gap,
  remedy,
}: ClusterChange): unknown {
  const { kind, namespace, name: objectName, file } = object;
  return defined({
    risk,
    name,
    object: defined({ kind, namespace, name: objectName, file }),
    certain,
    how: pods,
    gap,
    sentence,
    fields,
    remedy,
  });
}
