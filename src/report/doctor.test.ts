import { expect, test } from 'vitest';
import type { CheckResult } from '../live/check.ts';
import { reportDoctor } from './doctor.ts';
import { styleFor } from './style.ts';

const host = 'photos.example.org';

/** What a cluster may answer: a text that is far longer than anybody reads, with a private value at its end and an escape. */
const long = `${'x'.repeat(1_490)} ${host} \u001b[31m${'y'.repeat(40_000)}`;

const result: CheckResult = {
  id: 'definitions',
  promise: 'The API server knows the kinds',
  remedy: long,
  verdict: 'broken',
  evidence: [long],
  at: '2026-11-24T00:00:00Z',
};

test.each([true, false])(
  'a very long text of a cluster is cut, and shows no half of a private value: json %s',
  (json) => {
    const report = reportDoctor(
      { results: [result], hidden: new Map([['IMMICH_HOST', host]]) },
      { json },
      styleFor(false),
    );
    expect(report.length).toBeLessThan(5_000);
    expect(report.match(/more characters\)/g)).toHaveLength(2);
    expect(report).toContain('x'.repeat(1_490));
    expect(report).not.toContain('photos');
    expect(report).not.toContain('\u001b');
  },
);
