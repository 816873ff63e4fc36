import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Connection } from './connection.ts';

/** A request to the API server. */
export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  accept?: string;
  body?: object;
  contentType?: string;
  /** A Service behind the API server answers: no status of it is a refusal of the API server. */
  passedOn?: true;
}

/** How long and how much. */
export interface Limits {
  /** How long nothing may come, in milliseconds. */
  idle: number;
  /** How many bytes an answer may have. */
  largest: number;
}

/** What was answered. */
export interface Answer {
  status: number;
  type: string;
  /** The header `Retry-After`, in milliseconds. */
  retryAfter: number | undefined;
  /** The header `Date`. */
  date: number | undefined;
  /** When the certificate of the server ends. */
  certificateEnds?: Date | undefined;
  body: Buffer;
}

/** An answer that is larger than anybody reads. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Sends a request once and reads the whole answer. It follows no redirect. */
export async function sendOnce(
  server: string,
  connection: Connection,
  call: Call,
  limits: Limits,
): Promise<Answer> {
  const { response, timer, certificateEnds } = await start(
    server,
    connection.agent,
    connection,
    call,
    limits.idle,
  );
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      timer.refresh();
      size += part.length;
      if (size > limits.largest) throw new TooLarge(`more than ${limits.largest} bytes`);
      parts.push(part);
    }
  } finally {
    clearTimeout(timer);
    if (!response.complete) response.destroy();
  }
  if (!response.complete) throw new Error('the answer was cut off');
  return { ...headOf(response), certificateEnds, body: Buffer.concat(parts) };
}

/** Opens a stream, such as a watch. The caller ends it with `response.destroy()`. */
export function openStream(
  server: string,
  connection: Connection,
  call: Call,
  idle: number,
  signal: AbortSignal,
): Promise<Started> {
  return start(server, connection.watching, connection, call, idle, signal);
}

/** An answer of which the head has come. */
export interface Started {
  response: IncomingMessage;
  /** Ends the connection unless it is refreshed. */
  timer: NodeJS.Timeout;
  /** When the certificate of the server ends. */
  certificateEnds: Date | undefined;
}

function start(
  server: string,
  agent: Connection['agent'],
  { headers }: Connection,
  { method, path, accept = 'application/json', body, contentType = 'application/json' }: Call,
  idle: number,
  signal?: AbortSignal,
): Promise<Started> {
  const url = new URL(server);
  const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const options: RequestOptions = {
    method,
    agent,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (url.protocol === 'http:' ? 80 : 443),
    path: `${url.pathname.replace(/\/$/, '')}${path}`,
    headers: {
      'User-Agent': 'gatehouse',
      Accept: accept,
      ...headers,
      ...(content && { 'Content-Type': contentType, 'Content-Length': content.length }),
    },
    ...(signal && { signal }),
  };
  return new Promise((resolve, reject) => {
    let request: ClientRequest | undefined;
    // A timeout of the socket would not include the proxy and the handshake.
    const timer = setTimeout(() => request?.destroy(silence(idle)), idle);
    const failed = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    try {
      request = (url.protocol === 'http:' ? httpRequest : httpsRequest)(options);
    } catch (error) {
      return failed(error instanceof Error ? error : new Error(String(error)));
    }
    request.on('error', failed);
    request.on('response', (response) => {
      timer.refresh();
      // Later the response does not have its socket any more.
      resolve({ response, timer, certificateEnds: certificateEnds(response.socket) });
    });
    request.end(content);
  });
}

function silence(idle: number): Error {
  return Object.assign(new Error(`nothing came for ${idle / 1000} s`), { code: 'ETIMEDOUT' });
}

/** The head of an answer. */
export function headOf({ statusCode, headers }: IncomingMessage): Omit<Answer, 'body' | 'certificateEnds'> {
  const date = Date.parse(headers.date ?? '');
  return {
    status: statusCode ?? 0,
    type: headers['content-type'] ?? '',
    retryAfter: retryAfter(headers['retry-after']),
    date: Number.isNaN(date) ? undefined : date,
  };
}

function certificateEnds(socket: IncomingMessage['socket']): Date | undefined {
  const text = socket instanceof TLSSocket ? socket.getPeerCertificate()?.valid_to : undefined;
  const ends = new Date(text ?? '');
  return Number.isNaN(ends.getTime()) ? undefined : ends;
}

/** Seconds; API servers send no date. */
function retryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}
