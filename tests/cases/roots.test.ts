// Crosses the loader, the prover and the commands: handed cases about roots, sources and clusters.
import { expect } from 'vitest';
import { handedCase, verdictsOf } from './handedCase.ts';

const enforced = ['--enforcer', 'kube-router', '--pods', '10.42.0.0/16'];

handedCase('strangers/base', async ({ check }) => {
  const report = await check(...enforced);
  expect(report.code).toBe(0);
  expect(report.unknowns).toEqual([]);
  expect(verdictsOf(report, 'internal-clients')).toEqual(['proved', 'proved']);
});

handedCase('reports/87-flux-other-repository-same-path', async ({ check }) => {
  const report = await check(...enforced, '--lan', '192.0.2.0/24');
  expect(report.code).toBe(4);
  expect(report.entries).toEqual([]);
  expect(report.proofs.filter(({ verdict }) => verdict !== 'unknown')).toEqual([]);
  expect(report.unknowns.map(({ sentence }) => sentence)).toContain(
    'Kustomization web takes its manifests from GitRepository flux-system/other, which is not this repository',
  );
});

handedCase('strangers/other-source', async ({ check }) => {
  const report = await check(...enforced);
  expect(report.code).toBe(4);
  expect(verdictsOf(report, 'load-balancers')).toEqual(['unknown']);
  expect(report.proofs.filter(({ verdict }) => verdict !== 'unknown')).toEqual([]);
  expect(report.unknowns.map(({ sentence }) => sentence).join('\n')).toContain(
    'Kustomization other takes its manifests from OCIRepository flux-system/other',
  );
});

handedCase('strangers/root-not-entered', async ({ check }) => {
  const report = await check(...enforced);
  expect(report.code).toBe(1);
  expect(verdictsOf(report, 'load-balancers')).toEqual(['refuted']);
  expect(verdictsOf(report, 'host-ports')).toEqual(['refuted']);
  expect(report.proofs.filter(({ verdict }) => verdict === 'proved')).toEqual([]);
  const unknown = report.unknowns.map(({ object, sentence }) => `${object?.name}: ${sentence}`).join('\n');
  expect(unknown).toContain('old: Nothing here applies Flux Kustomization flux-system/old');
  expect(unknown).toContain('some-crds: Kustomization some-crds takes its manifests from OCIRepository');
});

handedCase('strangers/evidence-file', async ({ check }) => {
  const report = await check(...enforced);
  expect(verdictsOf(report, 'load-balancers')).toEqual(['refuted']);
  const files = report.proofs.flatMap(({ evidence }) => evidence.map(({ object }) => object.file));
  expect(files).toContain('apps/a/app/svc.yaml');
  expect(files.filter((file) => file.endsWith('apps/kustomization.yaml'))).toEqual([]);
});

handedCase('strangers/two-clusters', async ({ check, run }) => {
  const report = await check(...enforced);
  expect(report.code).toBe(1);
  expect(report.verdict).toBe('refuted');
  const [a, b] = report.clusters ?? [];
  expect([a?.name, b?.name]).toEqual(['a', 'b']);
  expect([a?.verdict, b?.verdict]).toEqual(['proved', 'refuted']);
  const refuted = b?.proofs.filter(({ verdict }) => verdict === 'refuted');
  expect(refuted?.map(({ invariant }) => invariant)).toEqual(['internal-clients', 'default-deny']);
  expect(report.proofs.map(({ claim }) => claim.slice(0, 9))).toContain('Cluster b');
  const { stdout } = await run('check', ...enforced);
  expect(stdout).toMatch(/Cluster a\n[\s\S]*Proved: [\s\S]*Cluster b\n[\s\S]*Refuted: [\s\S]*in 2 clusters/);
  expect((await check(...enforced, '--entry', 'clusters/a')).code).toBe(0);
  const chosen = await check(...enforced, '--entry', './clusters/b/');
  expect(chosen.clusters).toBeUndefined();
  expect(verdictsOf(chosen, 'default-deny')).toEqual(['refuted']);
  const both = await check(...enforced, '--entry', 'clusters/b', '--entry', 'clusters/a');
  expect(both.clusters?.map(({ name }) => name)).toEqual(['b', 'a']);
  const absent = await run('check', '--entry', 'clusters/c', '--json');
  expect(absent.code).toBe(2);
  expect(JSON.parse(absent.stdout)).toMatchObject({ problems: [{ code: 'entry-not-found' }] });
  const question = await run('reach', '--from', 'web/db', '--to', 'web/db:5432', '--json');
  expect(JSON.parse(question.stdout)).toMatchObject({ problems: [{ code: 'several-clusters' }] });
});
