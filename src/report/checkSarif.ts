import type { Checked } from '../operations/check/check.ts';
import type { CheckFinding } from '../operations/check/findings.ts';

/**
 * A check as SARIF 2.1.0 (OASIS, 2020): each finding at the object that causes it, accepted ones suppressed.
 *
 * @param version - of Gatehouse
 * @param folder - the folder that was judged, from where the command ran: what platforms take for the root
 */
export function checkToSarif(
  { findings, analysis }: Checked,
  version: string,
  folder: string,
): Record<string, unknown> {
  const claims = new Map(findings.map(({ invariant, fix }) => [invariant, fix]));
  const rules = [...claims].map(([id, fix]) => ({
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
            locations: [locationOf(folder, object.file, object.line)],
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
        results: [...findings.map((finding) => resultOf(folder, finding)), ...unread],
      },
    ],
  };
}

function resultOf(
  folder: string,
  { invariant, verdict, claim, sentence, object, fix, accepted }: CheckFinding,
) {
  return {
    ruleId: invariant,
    level: verdict === 'refuted' ? 'error' : 'warning',
    message: { text: `${claim}: ${verdict}. ${sentence}. ${fix}.` },
    locations:
      object === undefined || object.file === '' ? [] : [locationOf(folder, object.file, object.line)],
    ...(accepted === undefined ? {} : { suppressions: [{ kind: 'external', justification: accepted }] }),
  };
}

function locationOf(folder: string, file: string, line = 1): Record<string, unknown> {
  const path = folder === '' || folder.startsWith('..') ? file : `${folder}/${file}`;
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: { artifactLocation: { uri, uriBaseId: 'SRCROOT' }, region: { startLine: line } },
  };
}
