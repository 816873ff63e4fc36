// biome-ignore lint/style/useNodejsImportProtocol: a module of njs, which has no import protocols
import hashes from 'crypto';
import { type Identity, judgeClaims } from './claims.ts';
import { isPublished, keptKeys, keysWith, refreshKeys } from './keeper.ts';
import { findKey, type PublicKey } from './keys.ts';
import { metricsText } from './metrics.ts';
import { hasReachedApp } from './reach.ts';
import { type Recent, recall, recentFor, remember } from './recent.ts';
import { readSettings } from './settings.ts';
import { isSignedBy } from './signature.ts';
import { longestToken, parseToken, type Refusal, readPart } from './token.ts';
import { keepVerdict } from './verdicts.ts';

const verdicts = () => ngx.shared['gatehouse_verdicts'];

/** An identity that may pass. */
interface Admitted {
  /** Empty for a service token. */
  email: string;
}

/** The verified-token cache of this JavaScript context, which serves one request at a time. */
const recent: Recent[] = [];
/** The proof of the entry of `recent` that passed last. Not in an object: each access would cost a cache miss. */
let proof: Uint8Array | undefined;
let proofUntil = 0;
const now = Date.now;
/** The hash of the settings. Verified tokens from before a reload count only if it changed nothing. */
let rules: string | undefined;

/**
 * `js_set`: the value that nginx compares with the token and the e-mail that Cloudflare sends with it: `known:` and both
 * values of the request that passed last in this context, or nothing after their time. Almost all requests end with that
 * comparison: passing the token to JavaScript costs more than everything else here, and each call a tenth of it. Another
 * e-mail with the token is not refused: it is replaced. Without the prefix, an absent token would equal an absent value.
 */
function known(): Uint8Array | undefined {
  return now() < proofUntil ? proof : undefined;
}

/**
 * `js_access` of the app: an accepted request continues where requests are counted, any other one is answered with 401.
 * nginx counts before access and only once, so that what is not verified yet must not be counted.
 */
function authorize(r: NginxHTTPRequest): void | Promise<void> {
  const { variables } = r;
  const token = variables['http_cf_access_jwt_assertion'];
  const entry = token === undefined ? undefined : recall(recent, token, now());
  if (entry === undefined) return authorizeAnew(r, token);
  passed(entry);
  admitted(r, entry);
  return undefined;
}

function admitted(r: NginxHTTPRequest, { email }: Admitted): void {
  r.variables['gatehouse_email'] = email;
  r.variables['gatehouse_counted'] = 'yes';
  r.internalRedirect('@admitted');
}

async function authorizeAnew(r: NginxHTTPRequest, token: string | undefined): Promise<void> {
  const found = await identify(token, r.variables);
  if (typeof found === 'string') refuse(r, found);
  else admitted(r, found);
}

/** `js_access` for a body that may touch the disk: an accepted request continues where uploads are counted. */
async function authorizeUpload(r: NginxHTTPRequest): Promise<void> {
  const found = await identifyRequest(r);
  if (typeof found === 'string') return refuse(r, found);
  r.variables['gatehouse_email'] = found.email;
  r.internalRedirect('@upload');
}

async function identifyRequest({ variables }: NginxHTTPRequest): Promise<Admitted | Refusal> {
  const token = variables['http_cf_access_jwt_assertion'];
  const entry = token === undefined ? undefined : recall(recent, token, now());
  return entry === undefined ? identify(token, variables) : passed(entry);
}

/** `js_access` for a body above the limit: the token is checked first. */
async function refuseTooLarge(r: NginxHTTPRequest): Promise<void> {
  const found = await identifyRequest(r);
  if (typeof found === 'string') return refuse(r, found);
  const { variables } = r;
  variables['gatehouse_reason'] = 'too-large';
  const limit = Math.floor(Number(variables['gatehouse_body_limit']) / (1024 * 1024));
  r.headersOut['Content-Type'] = 'text/plain; charset=utf-8';
  r.return(
    413,
    `This is larger than ${limit} MiB, the most that can be sent from outside.\n` +
      'Connect to the home network (LAN) or the VPN and send it again: there is no such limit there.\n',
  );
}

/** Answers 401 without a reason, where nginx does not wait for the rest of a body. */
function refuse(r: NginxHTTPRequest, reason: Refusal): void {
  r.variables['gatehouse_reason'] = reason;
  r.internalRedirect('@refused');
}

/** The identity of a token, from the cache of all workers or by verification. */
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

/** Verifies a token that is not cached, and caches it if it is valid. Invalid tokens are not cached. */
async function admit(token: string, name: string, variables: NginxVariables): Promise<Admitted | Refusal> {
  try {
    const verdict = await judge(token, variables);
    const cache = verdicts();
    if (typeof verdict !== 'string' && cache !== undefined)
      keepVerdict(cache, name, verdict, () => isPublished(verdict.keyId, verdict.key), now());
    return verdict;
  } catch {
    return 'failure';
  }
}

/** An identity, and the key that signed for it. */
type Verified = Identity & { keyId: string; key: PublicKey };

async function judge(text: string, variables: NginxVariables): Promise<Verified | Refusal> {
  const token = parseToken(text);
  if (typeof token === 'string') return token;
  const { expected, source } = readSettings(variables);
  const keys = await keysWith(token.keyId, source);
  if (keys === undefined) return 'no-keys';
  const key = findKey(keys, token.keyId);
  if (key === undefined) return 'unknown-key';
  if (!(await isSignedBy(token, key))) return 'signature';
  const claims = readPart(token.payload);
  const found = claims === undefined ? 'malformed' : judgeClaims(claims, expected, Date.now() / 1000);
  return typeof found === 'string' ? found : { ...found, keyId: token.keyId, key };
}

/** `js_periodic`: fetches the keys when a worker starts, and when they are old. */
async function keepKeys(session: NginxPeriodicSession): Promise<void> {
  await refreshKeys(readSettings(session.variables).source);
}

/** Readiness: without keys no request can pass, and before the app was reached none gets an answer. */
async function ready(r: NginxHTTPRequest): Promise<void> {
  // The time to wait for the app begins with the first question.
  const isReached = await hasReachedApp(r);
  r.headersOut['Content-Type'] = 'text/plain';
  if (keptKeys() === undefined) r.return(503, 'no keys\n');
  else if (!isReached) r.return(503, 'app not reached\n');
  else r.return(200, 'ready\n');
}

/** Metrics for Prometheus. */
function metrics(r: NginxHTTPRequest): void {
  r.headersOut['Content-Type'] = 'text/plain; version=0.0.4';
  r.return(200, metricsText(r.variables, keptKeys(), verdicts()?.size() ?? 0));
}

export default { known, authorize, authorizeUpload, refuseTooLarge, keepKeys, ready, metrics };
