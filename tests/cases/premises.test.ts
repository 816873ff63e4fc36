// Crosses the commands, the loader and the prover: handed cases about what proofs rest on.
import { expect } from 'vitest';
import { type HandedCase, handedCase } from './handedCase.ts';

const cilium = ['--enforcer', 'cilium', '--pods', '10.42.0.0/16'];
const router = ['--enforcer', 'kube-router', '--pods', '10.42.0.0/16'];
const lan = ['--lan', '192.0.2.0/24'];

const ask =
  ({ run }: HandedCase, ...flags: readonly string[]) =>
  async (from: string, to: string) => {
    const { stdout } = await run('reach', '--json', ...flags, '--from', from, '--to', to);
    return (JSON.parse(stdout) as { verdict: string }).verdict;
  };

handedCase('reports/22-cilium-empty-rule', async (given) => {
  const reach = ask(given, ...cilium);
  expect(await reach('web/Deployment/c', 'web/app:8080')).toBe('blocked');
  expect(await reach('b/Deployment/c', 'web/app:8080')).toBe('blocked');
});

handedCase('reports/25-cilium-any-endpoint-scope', async (given) => {
  const reach = ask(given, ...cilium);
  expect(await reach('web/Deployment/c', 'web/app:8080')).toBe('allowed');
  expect(await reach('b/Deployment/c', 'web/app:8080')).toBe('blocked');
});

handedCase('reports/26-cilium-clusterwide-any-endpoint', async (given) => {
  const reach = ask(given, ...cilium, ...lan);
  expect(await reach('web/Deployment/c', 'web/app:8080')).toBe('allowed');
  expect(await reach('b/Deployment/c', 'web/app:8080')).toBe('allowed');
  expect(await reach('192.0.2.7/32', 'web/app:8080')).toBe('blocked');
  expect(await reach('2001:db8::7/128', 'web/app:8080')).toBe('blocked');
});

handedCase('reports/28-cilium-deny-world-beats-allow-cidr', async (given) => {
  expect(await ask(given, ...cilium, ...lan)('192.0.2.7/32', 'web/app:8080')).toBe('blocked');
});

handedCase('reports/29-cilium-ipblock-covers-no-pod', async (given) => {
  expect(await ask(given, ...cilium)('web/Deployment/c', 'web/app:8080')).not.toBe('allowed');
  expect(await ask(given, ...router)('web/Deployment/c', 'web/app:8080')).toBe('allowed');
});

handedCase('reports/32-np-namespace-by-name-label', async (given) => {
  const reach = ask(given, ...router);
  expect(await reach('b/Deployment/c', 'web/app:8080')).toBe('blocked');
  expect(await reach('web/Deployment/c', 'web/app:8080')).toBe('allowed');
});

handedCase('reports/33-np-any-namespace-pod-label', async (given) => {
  expect(await ask(given, ...router)('guest/Deployment/fake', 'web/app:8080')).toBe('allowed');
});

handedCase('reports/35-np-empty-rule-and-peer', async (given) => {
  const reach = ask(given, ...router, ...lan);
  expect(await reach('lan', 'web/app:80')).toBe('blocked');
  expect(await reach('lan', 'b/d:80')).toBe('allowed');
});

handedCase('reports/37-np-nodeport-snat', async (given) => {
  expect(await ask(given, ...router, ...lan)('lan', 'web/app:80')).toBe('unknown');
  expect(await ask(given, ...cilium, ...lan)('lan', 'web/app:80')).toBe('unknown');
});

handedCase('reports/92-enforcer-flannel', async ({ run }) => {
  for (const name of ['flannel', 'nobody-at-all', 'given']) {
    for (const command of [['check'], ['reach', '--from', 'guest/Deployment/g', '--to', 'web/db:6379']]) {
      const { code, stderr } = await run(...command, '--enforcer', name);
      expect(code).toBe(2);
      expect(stderr).toContain(`--enforcer ${name}`);
      expect(stderr).toContain('kube-network-policies');
    }
  }
  expect((await run('check', '--enforcer', 'none', '--json')).stdout).not.toContain('are enforced');
});

handedCase('reports/94-np-hostnetwork-not-policed', async (given) => {
  expect(await ask(given, ...router)('web/Deployment/c', 'web/app:8080')).toBe('allowed');
  expect(await ask(given, ...cilium)('web/Deployment/c', 'web/app:8080')).toBe('allowed');
});

handedCase('strangers/t-audit', async ({ check }) => {
  for (const enforcer of ['cilium', 'kube-router']) {
    const report = await check('--enforcer', enforcer, '--pods', '10.42.0.0/16');
    const about = report.proofs.filter(({ invariant }) =>
      ['internal-clients', 'default-deny', 'ways-work', 'backend-clients'].includes(invariant),
    );
    expect(about.length).toBeGreaterThan(2);
    expect(about.map(({ verdict }) => verdict)).not.toContain('proved');
    expect(report.code).not.toBe(0);
    for (const [file, rule] of [
      ['CiliumNodeConfig kube-system/audit', 'policy-audit-mode: true'],
      ['ConfigMap kube-system/cilium-config', 'enable-policy: never'],
    ] as const) {
      const found = report.unknowns.find(
        ({ sentence }) => sentence.includes(file) && sentence.includes(rule),
      );
      expect(found?.object?.file).toBe('apps/extra.yaml');
    }
  }
});

handedCase('strangers/objects-without-namespace-label', async ({ run }) => {
  const { code, stdout } = await run('reach', '--objects', 'o.yaml', '--queries', 'q.jsonl', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'allowed' });
});
