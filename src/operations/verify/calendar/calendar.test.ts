import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Home, makeHome } from '../../../../tests/live/apiServer.ts';
import { fakeCluster } from '../../../../tests/live/fakeCluster.ts';
import { makeAuthority } from '../../../../tests/pods/cluster/certificates.ts';
import type { RouteException } from '../../../compile/routeException.ts';
import type { ClusterSettings } from '../../../config/clusterSettings.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { Asking } from '../../../live/check.ts';
import { LiveError } from '../../../live/cluster.ts';
import { runChecks } from '../../../live/runChecks.ts';
import { calendarChecks } from './calendar.ts';

const now = () => new Date('2026-11-30T12:00:00Z');
const day = 86_400_000;
const inDays = (days: number): Date => new Date(now().getTime() + days * day);

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home[Symbol.asyncDispose]());

interface Given {
  distribution?: 'talos' | 'k3s';
  calendar?: ClusterSettings['calendar'];
  exceptions?: RouteException[];
  objects?: KubernetesObject[];
  refuse?: () => void;
  asking?: Partial<Asking>;
  env?: Record<string, string>;
}

async function results({
  distribution = 'k3s',
  calendar = [],
  exceptions = [],
  objects = [],
  refuse,
  asking,
  env = {},
}: Given) {
  const { cluster } = fakeCluster(objects, refuse === undefined ? {} : { refuse });
  const settings = { calendar, cluster: { distribution } } as unknown as ClusterSettings;
  const environment = home.environment({ env });
  const checks = await calendarChecks({ settings, exceptions, cluster, environment });
  const found = await runChecks(checks, { cluster, now, ...asking });
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  return new Map(
    found.map(({ id, verdict, evidence, remedy, ends }) => [id, { verdict, evidence, remedy, ends }]),
  );
}

it('has the certificate of the API server and the credentials of the kubeconfig', async () => {
  const ends = () => ({ server: inDays(300), certificate: inDays(10), token: inDays(100) });
  const found = await results({ asking: { ends } });
  expect(found.get('ends-api-server')).toMatchObject({
    verdict: 'kept',
    ends: { what: 'The certificate of the API server', at: inDays(300).toISOString() },
  });
  expect(found.get('ends-kubeconfig')).toMatchObject({
    verdict: 'broken',
    evidence: ['The client certificate of the kubeconfig ends on 2026-12-10, in 10 days'],
    remedy: expect.stringContaining('talosctl kubeconfig'),
  });
  const byToken = await results({ asking: { ends: () => ({ token: inDays(100) }) } });
  expect(byToken.get('ends-kubeconfig')).toMatchObject({
    verdict: 'kept',
    evidence: ['The token of the kubeconfig ends on 2027-03-10, in 100 days'],
  });
  expect(byToken.get('ends-api-server')?.verdict).toBe('not checked');
});

it('checks nothing that was not looked at', async () => {
  const found = await results({});
  expect([...found.values()].map(({ verdict }) => verdict)).toEqual(['not checked', 'not checked']);
});

const certificate = (name: string, status: object): KubernetesObject => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: { namespace: 'media', name },
  status,
});

it('has each Certificate, and finds what was never issued or is not renewed', async () => {
  const times = (notAfter: number, renewalTime: number) => ({
    notAfter: inDays(notAfter).toISOString(),
    renewalTime: inDays(renewalTime).toISOString(),
  });
  const found = await results({
    objects: [
      certificate('good', times(60, 30)),
      certificate('stuck', times(27, -3)),
      certificate('over', times(-1, -30)),
      certificate('never', { conditions: [] }),
    ],
  });
  const of = (name: string) => found.get(`ends-certificate-media-${name}`);
  expect(of('good')).toMatchObject({ verdict: 'kept', ends: { what: 'Certificate media/good' } });
  expect(of('stuck')).toMatchObject({
    verdict: 'broken',
    evidence: [
      'Certificate media/stuck ends on 2026-12-27, in 27 days',
      'It was to be renewed on 2026-11-27',
    ],
    remedy: 'See why it is not renewed: kubectl -n media describe certificate stuck',
  });
  expect(of('over')).toMatchObject({ verdict: 'broken' });
  expect(of('never')).toMatchObject({
    verdict: 'broken',
    evidence: ['Certificate media/never was never issued: it has no status.notAfter'],
  });
});

