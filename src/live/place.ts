import { lookup } from 'node:dns/promises';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:tls';
import type { Place, PlaceAnswer, PlaceRequest, SeenCertificate } from './check.ts';

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

/** How long a server may think about a body that was announced, in milliseconds (RFC 9110, section 10.1.1). */
const announcement = 2_000;

async function send(asked: PlaceRequest): Promise<PlaceAnswer | { failure: string }> {
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
  try {
    const response = await answerTo(request, zeros, body);
    const text = asked.read === undefined ? undefined : await textOf(response, asked.read);
    return { status: response.statusCode ?? 0, location: response.headers.location, body: text };
  } catch (error) {
    return { failure: failureOf(error) };
  } finally {
    request.destroy();
  }
}

function answerTo(
  request: ClientRequest,
  zeros: number | undefined,
  body: PlaceRequest['body'],
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let broke: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearTimeout(timer);
      clearTimeout(broke);
    };
    request.on('response', (response) => {
      end();
      resolve(response);
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      // An answer may have come before the connection broke, and not be read yet.
      broke ??= setTimeout(() => reject(error), 200);
    });
    if (zeros === undefined) return void request.end(body as Buffer | undefined);
    const start = (): void => {
      clearTimeout(timer);
      timer = undefined;
      pour(request, zeros);
    };
    request.once('continue', start);
    request.once('socket', (socket) =>
      socket.once('connect', () => {
        timer = setTimeout(start, announcement);
      }),
    );
    request.flushHeaders();
  });
}

const chunk = Buffer.alloc(64 * 1024);

/** Sends zeros as fast as they are taken, and no more once somebody has answered. */
function pour(request: ClientRequest, zeros: number): void {
  let left = zeros;
  let isOver = false;
  request.once('response', () => {
    isOver = true;
  });
  const more = (): void => {
    while (left > 0 && !isOver && !request.destroyed) {
      const part = left < chunk.length ? chunk.subarray(0, left) : chunk;
      left -= part.length;
      if (!request.write(part)) return void request.once('drain', more);
    }
    if (left === 0 && !isOver) request.end();
  };
  more();
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
