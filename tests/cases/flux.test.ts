// Crosses the loader, the prover and the commands: handed cases of Flux, of kustomize and of Secrets.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

handedCase('reports/13-flux-no-variables-no-substitution', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'load-balancers')).not.toContain('proved');
  expect(saidOf(report, 'load-balancers')).toContain('Service web/app');
});

handedCase('reports/14-flux-substitute-strategy-always', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router', '--lan', '192.0.2.0/24');
  expect(verdictsOf(report, 'load-balancers')).toEqual(['refuted']);
  expect(report.entries.filter(({ who }) => who === 'lan').map(({ verdict }) => verdict)).toContain(
    'allowed',
  );
});

handedCase('reports/15-flux-yes-becomes-boolean', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router', '--lan', '192.0.2.0/24');
  expect(verdictsOf(report, 'host-ports')).toEqual(['refuted']);
});

handedCase('reports/17-flux-substitute-disabled-annotation', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'outside-gated')).toEqual(['refuted']);
  expect(report.entries.some(({ who, to }) => who === 'internet' && to?.name === 'app')).toBe(false);
});

handedCase('reports/19-flux-namespace-not-specified', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'objects-valid')).toEqual(['refuted', 'refuted']);
  expect(saidOf(report, 'objects-valid')).toContain('namespace not specified');
  expect(report.entries).toEqual([]);
});

handedCase('reports/20-flux-strict-unset-variable', async ({ run, check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'internal-clients')).toEqual(['unknown', 'unknown']);
  expect(saidOf(report, 'internal-clients')).toContain(
    'nobody sets the variable SUFFIX of NetworkPolicy web/app',
  );
  for (const { sentence, verdict } of report.entries) {
    expect(verdict).toBe('unknown');
    expect(sentence).toContain('SUFFIX');
  }
  const question = ['--enforcer', 'kube-router', '--from', 'web/Deployment/c', '--to', 'web/app:8080'];
  expect((await run('reach', ...question)).code).toBe(4);
});

handedCase('reports/21-flux-shell-forms', async ({ path, run }) => {
  const reach = async (name: string): Promise<string> => {
    const question = [
      '--enforcer',
      'kube-router',
      '--from',
      `web/Deployment/${name}`,
      '--to',
      'web/app:8080',
    ];
    return (await run('reach', ...question)).stdout;
  };
  // A length is a number, which is no label, so that the API server refuses the policy.
  expect(await reach('slash')).toContain('The API server refuses NetworkPolicy web/app');
  const file = join(path, 'apps/o.yaml');
  const text = readFileSync(file, 'utf8')
    .replace('"${#S}"', '"x${#S}"')
    .replace('v: "4"', 'v: "x4"')
    .replace('${E:=-x}', '${E:=x-x}')
    .replace('v: "-x"', 'v: "x-x"');
  writeFileSync(file, text);
  const clients = ['slash', 'dash', 'upper', 'sub', 'len', 'single', 'eq', 'nocolon', 'prefix', 'suffix'];
  for (const name of [...clients, 'lower', 'eqsp', 'trim'])
    expect((await reach(name)).split('\n')[0]).toBe(`web/Deployment/${name} → web/app:8080  allowed`);
});

handedCase('reports/38-manifest-named-y-dropped', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'objects-valid')).toEqual(['refuted']);
  expect(saidOf(report, 'objects-valid')).toContain('NetworkPolicy web/y');
});

handedCase('reports/80-flux-child-variable-eaten-by-parent', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router', '--lan', '192.0.2.0/24');
  expect(report.entries.filter(({ who }) => who === 'lan')).toEqual([]);
  expect(verdictsOf(report, 'load-balancers')).toEqual(['unknown']);
  expect(saidOf(report, 'load-balancers')).toContain('the variable KIND of Kustomization flux-system/web');
});

handedCase('reports/81-flux-patch-adds-substitution-by-label', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router', '--lan', '192.0.2.0/24');
  expect(verdictsOf(report, 'load-balancers')).toEqual(['refuted']);
  expect(saidOf(report, 'load-balancers')).toContain('Service web/app opens port 80/TCP (LoadBalancer)');
  expect(report.unknowns.map(({ sentence }) => sentence).join()).toContain('Service two/app');
});

handedCase('reports/88-helm-inline-values-beat-values-from', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router', '--lan', '192.0.2.0/24');
  expect(report.entries.filter(({ who }) => who === 'lan')).toEqual([]);
});

handedCase('reports/01-kustomize-labels-netpol-peers', async ({ run, path }) => {
  const text = readFileSync(join(path, 'policy/n.yaml'), 'utf8');
  expect(text).toContain('NetworkPolicy');
  const { stdout } = await run('check', '--enforcer', 'kube-router');
  expect(stdout).not.toMatch(/Deployment \S+ → Deployment web\/app/);
});

handedCase('reports/02-kustomize-component-adjacent-generator', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  const outside = report.entries.filter(({ who }) => who === 'internet');
  expect(outside.filter(({ verdict }) => verdict !== 'blocked')).toEqual([]);
});

handedCase('reports/03-kustomize-patch-delete-crd-list', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  // Without kustomize on the PATH the patch is not applied, and nothing is proved.
  expect(report.proofs.map(({ verdict }) => verdict)).not.toContain('proved');
  expect(report.unknowns.map(({ sentence }) => sentence).join()).toContain(
    'patches[0] of kustomization.yaml',
  );
});

handedCase('reports/04-kustomize-suffix-patch-order', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router');
  expect(report.proofs.map(({ verdict }) => verdict)).not.toContain('proved');
  expect(report.unknowns.map(({ sentence }) => sentence).join()).toContain(
    'patches[1] of kustomization.yaml',
  );
});

handedCase('reports/91-kustomize-patch-order-strategic-json', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router', '--lan', '192.0.2.0/24');
  expect(report.entries.filter(({ who }) => who === 'lan')).toEqual([]);
});

handedCase('reports/106-generated-strict-substitution', async ({ run }) => {
  for (const name of ['home', 'platform']) {
    const directory = fileURLToPath(new URL(`../../examples/${name}/repository/`, import.meta.url));
    const { stdout } = await run('check', directory, '--json');
    expect(stdout).toContain('"proofs"');
    expect(stdout).not.toMatch(/nobody sets the variable|what Flux makes of/);
  }
});

handedCase('strangers/base', async ({ path, check }) => {
  // Flux drops a field that Kubernetes does not know, and applies the rest of the object.
  const service =
    '---\napiVersion: v1\nkind: Service\nmetadata: {name: lb, namespace: web}\nspec: {type: LoadBalancer, selector: {app: app}, ports: [{port: 80}], unknownField: x}\n';
  appendFileSync(join(path, 'apps/web.yaml'), service);
  const report = await check('--enforcer', 'kube-router');
  expect(verdictsOf(report, 'load-balancers')).not.toContain('proved');
  expect(saidOf(report, 'load-balancers')).toContain('Service web/lb');
});
