import { everyValue, type PrivateValues } from '../config/private.ts';
import { describeObject, type ObjectRef } from '../manifests/sourcedObject.ts';
import type { Prepared } from '../operations/configure/configure.ts';
import { redactor } from '../private-values/redact.ts';
import { redactValues } from '../private-values/redactValues.ts';
import type { Problem } from '../problems/problem.ts';
import type { Change } from '../repository/change.ts';
import { unifiedDiff } from '../repository/unifiedDiff.ts';
import { renderAccessMap, renderAssumptions, renderProofs } from './accessMap.ts';
import { jsonDocument, printable, printableLines, printableValues } from './printable.ts';
import { renderProblems } from './problems.ts';
import { comparedWith, renderRestartList, restartsOf } from './restarts.ts';
import type { Style } from './style.ts';

interface Options {
  json?: boolean;
  quiet?: boolean;
  check?: boolean;
  diff?: boolean;
  accept?: 'mine' | 'theirs';
  written: boolean;
  /** Why the change may not be written as it is. */
  removals?: readonly Problem[];
  timings: { stages: readonly { stage: string; milliseconds: number }[]; peakBytes: number } | undefined;
}

/** What `configure` ends with: the difference, the access map, the proofs, and what they rest on. */
export function reportConfigure(prepared: Prepared, options: Options, style: Style): string {
  const hidden = everythingHidden(prepared);
  if (options.json) return jsonDocument(redactValues(document(prepared, options), hidden));
  const redact = redactor(hidden);
  const { difference, unknown } = prepared;
  const analysis = printableValues(prepared.analysis);
  const fileProofs = printableValues(prepared.fileProofs);
  const parts = [
    ...(options.quiet
      ? []
      : [
          chapter('Access map', renderAccessMap(analysis, style), style),
          chapter('Proofs', renderProofs([...analysis.proofs, ...fileProofs], style), style),
          chapter('Accepted', acceptedLines(prepared), style),
          chapter('What the proofs rest on', renderAssumptions(analysis, style), style),
        ]),
    ...(analysis.unknowns.length > 0
      ? [
          chapter(
            'Not seen',
            analysis.unknowns.map(({ sentence, remedy }) => `  ${sentence}. ${remedy}.`).join('\n'),
            style,
          ),
        ]
      : []),
    chapter('Warnings', renderProblems(prepared.plan.warnings, style), style),
    ...(unknown.length > 0 ? [renderProblems(unknown, style)] : []),
    ...(options.timings ? [renderTimings(options.timings)] : []),
    options.quiet && difference.changes.length === 0 ? '' : summary(prepared, options, style),
  ];
  const shown = (part: string): string => style.fit(redact(part));
  return `${[
    ...(options.diff ? difference.changes.map((change) => redact(printableLines(unifiedDiff(change)))) : []),
    ...parts.map(shown),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** What a user reads before anything is written: what their own files refute, and which pods will restart. */
export function reportBeforeWriting(
  prepared: Prepared,
  options: Pick<Options, 'json' | 'quiet' | 'check' | 'written'>,
  style: Style,
): string {
  if (options.json) return '';
  const redact = redactor(everythingHidden(prepared));
  const parts = [
    refutedByUser(prepared, options, style),
    options.quiet ? '' : renderRestartList(prepared.running, style),
  ];
  return parts
    .filter((part) => part !== '')
    .map((part) => `${style.fit(redact(part))}\n\n`)
    .join('');
}

/** Files that a user changed, each with how it differs from what Gatehouse would write. */
export function reportConflicts(prepared: Prepared, style: Style): string {
  const redact = redactor(everythingHidden(prepared));
  const { conflicts } = prepared.difference;
  return redact(
    `${conflicts.map(({ path, change }) => `${style.strong(printable(path))}\n${printableLines(unifiedDiff(change))}`).join('\n')}\n`,
  );
}

/** Private values and secrets: a user may have written either into a file that is compared. */
function everythingHidden({ configuration: { loaded } }: Prepared): PrivateValues {
  return everyValue(loaded);
}

/** Says first what the user's own files refute, and that it does not keep Gatehouse from writing its files. */
function refutedByUser(
  { refuted, tree }: Prepared,
  { check, written }: Pick<Options, 'check' | 'written'>,
  style: Style,
): string {
  if (refuted.users.length === 0) return '';
  const does = check ? 'would write' : written ? 'writes' : 'does not write';
  return [
    `${style.bad('Refuted by files of your own')}: Gatehouse ${does} its files, and leaves these to you.`,
    ...refuted.users.flatMap(({ claim, evidence }) => {
      const known = evidence.filter(({ object }) => object.file !== '');
      const own = known.filter(({ object }) => !tree.written.has(object.file));
      const places = (own.length > 0 ? own : known).map(
        ({ object }) => `    ${describeObject(object)} in ${placeOf(object)}`,
      );
      const kept =
        own.length === 0 && tree.kept.length > 0 ? [`    files that you keep: ${tree.kept.join(', ')}`] : [];
      return [`  ${claim}`, ...new Set(places), ...kept].map(printable);
    }),
  ].join('\n');
}

function acceptedLines({ accepted }: Prepared): string {
  return accepted.map(({ proof, reason }) => `  ${printable(`${proof.claim}: ${reason}`)}`).join('\n');
}

function placeOf({ file, line }: ObjectRef): string {
  return line === undefined ? file : `${file}:${line}`;
}

function chapter(title: string, body: string, style: Style): string {
  return body === '' ? '' : `${style.strong(title)}\n\n${body}`;
}

function summary(
  { difference, tree, refuted, changedByUser }: Prepared,
  { accept, check, written }: Options,
  style: Style,
): string {
  const { changes, unchanged, conflicts } = difference;
  const { kept } = tree;
  const stopped = refuted.ours.length > 0 && !check;
  if (changes.length + conflicts.length === 0 && !stopped && difference.record.before === undefined)
    return `${unchanged} files, nothing to change in them. ${check ? 'Would be written' : 'Written'}: the record of them, ${difference.record.file}.`;
  if (changes.length + conflicts.length === 0 && !stopped) return `${unchanged} files, nothing to change.`;
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  const counts = (['created', 'changed', 'removed'] as const).flatMap((kind) =>
    count(kind) > 0 ? [`${count(kind)} ${kind}`] : [],
  );
  const state = written
    ? style.good('Written')
    : check
      ? style.unsure('Would be written')
      : style.bad('Nothing was written: objects of Gatehouse refute a proof');
  const byUser =
    stopped && changedByUser.length > 0
      ? [`  Your own files change these: ${printable(changedByUser.join(', '))}`]
      : [];
  return [
    `${state}: ${[...counts, `${unchanged} as they were`, ...(kept.length > 0 ? [`${kept.length} kept as you left them`] : [])].join(', ')}.`,
    ...byUser,
    ...(changes.length <= 12 || check
      ? changes.map(({ kind, path }) => `  ${kind.padEnd(8)} ${printable(path)}`)
      : []),
    ...conflicts.map(
      ({ path, reason }) => `  ${style.bad('yours')}    ${printable(path)} (${reason.replaceAll('-', ' ')})`,
    ),
    ...(conflicts.length > 0
      ? [
          accept === 'theirs'
            ? "The proofs are about Gatehouse's version of these files."
            : 'The proofs are about your version of these files; --check --accept theirs proves the other one.',
        ]
      : []),
  ].join('\n');
}

function renderTimings({ stages, peakBytes }: NonNullable<Options['timings']>): string {
  const total = stages.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [
    ...stages.map(
      ({ stage, milliseconds }) => `  ${stage.padEnd(10)} ${milliseconds.toFixed(1).padStart(8)} ms`,
    ),
    `  ${'all stages'.padEnd(10)} ${total.toFixed(1).padStart(8)} ms, at most ${Math.round(peakBytes / 1024 / 1024)} MiB of memory`,
  ].join('\n');
}

function document(
  { difference, tree, analysis, fileProofs, refuted, unknown, plan, running }: Prepared,
  { accept, written, removals = [], timings }: Options,
): unknown {
  const { entries, proofs, assumptions, unknowns } = analysis;
  return {
    schemaVersion: 1,
    ok: true,
    written,
    objects: plan.objects.length,
    changes: difference.changes.map(({ kind, path }) => ({ kind, path })),
    conflicts: difference.conflicts.map(({ path, reason }) => ({ path, reason })),
    unchanged: difference.unchanged,
    kept: tree.kept,
    provedWith: accept ?? 'mine',
    entries,
    proofs: [...proofs, ...fileProofs],
    refutedByUser: refuted.users.map(({ invariant, claim, evidence }) => ({
      invariant,
      claim,
      objects: evidence.map(({ object }) => object).filter(({ file }) => !tree.written.has(file)),
    })),
    assumptions,
    unknowns: [...unknowns, ...unknown],
    warnings: plan.warnings,
    removals,
    comparedWith: comparedWith(running),
    restarts: restartsOf(running),
    ...(timings ? { timings } : {}),
  };
}
