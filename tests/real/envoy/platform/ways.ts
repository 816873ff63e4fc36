import { makeKey, type SigningKey } from '../../origin-proxy/issuer.ts';
import type { CompiledBench } from '../compiledBench.ts';
import type { OidcIssuer } from '../oidc/issuer.ts';
import { type Answer, ask, type Question } from './asking.ts';
import type { Instance } from './example.ts';
import { accessTokens, oidcTokens, type Tokens } from './tokens.ts';

/** All answers in one way of asking, by the names of the echoes. */
export interface Row {
  readonly title: string;
  /** The token with which all were asked; undefined where without one. */
  readonly token: keyof Tokens | undefined;
  readonly from: Question['from'];
  readonly answers: Readonly<Record<string, Answer>>;
}

/** The running example: its echoes, their Gateways, and the issuers of their tokens. */
export interface Running {
  readonly instances: readonly Instance[];
  readonly bench: CompiledBench;
  readonly oidc: OidcIssuer;
  /** The keys with which the issuers sign at first. */
  readonly keys: Readonly<Record<'access' | 'oidc', SigningKey>>;
  /** Adds an app with a token to each Gateway of the internet. Envoy then reads all keys of the Gateway anew. */
  readonly addApps: () => Promise<void>;
}

/** What a client says of itself, and has no right to. */
export const said: Readonly<Record<string, string>> = {
  ...{ 'x-user-id': 'admin', 'x-user-email': 'admin', 'x-user-name': 'admin', 'remote-user': 'admin' },
  ...{ 'x-forwarded-user': 'admin', 'x-forwarded-email': 'admin', 'x-auth-request-email': 'admin' },
  ...{ 'cf-access-authenticated-user-email': 'admin', 'x-original-url': '/admin' },
  ...{ 'x-real-ip': '198.51.100.7', 'x-forwarded-for': '198.51.100.7' },
};

/** Paths as attackers write them. */
const paths = [
  ...['/a/../b', '/a/./b', '/../b', '/a//b', '/a\\..\\b', '/a/%2e%2e/b', '/a/.%2E/b', '/%61'],
  ...['/a%2fb', '/a%5cb', '/a%00', '/a%252fb', '/a;x/..;/b', '/a?x=/../b%2f', '/a#b'],
];

/** Asks all in every way: who asks, and with which path. */
export async function askInEveryWay(running: Running): Promise<{ who: Row[]; paths: Row[] }> {
  const tokens = await tokensOf(running, running.keys);
  const row = (title: string, which: keyof Tokens | undefined, more: Partial<Question> = {}) =>
    rowOf(running, title, which && [which, tokens[which]], more);
  const who = [
    await row('no token', undefined),
    await row('no token, from outside of the home network', undefined, { from: 'elsewhere' }),
    await row('what is no token', 'none'),
    await row('a forged one: the name of the key, and another key', 'forged'),
    await row('one without a signature', 'unsigned'),
    await row('one of another issuer', 'another issuer'),
    await row('one for another audience', 'another audience'),
    await row('one that ended an hour ago', 'ended'),
    await row('one of somebody who is not named', 'not named'),
    await row('a good one', 'good'),
    await row('a good one, from outside of the home network', 'good', { from: 'elsewhere' }),
    await row(spoofing, 'good', { headers: said }),
    await row('no token, and headers that say `admin`', undefined, { headers: said }),
    ...(await rotated(running, tokens)),
  ];
  return { who, paths: await pathsOf(running) };
}

export const spoofing = 'a good one, and headers that say `admin`';

async function pathsOf(running: Running): Promise<Row[]> {
  const { good } = await tokensOf(running, running.keys);
  const rows: Row[] = [];
  for (const path of paths) rows.push(await rowOf(running, path, ['good', good], { path }));
  return rows;
}

/** The issuers get another key, and are down for a while. */
async function rotated(running: Running, old: TokensOfAll): Promise<Row[]> {
  const { bench, oidc, keys, addApps } = running;
  const next = { oidc: await makeKey('next'), access: await makeKey('next') };
  const publish = async (...all: readonly (typeof keys)[]): Promise<void> => {
    Object.assign(bench.access, { mode: 'keys', keys: all.map(({ access }) => access) });
    await oidc.publish(...all.map((each) => each.oidc));
  };
  const rows: Row[] = [];
  const row = async (title: string, which?: keyof Tokens, all = fresh) =>
    void rows.push(await rowOf(running, title, which && [which, all[which]]));
  // Whatever the time before took, the next five minutes begin now.
  await addApps();
  await publish(next, keys);
  const fresh = await tokensOf(running, next);
  await row('by a new key that Envoy has not read yet', 'good');
  await addApps();
  await row('by the new key, once Envoy has read it', 'good');
  await row('by the old key, while the issuer publishes both', 'good', old);
  await publish(next);
  await row('by the old key that the issuer withdrew, before Envoy reads again', 'good', old);
  await addApps();
  await row('by the withdrawn key, once Envoy has read again', 'good', old);
  await oidc.stop();
  bench.access.mode = 'down';
  await row('a good one while the issuer is down, its keys read before', 'good');
  await row('no token while the issuer is down');
  await row('a forged one while the issuer is down', 'forged');
  await addApps();
  await row('a good one while the issuer is down, once a new app lets Envoy read all keys anew', 'good');
  await publish(keys);
  await addApps();
  await row('a good one after the issuer is up again', 'good', old);
  return rows;
}

/** A token of each issuer. */
interface OfBoth {
  readonly access: string;
  readonly oidc: string;
}
type TokensOfAll = Readonly<Record<keyof Tokens, OfBoth>>;

async function tokensOf({ bench, oidc }: Running, keys: Running['keys']): Promise<TokensOfAll> {
  const [ofOidc, ofAccess] = [
    await oidcTokens(oidc, keys.oidc),
    await accessTokens(bench.access, keys.access),
  ];
  return Object.fromEntries(
    Object.entries(ofOidc).map(([name, token]) => [
      name,
      { oidc: token, access: ofAccess[name as keyof Tokens] },
    ]),
  ) as unknown as TokensOfAll;
}

/** Asks all of them in one way. What a token is read from is what the login of the echo says; others get it as a bearer. */
async function rowOf(
  { instances, bench }: Running,
  title: string,
  using: readonly [keyof Tokens, OfBoth] | undefined,
  { path = '/Whoami', headers = {}, from }: Partial<Question> = {},
): Promise<Row> {
  const token = using?.[1];
  const answers = instances.map(async (instance) => {
    const credentials: Record<string, string> = instance.isAccess
      ? { 'cf-connecting-ip': '203.0.113.77', ...(token && { 'cf-access-jwt-assertion': token.access }) }
      : { ...(token && { authorization: `Bearer ${token.oidc}` }) };
    const question = { path, headers: { ...headers, ...credentials }, from };
    return [instance.name, await ask(bench.gateway, instance, question)] as const;
  });
  return { title, token: using?.[0], from, answers: Object.fromEntries(await Promise.all(answers)) };
}
