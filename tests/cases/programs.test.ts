// Crosses the loader, the readers of programs and the invariants: handed cases of tunnels and proxies.
import { expect } from 'vitest';
import { type CheckedCase, handedCase, verdictsOf } from './handedCase.ts';

const enforcer = ['--enforcer', 'kube-router'];

function sentencesOf({ proofs }: CheckedCase, invariant: string): readonly string[] {
  return proofs.filter((each) => each.invariant === invariant).map(({ sentence }) => sentence);
}

function claimsOf({ proofs }: CheckedCase, invariant: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    proofs.filter((each) => each.invariant === invariant).map(({ claim, verdict }) => [claim, verdict]),
  );
}

handedCase('reports/06-cloudflared-path-unanchored', async ({ check }) => {
  const report = await check(...enforcer);
  expect(verdictsOf(report, 'outside-gated')).toEqual(['refuted', 'proved']);
  expect(
    report.entries.filter(({ who }) => who === 'internet').map(({ from, gate }) => [from, gate]),
  ).toEqual([
    ['internet, app.example.org (path /aaa)', 'none'],
    ['internet, app.example.org (path ^/bbb/)', 'verified'],
  ]);
});

handedCase('reports/07-cloudflared-mixed-case-hostname', async ({ check }) => {
  const report = await check(...enforcer);
  // Since 2022.10 cloudflared compares the form for DNS too, so that the rule gets the requests; before, it does not.
  expect(verdictsOf(report, 'outside-gated')).toEqual(['unknown', 'refuted']);
  expect(sentencesOf(report, 'outside-gated')[0]).toMatch(
    /^ingress\[1\] may take the requests for photos\.example\.org/,
  );
  expect(sentencesOf(report, 'ways-work')[0]).toContain('Photos.example.org is compared as it is written');
});

handedCase('reports/08-cloudflared-token-ignores-config', async ({ check }) => {
  const report = await check(...enforcer);
  expect(verdictsOf(report, 'outside-gated')).toEqual(['unknown']);
  expect(sentencesOf(report, 'outside-gated')[0]).toContain('it runs with a token');
});

handedCase('reports/09-cloudflared-root-access-ignored', async ({ check }) => {
  const report = await check(...enforcer);
  expect(report.code).toBe(1);
  expect(verdictsOf(report, 'outside-gated')).toEqual(['refuted']);
  expect(report.assumptions.join('\n')).not.toContain('Access application');
});

handedCase('reports/10-cloudflared-last-rule-not-catch-all', async ({ check }) => {
  const report = await check(...enforcer);
  expect(verdictsOf(report, 'outside-gated')).toEqual(['unknown']);
  expect(claimsOf(report, 'ways-work')).toMatchObject({
    'What Deployment net/cloudflared leads to can be reached': 'refuted',
  });
  expect(sentencesOf(report, 'ways-work')[0]).toContain('ingress[0] is the last rule');
  expect(report.entries.filter(({ who, verdict }) => who === 'internet' && verdict !== 'blocked')).toEqual(
    [],
  );
});

handedCase('reports/11-cloudflared-access-no-audtag', async ({ check }) => {
  const report = await check(...enforcer);
  expect(verdictsOf(report, 'outside-gated')).toEqual(['proved', 'refuted']);
  expect(sentencesOf(report, 'outside-gated')[0]).toContain(
    'Access names no audience, so every request is refused',
  );
  expect(sentencesOf(report, 'ways-work')[0]).toContain('every request is refused');
});

handedCase('reports/40-cloudflared-service-with-path', async ({ check }) => {
  const report = await check(...enforcer);
  expect(verdictsOf(report, 'outside-gated')).toEqual(['unknown']);
  expect(sentencesOf(report, 'ways-work')[0]).toMatch(/ingress\[0\]\.service: http:\S+\/api has a path/);
  expect(verdictsOf(report, 'ways-work')[0]).toBe('refuted');
});

handedCase('reports/42-cloudflared-bastion-mode-option', async ({ check }) => {
  const report = await check(...enforcer);
  expect(verdictsOf(report, 'outside-gated')).toEqual(['unknown']);
  expect(sentencesOf(report, 'outside-gated')[0]).toContain('bastionMode lets the client choose the origin');
  const [entry] = report.entries.filter(({ who }) => who === 'internet');
  expect([entry?.verdict, entry?.gate, entry?.to]).toEqual(['unknown', 'verified', undefined]);
});

handedCase('reports/55-cloudflared-wildcard-first-shadows-gate', async ({ check }) => {
  const report = await check(...enforcer);
  expect(verdictsOf(report, 'outside-gated')).toEqual(['refuted', 'refuted']);
  expect(sentencesOf(report, 'outside-gated')[1]).toMatch(
    /^ingress\[0\] takes the requests for photos\.example\.org/,
  );
});

handedCase('strangers/presence-proxy', async ({ check }) => {
  const report = await check(...enforcer);
  expect(new Set(verdictsOf(report, 'outside-gated'))).toEqual(new Set(['unknown']));
  expect(sentencesOf(report, 'outside-gated').join('\n')).toContain(
    'Deployment home/proxy location / (line 7) demands the header cf-access-jwt-assertion, whatever it says',
  );
  expect(report.entries).toContainEqual(
    expect.objectContaining({
      who: 'internet',
      gate: 'presence',
      verdict: 'unknown',
      to: expect.objectContaining({ name: 'app' }),
    }),
  );
});

handedCase('strangers/presence-proxy-static', async ({ check }) => {
  const report = await check(...enforcer);
  expect(verdictsOf(report, 'outside-gated')).toEqual(['refuted']);
  expect(sentencesOf(report, 'outside-gated')[0]).toContain('whatever it says');
  expect(report.assumptions.join('\n')).not.toContain('Access application');
});

handedCase('strangers/t-externalname-proxy', async ({ check }) => {
  const report = await check('--enforcer', 'kube-router', '--pods', '10.42.0.0/16');
  expect(new Set(report.proofs.map(({ verdict }) => verdict))).toEqual(new Set(['proved']));
});
