// Crosses the loader, the prover and the commands: handed cases about kinds that are not, or not wholly, read.
import { expect } from 'vitest';
import { handedCase, verdictsOf } from './handedCase.ts';

const flags = ['--enforcer', 'cilium', '--lan', '192.168.0.0/24', '--pods', '10.42.0.0/16'];

handedCase('strangers/base', async ({ check }) => {
  const report = await check(...flags);
  expect(report.code).toBe(0);
});

handedCase('strangers/t-hostport-sidecar', async ({ check }) => {
  const report = await check(...flags);
  expect(verdictsOf(report, 'host-ports')).toEqual(['refuted']);
});

handedCase('strangers/t-ingressroute', async ({ check }) => {
  const report = await check(...flags);
  expect(verdictsOf(report, 'ingresses')).toEqual(['refuted']);
  expect(report.proofs.find(({ invariant }) => invariant === 'ingresses')?.sentence).toContain(
    'IngressRouteUDP web/db',
  );
  expect(report.entries.map(({ sentence }) => sentence).join('\n')).toContain('IngressRouteUDP web/db');
});

handedCase('strangers/t-hostnet-no-ports', async ({ check }) => {
  const report = await check(...flags);
  expect(verdictsOf(report, 'host-ports')).toEqual(['unknown']);
  expect(report.entries.map(({ sentence }) => sentence).join('\n')).toContain('hostNetwork');
});

handedCase('strangers/t-cnpg-lb', async ({ check }) => {
  const report = await check(...flags);
  expect(verdictsOf(report, 'load-balancers')).toEqual(['refuted']);
  expect(verdictsOf(report, 'ingresses')).toEqual(['proved']);
});

handedCase('strangers/t-resourceset', async ({ check }) => {
  const report = await check(...flags);
  expect(verdictsOf(report, 'load-balancers')).toEqual(['refuted']);
  expect(verdictsOf(report, 'host-ports')).toEqual(['proved']);
});
