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

/** Of this JavaScript context, which serves one request after another. */
const recent: Recent[] = [];

/** `js_access` of the app: passes, or answers 401. Nothing in the answer tells why. */
function authorize(r: NginxHTTPRequest): void | Promise<void> {
  const variables = r.variables;
  const token = variables['http_cf_access_jwt_assertion'];
  if (token === undefined || token === '') return refuse(r, 'missing');
  if (token.length > longestToken) return refuse(r, 'too-long');
  const now = Date.now();
  const known = recall(recent, token, now);
  if (known !== undefined) {
    variables['gatehouse_email'] = known.email;
    return undefined;
  }
  const digest = hashes.createHash('sha256').update(token).digest('base64url');
  const email = verdicts()?.get(digest);
  if (typeof email !== 'string') return admit(r, token, digest);
  const left = verdicts()?.ttl(digest) ?? 0;
  remember(recent, { token, email, until: now + Math.min(recentFor, left) });
  variables['gatehouse_email'] = email;
  return undefined;
}

/** `js_access` of the location for bodies above the limit: the token is asked for first. */
async function refuseTooLarge(r: NginxHTTPRequest): Promise<void> {
  await authorize(r);
  if (r.variables['gatehouse_reason'] !== '') return;
  r.variables['gatehouse_reason'] = 'too-large';
  const limit = Math.floor(Number(r.variables['gatehouse_body_limit']) / (1024 * 1024));
  r.headersOut['Content-Type'] = 'text/plain; charset=utf-8';
  r.return(
    413,
    `This is larger than ${limit} MiB, the most that can be sent from outside.\n` +
      'Connect to the home network (LAN) or the VPN and send it again: there is no such limit there.\n',
  );
}

/** Judges a token that has no verdict yet, and keeps a good one. Bad ones leave nothing behind. */
async function admit(r: NginxHTTPRequest, token: string, digest: string): Promise<void> {
  let verdict: Identity | Refusal;
  try {
    verdict = await judge(token, r.variables);
    if (typeof verdict !== 'string') keep(digest, verdict);
  } catch {
    verdict = 'failure';
  }
  if (typeof verdict === 'string') return refuse(r, verdict);
  r.variables['gatehouse_email'] = verdict.email;
}

function keep(digest: string, { email, expires }: Identity): void {
  const life = Math.min(longestVerdict, Math.floor(expires * 1000 - Date.now()));
  if (life > 0) verdicts()?.set(digest, email, life);
}

async function judge(text: string, variables: NginxVariables): Promise<Identity | Refusal> {
  const token = parseToken(text);
  if (typeof token === 'string') return token;
  const { expected, certificates } = readSettings(variables);
  const keys = await keysWith(token.keyId, certificates);
  if (keys === undefined) return 'no-keys';
  const key = findKey(keys, token.keyId);
  if (key === undefined) return 'unknown-key';
  if (!(await isSignedBy(token, key))) return 'signature';
  const claims = readPart(token.payload);
  return claims === undefined ? 'malformed' : judgeClaims(claims, expected, Date.now() / 1000);
}

function refuse(r: NginxHTTPRequest, reason: Refusal): void {
  r.variables['gatehouse_reason'] = reason;
  r.headersOut['Content-Type'] = 'text/plain';
  r.return(401, 'Unauthorized\n');
}

/** `js_periodic`: fetches the keys when a worker starts, and whenever they are old. */
async function keepKeys(session: NginxPeriodicSession): Promise<void> {
  await refreshKeys(readSettings(session.variables).certificates);
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

export default { authorize, refuseTooLarge, keepKeys, ready, metrics };
