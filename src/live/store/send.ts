import { request } from 'node:https';
import type { URL } from 'node:url';
import { fieldsAt } from '../../kubernetes/fields.ts';
import type { StoreAnswer } from './listing.ts';

/** Sends a GET request to a store outside of the cluster, by HTTPS. It follows no redirect. */
export type SendToStore = (url: URL, headers: Readonly<Record<string, string>>) => Promise<StoreAnswer>;

/** How long a store may take to answer, in milliseconds. */
const patience = 20_000;
/** A page of 1,000 objects is half a megabyte. */
const largest = 8 * 1024 * 1024;

/** @param authority - the certificate of an authority to trust beside those of Node */
export function storeSender(authority?: string): SendToStore {
  return (url, headers) =>
    new Promise((resolve) => {
      const failed = (error: Error): void => resolve({ failure: reasonOf(error) });
      const signal = AbortSignal.timeout(patience);
      // NODE_TLS_REJECT_UNAUTHORIZED does not count: what is asked decides whether there is a backup.
      const sent = request(
        url,
        { headers: { ...headers }, signal, rejectUnauthorized: true, ...(authority && { ca: authority }) },
        (response) => {
          const parts: Buffer[] = [];
          let size = 0;
          response.on('data', (part: Buffer) => {
            size += part.length;
            if (size > largest) response.destroy(new Error('too large'));
            else parts.push(part);
          });
          response.on('error', failed);
          response.on('end', () => {
            const date = new Date(response.headers.date ?? '');
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(parts).toString('utf8'),
              date: Number.isNaN(date.getTime()) ? undefined : date,
            });
          });
        },
      );
      sent.on('error', failed);
      sent.end();
    });
}

/** Why nothing came. Messages of Node may name the host, which is private. */
function reasonOf(error: Error): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `it did not answer within ${patience / 1000} s`;
  if (error.message === 'too large') return 'its answer is larger than any listing';
  const code = String(fieldsAt({ error }, 'error')['code'] ?? '');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `its name cannot be looked up (${code})`;
  if (/CERT|SELF_SIGNED|ISSUER|VERIFY/.test(code)) return `its certificate cannot be trusted (${code})`;
  if (/SSL|TLS|EPROTO/.test(code)) return `it does not speak TLS there (${code})`;
  return `it cannot be reached${code === '' ? '' : ` (${code})`}`;
}
