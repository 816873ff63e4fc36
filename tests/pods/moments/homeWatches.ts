import { nodeAddress } from '../cluster/node.ts';
import { places } from '../cluster/world.ts';
import type { Claim } from '../fixtures/claims.ts';
import { type Destination, type End, named } from '../fixtures/claims.ts';
import type { Cloudflare } from '../fixtures/world.ts';
import type { AccessKeys } from '../standIns/accessTokens.ts';
import { createAccessKeys } from '../standIns/accessTokens.ts';
import type { Window } from './judgement.ts';
import type { Watch } from './watch.ts';

const internet: End = { kind: 'address', address: places.internet };
const lan: End = { kind: 'address', address: places.lan };
const cloudflare: End = { kind: 'address', address: places.cloudflare };
const node: End = { kind: 'address', address: nodeAddress };
const proxy: End = { kind: 'service', namespace: 'networking', name: 'immich-origin-proxy' };
const tunnel: End = {
  kind: 'party',
  party: {
    name: 'networking/Deployment/cloudflared',
    namespace: 'networking',
    labels: {},
    ports: [],
    ends: false,
  },
};

/** What is claimed of connections in both of two states: what one of them opens or closes is asked for neither. */
export function connectionsOf(before: readonly Claim[], after: readonly Claim[]): readonly Watch[] {
  const key = ({ from, to, protocol, port }: Claim): string =>
    `${named(from)} ${named(to)} ${protocol} ${port}`;
  const then = new Map(before.map((claim) => [key(claim), claim.verdict]));
  return after.flatMap(({ verdict, ...claim }): Watch[] => {
    const { from, to, protocol, port } = claim;
    const name = key({ verdict, ...claim });
    if (verdict === 'unknown' || then.get(name) !== verdict) return [];
    return [{ name, from, to, asked: { protocol, port }, verdict }];
  });
}

/** Each pod asks itself on the ports on which others must not reach it: no policy is on the way to oneself. */
export function listenersOf(watches: readonly Watch[]): readonly Watch[] {
  const found = watches.flatMap(({ to, asked, verdict }): Watch[] => {
    if (to.kind !== 'party' || verdict !== 'blocked' || 'request' in asked) return [];
    const name = `${named(to)} ${asked.protocol} ${asked.port} itself`;
    return [{ name, from: to, to, asked, verdict: 'allowed', everyNth: 10 }];
  });
  return [...new Map(found.map((each) => [each.name, each])).values()];
}

/** What is asked of a home through its gates. */
export async function requestsOf(
  home: Cloudflare,
  { owner, authority, keys = home.firstKey }: { owner: string; authority: string; keys?: AccessKeys },
): Promise<readonly Watch[]> {
  const forged = await home.token({ email: owner }, await createAccessKeys('forged'));
  const [own, other] = await Promise.all(
    [owner, 'other@example.org'].map((email) => home.token({ email }, keys)),
  );
  const cookie = (token = ''): Record<string, string> => ({ cookie: `CF_Authorization=${token}` });
  const assertion = (token = ''): Record<string, string> => ({ 'cf-access-jwt-assertion': token });
  const ping = '/api/server/ping';
  const outside = (headers: Readonly<Record<string, string>>, port = 443) => ({
    ...{ from: internet, to: cloudflare },
    asked: { request: { url: `https://${home.host}:${port}${ping}`, headers, authority }, passes: [200] },
  });
  const within = (headers: Readonly<Record<string, string>>) => ({
    ...{ from: tunnel, to: proxy },
    asked: { request: { url: `http://${home.host}:8080${ping}`, headers }, passes: [200] },
  });
  const inside = (path: string, passes: number, body?: object) => ({
    ...{ from: lan, to: node },
    asked: {
      request: {
        url: `http://${home.host}:30082${path}`,
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      },
      passes: [passes],
    },
  });
  const stranger = { email: 'stranger@example.org', password: 'x', name: 'x' };
  return [
    { name: 'the owner through Cloudflare', verdict: 'allowed', ...outside(cookie(own)) },
    { name: 'the owner in the LAN', verdict: 'allowed', ...inside(ping, 200) },
    { name: 'the tunnel with a token of the owner', verdict: 'allowed', ...within(assertion(own)) },
    { name: 'somebody else whom Access lets in', verdict: 'blocked', ...outside(cookie(other)) },
    { name: 'nobody through Cloudflare', verdict: 'blocked', ...outside({}) },
    {
      name: 'nobody, where no Access application was made',
      verdict: 'blocked',
      ...outside({}, home.unprotected),
    },
    {
      name: 'a forged token, where no Access application was made',
      verdict: 'blocked',
      ...outside(assertion(forged), home.unprotected),
    },
    { name: 'the tunnel without a token', verdict: 'blocked', ...within({}) },
    { name: 'the tunnel with a forged token', verdict: 'blocked', ...within(assertion(forged)) },
    {
      name: 'a stranger who signs up as the first one',
      verdict: 'blocked',
      ...inside('/api/auth/admin-sign-up', 201, stranger),
    },
  ];
}

/** The API server does not answer while it starts. */
export function leadsToApi({ watch: { to, asked } }: Window): boolean {
  if (to.kind !== 'address' || 'request' in asked) return false;
  return [443, 6_443].includes(asked.port) && ['10.43.0.1', nodeAddress].includes(to.address);
}

/** Whether what is asked goes to a workload, or through it. */
export function leadsTo({ to, asked }: Watch, workload: string): boolean {
  const [, name = ''] = workload.split('/');
  const gates = ['cloudflared', 'immich-origin-proxy', 'immich-server'];
  if ('request' in asked || (named(to) === nodeAddress && asked.port === 30_082)) return gates.includes(name);
  return named(to).endsWith(`/${name}`);
}

/** On each of them somebody listens. */
export function destinations(node: string): readonly Destination[] {
  return [
    { address: places.internet, port: 443, protocol: 'TCP' },
    { address: places.lan, port: 443, protocol: 'TCP' },
    { address: places.cloudflare, port: 443, protocol: 'TCP' },
    { address: node, port: 6_443, protocol: 'TCP' },
    { address: '10.43.0.1', port: 443, protocol: 'TCP' },
  ];
}
