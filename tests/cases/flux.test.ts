// Crosses the loader, the prover and the commands: handed cases of Flux, of kustomize and of Secrets.
import { expect } from 'vitest';
import { type CheckedCase, handedCase, verdictsOf } from './handedCase.ts';

/** What a report says about one invariant, as one text. */
function saidOf({ proofs }: CheckedCase, invariant: string): string {
  return proofs
    .filter((each) => each.invariant === invariant)
    .map(({ sentence, evidence }) => [sentence, ...evidence.map(({ rule }) => rule)].join(' '))
    .join('\n');
}

handedCase('strangers/t-secretgen-sops', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'secrets-encrypted')).toEqual(['proved']);
});

handedCase('strangers/t-secret-placeholder', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'secrets-encrypted')).toEqual(['proved']);
});

handedCase('strangers/t-sops-clear', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'secrets-encrypted')).toEqual(['refuted']);
  expect(saidOf(report, 'secrets-encrypted')).toContain('Secret web/s is not encrypted: password');
  expect(saidOf(report, 'secrets-encrypted')).not.toContain('token');
});

handedCase('strangers/t-secret-in-hr', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'secrets-encrypted')).toEqual(['proved', 'unknown']);
  expect(saidOf(report, 'secrets-encrypted')).toContain('AWS_SECRET_ACCESS_KEY');
  expect(report.verdict).not.toBe('proved');
});
