import type { Scanned, ScanSource } from '../operations/scan/scan.ts';
import type { Finding } from '../privacy/finding.ts';
import { nameOfPlace } from '../privacy/sarif.ts';
import { printableValues } from './printable.ts';
import { renderProblems } from './problems.ts';
import type { Style } from './style.ts';

const searched: Record<ScanSource, string> = {
  tree: 'the work tree',
  staged: 'the staged files',
  history: 'the history',
  message: 'the commit message',
  push: 'what the push publishes',
};

/** The result of a scan as text. It shows names and four characters of a keyed hash, never values. */
export function renderScan(
  scanned: Scanned,
  { source, quiet }: { source: ScanSource; quiet?: boolean },
  style: Style,
): string {
  const { problems } = scanned;
  const report = printableValues(scanned.report);
  const parts = [
    ...[...report.findings].sort(byPlace).map((finding) => renderFinding(finding, style)),
    ...report.accepted
      .filter(({ inChange }) => inChange)
      .map(({ finding, reason }) =>
        style.unsure(`Accepted in this change: ${whereOf(finding)}  ${finding.rule} (${reason})`),
      ),
    ...report.stale.map(({ rule, path, reason }) =>
      style.unsure(
        `Accepted, but no longer present: ${[rule, path].filter(Boolean).join(' in ')} (${reason})`,
      ),
    ),
    ...(problems.length > 0 ? [renderProblems(problems, style)] : []),
    ...(quiet ? [] : [...notes(report), summary(scanned, source, style)]),
  ];
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

/** The result of a scan as a JSON document. */
export function scanDocument(
  { report, problems, values, unknown, secretsOnly }: Scanned,
  source: ScanSource,
): unknown {
  return {
    schemaVersion: 1,
    ok: true,
    source,
    values,
    valuesUnknown: unknown,
    secretsOnly,
    ...report,
    problems,
  };
}

/** The place of a finding, with line and column where it has them. */
function whereOf({ place, line, column }: Finding): string {
  return place.kind === 'file' ? `${nameOfPlace(place)}:${line}:${column}` : nameOfPlace(place);
}

function renderFinding(finding: Finding, style: Style): string {
  const { rule, reason, field, form, mark, occurrences, acceptedInChange } = finding;
  const what = [
    field,
    form === undefined || form === 'literal' ? '' : form,
    mark,
    occurrences > 1 ? `${occurrences} times` : '',
  ].filter((part) => part !== '');
  const added =
    acceptedInChange === undefined
      ? ''
      : `\n  accepted in this change: ${acceptedInChange}. This does not count yet: push the acceptance first, by a commit of its own`;
  return `${style.strong(whereOf(finding))}  ${style.bad(rule)}\n  ${reason} ${style.faint(`(${what.join(', ')})`)}${added}`;
}

function notes(report: Scanned['report']): string[] {
  const { skipped, macUnchecked, unjudged } = report;
  const lines = [
    ...skipped.map(({ path, reason }) => `  ${path}: ${reason}`),
    ...macUnchecked.map((path) => `  ${path}: no local key decrypts it, so its MAC was not checked`),
    ...(unjudged > 0
      ? [`  ${unjudged} accepted findings cannot be checked without the key of the private values file`]
      : []),
  ];
  return lines.length === 0 ? [] : [`Not searched completely:\n${lines.join('\n')}`];
}

function summary(
  { report, values, unknown, secretsOnly }: Scanned,
  source: ScanSource,
  style: Style,
): string {
  const count = report.findings.length;
  const verdict =
    count > 0
      ? style.bad(`${count} ${count === 1 ? 'finding' : 'findings'}`)
      : unknown
        ? style.unsure(
            values === 0
              ? 'Nothing found, but the private values are unknown'
              : 'Nothing found, but not all private values are known',
          )
        : style.good('Nothing found');
  const accepted = report.accepted.length > 0 ? `, ${report.accepted.length} accepted` : '';
  const texts = `${report.texts} ${report.texts === 1 ? 'text' : 'texts'} of ${searched[source]}`;
  const sought = secretsOnly
    ? 'searched for secrets only: there is no cluster.yaml here, so no private values are known'
    : `searched for ${countOf(report, values)} and for secrets by their shape`;
  return [`${verdict}${accepted}: ${texts}, ${sought}.`, ...limits(printableValues(report))].join(' ');
}

/** Values that no form of which is searched for do not count. */
function countOf({ notSearched }: Scanned['report'], values: number): string {
  const left = notSearched.filter(({ forms }) => forms === 'all').length;
  return left === 0 ? `${values} private values` : `${values - left} of ${values} private values`;
}

/** What the search for private values leaves out: a property of the values, which the user cannot change at each run. */
function limits({ notSearched }: Scanned['report']): string[] {
  const byLimit = new Map<string, string[]>();
  for (const { name, forms, reason, whole } of notSearched) {
    const limit =
      forms === 'all'
        ? `Not searched for (${reason})`
        : whole
          ? 'Searched for as a whole host name only'
          : `Not searched for in ${forms.join(' and ')} (${reason})`;
    byLimit.set(limit, [...(byLimit.get(limit) ?? []), name]);
  }
  return [...byLimit].map(([limit, names]) => `${limit}: ${names.join(', ')}.`);
}

function byPlace(one: Finding, other: Finding): number {
  return (
    nameOfPlace(one.place).localeCompare(nameOfPlace(other.place)) ||
    one.line - other.line ||
    one.column - other.column
  );
}
