import { defined } from '../kubernetes/defined.ts';
import type { Finding, Place, ScanReport } from './finding.ts';

/** The severity in GitHub and editors. */
type Level = 'error' | 'warning';

const uri = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** Only files have a location that an editor can open. */
function locationOf(finding: Finding): Record<string, unknown> {
  const { place, line, column, length } = finding;
  if (place.kind !== 'file')
    return { logicalLocations: [{ fullyQualifiedName: nameOfPlace(place), kind: place.kind }] };
  const region = { startLine: line, startColumn: column, endColumn: column + length };
  const { commit } = place;
  return defined({
    physicalLocation: { artifactLocation: { uri: uri(place.path), uriBaseId: 'SRCROOT' }, region },
    logicalLocations: commit === undefined ? undefined : [{ fullyQualifiedName: commit, kind: 'commit' }],
  });
}

/** The name of a place in reports, in one line. */
export function nameOfPlace(place: Place): string {
  switch (place.kind) {
    case 'file':
      return place.commit === undefined ? place.path : `${place.path} (${place.commit.slice(0, 12)})`;
    case 'path':
      return `the name ${place.path}`;
    case 'commit':
      return `commit ${place.commit.slice(0, 12)}, ${place.part}`;
    case 'tag':
      return `tag ${place.name}, ${place.part}`;
    case 'branch':
      return `branch ${place.name}`;
  }
}

function messageOf({ reason, field, form, mark, occurrences }: Finding): string {
  const named =
    field === '' ? '' : ` (${field}${form === undefined || form === 'literal' ? '' : `, ${form}`})`;
  const often = occurrences > 1 ? `, ${occurrences} times` : '';
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${named} [${mark}]${often}`;
}

const levelOf = (finding: Finding): Level => (finding.rule === 'jwt' ? 'warning' : 'error');

function resultOf(finding: Finding, justification?: string): Record<string, unknown> {
  const { content } = finding;
  return defined({
    ruleId: finding.rule,
    level: levelOf(finding),
    message: { text: messageOf(finding) },
    locations: [locationOf(finding)],
    partialFingerprints: content === undefined ? undefined : { 'gatehouse/v1': content },
    suppressions: justification === undefined ? undefined : [{ kind: 'external', justification }],
  });
}

/**
 * A scan as SARIF 2.1.0 (OASIS, 2020), with accepted findings as suppressed results.
 *
 * @param version - of Gatehouse
 */
export function findingsToSarif(report: ScanReport, version: string): Record<string, unknown> {
  const all = [...report.findings, ...report.accepted.map(({ finding }) => finding)];
  const reasons = new Map(all.map(({ rule, reason }) => [rule, reason]));
  const rules = [...reasons].map(([id, text]) => ({ id, shortDescription: { text } }));
  const results = [
    ...report.findings.map((finding) => resultOf(finding)),
    ...report.accepted.map(({ finding, reason }) => resultOf(finding, reason)),
  ];
  const driver = { name: 'Gatehouse', version, rules };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
}
