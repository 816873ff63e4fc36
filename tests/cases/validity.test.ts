// Crosses the loader, validation, the reachability model and the commands.
import { describe, expect } from 'vitest';
import { type CheckedCase, handedCase, verdictsOf } from './handedCase.ts';

const namesOf = (checked: CheckedCase, invariant: string): readonly string[] =>
  checked.proofs
    .filter((proof) => proof.invariant === invariant)
    .flatMap(({ evidence }) => evidence.map(({ object }) => `${object.kind} ${object.name}`));

describe('what the API server refuses', () => {
  handedCase('reports/23-cilium-default-deny-without-rules', async ({ check, run }) => {
    const flags = ['--enforcer', 'cilium', '--pods', '10.42.0.0/16'];
    const checked = await check(...flags, '--lan', '192.0.2.0/24');
    const ofWeb = checked.proofs.filter(({ claim }) => claim.includes('web'));
    expect(ofWeb.map(({ verdict }) => verdict)).not.toContain('proved');
    expect(namesOf(checked, 'objects-valid')).toContain('CiliumNetworkPolicy default-deny');
    const { stdout } = await run(
      'reach',
      ...flags,
      '--from',
      'guest/Deployment/c',
      '--to',
      'web/app:8080',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'unknown' });
  });

  handedCase('reports/36-np-empty-peer', async ({ check, run }) => {
    const checked = await check('--enforcer', 'kube-router');
    expect(verdictsOf(checked, 'objects-valid')).toEqual(['refuted']);
    expect(checked.proofs.find(({ invariant }) => invariant === 'objects-valid')?.sentence).toContain(
      'the peer is empty',
    );
    const asked = ['--enforcer', 'kube-router', '--from', 'b/Deployment/c', '--to', 'web/app:8080', '--json'];
    const { stdout } = await run('reach', ...asked);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'allowed' });
  });

  handedCase('reports/50-gateway-reference-grant-v1alpha2', async ({ check }) => {
    const checked = await check('--enforcer', 'kube-router');
    expect(checked.routes.flatMap(({ controls }) => controls.map(({ type }) => type))).toEqual([
      'rejected500',
    ]);
    expect(namesOf(checked, 'objects-valid')).toEqual(['ReferenceGrant g']);
  });

  handedCase('reports/59-np-lowercase-protocol', async ({ check, run }) => {
    const checked = await check('--enforcer', 'kube-router');
    expect(verdictsOf(checked, 'objects-valid')).toEqual(['refuted']);
    const asked = [
      '--enforcer',
      'kube-router',
      '--from',
      'guest/Deployment/g',
      '--to',
      'web/db:6379',
      '--json',
    ];
    const answer = JSON.parse((await run('reach', ...asked)).stdout);
    expect(answer).toMatchObject({ verdict: 'allowed' });
    expect(answer.refused.join()).toContain('The API server refuses NetworkPolicy web/db');
  });

  handedCase('reports/03-kustomize-patch-delete-crd-list', async ({ check }) => {
    const checked = await check('--enforcer', 'kube-router');
    // Without kustomize at hand the patch is not applied, and the route is unknown.
    for (const route of checked.routes) expect(route['unknowns']).not.toEqual([]);
    expect(verdictsOf(checked, 'objects-valid')).toEqual(['unknown']);
    expect(verdictsOf(checked, 'outside-gated')).not.toContain('proved');
  });

  handedCase('reports/47-gateway-empty-policy-opens-route', async ({ check }) => {
    const checked = await check('--enforcer', 'kube-router');
    expect(checked.routes.map(({ controls }) => controls)).toEqual([[]]);
    expect(verdictsOf(checked, 'outside-gated')).not.toContain('proved');
  });

  handedCase('reports/62-gateway-policy-cel-refused', async ({ check }) => {
    const checked = await check('--enforcer', 'kube-router');
    expect(namesOf(checked, 'objects-valid')).toEqual(['SecurityPolicy auth']);
    expect(verdictsOf(checked, 'outside-gated')).not.toContain('proved');
    expect(checked.entries.filter(({ who }) => who === 'internet').map(({ gate }) => gate)).toEqual(['none']);
    for (const route of checked.routes)
      expect(String(route['unknowns'])).toContain('SecurityPolicy web/auth');
  });
});
