import { STATUS_CODES } from 'node:http';
import { fieldsAt, textAt } from '../kubernetes/fields.ts';
import { LiveError, type LiveFailure } from './cluster.ts';
import { oneLine } from './oneLine.ts';
import { type Answer, type Call, TooLarge } from './request.ts';

/** The request as messages name it: without the query, whose continue tokens nobody can read. */
export function nameOf({ method, path }: Call): string {
  return `${method} ${oneLine(path.replace(/\?.*$/s, ''))}`;
}

/** The error for an answer that is no success. */
export function refusal(call: Call, answer: Answer): LiveError {
  const { status } = answer;
  const said = wordsOf(answer);
  const why = said === '' ? '' : `: ${said}`;
  return new LiveError(failureOf(status), `${nameOf(call)} was answered with ${status}${why}`, status);
}

function failureOf(status: number): LiveFailure {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  return status === 429 || status >= 500 ? 'overloaded' : 'refused';
}

/** What the server says. A page of another program is not repeated: nobody knows what is in it. */
function wordsOf({ status, type, body }: Answer): string {
  if (!isJson(type)) {
    const known = STATUS_CODES[status]?.toLowerCase() ?? '';
    if (body.length === 0) return known;
    const page = `${oneLine(type.split(';')[0] ?? '') || 'no type'}, not JSON`;
    return known === '' ? page : `${known} (${page})`;
  }
  try {
    const status: unknown = JSON.parse(body.toString('utf8'));
    return oneLine(textAt(status, 'message') ?? textAt(status, 'reason') ?? '');
  } catch {
    return '';
  }
}

export function isJson(type: string): boolean {
  return /^application\/json\b/i.test(type);
}

/** The JSON of an answer. */
export function jsonOf(call: Call, { type, body }: Pick<Answer, 'type' | 'body'>): unknown {
  if (!isJson(type)) {
    const what = oneLine(type.split(';')[0] ?? '') || 'something without a type';
    throw new LiveError('unreachable', `${nameOf(call)} was answered with ${what}: that is no API server`);
  }
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new LiveError('unreachable', `${nameOf(call)} was answered with invalid JSON`);
  }
}

/** Whether an answer to a call that was passed on is that of the Service. The API server's own are objects of the kind `Status`. */
export function isOfService({ passedOn }: Call, { type, body }: Answer): boolean {
  if (passedOn !== true) return false;
  if (!isJson(type)) return true;
  try {
    return textAt(JSON.parse(body.toString('utf8')), 'kind') !== 'Status';
  } catch {
    return true;
  }
}

/** Whether an answer says that there is no such object or no such path. */
export function saysNotFound({ status, type, body }: Answer): boolean {
  if (status !== 404) return false;
  // What API servers say to a path that they do not serve.
  if (!isJson(type)) return body.toString('utf8').trim() === '404 page not found';
  try {
    return textAt(JSON.parse(body.toString('utf8')), 'kind') === 'Status';
  } catch {
    return false;
  }
}

/** Codes of certificates that no later attempt makes good. */
const certificates: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another name',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired, or the clock of this computer is ahead',
  CERT_NOT_YET_VALID: 'the certificate of the server is not valid yet: compare the clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of the server is not of the authority in the kubeconfig',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate of the server is not of the authority in the kubeconfig',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate of the server is not of the authority in the kubeconfig',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the certificate of the server is not of the authority in the kubeconfig',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate of the server is not of the authority in the kubeconfig',
  CERT_SIGNATURE_FAILURE: 'the certificate of the server is not of the authority in the kubeconfig',
};

const connections: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody answers there',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ENOTFOUND: 'the name of the server does not exist',
  EAI_AGAIN: 'the name of the server could not be looked up',
  ETIMEDOUT: 'the server does not answer',
  EHOSTUNREACH: 'there is no way to the server',
  ENETUNREACH: 'there is no way to the server',
  EPROTO: 'the server does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS there',
};

/** Whether a later attempt may succeed where this one failed. */
export function isPassing(error: unknown): boolean {
  if (error instanceof LiveError || error instanceof TooLarge) return false;
  const code = codeOf(error);
  const proxy = proxyStatus(error);
  if (proxy !== undefined) return Number(proxy) >= 500;
  return (
    !(code in certificates) && !/^(ENOTFOUND|EPROTO|HPE_.*|ERR_(TLS|SSL|INVALID|UNESCAPED).*)$/.test(code)
  );
}

/** Whether the request was certainly not received. */
export function wasNotSent(error: unknown): boolean {
  return ['ECONNREFUSED', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(codeOf(error));
}

/** The error for a request without an answer. */
export function unreachable(call: Call, server: string, error: unknown): LiveError {
  if (error instanceof LiveError) return error;
  if (error instanceof TooLarge)
    return new LiveError('refused', `${nameOf(call)} has an answer of ${error.message}`);
  const code = codeOf(error);
  // A client certificate that the server does not accept ends the handshake with an alert.
  if (/ALERT|_TLSV1|_SSLV3/.test(code) && /CERTIFICATE|UNKNOWN_CA/i.test(code))
    return new LiveError('unauthorized', `${server} does not accept the client certificate (${code})`);
  const why = certificates[code] ?? connections[code] ?? connectionWords(error);
  const suffix = code === '' ? '' : ` (${code})`;
  return new LiveError('unreachable', `${nameOf(call)} to ${server} failed: ${why}${suffix}`);
}

/** The agents for proxies tell the status of the proxy by a message alone. */
function proxyStatus(error: unknown): string | undefined {
  return error instanceof Error ? /^Bad response: (\d{3})$/.exec(error.message)?.[1] : undefined;
}

function connectionWords(error: unknown): string {
  const proxy = proxyStatus(error);
  if (proxy !== undefined) return `the proxy answered with ${proxy}`;
  return codeOf(error).startsWith('HPE_') ? 'what answers there does not speak HTTP' : 'the connection broke';
}

function codeOf(error: unknown): string {
  const own = fieldsAt({ error }, 'error')['code'];
  return typeof own === 'string' ? own : '';
}
