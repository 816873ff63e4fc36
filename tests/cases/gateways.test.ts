// Crosses the command line, the readers of a repository, the Gateway analysis and the invariants.
import { describe, expect } from 'vitest';
import { type CheckedCase, handedCase, verdictsOf } from './handedCase.ts';

/** The demands of each rule of the routes: the controls with what they are worth. */
function demandsOf({ routes }: CheckedCase): readonly string[] {
  return routes.map(({ controls }) =>
    controls.map(({ type, certainty }) => `${type} ${certainty}`).join(', '),
  );
}

function sentencesOf({ proofs }: CheckedCase, invariant: string): string {
  return proofs.flatMap((proof) => (proof.invariant === invariant ? [proof.sentence] : [])).join('\n');
}

const enforced = ['--enforcer', 'kube-router'] as const;

describe('what a Gateway demands', () => {
  handedCase('reports/47-gateway-empty-policy-opens-route', async ({ check }) => {
    const checked = await check(...enforced);
    expect(demandsOf(checked)).toEqual(['']);
    expect(verdictsOf(checked, 'outside-gated')).toEqual(['unknown']);
  });

  handedCase('reports/49-gateway-selector-mislabelled', async ({ check }) => {
    const checked = await check(...enforced);
    expect(demandsOf(checked)).toEqual(['']);
    expect(verdictsOf(checked, 'outside-gated')).toEqual(['unknown']);
  });

  handedCase('reports/52-gateway-allowed-same-https-all', async ({ check }) => {
    const checked = await check(...enforced);
    expect(demandsOf(checked)).toEqual(['jwt presence']);
    expect(checked.routes).toHaveLength(1);
  });

  handedCase('reports/53-gateway-missing-extauth-service', async ({ check }) => {
    const checked = await check(...enforced);
    expect(demandsOf(checked)).toEqual(['rejected500 verified']);
    expect(verdictsOf(checked, 'outside-gated')).toEqual(['unknown']);
    expect(sentencesOf(checked, 'outside-gated')).toContain('every request is answered 500');
  });

  handedCase('strangers/extauth-backend-no-group', async ({ check }) => {
    const checked = await check(...enforced);
    // Envoy Gateway finds a Backend by its kind, so the service is asked; the class is not among the objects.
    expect(demandsOf(checked)).toEqual(['extAuth program']);
    expect(verdictsOf(checked, 'outside-gated')).toEqual(['unknown']);
  });

  handedCase('strangers/foreign-gateway-class', async ({ check }) => {
    const checked = await check(...enforced);
    expect(verdictsOf(checked, 'outside-gated')).toEqual(['unknown']);
    expect(sentencesOf(checked, 'outside-gated')).toContain('GatewayClass cilium');
  });
});

describe('what a controller makes for a Gateway', () => {
  handedCase('strangers/t-gateway-envoy', async ({ check }) => {
    const checked = await check(...enforced);
    expect(verdictsOf(checked, 'load-balancers')).toEqual(['refuted']);
    expect(sentencesOf(checked, 'load-balancers')).toContain('Gateway web/gw opens port 80/TCP');
  });

  handedCase('strangers/t-gateway-cilium', async ({ check }) => {
    const checked = await check(...enforced);
    for (const invariant of ['load-balancers', 'node-ports', 'host-ports'])
      expect(verdictsOf(checked, invariant)).toEqual(['unknown']);
    expect(sentencesOf(checked, 'load-balancers')).toContain('GatewayClass cilium');
  });

  handedCase('strangers/t-tcproute', async ({ check }) => {
    const checked = await check(...enforced);
    expect(verdictsOf(checked, 'outside-gated')).toEqual(['unknown']);
    const database = checked.proofs.filter(({ claim }) => claim.includes('StatefulSet web/db'));
    expect(database.find(({ invariant }) => invariant === 'internal-clients')).toMatchObject({
      verdict: 'unknown',
      sentence: expect.stringContaining('TCPRoute web/db'),
    });
  });
});
