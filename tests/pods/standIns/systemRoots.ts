import { readFileSync } from 'node:fs';
import { get } from 'node:https';

/** Where programs of Linux find the certificates that they trust; Node does not look there by itself. */
const roots = process.env['SSL_CERT_FILE'] ?? '/etc/ssl/certs/ca-certificates.crt';

/** Fetches a text over HTTPS, from a server whose certificate one of the system's roots has signed. */
export function getOverHttps(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ca: readFileSync(roots), timeout: 5_000 }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url} answers ${response.statusCode}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error(`${url} does not answer`)));
    request.on('error', reject);
  });
}
