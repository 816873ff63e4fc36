import { defined } from '../kubernetes/defined.ts';
import type { Unknown } from '../manifests/sourcedObject.ts';
import type { CheckChanges } from '../operations/check/changes.ts';
import type { Checked } from '../operations/check/check.ts';
import type { CheckedCluster } from '../operations/check/clusters.ts';
import type { CheckFinding } from '../operations/check/findings.ts';
import { renderAccessMap, renderAssumptions, renderProofs } from './accessMap.ts';
import { alike, firstFew, type Group, theSameFor, unknownsByRemedy } from './groups.ts';
import { printableValues } from './printable.ts';
import { renderProblems } from './problems.ts';
import type { Style } from './style.ts';

/** The text shows this many notes at most; the JSON document has them all. */
const notesShown = 20;
/** Why an acceptance that a change adds does not silence what it accepts. */
export const notCounted =
  'This does not count yet: a change does not accept what it brings. Accept it in a change of its own, without another file, before this one';
/** The text shows this many claims at most for each cause that leaves them open. */
const claimsShown = 5;

/** What a check found, as text: who gets in, what is proved, what is not, and where to look. */
export function renderCheck(found: Checked, { quiet }: { quiet?: boolean }, style: Style): string {
  const checked = printableValues(found);
  const { clusters, notes, stale, changes, problems } = checked;
  const parts = [
    ...(clusters.length === 0
      ? renderCluster(checked, quiet === true, style)
      : clusters.flatMap((cluster) => renderOneOf(cluster, quiet === true, style))),
    ...(changes === undefined
      ? []
      : [chapter(`Since ${changes.base}`, renderChanges(changes, style), style)]),
    quiet ? '' : chapter('Files that nothing leads to', renderNotes(notes), style),
    chapter(
      'Accepted, and not there any more',
      stale
        .map(
          ({ invariant, object, reason, added }) =>
            `  ${invariant}, ${object} (${reason})${added ? ', accepted in this change' : ''}`,
        )
        .join('\n'),
      style,
    ),
    problems.length > 0 ? renderProblems(problems, style) : '',
    quiet && checked.verdict === 'proved' ? '' : summaryOfAll(checked, style),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

/** One of several clusters, with a heading and a verdict of its own. */
function renderOneOf(cluster: CheckedCluster, quiet: boolean, style: Style): readonly string[] {
  const { name, verdict, source } = cluster;
  const parts = renderCluster(cluster, quiet, style).filter((part) => part !== '');
  if (quiet && verdict === 'proved' && parts.length === 0) return [];
  return [style.strong(`Cluster ${name}`), ...parts, summary(cluster, `${source.objects} objects`, style)];
}

type ClusterPart = Pick<Checked, 'verdict' | 'analysis' | 'findings'>;

/** The chapters about one cluster. */
function renderCluster({ analysis, findings }: ClusterPart, quiet: boolean, style: Style): readonly string[] {
  return [
    ...(quiet
      ? []
      : [
          chapter('Access map', renderAccessMap(analysis, style), style),
          chapter('Proofs', renderProofs(analysis.proofs, style), style),
          chapter('What the proofs rest on', renderAssumptions(analysis, style), style),
        ]),
    chapter(
      'Findings',
      alike(findings)
        .map((each) => renderFindings(each, style))
        .join('\n'),
      style,
    ),
    chapter('Not seen', renderUnknowns(analysis.unknowns), style),
  ];
}

function chapter(title: string, body: string, style: Style): string {
  return body === '' ? '' : `${style.strong(title)}\n\n${body}`;
}

function placed(file: string | undefined, line: number | undefined): string {
  return file === undefined || file === '' ? '' : `${file}${line === undefined ? '' : `:${line}`}  `;
}

function renderUnknowns(unknowns: readonly Unknown[]): string {
  return unknownsByRemedy(unknowns)
    .flatMap(({ first: { object, sentence, remedy }, others }) => [
      `  ${placed(object?.file, object?.line)}${sentence}. ${remedy}.`,
      ...(others.length > 0 ? [`    ${theSameFor(others)}`] : []),
    ])
    .join('\n');
}

function renderFindings(findings: Group<CheckFinding>, style: Style): string {
  const [{ verdict, sentence, object, fix, accepted, acceptedInChange }] = findings;
  const word =
    accepted !== undefined
      ? style.faint('accepted')
      : verdict === 'refuted'
        ? style.bad(verdict)
        : style.unsure(verdict);
  return [
    `  ${word}  ${style.strong(placed(object?.file, object?.line).trim())}  ${sentence}`,
    ...findings.slice(0, claimsShown).map(({ claim }) => `    claimed   ${claim}`),
    ...(findings.length > claimsShown ? [`              and ${findings.length - claimsShown} more`] : []),
    accepted === undefined ? `    to do     ${fix}` : `    because   ${accepted}`,
    ...(acceptedInChange === undefined
      ? []
      : [
          `    accepted in this change: ${acceptedInChange}${accepted === undefined ? `. ${notCounted}` : ''}`,
        ]),
  ].join('\n');
}

function renderNotes(notes: Checked['notes']): string {
  const sentences = notes.map(({ sentence }) => sentence);
  return firstFew(sentences, notesShown)
    .map((line) => `  ${line}`)
    .join('\n');
}

function renderChanges({ opens, closes, proofs }: CheckChanges, style: Style): string {
  const lines = [
    ...opens.map(({ sentence }) => `  ${style.bad('opens')}   ${sentence}`),
    ...closes.map(({ sentence }) => `  ${style.good('closes')}  ${sentence}`),
    ...proofs.map(
      ({ claim, before = 'not asked', after = 'not asked' }) => `  ${before} → ${after}  ${claim}`,
    ),
  ];
  return lines.length === 0 ? '  Nobody reaches more or less than before.' : lines.join('\n');
}

function summaryOfAll(checked: Checked, style: Style): string {
  const { source, clusters } = checked;
  const of = clusters.length === 0 ? '' : ` in ${clusters.length} clusters`;
  return summary(checked, `${source.objects} objects of ${source.files} files${of}`, style);
}

function summary({ verdict, analysis, findings }: ClusterPart, what: string, style: Style): string {
  const count = (wanted: string): number => analysis.proofs.filter((each) => each.verdict === wanted).length;
  const words = {
    proved: style.good('Proved'),
    refuted: style.bad('Refuted'),
    unknown: style.unsure('Unknown'),
  };
  const accepted = findings.filter((finding) => finding.accepted !== undefined).length;
  const tail = accepted > 0 ? `, ${accepted} accepted` : '';
  return `${words[verdict]}: ${count('proved')} proved, ${count('refuted')} refuted, ${count('unknown')} unknown${tail}; ${what}.`;
}

/** The same as one JSON document. docs/check.md describes its fields. */
export function checkDocument(checked: Checked): unknown {
  const { verdict, source, analysis, findings, clusters, notes, stale, changes, problems, routes } = checked;
  const { entries, proofs, assumptions, unknowns } = analysis;
  return defined({
    schemaVersion: 1,
    ok: true,
    verdict,
    source,
    entries,
    routes,
    proofs,
    findings,
    assumptions,
    unknowns,
    clusters: clusters.length === 0 ? undefined : clusters.map(clusterDocument),
    notes,
    stale,
    changes,
    problems,
  });
}

function clusterDocument({ name, verdict, source, analysis, routes, findings }: CheckedCluster): unknown {
  const { entries, proofs, assumptions, unknowns } = analysis;
  return { name, verdict, source, entries, routes, proofs, findings, assumptions, unknowns };
}
