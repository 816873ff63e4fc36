import { expect, test } from 'vitest';
import type { Finding, ScanReport } from './finding.ts';
import { findingsToSarif } from './sarif.ts';

const finding: Finding = {
  rule: 'private-value',
  reason: 'a private value of this repository',
  place: { kind: 'file', path: 'apps/a b.yaml', commit: '0123456789abcdef' },
  line: 3,
  column: 7,
  length: 14,
  field: 'DOMAIN',
  form: 'base64',
  mark: 'abcd',
  content: 'abcd1234',
  occurrences: 2,
};

const report: ScanReport = {
  findings: [finding, { ...finding, place: { kind: 'commit', commit: 'fedcba9876543210', part: 'message' } }],
  accepted: [{ finding: { ...finding, rule: 'jwt', reason: 'a signed token' }, reason: 'sample' }],
  stale: [],
  unjudged: 0,
  skipped: [],
  notSearched: [],
  macUnchecked: [],
  texts: 1,
  bytes: 1,
};

test('writes a scan as SARIF 2.1.0, with accepted findings suppressed', () => {
  expect(findingsToSarif(report, '1.2.3')).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        columnKind: 'utf16CodeUnits',
        tool: {
          driver: { name: 'Gatehouse', version: '1.2.3', rules: [{ id: 'private-value' }, { id: 'jwt' }] },
        },
        results: [
          {
            ruleId: 'private-value',
            level: 'error',
            message: { text: 'A private value of this repository (DOMAIN, base64) [abcd], 2 times' },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'apps/a%20b.yaml' },
                  region: { startLine: 3, startColumn: 7, endColumn: 21 },
                },
              },
            ],
            partialFingerprints: { 'gatehouse/v1': 'abcd1234' },
          },
          {
            locations: [
              { logicalLocations: [{ fullyQualifiedName: 'commit fedcba987654, message', kind: 'commit' }] },
            ],
          },
          { ruleId: 'jwt', suppressions: [{ kind: 'external', justification: 'sample' }] },
        ],
      },
    ],
  });
});
