import type { Checked } from '../workspace/check.ts';
import type { CheckFinding } from '../workspace/checkFindings.ts';

/**
 * A check as SARIF 2.1.0 (OASIS, 2020): each finding at the object that causes it, accepted ones suppressed.
 *
 * @param version - of Gatehouse
 */
export function checkToSarif({ findings, judgement }: Checked, version: string): Record<string, unknown> {
  const claims = new Map(findings.map(({ invariant, fix }) => [invariant, fix]));
  const rules = [...claims].map(([id, fix]) => ({
    id,
    shortDescription: { text: id.replaceAll('-', ' ') },
    help: { text: fix },
  }));
  const unread = judgement.unknowns.flatMap(({ object, sentence, remedy }) =>
    object?.kind === 'File'
      ? [
          {
            ruleId: 'not-seen',
            level: 'warning',
            message: { text: `${sentence}. ${remedy}.` },
            locations: [locationOf(object.file, object.line)],
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
      { tool: { driver }, columnKind: 'utf16CodeUnits', results: [...findings.map(resultOf), ...unread] },
    ],
  };
}

function resultOf({ invariant, verdict, claim, sentence, object, fix, accepted }: CheckFinding) {
  return {
    ruleId: invariant,
    level: verdict === 'refuted' ? 'error' : 'warning',
    message: { text: `${claim}: ${verdict}. ${sentence}. ${fix}.` },
    locations: object === undefined || object.file === '' ? [] : [locationOf(object.file, object.line)],
    ...(accepted === undefined ? {} : { suppressions: [{ kind: 'external', justification: accepted }] }),
  };
}

function locationOf(file: string, line = 1): Record<string, unknown> {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: { artifactLocation: { uri, uriBaseId: 'SRCROOT' }, region: { startLine: line } },
  };
}
