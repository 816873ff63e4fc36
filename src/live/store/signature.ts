import { createHash, createHmac } from 'node:crypto';

/** What opens a store: an access key of S3. */
export interface StoreKey {
  accessKey: string;
  secretKey: string;
}

/** A GET request to a store, as the store sees it. */
export interface StoreRequest {
  /** The host with its port, as the header `Host` has it. */
  host: string;
  /** Begins with a slash. Its characters need no escape. */
  path: string;
  query: readonly (readonly [name: string, value: string])[];
}

interface Signing extends StoreRequest {
  key: StoreKey;
  region: string;
  at: Date;
}

const algorithm = 'AWS4-HMAC-SHA256';
const emptyHash = createHash('sha256').update('').digest('hex');

/**
 * The query and the headers of a signed GET request: Signature Version 4 of Amazon, in a header
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 */
export function signedByHeader(signing: Signing): { query: string; headers: Record<string, string> } {
  const { host, query, key } = signing;
  const time = timeOf(signing.at);
  const headers = { host, 'x-amz-content-sha256': emptyHash, 'x-amz-date': time };
  const names = Object.keys(headers).join(';');
  const sorted = encoded(query);
  const signature = signatureOf(signing, sorted, headers, emptyHash);
  return {
    query: sorted,
    headers: {
      ...headers,
      authorization: `${algorithm} Credential=${key.accessKey}/${scopeOf(signing)}, SignedHeaders=${names}, Signature=${signature}`,
    },
  };
}

/**
 * The query of a signed GET request without headers, which stays valid for a minute
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html). The API server takes the header
 * `Authorization` for itself.
 */
export function signedByQuery(signing: Signing): string {
  const { host, query, key } = signing;
  const sorted = encoded([
    ...query,
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', `${key.accessKey}/${scopeOf(signing)}`],
    ['X-Amz-Date', timeOf(signing.at)],
    ['X-Amz-Expires', '60'],
    ['X-Amz-SignedHeaders', 'host'],
  ]);
  return `${sorted}&X-Amz-Signature=${signatureOf(signing, sorted, { host }, 'UNSIGNED-PAYLOAD')}`;
}

function signatureOf(
  { path, key, region, at }: Signing,
  query: string,
  headers: Readonly<Record<string, string>>,
  payload: string,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const names = Object.keys(headers).join(';');
  const request = ['GET', path, query, lines.join(''), names, payload].join('\n');
  const hash = createHash('sha256').update(request).digest('hex');
  const text = [algorithm, timeOf(at), scopeOf({ region, at }), hash].join('\n');
  const steps = [dayOf(at), region, 's3', 'aws4_request'];
  const signingKey = steps.reduce<string | Buffer>(hmac, `AWS4${key.secretKey}`);
  return hmac(signingKey, text).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function scopeOf({ region, at }: Pick<Signing, 'region' | 'at'>): string {
  return `${dayOf(at)}/${region}/s3/aws4_request`;
}

function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function dayOf(at: Date): string {
  return timeOf(at).slice(0, 8);
}

/** The query in the order and the escapes that the signature is made over. */
function encoded(query: StoreRequest['query']): string {
  return query
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
}

function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
