import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../live/check.ts';
import type { VerifyRecord } from '../verify/record.ts';
import { appliedBy } from './deployment.ts';

const result: CheckResult = {
  id: 'flux-kustomization-flux-system-home',
  promise: 'Flux has applied Kustomization flux-system/home',
  remedy: 'gatehouse reconcile',
  verdict: 'kept',
  evidence: [],
  at: '2026-03-01T10:00:00Z',
};
const record: VerifyRecord = {
  schemaVersion: 1,
  at: '2026-03-01T10:00:00Z',
  commit: 'c'.repeat(40),
  context: 'home',
  results: [result],
};

describe('the commit that Flux had applied', () => {
  test('is the one that verify asked about, where each Kustomization was at it', () => {
    expect(appliedBy(record)).toBe(record.commit);
    expect(appliedBy({ ...record, results: [result, { ...result, verdict: 'broken' }] })).toBeUndefined();
    expect(appliedBy({ ...record, results: [{ ...result, verdict: 'not checked' }] })).toBeUndefined();
    expect(appliedBy({ ...record, results: [{ ...result, id: 'pods-immich' }] })).toBeUndefined();
    expect(appliedBy({ ...record, results: [] })).toBeUndefined();
  });

  test('is the one that the record names', () => {
    const appliedCommit = 'a'.repeat(40);
    expect(appliedBy({ ...record, appliedCommit })).toBe(appliedCommit);
    expect(appliedBy({ ...record, appliedCommit, results: [] })).toBe(appliedCommit);
  });
});