it('says so where Certificates cannot be read', async () => {
  const refuse = () => {
    throw new LiveError('forbidden', 'GET certificates: forbidden', 403);
  };
  const found = await results({ refuse });
  expect(found.get('ends-certificates')).toMatchObject({
    verdict: 'not checked',
    evidence: ['GET certificates: forbidden'],
  });
});

it('has what the user wrote down, with how it is renewed', async () => {
  const found = await results({
    calendar: [
      { what: 'The deploy key', ends: '2027-06-01', renew: undefined },
      { what: 'The token of Cloudflare', ends: '2026-12-05', renew: 'gatehouse secrets set x' },
    ],
  });
  expect(found.get('ends-written-1')).toMatchObject({ verdict: 'kept' });
  expect(found.get('ends-written-2')).toMatchObject({
    verdict: 'broken',
    evidence: ['The token of Cloudflare ends on 2026-12-05, in 4 days'],
    remedy: 'gatehouse secrets set x; then say the new day in calendar.1.ends of cluster.yaml',
  });
});

it('has each route that is open to everybody, with its last day', async () => {
  const exception = (instance: string, until: string): RouteException => ({
    requester: { component: 'echo', instance, field: `echo.instances.${instance}.internet` },
    from: 'internet',
    reason: 'a page for guests',
    until,
    field: `echo.instances.${instance}.internet.login`,
    objects: [],
  });
  const found = await results({
    exceptions: [
      exception('lasting', '2027-06-30'),
      exception('short', '2026-12-05'),
      exception('today', '2026-11-30'),
      exception('over', '2026-11-29'),
    ],
  });
  const of = (name: string) => found.get(`ends-echo-instances-${name}-internet-login`);
  expect(of('lasting')).toMatchObject({ verdict: 'kept' });
  expect(of('short')).toMatchObject({
    verdict: 'broken',
    evidence: [
      'The exception for the route of echo (short) from the internet (a page for guests) ends on 2026-12-05, in 5 days',
    ],
    remedy: expect.stringContaining('Give echo.instances.short.internet.login a login'),
  });
  expect(of('today')?.evidence).toEqual([expect.stringContaining('ends on 2026-11-30, in 0 days')]);
  expect(of('over')?.evidence).toEqual([expect.stringContaining('ended on 2026-11-29')]);
});

it('has the client certificate of the talosconfig on Talos, and says where it looked', async () => {
  const crt = Buffer.from(makeAuthority('admin').certificate).toString('base64');
  const file = await home.write(
    'talosconfig',
    `context: home\ncontexts:\n  home:\n    endpoints: [192.0.2.10]\n    crt: ${crt}\n    key: secret\n`,
  );
  const found = await results({ distribution: 'talos', env: { TALOSCONFIG: file } });
  expect(found.get('ends-talosconfig')).toMatchObject({
    verdict: 'kept',
    evidence: [
      expect.stringMatching(
        /^The client certificate of the context home of the talosconfig ends on 20\d\d-\d\d-\d\d, in \d+ days$/,
      ),
    ],
  });
  expect(JSON.stringify([...found])).not.toContain('secret');
  const nowhere = await results({ distribution: 'talos' });
  expect(nowhere.get('ends-talosconfig')).toMatchObject({
    verdict: 'not checked',
    evidence: ['There is no talosconfig: TALOSCONFIG names none, and ~/.talos/config cannot be read'],
  });
  expect((await results({})).has('ends-talosconfig')).toBe(false);
});

it.each([
  ['context: home\n'],
  ['{'],
  ['context: home\ncontexts: {home: {crt: bm9uZQ==}}\n'],
  ['a: &a [*a]\n'],
])('checks nothing with the talosconfig %j', async (text) => {
  const file = await home.write('talosconfig', text);
  const found = await results({ distribution: 'talos', env: { TALOSCONFIG: file } });
  expect(found.get('ends-talosconfig')?.verdict).toBe('not checked');
});
