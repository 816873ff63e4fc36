import type { Checked } from '../operations/check/check.ts';
import type { CheckFinding } from '../operations/check/findings.ts';

/**
 * A check as SARIF 2.1.0 (OASIS, 2020): each finding at the object that causes it, accepted ones suppressed.
 *
 * @param version - of Gatehouse
 * @param directory - that was checked, relative to where the command ran, which platforms take for the root
 */
export function checkToSarif(
  { findings, analysis }: Checked,
  version: string,
  directory: string,
): Record<string, unknown> {
  const fixes = new Map(findings.map(({ invariant, fix }) => [invariant, fix]));
  const rules = [...fixes].map(([id, fix]) => ({
    id,
    shortDescription: { text: id.replaceAll('-', ' ') },
    help: { text: fix },
  }));
  const unread = analysis.unknowns.flatMap(({ object, sentence, remedy }) =>
    object?.kind === 'File'
      ? [
          {
            ruleId: 'not-seen',
            level: 'warning',
            message: { text: `${sentence}. ${remedy}.` },
            locations: [locationOf(directory, object.file, object.line)],
          },
        ]
      : [],
  );
  const notSeen = { id: 'not-seen', shortDescription: { text: 'something could not be read or built' } };
  const driver = {
    name: 'Gatehouse',
    version,
    rules: unread.length > 0 ? [...rules, notSeen] : rules,
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        columnKind: 'utf16CodeUnits',
        results: [...findings.map((finding) => resultOf(directory, finding)), ...unread],
      },
    ],
  };
}

function resultOf(
  directory: string,
  { invariant, verdict, claim, sentence, object, fix, accepted }: CheckFinding,
) {
  return {
    ruleId: invariant,
    level: verdict === 'refuted' ? 'error' : 'warning',
    message: { text: `${claim}: ${verdict}. ${sentence}. ${fix}.` },
    locations:
      object === undefined || object.file === '' ? [] : [locationOf(directory, object.file, object.line)],
    ...(accepted === undefined ? {} : { suppressions: [{ kind: 'external', justification: accepted }] }),
  };
}

function locationOf(directory: string, file: string, line = 1): Record<string, unknown> {
  const path = directory === '' || directory.startsWith('..') ? file : `${directory}/${file}`;
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: { artifactLocation: { uri, uriBaseId: 'SRCROOT' }, region: { startLine: line } },
  };
}
