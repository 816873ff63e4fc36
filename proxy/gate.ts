// biome-ignore lint/style/useNodejsImportProtocol: a module of njs, which knows no protocols
import hashes from 'crypto';
import { type Identity, judgeClaims } from './claims.ts';
import { keptKeys, keysWith, refreshKeys } from './keeper.ts';
import { findKey } from './keys.ts';
import { metricsText } from './metrics.ts';
import { type Recent, recall, recentFor, remember } from './recent.ts';
import { readSettings } from './settings.ts';
import { isSignedBy } from './signature.ts';
import { longestToken, parseToken, type Refusal, readPart } from './token.ts';

/** A verdict is looked up no longer than this, milliseconds, and never longer than the token lives. */
const longestVerdict = 600_000;

const verdicts = () => ngx.shared['gatehouse_verdicts'];

/** Somebody who may pass. */
interface Admitted {
  /** Empty for a service token. */
  email: string;
}

/** Of this JavaScript context, which serves one request after another, never two at a time. */
const recent: Recent[] = [];
/** Of the one of `recent` that passed last. Not in an object: each that is touched costs a miss of the cache. */
let proof: Uint8Array | undefined;
let proofUntil = 0;
const now = Date.now;
/** What verdicts are made under: those of before a reload count only when it changed nothing. */
let rules: string | undefined;

/**
 * `js_set`: what nginx compares with the token and the e-mail that Cloudflare sends beside it: `known:` and both of who
 * passed last in this context; nothing when their time is over. All but a few requests end with that comparison: to hand
 * the token to JavaScript costs more than all else here, and each call as much as a tenth of it. Another e-mail beside
 * the token is no reason to refuse: it is replaced. Without the word before them, no token would equal none.
 */
function known(): Uint8Array | undefined {
  return now() < proofUntil ? proof : undefined;
}

/** `js_access` of the app: passes, or answers 401. Nothing in the answer tells why. */
function authorize(r: NginxHTTPRequest): void | Promise<void> {
  const { variables } = r;
  const token = variables['http_cf_access_jwt_assertion'];
  const entry = token === undefined ? undefined : recall(recent, token, now());
  if (entry === undefined) return authorizeAnew(r, token);
  passed(entry);
  variables['gatehouse_email'] = entry.email;
  return undefined;
}

async function authorizeAnew(r: NginxHTTPRequest, token: string | undefined): Promise<void> {
  const found = await identify(token, r.variables);
  if (typeof found === 'string') refuse(r, found);
  else r.variables['gatehouse_email'] = found.email;
}

/** `js_access` for a body that may touch the disk: who passes goes on where uploads are counted. */
async function authorizeUpload(r: NginxHTTPRequest): Promise<void> {
  await authorize(r);
  if (r.variables['gatehouse_reason'] === '') r.internalRedirect('@upload');
}

/** `js_access` for a body above the limit: the token is asked for first. */
async function refuseTooLarge(r: NginxHTTPRequest): Promise<void> {
  await authorize(r);
  const { variables } = r;
  if (variables['gatehouse_reason'] !== '') return;
  variables['gatehouse_reason'] = 'too-large';
  const limit = Math.floor(Number(variables['gatehouse_body_limit']) / (1024 * 1024));
  r.headersOut['Content-Type'] = 'text/plain; charset=utf-8';
  r.return(
    413,
    `This is larger than ${limit} MiB, the most that can be sent from outside.\n` +
      'Connect to the home network (LAN) or the VPN and send it again: there is no such limit there.\n',
  );
}

function refuse(r: NginxHTTPRequest, reason: Refusal): void {
  r.variables['gatehouse_reason'] = reason;
  r.headersOut['Content-Type'] = 'text/plain';
  r.return(401, 'Unauthorized\n');
}

/** Who asks, by the verdicts of all workers or by a judgement. */
async function identify(token: string | undefined, variables: NginxVariables): Promise<Admitted | Refusal> {
  if (token === undefined || token === '') return 'missing';
  if (token.length > longestToken) return 'too-long';
  rules ??= hash(JSON.stringify(readSettings(variables)));
  const name = rules + hash(token);
  const email = verdicts()?.get(name);
  if (typeof email !== 'string') return admit(token, name, variables);
  const left = verdicts()?.ttl(name) ?? 0;
  return passed(remember(recent, { token, email, until: now() + Math.min(recentFor, left) }));
}

function passed(entry: Recent): Recent {
  proof = entry.proof;
  proofUntil = entry.until;
  return entry;
}

function hash(text: string): string {
  return hashes.createHash('sha256').update(text).digest('base64url');
}

/** Judges a token that has no verdict yet, and keeps a good one. Bad ones leave nothing behind. */
async function admit(token: string, name: string, variables: NginxVariables): Promise<Admitted | Refusal> {
  try {
    const verdict = await judge(token, variables);
    if (typeof verdict !== 'string') keep(name, verdict);
    return verdict;
  } catch {
    return 'failure';
  }
}

function keep(name: string, { email, expires }: Identity): void {
  const life = Math.min(longestVerdict, Math.floor(expires * 1000 - Date.now()));
  if (life > 0) verdicts()?.set(name, email, life);
}

async function judge(text: string, variables: NginxVariables): Promise<Identity | Refusal> {
  const token = parseToken(text);
  if (typeof token === 'string') return token;
  const { expected, source } = readSettings(variables);
  const keys = await keysWith(token.keyId, source);
  if (keys === undefined) return 'no-keys';
  const key = findKey(keys, token.keyId);
  if (key === undefined) return 'unknown-key';
  if (!(await isSignedBy(token, key))) return 'signature';
  const claims = readPart(token.payload);
  return claims === undefined ? 'malformed' : judgeClaims(claims, expected, Date.now() / 1000);
}

/** `js_periodic`: fetches the keys when a worker starts, and whenever they are old. */
async function keepKeys(session: NginxPeriodicSession): Promise<void> {
  await refreshKeys(readSettings(session.variables).source);
}

/** Readiness: without keys nobody could pass. */
function ready(r: NginxHTTPRequest): void {
  r.headersOut['Content-Type'] = 'text/plain';
  if (keptKeys() === undefined) r.return(503, 'no keys\n');
  else r.return(200, 'ready\n');
}

/** Figures for Prometheus. */
function metrics(r: NginxHTTPRequest): void {
  r.headersOut['Content-Type'] = 'text/plain; version=0.0.4';
  r.return(200, metricsText(r.variables, keptKeys(), verdicts()?.size() ?? 0));
}

export default { known, authorize, authorizeUpload, refuseTooLarge, keepKeys, ready, metrics };
