import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:tls';
import type { Place, PlaceAnswer, PlaceRequest, SeenCertificate } from './check.ts';
import { announcement, sendZeros } from './largeBody.ts';

/** How a place is asked. */
export interface PlaceOptions {
  /** The port of HTTPS, where it is not 443. */
  httpsPort?: number | undefined;
}

/** The place in which this computer is. */
export function thisPlace({ httpsPort = 443 }: PlaceOptions = {}): Place {
  return {
    request: (asked) => send({ port: asked.scheme === 'http' ? 80 : httpsPort, ...asked }),
    addresses: addressesOf,
    certificate: (host, patience) => certificateOf(host, httpsPort, patience),
  };
}

async function addressesOf(host: string): Promise<readonly string[] | { failure: string }> {
  try {
    const found = await lookup(host, { all: true });
    return [...new Set(found.map(({ address }) => address))].toSorted();
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOTFOUND' ? [] : { failure: `the name cannot be looked up (${code})` };
  }
}

async function send(asked: PlaceRequest): Promise<PlaceAnswer | { failure: string }> {
  const first = await attempt(asked, Math.min(announcement, asked.patience / 4));
  if (!('failure' in first) || first.brokeAfter === undefined) return first;
  // The server may have answered while the body came. With more time it answers before.
  const second = await attempt(asked, asked.patience / 2);
  if (!('failure' in second)) return second;
  const when = second.brokeAfter === undefined ? '' : ` when ${second.brokeAfter} bytes were sent`;
  return {
    failure: `${second.failure}${when}, and before: ${first.failure} when ${first.brokeAfter} bytes were sent`,
  };
}

/** `brokeAfter` says how many bytes of a body of zeros were sent when the connection broke. */
type Failure = { failure: string; brokeAfter?: number };

async function attempt(asked: PlaceRequest, pause: number): Promise<PlaceAnswer | Failure> {
  const { scheme = 'https', host, port, path, method = 'GET', headers = {}, body, patience } = asked;
  const zeros = body !== undefined && 'zeros' in body ? body.zeros : undefined;
  const length = zeros ?? (body as Buffer | undefined)?.length;
  const request = (scheme === 'http' ? httpRequest : httpsRequest)({
    ...{ host, port, path, method },
    // A connection of its own, so that no other request waits for one that is broken off.
    agent: false,
    // Whatever the environment says: the request may hold a token.
    rejectUnauthorized: true,
    headers: {
      'User-Agent': 'gatehouse',
      Accept: '*/*',
      ...headers,
      ...(length === undefined ? {} : { 'Content-Length': length }),
      // A server that refuses says so before the body: broken connections would hide its answer.
      ...(zeros === undefined ? {} : { Expect: '100-continue' }),
    },
  });
  request.setTimeout(patience, () => request.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).on('error', reject);
  });
  const large = zeros === undefined ? undefined : sendZeros(request, zeros, pause);
  if (large === undefined) request.end(body as Buffer | undefined);
  try {
    const response = await answered;
    const text = asked.read === undefined ? undefined : await textOf(response, asked.read);
    return { status: response.statusCode ?? 0, location: response.headers.location, body: text };
  } catch (error) {
    const failure = failureOf(error);
    const isBroken = ['EPIPE', 'ECONNRESET'].includes(codeOf(error));
    const sent = large?.sent() ?? 0;
    return isBroken && sent > 0 ? { failure, brokeAfter: sent } : { failure };
  } finally {
    request.destroy();
  }
}

async function textOf(response: IncomingMessage, largest: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > largest) break;
  }
  return Buffer.concat(parts).subarray(0, largest).toString('utf8');
}

function certificateOf(
  host: string,
  port: number,
  patience: number,
): Promise<SeenCertificate | { failure: string }> {
  return new Promise((resolve) => {
    // Whether it is trusted is the question: an error would end the handshake before anything is seen.
    const socket = connect({ host, port, servername: host, rejectUnauthorized: false }, () => {
      const { valid_from: from, valid_to: until } = socket.getPeerCertificate();
      const fault = socket.authorized ? undefined : words(String(socket.authorizationError));
      socket.destroy();
      resolve({ fault, from: new Date(from), until: new Date(until) });
    });
    socket.setTimeout(patience, () => {
      socket.destroy();
      resolve({ failure: failures['ETIMEDOUT'] ?? '' });
    });
    socket.on('error', (error) => resolve({ failure: failureOf(error) }));
  });
}

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody answers there',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ENOTFOUND: 'the name does not exist here',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'nobody answered in time',
  EHOSTUNREACH: 'there is no way there',
  ENETUNREACH: 'there is no way there',
  EPROTO: 'TLS is not spoken there',
};

/** Why nothing came back, without a text of the other side. */
function failureOf(error: unknown): string {
  const code = codeOf(error);
  const why = failures[code];
  return why === undefined ? words(code) : `${why} (${code})`;
}

function words(code: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'the certificate has expired (CERT_HAS_EXPIRED)';
    case 'CERT_NOT_YET_VALID':
      return 'the certificate is not valid yet (CERT_NOT_YET_VALID)';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'the certificate is for another name (ERR_TLS_CERT_ALTNAME_INVALID)';
    default:
      return /CERT|SIGN/.test(code)
        ? `this computer does not trust who signed the certificate (${code})`
        : `the connection failed (${code})`;
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'no reason is known';
}
