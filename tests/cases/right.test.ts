// Crosses the loader, the prover and the commands: handed cases that were right from the start stay right.
import { expect } from 'vitest';
import { handedCase, verdictsOf } from './handedCase.ts';

handedCase('reports/09-cloudflared-root-access-ignored', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(report.code).toBe(1);
  expect(verdictsOf(report, 'outside-gated')).toContain('refuted');
});
