import { everyValue } from '../config/private.ts';
import { describeObject } from '../manifests/sourcedObject.ts';
import { type ClusterChange, ofRisk, type Risk, risks } from '../operations/upgrade/clusterChange.ts';
import type { ApplyingNote } from '../operations/upgrade/releaseNotes.ts';
import type { Upgrade } from '../operations/upgrade/upgrade.ts';
import { redactor } from '../private-values/redact.ts';
import { redactValues } from '../private-values/redactValues.ts';
import { jsonDocument, printable, printableLines, printableValues } from './printable.ts';
import { renderProblems } from './problems.ts';
import { asData, comparedWith, renderRestarts, restartsOf } from './restarts.ts';
import type { Style } from './style.ts';

interface Options {
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  /** Whether `cluster.yaml` was written in the newest format. */
  written: boolean;
  /** The version of Gatehouse. */
  version: string;
}

const titles: Record<Risk, string> = {
  refused: 'The API server refuses it, and Flux stands still',
  data: 'Data',
  restart: 'Restarts',
  network: 'Network and access',
  nothing: 'Without effect on what runs',
};

/** What this version changes, by risk, with the notes that apply and what to do next. Contains no private value. */
export function reportUpgrade(upgrade: Upgrade, options: Options, style: Style): string {
  const { loaded } = upgrade.prepared.configuration;
  const hidden = everyValue(loaded);
  if (options.json) return jsonDocument(redactValues(document(upgrade, options), hidden));
  const redact = redactor(hidden);
  const unknown = [...upgrade.prepared.unknown, ...(upgrade.running?.unknown ?? [])];
  const chapters = options.quiet
    ? [chapterOf('refused', upgrade, options, style)]
    : [
        heading(upgrade, options.version, style),
        ...risks.map((risk) => chapterOf(risk, upgrade, options, style)),
        promises(upgrade, style),
        chapter('Release notes that apply', notes(upgrade.notes, style), style),
        format(upgrade, options, style),
      ];
  const parts = [
    ...chapters,
    chapter('Not compared', renderProblems(unknown, style), style),
    ...(options.quiet ? [] : [conflicts(upgrade, style), next(upgrade, options, style)]),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${parts.map((part) => style.fit(redact(part))).join('\n\n')}\n`;
}

function heading({ running, prepared: { difference } }: Upgrade, version: string, style: Style): string {
  const counts = (['created', 'changed', 'removed'] as const).flatMap((kind) => {
    const count = difference.changes.filter((change) => change.kind === kind).length;
    return count > 0 ? [`${count} ${kind}`] : [];
  });
  const files =
    counts.length === 0 ? 'no file of this directory' : `files of this directory: ${counts.join(', ')}`;
  const what = `${style.strong(`Gatehouse ${version}`)} would change ${files}.`;
  if (running === undefined) return `${what}\nNothing was committed yet, so nothing runs that could change.`;
  return `${what}\nWhat Flux applies now is taken from ${comparedWith(running).join(' and ') || 'no commit that can be read'}.`;
}

function chapterOf(risk: Risk, { changes, files }: Upgrade, { verbose }: Options, style: Style): string {
  const found = ofRisk(changes, risk);
  if (risk === 'nothing') return chapter(titles.nothing, harmless(found, files, verbose === true), style);
  if (risk === 'restart') return chapter(titles.restart, renderRestarts(found, style), style);
  return chapter(titles[risk], found.map((change) => lineOf(change, style)).join('\n'), style);
}

function lineOf({ object, sentence, certain, remedy }: ClusterChange, style: Style): string {
  const may = certain ? '' : `${style.unsure('may')}: `;
  const todo = remedy === undefined ? '' : `\n    ${printable(remedy)}`;
  return `  ${may}${printable(`${describeObject(object)}: ${sentence}`)}${todo}`;
}

function harmless(changes: readonly ClusterChange[], files: readonly string[], verbose: boolean): string {
  if (changes.length + files.length === 0) return '';
  const objects = new Set(changes.map(({ name }) => name)).size;
  const sum = [
    ...(objects > 0 ? [`${objects} ${objects === 1 ? 'object' : 'objects'}`] : []),
    ...(files.length > 0
      ? [`${files.length} ${files.length === 1 ? 'file' : 'files'} of which no object changes`]
      : []),
  ].join(', and ');
  if (!verbose)
    return `  ${sum}: new objects, labels, annotations, comments and documents. --verbose names them.`;
  return [
    `  ${sum}:`,
    ...changes.map(({ object, sentence }) => `  ${printable(`${describeObject(object)}: ${sentence}`)}`),
    ...files.map((file) => `  ${printable(file)}`),
  ].join('\n');
}

function promises({ promises: changes }: Upgrade, style: Style): string {
  if (changes === undefined) return '';
  const { opens, closes, proofs } = printableValues(changes);
  const lines = [
    ...proofs.map(({ claim, before, after }) => `  ${before ?? 'new'} → ${after ?? 'gone'}  ${claim}`),
    ...opens.map(({ sentence }) => `  ${style.bad('opens')}   ${sentence}`),
    ...closes.map(({ sentence }) => `  ${style.good('closes')}  ${sentence}`),
  ];
  return chapter('Promises that change', lines.join('\n'), style);
}

function notes(applying: readonly ApplyingNote[], style: Style): string {
  return applying
    .map(({ program, version: since, breaks, action, source, before, after }) =>
      [
        `  ${style.strong(printable(`${program} ${since}`))} (${printable(`${before} → ${after}`)}): ${breaks}.`,
        `    do    ${action}`,
        `    from  ${source}`,
      ].join('\n'),
    )
    .join('\n');
}

function conflicts({ prepared: { difference, tree } }: Upgrade, style: Style): string {
  const lines = [
    ...difference.conflicts.map(
      ({ path, reason }) => `  ${style.bad('yours')}  ${printable(path)} (${reason.replaceAll('-', ' ')})`,
    ),
    ...tree.kept
      .filter((path) => !difference.conflicts.some((conflict) => conflict.path === path))
      .map((path) => `  kept   ${printable(path)}`),
  ];
  return chapter('Files that you changed, which count as you left them', lines.join('\n'), style);
}

/** The change of `cluster.yaml`, which has no private value. */
function format({ format: change }: Upgrade, { written }: Options, style: Style): string {
  if (change === undefined) return '';
  const title = `The format of cluster.yaml: ${change.from} → ${change.to}`;
  const todo = written
    ? style.good('Written.')
    : 'The older one is read too. Next: gatehouse upgrade --write writes this file, and nothing else.';
  return chapter(title, `${printableLines(change.diff).trimEnd()}\n${todo}`, style);
}

/** The next command, by what there is to do. */
function next(
  { prepared: { difference, unknown: unopened }, format: change, changes, running }: Upgrade,
  { written }: Options,
  style: Style,
): string {
  const nothing = written ? 'Nothing else was written' : 'Nothing was written';
  if (difference.conflicts.length > 0)
    return `${nothing}. Decide about the files that you changed: gatehouse configure --check --diff shows them, and --accept mine or --accept theirs decides.`;
  if (difference.changes.length > 0 || difference.record.before === undefined)
    return `${nothing}. Next: gatehouse configure --check --diff shows each line, and gatehouse configure writes it.`;
  if (changes.length > 0)
    return 'Nothing is left to write, and what is in this directory does not run yet: commit and push it.';
  if (change !== undefined) return '';
  const unknown = unopened.length + (running?.unknown.length ?? 0) > 0;
  return unknown
    ? style.unsure('Of what could be compared, nothing would change.')
    : style.good('Nothing would change.');
}

function chapter(title: string, body: string, style: Style): string {
  return body === '' ? '' : `${style.strong(title)}\n\n${body}`;
}

function document(
  { prepared, format: change, running, changes, promises: changed, notes: applying, files }: Upgrade,
  { version, written }: Options,
): unknown {
  const { difference, tree, unknown } = prepared;
  return {
    schemaVersion: 1,
    ok: true,
    version,
    comparedWith: comparedWith(running),
    files: difference.changes.map(({ kind, path }) => ({ kind, path })),
    format: change === undefined ? null : { from: change.from, to: change.to, diff: change.diff, written },
    filesOnly: files,
    conflicts: difference.conflicts.map(({ path, reason }) => ({ path, reason })),
    kept: tree.kept,
    changes: changes.map(asData),
    restarts: restartsOf(running),
    promises: changed?.proofs ?? [],
    opens: changed?.opens ?? [],
    closes: changed?.closes ?? [],
    releaseNotes: applying,
    unknowns: [...unknown, ...(running?.unknown ?? [])],
  };
}
